"""Confidence intervals for means and rates, and what they must not pretend to know."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

RARE = 10
"""A mean of fewer deviating draws than this is no matter for the central limit theorem."""


@dataclass(frozen=True)
class Estimate:
    """A mean over draws with its confidence interval.

    Args:
        mean: the mean; NaN without draws.
        ci_low, ci_high: interval at `confidence`; NaN where none can be given, as for a single
            draw or an infinite one.
        runs: number of draws that had a value.
        confidence: coverage aimed at, such as 0.95.
    """

    mean: float
    ci_low: float
    ci_high: float
    runs: int
    confidence: float

    @property
    def half_width(self) -> float:
        """Half the length of the interval."""
        return (self.ci_high - self.ci_low) / 2

    def shifted(self, amount: float) -> Estimate:
        """The estimate of the quantity plus a known number."""
        return Estimate(
            self.mean + amount,
            self.ci_low + amount,
            self.ci_high + amount,
            self.runs,
            self.confidence,
        )

    def scaled(self, factor: float) -> Estimate:
        """The estimate of `factor` >= 0 times the quantity."""
        return Estimate(
            self.mean * factor,
            self.ci_low * factor,
            self.ci_high * factor,
            self.runs,
            self.confidence,
        )


def binomial_interval(successes: int, runs: int, confidence: float) -> tuple[float, float]:
    """Clopper-Pearson interval of a rate: coverage at least `confidence`, for any rate."""
    tail = (1 - confidence) / 2
    low = 0.0 if successes == 0 else special.betaincinv(successes, runs - successes + 1, tail)
    high = (
        1.0 if successes == runs else special.betaincinv(successes + 1, runs - successes, 1 - tail)
    )
    return float(low), float(high)


def controlled_estimate(
    values: NDArray[np.float64],
    control: NDArray[np.float64],
    control_mean: float,
    confidence: float,
) -> Estimate:
    """The mean by regression on a control variate whose mean is known.

    The estimate is the regression line at the known mean, with the textbook interval of a
    line's value (runs - 2 degrees of freedom). Where the control does not vary, or where the
    deviating draws are too few for `estimate` to use Student's interval, the plain one.

    Args:
        values: one number for each draw; NaN where a draw has none.
        control: the control variate, likewise.
        control_mean: its exact mean.
        confidence: coverage aimed at.
    """
    known = ~(np.isnan(values) | np.isnan(control))
    y, x = values[known], control[known]
    runs = int(y.size)
    with np.errstate(invalid="ignore"):
        centred = x - x.mean() if runs else x
        spread = float(centred @ centred)
    finite = bool(np.isfinite([control_mean, *y, *x]).all())
    if not finite or runs < RARE + 2 or spread == 0 or _rare(y):
        return estimate(values, confidence)
    slope = float(centred @ y) / spread
    residual = y - y.mean() - slope * centred
    shift = control_mean - float(x.mean())
    variance = float(residual @ residual) / (runs - 2)
    half = float(stats.t.ppf((1 + confidence) / 2, runs - 2)) * math.sqrt(
        variance * (1 / runs + shift**2 / spread)
    )
    mean = float(y.mean()) + slope * shift
    return Estimate(mean, mean - half, mean + half, runs, confidence)


def _rare(known: NDArray[np.float64]) -> bool:
    """Whether fewer than ten draws differ from the most frequent value."""
    _, counts = np.unique(known, return_counts=True)
    return counts.max() > 1 and known.size - int(counts.max()) < RARE


def estimate(values: NDArray[np.float64], confidence: float, *, rate: bool = False) -> Estimate:
    """The mean of draws with its interval.

    A rate gets the Clopper-Pearson interval. A mean gets Student's interval, unless fewer
    than ten draws differ from the most frequent value: then the spread of the sample says
    nothing about the spread of the law, and the interval is that of the rate of deviating
    draws times the largest deviation seen (1, one count, where none was seen), to both sides,
    for a rare draw may deviate where none has yet; below 0 only if a draw was.

    Args:
        values: one number for each draw; NaN where a draw has none.
        confidence: coverage aimed at.
        rate: whether the values are 0 or 1.
    """
    known = values[~np.isnan(values)]
    runs = int(known.size)
    if runs == 0:
        return Estimate(math.nan, math.nan, math.nan, 0, confidence)
    with np.errstate(invalid="ignore"):
        mean = float(known.mean())
    if rate:
        low, high = binomial_interval(round(float(known.sum())), runs, confidence)
        return Estimate(mean, low, high, runs, confidence)
    if runs == 1 or not np.isfinite(known).all():
        return Estimate(mean, math.nan, math.nan, runs, confidence)
    if _rare(known):
        candidates, counts = np.unique(known, return_counts=True)
        mode = float(candidates[counts.argmax()])
        deviating = np.abs(known[known != mode] - mode)
        _, most = binomial_interval(int(deviating.size), runs, confidence)
        reach = most * (float(deviating.max()) if deviating.size else 1.0)
        low = mode - reach if known.min() < 0 else max(mode - reach, 0.0)
        return Estimate(mean, low, mode + reach, runs, confidence)
    half = float(stats.t.ppf((1 + confidence) / 2, runs - 1)) * float(known.std(ddof=1))
    half /= math.sqrt(runs)
    return Estimate(mean, mean - half, mean + half, runs, confidence)
