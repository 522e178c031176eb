"""What an open claim waits for: so many draws, or something that no number of draws gives."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from scipy.special import ndtri

from empirics.judging.family import Family
from empirics.judging.intervals import BETTING, BINOMIAL, STUDENT_RUNS, Estimate
from empirics.judging.verdict import RESOLUTION, Judgement, Verdict, tests
from empirics.observables.needed import observed_by
from empirics.observables.registry import OBSERVABLES
from theorems.statement import Kind, Statement


def waits_for_draws(judgement: Judgement, runs: int) -> bool:
    """Whether more than `runs` draws may decide a claim.

    They cannot where it is decided, where its hypotheses fail, where it is a rate (that needs a
    sweep over n), a formula or a check of each draw, where a side has no value, and where what it
    is about is measured on the first draws only.
    """
    claim = judgement.claim
    statement = claim.statement
    if judgement.verdict is not Verdict.INCONCLUSIVE or claim.failed or not claim.believed:
        return False
    if not tests(statement):
        return False
    first = measured_on(statement)
    if first is not None and first <= runs:
        return False
    if judgement.observed is not None and math.isinf(judgement.observed.mean):
        return False
    numbers = [
        claim.numbers[side]
        for side, part in judgement.parts.items()
        if part is Verdict.INCONCLUSIVE
    ]
    if statement.kind is Kind.PREDICTION:
        numbers.append(claim.numbers["accuracy"])
    return all(math.isfinite(number) for number in numbers)


Numbers = Mapping[str, float | None]
"""Sides of a claim, its "accuracy" and its "unit", by name; None where it has none."""


def room(kind: str, numbers: Numbers, mean: float) -> float | None:
    """Half-width of the interval at which a claim would be decided, its mean being what it is.

    Args:
        kind: of the statement.
        numbers: of the claim.
        mean: of the draws.

    Returns:
        None where nothing is known to decide it.
    """
    holds = _holds(kind, numbers, mean)
    return None if holds is None else max(holds, _refutes(kind, numbers, mean))


def _holds(kind: str, numbers: Numbers, mean: float) -> float | None:
    """Half-width at which a claim would hold; not positive where it would not at this mean."""
    lower, value, upper = (numbers.get(side) for side in ("lower", "value", "upper"))
    accuracy, unit = numbers.get("accuracy"), numbers.get("unit")
    if kind == Kind.PREDICTION and value is not None and accuracy is not None:
        return accuracy * abs(value) - abs(mean - value)
    if kind == Kind.IDENTITY and value is not None:
        return RESOLUTION * (abs(value) if unit is None else unit)
    rooms = []
    if upper is not None and kind in (Kind.UPPER, Kind.TWO_SIDED):
        rooms.append(upper + RESOLUTION * abs(upper) - mean)
    if lower is not None and kind in (Kind.LOWER, Kind.TWO_SIDED):
        rooms.append(mean - lower + RESOLUTION * abs(lower))
    return min(rooms, default=None)


def _refutes(kind: str, numbers: Numbers, mean: float) -> float:
    """Half-width below which a claim would be refuted at this mean; not positive where never."""
    lower, value, upper = (numbers.get(side) for side in ("lower", "value", "upper"))
    accuracy = numbers.get("accuracy")
    if kind == Kind.PREDICTION and value is not None and accuracy is not None:
        return abs(mean - value) - accuracy * abs(value)
    if kind == Kind.IDENTITY and value is not None:
        return abs(mean - value)
    beyond = [0.0]
    if upper is not None and kind in (Kind.UPPER, Kind.TWO_SIDED):
        beyond.append(mean - upper)
    if lower is not None and kind in (Kind.LOWER, Kind.TWO_SIDED):
        beyond.append(lower - mean)
    return max(beyond)


@dataclass(frozen=True)
class Forecast:
    """How many times its draws an open claim needs.

    Args:
        about: if its mean and spread stay as they are; None where it then stays open.
        least: if the mean is what suits the claim best of all that the 95% interval holds.
    """

    about: float | None
    least: float


def forecast(judgement: Judgement, family: Family, look: int) -> Forecast | None:
    """What an open claim needs, by the interval that is shown.

    Args:
        judgement: of an open claim.
        family: of its tests.
        look: at which the draws were judged, of looks in doubling numbers.

    Returns:
        None where nothing is known: without an interval, or where that is by betting on a range,
        whose width says what could be drawn rather than what was.
    """
    seen, claim = judgement.observed, judgement.claim
    if seen is None or not math.isfinite(seen.half_width):
        return None
    if seen.method == BETTING:
        return None
    unseen = seen.method == BINOMIAL and seen.mean in (seen.ci_low, seen.ci_high)
    numbers = {name: claim.number(name) for name in ("lower", "value", "upper", "accuracy", "unit")}
    kind = claim.statement.kind
    # What was not seen at all does not stay so; it is judged by how often it would be seen if the
    # claim were true.
    claimed = numbers["value"] if unseen and kind in (Kind.IDENTITY, Kind.PREDICTION) else None
    now = (_holds if unseen else room)(kind, numbers, seen.mean)
    sides = [
        number for name in ("lower", "value", "upper") if (number := numbers[name]) is not None
    ]
    middle = (min(sides) + max(sides)) / 2
    inside = [min(max(mean, seen.ci_low), seen.ci_high) for mean in (-math.inf, middle, math.inf)]
    best = [found for mean in inside if (found := _holds(kind, numbers, mean)) is not None]
    if now is None or not best:
        return None
    least = max(now, *best)
    if least <= 0:
        return None
    return Forecast(
        _until(seen, now, claimed, unseen, family, look) if now > 0 else None,
        _until(seen, least, claimed, unseen, family, look),
    )


ONE_EVENT = math.log(2 / 0.05)
"""The upper end, 95%, of a mean of n draws without an event is so many times 1/n."""


ENDLESS = 1e9
"""An interval so many times too wide stays so."""


def _until(
    seen: Estimate, least: float, claimed: float | None, unseen: bool, family: Family, look: int
) -> float:
    """How many times as many draws make the interval as narrow as `least`.

    Intervals narrow by the root of the number of draws, the upper end of what was not seen by the
    number itself; if that has the mean `claimed`, its law is about Poisson's.
    """
    times = 1.0
    # A later look asks for a little more, and how late it is depends on how much it asks for.
    for _ in range(8):
        at = family.at_look(look + max(1, math.ceil(math.log2(max(times, 1.0)))))
        if claimed:
            event = 2 * seen.half_width / ONE_EVENT
            reach = min(-ndtri((1 - at.confidence) / 2) / least, ENDLESS)
            times = reach**2 * event * abs(claimed)
        else:
            ratio = min(seen.half_width * wider(at.confidence, seen.confidence) / least, ENDLESS)
            times = ratio if unseen else ratio**2
    return float(times)


def wider(confidence: float, shown: float) -> float:
    """How many times as wide an interval is at one confidence as at another."""
    return float(-ndtri((1 - confidence) / 2) / -ndtri((1 - shown) / 2))


def measured_on(statement: Statement) -> int | None:
    """The number of first draws that a statement's observables are measured on; None for all."""
    first = [OBSERVABLES[name].group.first for name in observed_by(statement)]
    return min((number for number in first if number is not None), default=None)


