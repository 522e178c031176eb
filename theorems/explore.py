"""Statements in a notebook: formulas, symbols given values, and small tables of numbers."""

from __future__ import annotations

import difflib
import html
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sympy import Expr, Float, Function, Pow, Product, Sum, Symbol, nan, oo, sympify, zoo

from theorems.claim import Claim, claim_at
from theorems.errors import InputError, finite_number
from theorems.evaluate.numbers import evaluate
from theorems.evaluate.program import PARAMETERS
from theorems.expressions import Evolution
from theorems.model import beta, definitions_in, i, p, unfold
from theorems.notation import RELATIONS, formula_latex, latex
from theorems.setting import Setting
from theorems.statement import Statement
from theorems.substitution import put

SETTING_NAME = {"b": "beta_exponent"}
"""Symbols that a setting knows by another name."""


def symbols_of(statement: Statement) -> tuple[str, ...]:
    """Names of the parameters that the statement's sides depend on, in the model's order."""
    free = {
        symbol.name for side in statement.sides.values() for symbol in unfold(side).free_symbols
    }
    return tuple(name for name in (*PARAMETERS, *statement.defaults) if name in free)


def _symbol(name: str, value: object, allowed: tuple[str, ...], owner: str) -> str:
    chosen = {"beta_exponent": "b", "lambda": "lamda"}.get(name, name)
    if chosen not in allowed:
        near = difflib.get_close_matches(chosen, allowed, n=1)
        hint = f"; the nearest is {near[0]}" if near else ""
        has = ", ".join(allowed) or "none"
        raise InputError(name, value, f"{owner} has no such symbol (it has {has}){hint}")
    finite_number(name, value, "must be a finite number")
    return chosen


def explored(statement: Statement, values: Mapping[str, float]) -> Explored:
    """The statement with values for some of its symbols; see `Statement.subs`."""
    allowed = symbols_of(statement)
    given = {_symbol(name, value, allowed, statement.id): value for name, value in values.items()}
    return Explored(statement, given)


@dataclass(frozen=True, repr=False)
class Explored:
    """A statement some of whose symbols have values.

    Args:
        statement: the statement.
        given: the values, by the names of the symbols.
    """

    statement: Statement
    given: dict[str, float]

    def subs(self, **values: float) -> Explored:
        """More symbols given."""
        return explored(self.statement, {**self.given, **values})

    @cached_property
    def sides(self) -> dict[str, Expr]:
        """The sides as expressions in the symbols that are left, definitions written out.

        A side with sums or products of which no symbol is left is its number, as a double.
        """
        return {name: self._side(side) for name, side in self.statement.sides.items()}

    def _side(self, side: Expr) -> Expr:
        whole = unfold(side)
        needed = {symbol.name for symbol in whole.free_symbols}
        if whole.has(Evolution):
            # Names of its own are written in it, and not what its frequencies depend on.
            law = {symbol.name for name in (p, beta) for symbol in unfold(name[i]).free_symbols}
            needed = (needed | law) & {*PARAMETERS, *self.statement.defaults}
        if needed - self.given.keys() or not whole.has(Sum, Product):
            return self._substituted(whole)
        # Sympy would compare sums of thousands of numbers with one another: minutes, or an error.
        # A program takes every parameter; the others are in no term.
        parameters = dict.fromkeys(PARAMETERS, 1.0) | self.given
        number = evaluate({"side": side}, parameters)["side"]
        if not math.isfinite(number):
            self._refuse_pole(whole, self._values(whole))
        return Float(number)

    @cached_property
    def formulas(self) -> dict[str, Expr]:
        """The sides in the short names of the definitions, which `where` writes out."""
        return {name: self._substituted(side) for name, side in self.statement.sides.items()}

    @cached_property
    def where(self) -> dict[Expr, Expr]:
        """What the short names stand for, the first that the formulas need first."""
        needed: dict[Expr, Expr] = {}
        for side in self.statement.sides.values():
            for definition in reversed(definitions_in(side)):
                name = definition.name[i] if definition.indexed else definition.name
                needed.setdefault(name, self._substituted(definition.expression))
        return needed

    def _values(self, expression: Expr) -> dict[Symbol, Expr]:
        return {
            symbol: sympify(str(self.given[symbol.name]), rational=True)
            for symbol in expression.free_symbols
            if isinstance(symbol, Symbol) and symbol.name in self.given
        }

    def _substituted(self, expression: Expr) -> Expr:
        values = self._values(expression)
        substituted = put(expression, values)
        if substituted.has(zoo, oo, nan):
            self._refuse_pole(expression, values)
        return substituted

    def _refuse_pole(self, expression: Expr, values: dict[Symbol, Expr]) -> None:
        """Say which factor has a pole at the values, rather than return infinity."""
        atoms = expression.atoms(Function) | expression.atoms(Pow)
        # To put numbers into sums takes minutes.
        parts = sorted((part for part in atoms if not part.has(Sum, Product)), key=str)
        poles = [part for part in parts if part.subs(values).has(zoo, nan)]
        pole = min(poles or [expression], key=lambda part: len(str(part)))
        names = [symbol.name for symbol in sorted(values, key=str)]
        involved = [name for name in names if name in map(str, pole.free_symbols)]
        name = (involved or names)[0]
        raise InputError(name, self.given[name], f"is a pole of {pole} in {self.statement.id}")

    @property
    def lower(self) -> Expr | None:
        """The lower side, None where there is none."""
        return self.sides.get("lower")

    @property
    def value(self) -> Expr | None:
        """The value, None where there is none."""
        return self.sides.get("value")

    @property
    def upper(self) -> Expr | None:
        """The upper side, None where there is none."""
        return self.sides.get("upper")

    def table(self, **parameters: float) -> Table:
        """The numbers at a setting with the given values and these; see `Statement.table`."""
        return table(self.statement, {**self.given, **parameters})

    def _repr_latex_(self) -> str:
        relation = RELATIONS.get(self.statement.kind, ("=", "="))[0]
        signs = {"value": relation, "lower": r"\geq", "upper": r"\leq"}
        rows = [f"& {signs[name]} {latex(side)}" for name, side in self.formulas.items()]
        rows[0] = f"{latex(self.statement.symbol)} {rows[0]}"
        rows += [f"{latex(name)} & = {latex(formula)}" for name, formula in self.where.items()]
        body = r" \\ ".join(rows)
        return rf"$\displaystyle \begin{{aligned}} {body} \end{{aligned}}$"

    def __str__(self) -> str:
        told = ", ".join(f"{name} = {value}" for name, value in self.given.items())
        lines = [f"{self.statement.id} at {told}: {self.statement.quantity}"]
        lines += [f"  {name}: {side}" for name, side in self.formulas.items()]
        lines += [f"  {name} = {formula}" for name, formula in self.where.items()]
        return "\n".join(lines)

    __repr__ = __str__


