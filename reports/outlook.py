"""What an undecided claim needs: a sweep over n, or so many draws."""

from __future__ import annotations

from empirics.judging.decide import rounded_up
from empirics.judging.family import Family
from empirics.judging.outstanding import room, wider
from empirics.judging.verdict import Verdict
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
    half = (seen.ci_high - seen.ci_low) / 2 * wider(Family(tests).confidence, CONFIDENCE)
    numbers = {name: getattr(row, name) for name in ("lower", "value", "upper", "accuracy")}
    least = room(row.kind, numbers, seen.mean)
    if least is None or not 0 < least < half <= HOPELESS * least:
        return None
    return (half / least) ** 2


def outlook(row: VerdictRow, tests: int, command: str) -> str:
    """What would decide the claim, in words; "" where it is decided."""
    if row.kind == Kind.RATE and row.verdict is Verdict.INCONCLUSIVE:
        return f"needs the sweep over n: {command}"
    if row.needs:
        return row.needs
    times = more_draws(row, tests)
    if times is None or row.observed is None:
        return ""
    return f"needs about {rounded_up(times * row.observed.runs)} draws"
