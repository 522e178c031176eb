"""Both sides of `noiseless-loss` at small settings, as inequalities that Rocq verifies.

The file `numbers/noiseless_loss_numbers.v` is printed from the statement's symbolic expressions,
written out at three settings, and from the enclosures of ball arithmetic: each theorem says that a
side lies between the two decimals that `longtail bounds --certified` prints. Rocq's interval
package proves it from the expression alone, so that neither ball arithmetic nor our programs need
to be believed. `python -m theorems.rocq.inequalities` writes the file anew.
"""

from __future__ import annotations

import textwrap
from decimal import Decimal
from pathlib import Path

from sympy import Add, Expr, Indexed, Integer, Max, Min, Mul, Pow, Rational, Symbol, exp, log
from sympy.printing.printer import Printer

from theorems.catalogue import catalogue
from theorems.claim import claim_at
from theorems.expressions import BinomialMean
from theorems.files import write_atomically
from theorems.model import Definition, definitions_in, i
from theorems.setting import Setting

FILE = Path(__file__).parent / "numbers" / "noiseless_loss_numbers.v"

STATEMENT = "noiseless-loss"

DIGITS = 15
"""Of the decimals: as many as `--certified` prints."""

SETTINGS = (
    Setting(n=10, d=6, s=1.5, alpha=1.5, beta_exponent=0.25),
    Setting(n=12, d=5, s=1.25, alpha=2.0, beta_exponent=0.0),
    Setting(n=6, d=5, s=3.0, alpha=1.25, beta_exponent=-0.5),
)
"""Their numbers are dyadic, so that Rocq has the very numbers that a double holds. At the last one
the first frequency is capped at 1."""

HEAD = """\
(* Printed by `python -m theorems.rocq.inequalities` from the statement's expressions: do not edit.
   The sides of noiseless-loss at three settings lie between the decimals that are printed. *)
From Coq Require Import Reals Lra.
From Interval Require Import Tactic.
Local Open Scope R_scope.

(* The tactic knows |x|, not the lesser of two. *)
Definition lesser (x y : R) := (x + y - Rabs (x - y)) / 2.
Definition greater (x y : R) := (x + y + Rabs (x - y)) / 2.

Lemma lesser_is_Rmin x y : lesser x y = Rmin x y.
Proof. unfold lesser, Rmin, Rabs; destruct (Rle_dec x y), (Rcase_abs (x - y)); lra. Qed.

Lemma greater_is_Rmax x y : greater x y = Rmax x y.
Proof. unfold greater, Rmax, Rabs; destruct (Rle_dec x y), (Rcase_abs (x - y)); lra. Qed.

(* Encloses a number once, for all that rests on it. *)
Ltac known H :=
  match type of H with
  | ?x = ?body =>
    let K := fresh in
    interval_intro body with (i_prec 120) as K;
    match type of K with
    | ?low <= _ <= ?high => assert (low <= x <= high) by (rewrite H; exact K); clear H K
    end
  end.
"""


class RocqPrinter(Printer):  # type: ignore[misc]
    """Prints an expression that is written out as a term of Rocq's real numbers.

    Raises:
        NotImplementedError: for a function that it has no word for.
    """

    def emptyPrinter(self, expr: Expr) -> str:
        """What no method prints is refused."""
        raise NotImplementedError(f"{type(expr).__name__} has no word in Rocq")

    def _print_Symbol(self, expr: Symbol) -> str:
        return str(expr.name)

    def _print_Integer(self, expr: Integer) -> str:
        return f"({expr.p})" if expr.p < 0 else str(expr.p)

    def _print_Rational(self, expr: Rational) -> str:
        return f"({expr.p} / {expr.q})"

    def _print_Add(self, expr: Add) -> str:
        return f"({' + '.join(self._print(part) for part in expr.args)})"

    def _print_Mul(self, expr: Mul) -> str:
        return f"({' * '.join(self._print(part) for part in expr.args)})"

    def _print_Pow(self, expr: Pow) -> str:
        base, power = expr.as_base_exp()
        if power.is_Integer:
            text = self._print(base) + (f" ^ {abs(power)}" if abs(power) != 1 else "")
            return f"(/ ({text}))" if power < 0 else f"({text})"
        return f"(exp ({self._print(power)} * ln {self._print(base)}))"

    def _print_exp(self, expr: exp) -> str:
        return f"(exp {self._print(expr.args[0])})"

    def _print_log(self, expr: log) -> str:
        return f"(ln {self._print(expr.args[0])})"

    def _nested(self, word: str, parts: tuple[Expr, ...]) -> str:
        text = str(self._print(parts[-1]))
        for part in reversed(parts[:-1]):
            text = f"({word} {self._print(part)} {text})"
        return text

    def _print_Min(self, expr: Min) -> str:
        return self._nested("lesser", expr.args)

    def _print_Max(self, expr: Max) -> str:
        return self._nested("greater", expr.args)


