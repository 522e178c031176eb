"""Statement x estimate -> verdict.

A proven side is refuted only when the whole interval lies on its wrong side. It holds when
the interval lies on its right side, or straddles it so closely that a violation by more
than the resolution (10% of the side) is excluded; a wider interval is inconclusive. Intervals
are corrected for the number of claims judged together (Bonferroni), so the probability that
a true claim is refuted anywhere in a report is at most 5%.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from empirics.judging.family import Family
from empirics.judging.finite_sample import binomial_interval
from empirics.judging.intervals import BINOMIAL, EXACT, Estimate
from empirics.observables.registry import OBSERVABLES, UnknownObservableError
from empirics.running.montecarlo import CONFIDENCE, Sample
from theorems.claim import ROUNDING, Claim
from theorems.kinds import NEEDED
from theorems.regimes.standing import better_than_trivial
from theorems.statement import Kind, Statement

RESOLUTION = 0.1
"""Violations beyond this share of a bound must be excluded before it is said to hold."""


class Verdict(StrEnum):
    """What simulation says of a claim."""

    HOLDS = "holds"
    REFUTED = "refuted"
    VACUOUS = "vacuous"
    HYPOTHESIS_FAILS = "hypothesis fails"
    INCONCLUSIVE = "inconclusive"


_SEVERITY = (Verdict.HOLDS, Verdict.VACUOUS, Verdict.INCONCLUSIVE, Verdict.REFUTED)


@dataclass(frozen=True)
class Judgement:
    """A claim set beside what was observed.

    Args:
        claim: the claim.
        verdict: on the whole.
        parts: verdict on each side that the statement has.
        reason: one line that says why.
        observed: the estimate that is shown (95%); None where nothing was observed.
        slack: bound over observed (upper side), else observed over bound (lower side), else
            predicted over observed; None where it has no meaning.
        needs: what would decide an open claim, where it was drawn for until the budget was spent;
            "" elsewhere.
        proved_by: the interval of proved coverage that reaches the verdict; "" where it rests on an
            asymptotic one, or on none.
    """

    claim: Claim
    verdict: Verdict
    parts: dict[str, Verdict]
    reason: str
    observed: Estimate | None
    slack: float | None
    needs: str = ""
    proved_by: str = ""


def tests(statement: Statement) -> int:
    """Intervals that a claim of it may be judged by, known before anything is drawn.

    One for its sides and one more for a bound on each draw; none where no interval is looked at:
    formulas, rates at one n, and what each draw must satisfy up to rounding.
    """
    observed = OBSERVABLES.get(statement.observable or "")
    if observed is None or observed.rounding or statement.kind is Kind.RATE:
        return 0
    return 1 if statement.level is None else 2


def judge(claim: Claim, sample: Sample, claims: int | Family) -> Judgement:
    """Judge one claim by the draws at its setting.

    Args:
        claim: a statement evaluated at the sample's setting.
        sample: the draws.
        claims: the family of tests that this is one of; a number stands for so many claims like
            this one.
    """
    statement = claim.statement
    family = claims if isinstance(claims, Family) else Family(claims * max(tests(statement), 1))
    if claim.failed:
        every = dict.fromkeys(statement.sides, Verdict.INCONCLUSIVE)
        return Judgement(claim, Verdict.INCONCLUSIVE, every, claim.failed, None, None)
    if statement.observable is None:
        return _judge_formula(claim)
    try:
        sample.draws(statement.observable, claim.extra)
    except UnknownObservableError as error:
        return _unobserved(claim, str(error))
    except KeyError as error:
        return _unobserved(claim, f"no draw recorded {error.args[0]}")
    shown = claimed_estimate(claim, sample, CONFIDENCE)
    rounding = sample.rounding(statement.observable, claim.extra)
    if not claim.believed:
        failed = next(h for h in claim.hypotheses if not h.holds)
        return Judgement(
            claim,
            Verdict.HYPOTHESIS_FAILS,
            {},
            f"fails: {failed.text}",
            shown,
            _slack(claim, shown),
        )
    if rounding is not None:
        return _judge_exact(claim, sample, rounding, shown)
    if statement.kind is Kind.RATE:
        reason = "a rate needs a sweep over n; shown is rate over observed at this n"
        return Judgement(claim, Verdict.INCONCLUSIVE, {}, reason, shown, _slack(claim, shown))
    wide = claimed_estimate(claim, sample, family.confidence)
    if shown.runs < 2 or math.isnan(wide.ci_low):
        reason = f"{shown.runs} draw(s) with a value: no interval"
        if shown.runs > 1:
            reason += ", for so few or so equal draws of what has no known range"
        return Judgement(claim, Verdict.INCONCLUSIVE, {}, reason, shown, _slack(claim, shown))
    judged = _by_sides(claim, wide)
    by = dict.fromkeys(judged, wide.method if wide.proved else "")
    if statement.level is not None:
        side = "upper" if statement.kind is Kind.UPPER else "lower"
        judged[side], by[side] = _judge_level(side, claim, sample, family), BINOMIAL
    side = _deciding(claim, judged)
    verdict, reason = judged[side]
    proved_by = ""
    if verdict in (Verdict.HOLDS, Verdict.REFUTED):
        proved_by = by[side] or _proved_by(claim, sample, wide.confidence, verdict)
    parts = {name: part for name, (part, _) in judged.items()}
    slack = _slack(claim, shown)
    return Judgement(claim, verdict, parts, reason, shown, slack, proved_by=proved_by)


Sides = dict[str, tuple[Verdict, str]]
"""Verdict and reason by side."""


def _by_sides(claim: Claim, wide: Estimate) -> Sides:
    """What an interval says of each side."""
    return {side: _judge_side(side, claim, wide) for side in claim.statement.sides}


def _deciding(claim: Claim, judged: Sides) -> str:
    """The side whose verdict is that of the whole."""
    refuted = [side for side, (part, _) in judged.items() if part is Verdict.REFUTED]
    if refuted:
        return refuted[0]
    main = NEEDED[claim.statement.kind]
    return max(main, key=lambda side: _SEVERITY.index(judged[side][0]))


def _proved_by(claim: Claim, sample: Sample, confidence: float, verdict: Verdict) -> str:
    """The interval of proved coverage that says the same as an asymptotic one; "" if none does.

    It only confirms: a wide interval may hold what a narrow one refutes.
    """
    name = claim.statement.observable
    assert name is not None
    found = sample.proved(name, confidence, claim.extra)
    if found is None:
        return ""
    judged = _by_sides(claim, found.scaled(claim.numbers["scale"]))
    return found.method if judged[_deciding(claim, judged)][0] is verdict else ""


def claimed_estimate(claim: Claim, sample: Sample, confidence: float) -> Estimate:
    """The observed quantity, with the statement's control variate where it names one."""
    name, control = claim.statement.observable, claim.statement.control
    assert name is not None
    if control is None:
        plain = sample.estimate(name, confidence, claim.extra)
    else:
        plain = sample.controlled(
            name,
            control.observable,
            claim.numbers["control_mean"],
            claim.number("control_coefficient"),
            confidence,
            claim.extra,
        )
    return plain.scaled(claim.numbers["scale"])


