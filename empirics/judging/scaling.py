"""Rates: a sweep over n, the fitted power of n, the implied constant, and a verdict.

A rate says observed <= C n^e (logarithms) with C unspecified, or both sides of it. Its logarithms
are divided out; what is left is evaluated at each setting, so that p_{>k} and k are exact, and
observed over rate is the *implied constant* at that n. The rate stands if that constant has no
trend: the slope of its logarithm against ln n is fitted, and added to the power of n claimed.

The slope is a linear function of the logarithms of the means. Each mean has an interval that is
corrected for all means and claims judged together, so the slope's interval, by interval
arithmetic, contains the slope of the true means wherever these do: no normality of the fit is
needed, and few draws at large n only widen it. Where the exact mean is known (`reference`), the
slope is its own, provided that it lies in the interval of the draws at every n.

A rate is asymptotic. The constant may settle as n grows, and this may look like a slope. At n,
first-order theory is off by a factor up to 1 + 2 V_0 (`noisy-loss`), and that k is whole moves
n p_k by up to 1 + alpha/k; the slope that such factors, any within these, could make is allowed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from sympy import Expr, Integer, log

from empirics.judging.family import Family
from empirics.judging.intervals import STUDENT_RUNS, Estimate
from empirics.judging.outstanding import MOST_TIMES, NEVER
from empirics.judging.verdict import Verdict, claimed_estimate
from empirics.running.cluster import Workers
from empirics.running.montecarlo import CONFIDENCE, Sample, replicate
from empirics.running.store import Store
from theorems.claim import Claim, claim_at
from theorems.evaluate.numbers import evaluate
from theorems.model import alpha, k, plain_variance
from theorems.orders import decimal, exponent
from theorems.setting import MOST_FEATURES, PAPER, Setting
from theorems.statement import Statement

Array = NDArray[np.float64]

FEATURES_PER_SAMPLE = 100

FEWEST_RUNS = STUDENT_RUNS
"""Draws at the largest n: with fewer, a mean without a known range has no interval."""

FEWEST_SIZES = 3
"""Through fewer every trend is a line."""

RESOLUTION = math.log10(1.1)
"""A trend below 10% a decade is not told from none."""

CORRECTION = 2 * plain_variance + alpha / k
"""Relative size of what a rate leaves out at a given n."""


@dataclass(frozen=True)
class Step:
    """One size of a sweep: n samples, d features, so many draws."""

    n: int
    d: int
    runs: int


@dataclass(frozen=True)
class RatePoint:
    """A rate at one size.

    Args:
        setting: where.
        observed: mean and 95% interval.
        low, high: interval that holds for all points and claims together.
        rate: the rate with constant 1, as the statement has it.
        plain: the same with its logarithms divided out.
        sharp: the derived statement that sharpens it; None where there is none.
        settled: ln(1 + `CORRECTION`) there.
        exact: the exact mean; None where it is not known.
    """

    setting: Setting
    observed: Estimate
    low: float
    high: float
    rate: float
    plain: float
    sharp: float | None
    settled: float
    exact: float | None = None

    @property
    def contains_exact(self) -> bool:
        """Whether the draws agree with the exact mean, where it is known."""
        return self.exact is None or self.low <= self.exact <= self.high

    @property
    def known(self) -> tuple[float, float, float]:
        """The mean with its interval, of no width where it is known exactly."""
        if self.exact is None:
            return self.observed.mean, self.low, self.high
        return self.exact, self.exact, self.exact


@dataclass(frozen=True)
class RateJudgement:
    """A rate at one alpha, over a sweep.

    Args:
        statement: the rate.
        alpha: of the sweep.
        points: by increasing n.
        claimed: power of n claimed.
        fitted: power of n observed; NaN where the observed is 0 everywhere.
        low, high: interval of `fitted`, for all claims together.
        tolerance: slope that corrections at finite n could make.
        constants: smallest and largest implied constant, from the points' means, exact ones
            where known.
        verdict: on the whole.
        reason: one line that says why.
    """

    statement: Statement
    alpha: float
    points: tuple[RatePoint, ...]
    claimed: float
    fitted: float
    low: float
    high: float
    tolerance: float
    constants: tuple[float, float]
    verdict: Verdict
    reason: str


def half_decades(
    low: int, high: int, runs: int, features_per_sample: int = FEATURES_PER_SAMPLE
) -> tuple[Step, ...]:
    """Sizes from `low` to `high` in half decades, with fewer draws at larger n.

    Args:
        low: the first n.
        high: a bound on the last.
        runs: draws at the first; they fall like n^(-1/3), as the spread of a mean over features
            does not grow.
        features_per_sample: d/n, for d up to `MOST_FEATURES`.
    """
    count = int(2 * math.log10(high / low) + 1e-9) + 1
    sizes = [round(low * 10 ** (step / 2)) for step in range(count)]
    return tuple(
        Step(
            size,
            min(features_per_sample * size, MOST_FEATURES),
            max(FEWEST_RUNS, round(runs * (low / size) ** (1 / 3))),
        )
        for size in sizes
    )


def sweep(
    steps: Sequence[Step],
    alphas: Sequence[float],
    *,
    sigma: float,
    seed: int,
    workers: Workers,
    store: Store | None,
    advance: Callable[[int], None] = lambda _: None,
    s: float = PAPER.s,
) -> dict[float, list[Sample]]:
    """The draws of a sweep at beta*_i = 1, by alpha, each by increasing n."""
    drawn: dict[float, list[Sample]] = {exponent_: [] for exponent_ in alphas}
    for step in steps:
        settings = [
            Setting(n=step.n, d=step.d, s=s, alpha=exponent_, sigma=sigma, beta_exponent=0.0)
            for exponent_ in alphas
        ]
        samples = replicate(
            settings, step.runs, seed, workers=workers, store=store, advance=advance
        )
        for exponent_, sample in zip(alphas, samples, strict=True):
            drawn[exponent_].append(sample)
    return drawn


def without_logarithms(rate: Expr) -> Expr:
    """The rate with every logarithm replaced by 1."""
    return rate.replace(log, lambda _: Integer(1))


def claimed_exponent(statement: Statement, alpha_value: float) -> float:
    """The power of n that a rate claims, from its expression, d proportional to n."""
    assert statement.value is not None
    # Integrates and solves when it is imported, for half a second: sweeps alone need it.
    from theorems.regimes.quantities import delta, in_regime

    whole = exponent(in_regime(without_logarithms(statement.value)).subs(delta, 1))
    return float(whole.subs(alpha, decimal(alpha_value)))


def slope_weights(sizes: Array) -> Array:
    """Weights w with slope = sum_j w_j y_j: least squares of y on ln n."""
    centred = np.log(sizes) - np.log(sizes).mean()
    return np.asarray(centred / (centred @ centred))


def slope_interval(weights: Array, low: Array, high: Array) -> tuple[float, float]:
    """All slopes of lines through values between `low` and `high`."""
    smallest = np.where(weights > 0, low, high)
    largest = np.where(weights > 0, high, low)
    return float(weights @ smallest), float(weights @ largest)


def judge_rate(
    statement: Statement, samples: Sequence[Sample], claims: int | Family
) -> RateJudgement:
    """Judge a rate by the draws of a sweep at one alpha.

    Args:
        statement: a rate with an observable.
        samples: by increasing n, at least three sizes.
        claims: the family of tests, one for each sample here; a number stands for so many rates
            over as many samples.

    Raises:
        ValueError: for fewer than three sizes, through which every trend is a line.
    """
    if len(samples) < FEWEST_SIZES:
        raise ValueError(f"samples: {len(samples)} sizes; a trend needs at least {FEWEST_SIZES}")
    family = claims if isinstance(claims, Family) else Family(max(claims, 1) * len(samples))
    claims_there = [claim_at(statement, sample.setting) for sample in samples]
    points = tuple(
        _point(claim, sample, family.confidence)
        for claim, sample in zip(claims_there, samples, strict=True)
    )
    alpha_value = samples[0].setting.alpha
    claimed = claimed_exponent(statement, alpha_value)

    def judged(
        verdict: Verdict,
        reason: str,
        trend: tuple[float, float, float] = (math.nan,) * 3,
        tolerance: float = math.nan,
    ) -> RateJudgement:
        ratios = [point.known[0] / point.plain for point in points if point.plain > 0]
        return RateJudgement(
            statement,
            alpha_value,
            points,
            claimed,
            claimed + trend[0],
            claimed + trend[1],
            claimed + trend[2],
            tolerance,
            (min(ratios, default=math.nan), max(ratios, default=math.nan)),
            verdict,
            reason,
        )

    failed = [h for claim in claims_there for h in claim.hypotheses if not h.holds]
    if failed:
        return judged(Verdict.HYPOTHESIS_FAILS, f"fails: {failed[0].text}", *_trend(points))
    if _nothing(statement, samples):
        if statement.at_most:
            return judged(Verdict.HOLDS, "it is 0 in every draw, up to rounding")
        return judged(Verdict.REFUTED, "it is 0 in every draw, up to rounding")
    trend, tolerance = _trend(points)
    off = [point.setting.n for point in points if not point.contains_exact]
    if off:
        reason = f"the draws' interval does not contain the exact mean at n = {off[0]}; {NEVER}"
        return judged(Verdict.INCONCLUSIVE, reason, trend, tolerance)
    trivial = claims_there[-1].number("trivial_upper")
    if points[-1].rate <= 0 or (trivial is not None and points[-1].rate >= trivial):
        told = "the rate is not positive" if points[-1].rate <= 0 else "no better than trivial"
        reason = f"with constant 1 {told} at the largest n"
        return judged(Verdict.VACUOUS, reason, trend, tolerance)
    verdict, reason = verdict_of_trend(trend[1], trend[2], tolerance, at_most=statement.at_most)
    if verdict is Verdict.INCONCLUSIVE:
        needed = draws_needed(*trend, tolerance, at_most=statement.at_most)
        known = math.isfinite(needed) and needed <= MOST_TIMES
        reason += f"; {_times(needed, 'about') if known else _times(_until_positive(points))}"
    if points[0].exact is not None:
        reason += ": of the exact mean, which the draws contain at every n"
    return judged(verdict, reason, trend, tolerance)


def verdict_of_trend(
    low: float, high: float, tolerance: float, *, at_most: bool
) -> tuple[Verdict, str]:
    """The verdict on an implied constant whose trend, a power of n, lies in [low, high].

    A rate that bounds from above is not hurt by a constant that falls.
    """
    if not math.isfinite(low) or not math.isfinite(high) or math.isnan(tolerance):
        return Verdict.INCONCLUSIVE, "the interval of some mean reaches 0: no power of n"
    if low > tolerance:
        return Verdict.REFUTED, "observed over rate grows with n beyond corrections"
    if high < -tolerance and not at_most:
        return Verdict.REFUTED, "observed over rate falls with n beyond corrections"
    room = tolerance + RESOLUTION
    if high <= room and (at_most or low >= -room):
        falls = at_most and high < -tolerance
        return Verdict.HOLDS, (
            "the constant is bounded; it falls with n" if falls else "the constant has no trend"
        )
    return Verdict.INCONCLUSIVE, "the interval of the exponent is too wide"


def draws_needed(
    fitted: float, low: float, high: float, tolerance: float, *, at_most: bool
) -> float:
    """By what factor more draws would decide a trend, if it is `fitted`; infinity if none would.

    Intervals shrink with the square root of the number of draws.
    """
    up, down, room = high - fitted, fitted - low, tolerance + RESOLUTION

    def factor(reach: float, distance: float) -> float:
        return (reach / distance) ** 2 if distance > 0 else math.inf

    holds = factor(up, room - fitted)
    refuted = factor(down, fitted - tolerance)
    if not at_most:
        holds = max(holds, factor(down, room + fitted))
        refuted = min(refuted, factor(up, -fitted - tolerance))
    return min(holds, refuted)


def _until_positive(points: Sequence[RatePoint]) -> float:
    """How many times the draws lift the lower end of every mean above 0; infinity if none does."""
    times = 1.0
    for point in points:
        mean, low, _ = point.known
        if not low > 0:
            times = max(times, ((mean - low) / mean) ** 2 if mean > 0 else math.inf)
    return times


def _times(factor: float, how: str = "at least") -> str:
    """What would decide a rate, in words."""
    if not 1 < factor <= MOST_TIMES:
        return NEVER
    return f"{how} {math.ceil(factor)} times these draws would decide"


def _trend(points: Sequence[RatePoint]) -> tuple[tuple[float, float, float], float]:
    """Slope of ln(observed/plain) against ln n with its interval, and the slope allowed."""
    # Where 1 - p_{>k} is not positive the rate says nothing.
    points = [point for point in points if point.plain > 0]
    if len(points) < FEWEST_SIZES or any(not point.known[0] > 0 for point in points):
        return (math.nan, math.nan, math.nan), math.nan
    plain = np.array([point.plain for point in points])
    weights = slope_weights(np.array([point.setting.n for point in points], dtype=np.float64))
    with np.errstate(divide="ignore", invalid="ignore"):
        known = np.array([point.known for point in points])
        means, low, high = np.log(np.maximum(known, 0) / plain[:, None]).T
    settled = np.array([point.settled for point in points])
    tolerance = slope_interval(weights, np.zeros_like(settled), settled)
    return (
        (float(weights @ means), *slope_interval(weights, low, high)),
        max(-tolerance[0], tolerance[1]),
    )


@lru_cache(maxsize=256)
def _settled(setting: Setting) -> float:
    return math.log1p(evaluate({"correction": CORRECTION}, setting.parameters)["correction"])


def _point(claim: Claim, sample: Sample, confidence: float) -> RatePoint:
    statement = claim.statement
    assert statement.observable is not None
    assert statement.value is not None
    wide = claimed_estimate(claim, sample, confidence)
    plain = evaluate({"plain": without_logarithms(statement.value)}, sample.setting.parameters)
    return RatePoint(
        sample.setting,
        claimed_estimate(claim, sample, CONFIDENCE),
        wide.ci_low,
        wide.ci_high,
        claim.numbers["value"],
        plain["plain"],
        claim.comparison(statement.sharpened_by) if statement.sharpened_by else None,
        _settled(sample.setting),
        claim.number("reference"),
    )


def _nothing(statement: Statement, samples: Sequence[Sample]) -> bool:
    """Whether the observable is 0 up to rounding in every draw."""
    assert statement.observable is not None
    for sample in samples:
        allowed = sample.rounding(statement.observable)
        if allowed is None or not (sample.draws(statement.observable) <= allowed).all():
            return False
    return True
