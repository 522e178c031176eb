"""What a section's result says of an item of the paper; the card at the top is made of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from empirics.judging.verdict import Verdict
from reports.console import number
from reports.records import HypothesisRow, VerdictRow
from theorems.catalogue import catalogue
from theorems.paper import Item, Role
from theorems.statement import Kind


@dataclass(frozen=True)
class Evidence:
    """One result on one item of the paper.

    Args:
        item: of the paper.
        role: of what was judged.
        source: a statement's id, or the words of what was judged.
        verdict: on it.
        alpha: exponent that it was judged at; None where there is none.
        decides: whether the verdict counts; else only the hypotheses do, as of a rate at one n.
        failing: the hypothesis that fails there.
        excess: of a rate: with constant 1 over what is observed, smallest and largest.
        width: of a statement of ours: how far its sides are apart, relative; 0 of an identity.
        quantity: what that is the width of, by the name of its observable.
        note: what else is to be said of where it stops.
        where: what it was judged at, such as a preset, where that is not the report's setting.
        anchor: its place in the page.
    """

    item: Item
    role: Role
    source: str
    verdict: Verdict
    alpha: float | None = None
    decides: bool = True
    failing: HypothesisRow | None = None
    excess: tuple[float, float] | None = None
    width: float | None = None
    quantity: str = ""
    note: str = ""
    where: str = ""
    anchor: str = ""


def on_items(row: VerdictRow, alpha: float | None) -> Iterator[Evidence]:
    """What a verdict row says of the items that its statement mentions."""
    statement = catalogue.get(row.id)
    if statement is None:
        return
    for mention in statement.paper:
        yield Evidence(
            mention.item,
            mention.role,
            row.id,
            row.verdict,
            alpha,
            # A rate is judged over a sweep of n, not at one setting.
            decides=statement.kind is not Kind.RATE,
            failing=next((one for one in row.hypotheses if not one.holds), None),
            width=_width(row) if mention.role is Role.SHARPENS else None,
            quantity=row.observable or "",
            anchor=row.id,
        )


def _width(row: VerdictRow) -> float | None:
    """How far the sides of a claim that holds are apart, relative; of a prediction its accuracy."""
    if row.verdict is not Verdict.HOLDS:
        return None
    if row.kind == Kind.TWO_SIDED and row.upper is not None and row.lower:
        return row.upper / row.lower - 1
    if row.kind == Kind.PREDICTION:
        return row.accuracy
    return 0.0 if row.kind == Kind.IDENTITY else None


def stated() -> frozenset[Item]:
    """The items that a statement of the catalogue states: these are judged over a sweep of n."""
    return frozenset(
        mention.item
        for statement in catalogue.values()
        for mention in statement.paper
        if mention.role is Role.STATES
    )


def width_told(width: float) -> str:
    """A relative width in words."""
    return "exact" if width == 0 else f"within {plain(100 * width)}%"


def plain(value: float, digits: int = 2) -> str:
    """So many digits, written out: 160 rather than 1.6e+02."""
    return f"{value:.0f}" if value >= 10**digits else number(value, digits)
