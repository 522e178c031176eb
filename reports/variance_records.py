"""What the "Variance" section computes, as it stands in results.json."""

from __future__ import annotations

from reports.records import Range, Record, VerdictRow, Whole
from theorems.setting import PAPER


class VarianceRow(VerdictRow):
    """`variance-evolution` at one exponent and size.

    Args:
        first_order: V_0.
        ratio: observed over predicted.
    """

    alpha: float
    n: Whole
    d: Whole
    first_order: float | None
    ratio: Range | None


class Variance(Record):
    """The grid of the section and its verdicts."""

    seed: Whole
    alphas: tuple[float, ...]
    ns: tuple[Whole, ...]
    claims_judged: Whole
    rows: tuple[VarianceRow, ...]
    s: float = PAPER.s
