"""A statement's formula and definitions piece by piece, as LaTeX, for a document."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr

from theorems.model import DEFINITIONS, Definition
from theorems.notation import MODEL, Latex, latex, left_of, signed_sides, where
from theorems.statement import Statement


@dataclass(frozen=True)
class Defined:
    """A definition as LaTeX: what is defined, by what, and what it means."""

    left: str
    right: str
    meaning: str

    @classmethod
    def of(cls, definition: Definition) -> Defined:
        """The LaTeX of a definition."""
        return cls(latex(left_of(definition)), latex(definition.expression), definition.meaning)


def model_latex() -> list[Defined]:
    """The power law and the coefficients."""
    return [Defined.of(DEFINITIONS[name]) for name in MODEL]


def where_latex(statement: Statement) -> list[Defined]:
    """The definitions that the formula rests on, but for the model's."""
    return [Defined.of(definition) for definition in where(statement)]


def formula_rows(statement: Statement) -> list[tuple[str, str, list[str]]]:
    """The claim a side a row: what stands left, the relation, and the side's terms with signs."""
    return [
        ("" if place else latex(statement.symbol), sign, _terms(side))
        for place, (sign, side) in enumerate(signed_sides(statement))
    ]


def _terms(side: Expr) -> list[str]:
    if not side.is_Add:
        return [latex(side)]
    found = [latex(term) for term in Latex()._as_ordered_terms(side)]
    first, *rest = found
    return [first, *(one if one.startswith("-") else f"+ {one}" for one in rest)]
