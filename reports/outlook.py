"""What an undecided claim needs: a sweep over n, or so many times the draws."""

from __future__ import annotations

import math

from scipy.stats import norm

from empirics.judging.family import Family
from empirics.judging.verdict import RESOLUTION, Verdict
from empirics.running.montecarlo import CONFIDENCE
from reports.records import VerdictRow
from theorems.statement import Kind

HOPELESS = 100
"""An interval so many times too wide needs more draws than anybody makes."""


def more_draws(row: VerdictRow, tests: int) -> float | None:
    """How many times the draws would decide an inconclusive claim, if its mean stays.

    Args:
        row: the claim with the interval that is shown.
        tests: of its family; the interval that judges is wider by their correction.

    Returns:
        None where it is decided, or where no number of draws is known to suffice.
    """
    seen = row.observed
    if row.verdict is not Verdict.INCONCLUSIVE or seen is None or seen.mean is None:
        return None
    if seen.ci_low is None or seen.ci_high is None:
        return None
    half = (seen.ci_high - seen.ci_low) / 2 * _wider(tests)
    room = _room(row, seen.mean)
    if room is None or room <= 0 or not room < half <= HOPELESS * room:
        return None
    return (half / room) ** 2


def _wider(tests: int) -> float:
    quantiles = (norm.ppf((1 + one) / 2) for one in (Family(tests).confidence, CONFIDENCE))
    wide, shown = quantiles
    return float(wide / shown)


def _room(row: VerdictRow, mean: float) -> float | None:
    """Half-width at which the claim would hold, its mean being what it is."""
    if row.kind == Kind.PREDICTION and row.value is not None and row.accuracy is not None:
        return row.accuracy * abs(row.value) - abs(mean - row.value)
    if row.kind == Kind.IDENTITY and row.value is not None:
        return RESOLUTION * abs(row.value)
    rooms = []
    if row.upper is not None:
        rooms.append(row.upper + RESOLUTION * abs(row.upper) - mean)
    if row.lower is not None:
        rooms.append(mean - row.lower + RESOLUTION * abs(row.lower))
    return min(rooms, default=None)


def outlook(row: VerdictRow, tests: int, command: str) -> str:
    """What would decide the claim, in words; "" where it is decided."""
    if row.kind == Kind.RATE and row.verdict is Verdict.INCONCLUSIVE:
        return f"needs the sweep over n: {command}"
    times = more_draws(row, tests)
    return "" if times is None else f"needs about {math.ceil(times)} times the draws"