class WrittenOut:
    """The definitions and theorems of one setting.

    Args:
        setting: its numbers are taken as the rationals that their doubles are, and its best k.
        number: of the setting, for the theorem's name.
    """

    def __init__(self, setting: Setting, number: int) -> None:
        self.setting, self.number = setting, number
        self.statement = catalogue[STATEMENT]
        self.claim = claim_at(self.statement, setting, certified=True, digits=DIGITS)
        assert self.claim.k is not None
        self.parameters = setting.parameters | {"k": self.claim.k}
        self.defined: dict[str, str] = {}

    def text(self, expression: Expr) -> str:
        """The expression as a term, every sum as its terms; what it rests on is defined first."""
        plain = expression.replace(
            lambda part: isinstance(part, BinomialMean), lambda part: part.as_sum()
        )
        numbers = {
            symbol: Rational(self.parameters[symbol.name])
            for symbol in plain.free_symbols
            if isinstance(symbol, Symbol) and symbol.name in self.parameters
        }
        terms = plain.subs(numbers).doit()
        names = {
            part: self.name(definition, part)
            for definition in definitions_in(expression)
            for part in _occurrences(terms, definition)
        }
        return str(RocqPrinter().doprint(terms.subs(names)))

    def name(self, definition: Definition, part: Expr) -> Symbol:
        """The name of a definition, or of its number for one feature; made the first time."""
        index = part.indices[0] if isinstance(part, Indexed) else None
        name = str(definition.name) if index is None else f"{definition.name}_{index}"
        if name not in self.defined:
            expression = definition.expression
            text = self.text(expression if index is None else expression.subs(i, index))
            # Here and not before: what it needs has been put down by now.
            self.defined[name] = text
        return Symbol(name)

    def lines(self) -> list[str]:
        """The theorem: whatever the numbers' names stand for, both sides lie where it says."""
        assert self.claim.certificate is not None
        sides = {side: self.text(part) for side, part in self.statement.sides.items()}
        stated = []
        for side, ends in self.claim.certificate.document().items():
            assert ends is not None, f"{side} at {self.claim.setting} is not enclosed"
            low, high = (format(Decimal(end), "f") for end in ends)
            stated.append(f"  (* {side} *)\n  {low} <= {sides[side]} <= {high}")
        equations = [f"  {name} = {text} ->" for name, text in self.defined.items()]
        assumed = [f"is_{name}" for name in self.defined]
        return [
            "",
            f"(* {self.claim.setting.at(k=self.claim.k)} *)",
            f"Theorem sides_are_enclosed_{self.number} {' '.join(self.defined)} :",
            *equations,
            " /\\\n".join(stated) + ".",
            "Proof.",
            f"unfold lesser, greater; intros {' '.join(assumed)}.",
            *(f"known {name}." for name in assumed),
            "split; interval with (i_prec 120).",
            "Qed.",
        ]


def _occurrences(expression: Expr, definition: Definition) -> list[Expr]:
    if definition.indexed:
        found = [part for part in expression.atoms(Indexed) if part.base == definition.name]
        return sorted(found, key=str)
    return [definition.name] if definition.name in expression.free_symbols else []


def source() -> str:
    """The text of the file."""
    lines = [HEAD.rstrip()]
    for number, setting in enumerate(SETTINGS, start=1):
        lines += WrittenOut(setting, number).lines()
    return "\n".join(folded for line in lines for folded in _folded(line)) + "\n"


def _folded(line: str) -> list[str]:
    """A line in parts of at most a hundred characters; those of the head are short as they are."""
    part = textwrap.TextWrapper(
        100, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
    )
    return line.split("\n") if "\n\n" in line or len(line) <= 100 else part.wrap(line)


if __name__ == "__main__":
    write_atomically(FILE, source().encode())
