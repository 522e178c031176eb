"""What the "Rates" section computes, as it stands in results.json."""

from __future__ import annotations

from empirics.judging.verdict import Verdict
from reports.records import Estimated, Record, Whole
from theorems.setting import PAPER


class RateStep(Record):
    """One size of the sweep."""

    n: Whole
    d: Whole
    runs: Whole


class RateValue(Record):
    """A rate at one size.

    Args:
        rate, plain: with its logarithms and without.
        sharp: the derived statement that sharpens it.
        price: rate over sharp.
    """

    n: Whole
    d: Whole
    k: Whole
    observed: Estimated
    rate: float | None
    plain: float | None
    sharp: float | None
    price: float | None


class Price(Record):
    """What a rate pays over a derived statement, and the power of ln d in it."""

    formula: str
    ln_d_exponent: str | None


class RateRow(Record):
    """A rate at one exponent: powers claimed and fitted, implied constants, verdict."""

    id: str
    title: str
    alpha: float
    at_most: bool
    verdict: Verdict
    reason: str
    claimed: float | None
    fitted: float | None
    low: float | None
    high: float | None
    tolerance: float | None
    constant_low: float | None
    constant_high: float | None
    checked: str
    sharpened_by: str | None
    price: Price | None
    price_low: float | None
    price_high: float | None
    points: tuple[RateValue, ...]


class Rates(Record):
    """The sweep over n and the verdicts on every rate."""

    seed: Whole
    sigma: float
    alphas: tuple[float, ...]
    steps: tuple[RateStep, ...]
    claims_judged: Whole
    rows: tuple[RateRow, ...]
    s: float = PAPER.s