def displayed(statement: Statement) -> str:
    """The formula of a statement as a notebook displays it."""
    rows = formula_latex(statement)
    return rf"$\displaystyle \begin{{gathered}} {rows} \end{{gathered}}$"


@dataclass(frozen=True, repr=False)
class Table:
    """A claim as rows of text, with its numbers at hand.

    Args:
        claim: the statement, evaluated at a setting.
    """

    claim: Claim

    def __getitem__(self, side: str) -> float:
        """One of "lower", "value", "upper".

        Raises:
            KeyError: where the statement has no such side.
        """
        if side not in self.claim.statement.sides:
            has = ", ".join(self.claim.statement.sides)
            raise KeyError(f"{self.claim.statement.id} has no side {side!r}; it has {has}")
        return self.claim.numbers[side]

    @property
    def rows(self) -> list[tuple[str, str]]:
        """Name and text of each line."""
        claim = self.claim
        rows = [(side, f"{claim.numbers[side]:.6g}") for side in claim.statement.sides]
        if "accuracy" in claim.numbers:
            rows.append(("within", f"{claim.numbers['accuracy']:.1%}"))
        if claim.k is not None:
            rows.append(("at k", str(claim.k)))
        rows += [(name, f"{value:g}") for name, value in claim.extra.items()]
        for hypothesis in claim.hypotheses:
            margin = (
                f" (margin {hypothesis.margin:.3g})" if math.isfinite(hypothesis.margin) else ""
            )
            rows.append(("holds" if hypothesis.holds else "FAILS", hypothesis.text + margin))
        return rows

    @property
    def title(self) -> str:
        """The statement and where it is evaluated."""
        told = str(self.claim.setting)
        return f"{self.claim.statement.id}: {self.claim.statement.quantity}; {told}"

    def __str__(self) -> str:
        width = max((len(name) for name, _ in self.rows), default=0)
        return "\n".join([self.title, *(f"  {name:{width}}  {text}" for name, text in self.rows)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        lines = "".join(
            f"<tr><th>{html.escape(name)}</th><td>{html.escape(text)}</td></tr>"
            for name, text in self.rows
        )
        return f"<table><caption>{html.escape(self.title)}</caption>{lines}</table>"


def table(statement: Statement, parameters: Mapping[str, float]) -> Table:
    """The statement's numbers at a setting; see `Statement.table`.

    Raises:
        InputError: for a value outside its range, or a name that is neither a parameter of a
            setting nor an extra one of the statement.
    """
    extra = {name: float(v) for name, v in parameters.items() if name in statement.defaults}
    setting: dict[str, Any] = {
        SETTING_NAME.get(name, name): value
        for name, value in parameters.items()
        if name not in extra
    }
    return Table(claim_at(statement, Setting(**setting), extra=extra))
