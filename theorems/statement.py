"""What a statement is: a claim in symbols, its kind, its origin, its hypotheses and its proof."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sympy import Expr, Integer, Rational, Symbol

from theorems.kinds import NEEDED as NEEDED
from theorems.kinds import Kind as Kind
from theorems.kinds import Origin as Origin
from theorems.model import Extra
from theorems.paper import Mention
from theorems.trust import Step, Trust

if TYPE_CHECKING:
    from theorems.explore import Explored, Table

PROMISED_ACCURACY = Rational(1, 10)
"""Relative accuracy that a prediction claims where none is derived for it: tight within 10%."""


def well_formed(identifier: str) -> bool:
    """Whether it may be an id: lower-case words joined by hyphens."""
    return re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", identifier) is not None


@dataclass(frozen=True)
class Hypothesis:
    """A condition under which the statement is believed.

    Args:
        text: the condition in words and symbols.
        margin: the condition holds iff this is > 0 (>= 0 where `weak`); a NaN fails.
        weak: whether equality is allowed.
    """

    text: str
    margin: Expr
    weak: bool = False

    def holds(self, margin: float) -> bool:
        """Whether a margin, evaluated at a setting, satisfies the condition."""
        return margin >= 0 if self.weak else margin > 0


@dataclass(frozen=True)
class Comparison:
    """What another method gives for the same quantity.

    Args:
        name: by which it is looked up, lower-case words joined by hyphens; the id of the statement
            that it is, where it is one.
        label: the method, with its reference.
        expression: its value.
        note: what to see.
    """

    name: str
    label: str
    expression: Expr
    note: str


@dataclass(frozen=True)
class Control:
    """A control variate: an observable whose mean is known exactly.

    Args:
        observable: name of the simulated quantity.
        mean: its exact mean, in the units that it is recorded in.
        coefficient: what is taken off for each unit of it; None takes the slope of a regression
            on the draws.
    """

    observable: str
    mean: Expr
    coefficient: Expr | None = None


@dataclass(frozen=True)
class Statement:
    """One statement of the catalogue.

    Args:
        id: its public name, never reused.
        title: a line.
        origin: paper (a rate with unspecified constants), derived (ours, with a proof) or
            predicted (ours, by a heuristic).
        kind: what is claimed.
        quantity: the quantity in words.
        symbol: the quantity as it appears in the formula.
        text: the module's docstring; its paragraphs after "Statement.", "Proof." and
            "Source." are what `claim`, `proof` and `source` return.
        lower, value, upper: the claim; None where the statement has no such side.
        observable: name of the simulated quantity that it is checked against.
        scale: factor that turns the observable into the quantity.
        control: control variate that sharpens the estimate of the observable.
        reference: the exact number that a formula approximates, where no simulation is needed
            to judge it; of a rate, the exact mean of what it is a rate of: the draws are checked
            against it, and the power of n is read off it.
        hypotheses: conditions to be checked at a setting before the claim is believed.
        unit: of an identity: what its interval must be narrow against, where that is not the value
            itself, as for one with 0.
        accuracy: relative error a that a prediction admits, |quantity - value| <= a value; see
            `PROMISED_ACCURACY`.
        level: probability with which a single draw keeps to the one side, `lower` or `upper`,
            where that is such a bound rather than one on the mean.
        trivial_lower, trivial_upper: what everybody knows already; a side that is no better
            is vacuous.
        best_k: whether the statement holds for every k and is evaluated at its best one.
        comparisons: what other methods give, each with a name of its own.
        sharpened_by: of a rate: the name of the comparison that sharpens it; "" for none.
        at_most: of a rate: it bounds from above only, up to constants.
        extra: parameters that no setting has, with the values that they are evaluated at.
        uses: ids of the statements that its proof rests on.
        tests_solver: whether the claim is linear algebra that holds in every draw, whatever the
            frequencies are: then no simulation can refute it, and what its check tests is the
            solver.
        paper: the paper's items that it states, sharpens or contradicts.
        on_combinations: whether its test points combine features as no sample does.
        steps: the steps of the proof, each with the lemma of `theorems/rocq` that checks it or
            none; all of them, where one is given.
    """

    id: str
    title: str
    origin: Origin
    kind: Kind
    quantity: str
    symbol: Symbol
    text: str
    lower: Expr | None = None
    value: Expr | None = None
    upper: Expr | None = None
    observable: str | None = None
    scale: Expr = Integer(1)
    control: Control | None = None
    reference: Expr | None = None
    hypotheses: tuple[Hypothesis, ...] = ()
    unit: Expr | None = None
    accuracy: Expr = PROMISED_ACCURACY
    level: Expr | None = None
    trivial_lower: Expr | None = Integer(0)
    trivial_upper: Expr | None = None
    best_k: bool = False
    comparisons: tuple[Comparison, ...] = ()
    sharpened_by: str = ""
    at_most: bool = False
    extra: tuple[Extra, ...] = ()
    uses: tuple[str, ...] = ()
    tests_solver: bool = False
    paper: tuple[Mention, ...] = ()
    on_combinations: bool = False
    steps: tuple[Step, ...] = ()

    def __post_init__(self) -> None:
        if not well_formed(self.id):
            raise ValueError(f"id = {self.id!r}: must be lower-case words joined by hyphens")
        if not (self.claim and self.proof and self.source):
            raise ValueError(
                f"{self.id}: the text needs 'Statement.', 'Proof.' and 'Source.' parts"
            )
        if self.steps and self.origin is not Origin.DERIVED:
            raise ValueError(f"{self.id}: steps: only what is derived has a proof to check")

    def _part(self, name: str) -> str:
        found = re.search(
            rf"^{name}\.\s+(.*?)(?=^(?:Statement|Proof|Source)\.\s|\Z)", self.text, re.M | re.S
        )
        return found.group(1).strip() if found else ""

    @property
    def claim(self) -> str:
        """The statement in words."""
        return self._part("Statement")

    @property
    def proof(self) -> str:
        """The proof; for a rate of the paper what it says of its proof."""
        return self._part("Proof")

    @property
    def source(self) -> str:
        """Where it comes from."""
        return self._part("Source")

    @property
    def trust(self) -> Trust:
        """How far it is trusted, from its origin and from who checked the steps of its proof."""
        if self.origin is Origin.PAPER:
            return Trust.PAPER
        if self.origin is Origin.PREDICTED:
            return Trust.PREDICTED
        if self.steps and all(step.checked for step in self.steps):
            return Trust.MACHINE_CHECKED
        return Trust.PROSE

    def subs(self, **values: float) -> Explored:
        """The statement with values for some of its symbols, alpha=2 for instance.

        Raises:
            InputError: for a symbol that the statement does not have.
        """
        from theorems.explore import explored

        return explored(self, values)

    def table(self, **parameters: float) -> Table:
        """The statement's numbers and hypotheses at a setting, as a small table.

        Args:
            parameters: of the setting (n, d, s, alpha, sigma, beta_exponent, k; the defaults
                are those of Figure 1), and extra ones of the statement.
        """
        from theorems.explore import table

        return table(self, parameters)

    def _repr_latex_(self) -> str:
        """How a notebook shows it."""
        from theorems.explore import displayed

        return displayed(self)

    @property
    def defaults(self) -> dict[str, float]:
        """The values of the extra parameters, by the names of their symbols."""
        return {part.symbol.name: float(part.default) for part in self.extra}

    def own(self, extra: Mapping[str, float] | None) -> dict[str, float]:
        """Those of some extra parameters that are its own."""
        return {name: value for name, value in (extra or {}).items() if name in self.defaults}

    @property
    def sides(self) -> dict[str, Expr]:
        """The sides that the statement has, by name."""
        sides = {"lower": self.lower, "value": self.value, "upper": self.upper}
        return {name: side for name, side in sides.items() if side is not None}

    def comparison(self, name: str) -> Comparison:
        """The comparison of that name.

        Raises:
            KeyError: where there is none.
        """
        for comparison in self.comparisons:
            if comparison.name == name:
                return comparison
        has = ", ".join(one.name for one in self.comparisons) or "none"
        raise KeyError(f"{self.id} has no comparison {name!r}; it has {has}")

    @property
    def expressions(self) -> dict[str, Expr]:
        """Everything that is evaluated at a setting, by name.

        The sides, the numbers that judge them, "hypothesis_0", "hypothesis_1", ... (margins) and
        "comparison_0", ... in their order.
        """
        control = self.control
        named: dict[str, Expr | None] = {
            **self.sides,
            "scale": self.scale,
            "level": self.level,
            "unit": self.unit,
            "reference": self.reference,
            "control_mean": control.mean if control else None,
            "control_coefficient": control.coefficient if control else None,
            "trivial_lower": self.trivial_lower,
            "trivial_upper": self.trivial_upper,
            "accuracy": self.accuracy if self.kind is Kind.PREDICTION else None,
        }
        found = {name: expression for name, expression in named.items() if expression is not None}
        for position, hypothesis in enumerate(self.hypotheses):
            found[f"hypothesis_{position}"] = hypothesis.margin
        for position, comparison in enumerate(self.comparisons):
            found[f"comparison_{position}"] = comparison.expression
        return found