def _judge_formula(claim: Claim) -> Judgement:
    """A formula against the exact number that it approximates; nothing is simulated."""
    reference = claim.number("reference")
    if reference is None or not claim.believed:
        return _unobserved(claim, "a formula with nothing to be compared with")
    value, accuracy = claim.numbers["value"], claim.numbers["accuracy"]
    exact = Estimate(reference, reference, reference, 0, 1.0, EXACT)
    verdict, reason = _judge_prediction(value, accuracy, exact)
    reason = reason.replace("the interval", "the exact finite sum")
    return Judgement(claim, verdict, {"value": verdict}, reason, None, _slack(claim, exact))


def _unobserved(claim: Claim, reason: str) -> Judgement:
    if not claim.believed:
        failed = next(h for h in claim.hypotheses if not h.holds)
        return Judgement(claim, Verdict.HYPOTHESIS_FAILS, {}, f"fails: {failed.text}", None, None)
    return Judgement(claim, Verdict.INCONCLUSIVE, {}, reason, None, None)


def _slack(claim: Claim, shown: Estimate) -> float | None:
    numbers = claim.numbers
    if "upper" in numbers and claim.statement.kind in (Kind.UPPER, Kind.TWO_SIDED):
        return _ratio(numbers["upper"], shown.mean)
    if "value" in numbers:
        return _ratio(numbers["value"], shown.mean)
    return _ratio(shown.mean, numbers["lower"]) if "lower" in numbers else None


def _ratio(top: float, bottom: float) -> float | None:
    if top == 0 or bottom == 0 or not math.isfinite(top) or not math.isfinite(bottom):
        return None
    return top / bottom


def _judge_exact(claim: Claim, sample: Sample, rounding: object, shown: Estimate) -> Judgement:
    """A claim about every draw, not the mean: exceeded by no more than rounding in any draw."""
    name = claim.statement.observable
    assert name is not None
    values, allowed = sample.draws(name, claim.extra), np.asarray(rounding)
    side = next(name for name in ("upper", "value", "lower") if name in claim.numbers)
    measured = ~np.isnan(values)
    distance = values[measured] - claim.numbers[side]
    if side == "lower":
        excess = -distance
    else:
        # The value of a rate that is 0 in every draw bounds from above only.
        excess = np.abs(distance) if claim.statement.kind is Kind.IDENTITY else distance
    if not measured.any() or np.isnan(allowed[measured]).any():
        verdict, reason = Verdict.INCONCLUSIVE, "no draw was measured"
    elif (excess <= allowed[measured]).all():
        verdict = Verdict.HOLDS
        reason = f"in each of {excess.size} draws, up to rounding"
    else:
        verdict = Verdict.REFUTED
        reason = f"draw {int(np.flatnonzero(measured)[excess.argmax()])} exceeds it beyond rounding"
    slack = _slack(claim, shown) if side == "lower" else None
    return Judgement(claim, verdict, {side: verdict}, reason, shown, slack)