VAGUE = 4.0
"""A forecast that one standard error of the mean or two change by more than this is a least one."""

NEVER = "no number of draws is known to suffice"


def needs(judgement: Judgement, runs: int, family: Family, look: int = 1) -> str:
    """What would decide an open claim, in words; "" where it is decided, or needs a sweep over n.

    Args:
        judgement: of the claim.
        runs: draws that it was judged by.
        family: of its tests.
        look: at which, where it was drawn for until it is decided.
    """
    statement = judgement.claim.statement
    if judgement.verdict is not Verdict.INCONCLUSIVE or statement.kind is Kind.RATE:
        return ""
    first = measured_on(statement) if statement.observable in OBSERVABLES else None
    if first is not None and first <= runs:
        return f"it is measured on the first {first} draws alone"
    if not waits_for_draws(judgement, runs):
        return NEVER
    needed = forecast(judgement, family, look)
    if needed is None:
        few = runs < STUDENT_RUNS
        return f"needs {STUDENT_RUNS} draws at least, which show its spread" if few else NEVER
    if needed.least >= ENDLESS:
        return NEVER
    if needed.about is None or needed.about > VAGUE * needed.least:
        return f"needs {max(runs + 1, rounded_up(needed.least * runs))} draws at least"
    # A forecast is no more precise than to say that those made were all but enough.
    more = rounded_up(needed.about * runs)
    return f"needs about {more} draws" if more > runs else f"needs a few more than {runs} draws"


def with_needs(judgement: Judgement, runs: int, family: Family) -> Judgement:
    """The judgement, saying what would decide it where it is open."""
    return replace(judgement, needs=needs(judgement, runs, family))


MOST_TIMES = 2.0**14
"""So many times its draws nobody makes."""


def narrower(verdict: Callable[..., Verdict], *estimates: Estimate) -> str:
    """What would decide a verdict that intervals make, in words; "" where they decide it.

    Args:
        verdict: of the intervals.
        estimates: the intervals, as they are; they narrow by the root of the number of draws.
    """
    times = 1.0
    while times <= MOST_TIMES:
        if verdict(*(_narrowed(one, times) for one in estimates)) is not Verdict.INCONCLUSIVE:
            runs = max(one.runs for one in estimates)
            return f"needs about {rounded_up(times * runs)} draws" if times > 1 else ""
        times *= math.sqrt(2)
    return NEVER


def _narrowed(estimate: Estimate, times: float) -> Estimate:
    """The interval of so many times its draws, whose mean is the same."""
    mean, root = estimate.mean, math.sqrt(times)
    low, high = (mean + (end - mean) / root for end in (estimate.ci_low, estimate.ci_high))
    return replace(estimate, ci_low=low, ci_high=high)


def rounded_up(number: float) -> int:
    """To two digits."""
    step = 10 ** max(0, math.floor(math.log10(number)) - 1)
    return int(math.ceil(number / step) * step)