def _says_nothing(side: str, claim: Claim) -> tuple[Verdict, str] | None:
    """The verdict of a side that cannot be held against anything, whatever was observed."""
    number = claim.numbers[side]
    if math.isinf(number) and side != "value":
        return Verdict.VACUOUS, f"the {side} side is infinite, beyond what doubles hold"
    if not math.isfinite(number):
        return Verdict.INCONCLUSIVE, f"the {side} side has no value here"
    if side != "value" and not better_than_trivial(claim, side):
        trivial = claim.number(f"trivial_{side}")
        return Verdict.VACUOUS, f"the {side} bound is no better than the trivial {trivial:.4g}"
    return None


def _judge_side(side: str, claim: Claim, wide: Estimate) -> tuple[Verdict, str]:
    if (nothing := _says_nothing(side, claim)) is not None:
        return nothing
    number = claim.numbers[side]
    if side == "value":
        if claim.statement.kind is Kind.PREDICTION:
            return _judge_prediction(number, claim.numbers["accuracy"], wide)
        return _judge_identity(number, claim.number("unit"), wide)
    sign = 1 if side == "upper" else -1
    near, far = (wide.ci_low, wide.ci_high) if side == "upper" else (wide.ci_high, wide.ci_low)
    rounding = _rounding(number, wide)
    if sign * (near - number) > rounding:
        return Verdict.REFUTED, f"the interval lies beyond the {side} bound"
    if sign * (far - number) <= rounding:
        return Verdict.HOLDS, f"the interval lies within the {side} bound"
    if sign * (far - number) <= RESOLUTION * abs(number):
        return Verdict.HOLDS, f"any violation of the {side} bound is below 10%"
    return Verdict.INCONCLUSIVE, f"the interval is too wide to judge the {side} bound"


def _rounding(number: float, wide: Estimate) -> float:
    """How far a side and an interval may lie apart by rounding alone.

    Sides are evaluated, and draws measured, in doubles; both are correct to `ROUNDING` of the
    quantity, and where a side cancels, of the largest number that the interval allows for it.
    """
    known = [abs(x) for x in (number, wide.mean, wide.ci_low, wide.ci_high) if math.isfinite(x)]
    return ROUNDING * max(known, default=0.0)


def _judge_identity(number: float, unit: float | None, wide: Estimate) -> tuple[Verdict, str]:
    """By an interval that is narrow against the value, or against the unit that is named for it."""
    size = abs(number) if unit is None else unit
    rounding = _rounding(number, wide)
    if not wide.ci_low - rounding <= number <= wide.ci_high + rounding:
        return Verdict.REFUTED, "the interval does not contain the exact value"
    # What is 0 and has no unit must be seen without a width: nothing says how narrow is narrow.
    if wide.half_width <= RESOLUTION * size:
        return Verdict.HOLDS, "the interval contains the exact value"
    return Verdict.INCONCLUSIVE, "the interval contains the value but a 10% error as well"


def _judge_prediction(number: float, accuracy: float, wide: Estimate) -> tuple[Verdict, str]:
    if not math.isfinite(accuracy):
        return Verdict.INCONCLUSIVE, "the prediction's accuracy has no value here"
    if not math.isfinite(wide.mean):
        return Verdict.INCONCLUSIVE, "there is no finite number to compare with"
    if accuracy >= 1:
        return Verdict.VACUOUS, "the prediction claims no accuracy here"
    low, high = sorted((number * (1 - accuracy), number * (1 + accuracy)))
    rounding = _rounding(number, wide)
    if wide.ci_high < low - rounding or wide.ci_low > high + rounding:
        return Verdict.REFUTED, f"the interval excludes the prediction's {accuracy:.1%}"
    if low <= wide.ci_low and wide.ci_high <= high:
        return Verdict.HOLDS, f"the interval lies within the prediction's {accuracy:.1%}"
    return Verdict.INCONCLUSIVE, f"the interval reaches beyond the prediction's {accuracy:.1%}"


def _judge_level(side: str, claim: Claim, sample: Sample, family: Family) -> tuple[Verdict, str]:
    """A bound that each draw satisfies with probability `level`."""
    if (nothing := _says_nothing(side, claim)) is not None:
        return nothing
    name = claim.statement.observable
    assert name is not None
    values = sample.draws(name, claim.extra)
    level, bound = claim.numbers["level"], claim.numbers[side]
    if side == "lower":
        within, said = values >= bound, "reach the lower bound"
    else:
        within, said = values <= bound, "keep to the upper bound"
    successes = int(np.count_nonzero(within))
    _, high = binomial_interval(successes, values.size, family.confidence)
    if high < level:
        return Verdict.REFUTED, f"only {successes} of {values.size} draws {said}"
    if successes >= level * values.size:
        return Verdict.HOLDS, f"{successes} of {values.size} draws {said}"
    return Verdict.INCONCLUSIVE, f"{successes} of {values.size} draws {said}"
