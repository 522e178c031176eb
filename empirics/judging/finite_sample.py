"""Intervals of proved coverage, whatever the law and however few the draws."""

from __future__ import annotations

import math
import sys

import numpy as np
from numpy.typing import NDArray
from scipy import special

Array = NDArray[np.float64]

STAKES = np.linspace(1 / 32, 1.0, 32)
"""Shares of the largest fair bet that a gambler's wealth is averaged over."""

_LOG_WEIGHTS = np.log(np.where(STAKES == 1, 1 / 2, 1 / 62))
"""Half of the wealth is staked whole, which is best where every draw is alike."""

_STEP = 2.0**-40
"""Of the means that are tried."""

_LEAST = math.log(_STEP)

_STEPS = 60
"""Towards a limit, at most; some five are taken."""

_FURTHER = 8
"""Steps to an upper solution, each of which leaves x/m of the error, below 1/600 where it is used:
there x e^(-enough/x) is below the least double, and m is above `enough`."""


def binomial_interval(successes: int, runs: int, confidence: float) -> tuple[float, float]:
    """Clopper-Pearson interval of a rate: coverage at least `confidence`, for any rate."""
    tail = (1 - confidence) / 2
    low = 0.0 if successes == 0 else special.betaincinv(successes, runs - successes + 1, tail)
    high = (
        1.0 if successes == runs else special.betaincinv(successes + 1, runs - successes, 1 - tail)
    )
    return float(low), float(high)


def events_interval(events: int, trials: int, confidence: float) -> tuple[float, float]:
    """An interval of the mean probability of independent events that need not be alike.

    As far out as tails of 1/4 and less reach, a total of unlike events strays from its mean less
    often than a binomial one of the same mean (Hoeffding 1956: beyond one event from the mean;
    nearer than that, both stray more often than 1/4, Greenberg & Mohri 2014). A single event, or a
    single one that fails, may lie within one of a mean below one: there P(any) is at most the mean.

    Args:
        events: how many happened.
        trials: of how many.
        confidence: coverage, at least.
    """
    low, high = binomial_interval(events, trials, confidence)
    rest = (1 - confidence) / 2 / trials
    if events == 1:
        low = min(low, rest)
    if events == trials - 1:
        high = max(high, 1 - rest)
    return low, high


def self_bounding_interval(total: float, confidence: float) -> tuple[float, float]:
    """An interval of the mean of a total of independent self-bounding counts.

    A count f of independent samples is self-bounding where leaving out sample l lowers it by
    f - f_l, 0 or 1, and these sum to f at most; so is the number of distinct things seen, of which
    each sample shows one at most. Then ln E exp(t (f - E f)) <= (e^t - 1 - t) E f, as of a Poisson
    law, for every t (Boucheron, Lugosi & Massart 2000), and so for a total of mean m: a total as
    far off as x has probability exp(-(x ln(x/m) - x + m)) at most, on either side.

    Args:
        total: over all draws.
        confidence: coverage, at least.
    """
    enough = math.log(2 / (1 - confidence))
    if total <= 0:
        return 0.0, enough
    # m - x ln m = enough + x - x ln x, whose solutions are m = -x W(-exp(-1 - enough/x)).
    inner = -math.exp(-1 - enough / total)
    if total * -inner < sys.float_info.min:
        # Neither is known to a double's digits: the lower end is rounded outward, and the upper
        # one is found without it.
        return 0.0, _far(total, enough)
    low, high = (-total * float(special.lambertw(inner, branch).real) for branch in (0, -1))
    return low, high


def _far(total: float, enough: float) -> float:
    """The upper solution where exp(-1 - enough/x) all but vanishes: m = enough + x + x ln(m/x)."""
    mean = enough + total
    for _ in range(_FURTHER):
        mean = enough + total + total * math.log(mean / total)
    return mean


def betting_interval(
    values: Array, bounds: tuple[float, float], confidence: float
) -> tuple[float, float]:
    """An interval for the mean of independent draws from any law on a known interval.

    If the mean is m, a gambler who stakes a share c <= 1 of the wealth at fair odds,
    W_c = prod_l (1 + c (x_l/m - 1)) for draws x_l in [0, 1], has E W_c = 1, and so has the average
    of W_c over several c, which exceeds 2/(1 - confidence) with probability
    (1 - confidence)/2 at most (Markov). It falls as m grows, so the m at which it does not exceed
    that are those above a lower limit; the upper one is that of 1 - x. After Waudby-Smith & Ramdas,
    "Estimating means of bounded random variables by betting", 2024.

    Args:
        values: (runs,) finite draws.
        bounds: an interval that holds every draw.
        confidence: coverage, at least.

    Returns:
        The interval, within the bounds.

    Raises:
        ValueError: a draw lies outside the bounds by more than rounding.
    """
    low, high = bounds
    width = high - low
    slack = 1e-9 * max(abs(low), abs(high))
    if values.size and not (low - slack <= values.min() and values.max() <= high + slack):
        raise ValueError(
            f"draws from {values.min():.6g} to {values.max():.6g}; their bounds are {bounds}"
        )
    if width <= 0:
        return low, high
    x = np.clip((values - low) / width, 0.0, 1.0)
    wealth = math.log(2 / (1 - confidence))
    return low + width * _lower(x, wealth), high - width * _lower(1 - x, wealth)


def _lower(x: Array, enough: float) -> float:
    """The largest m, of the whole multiples of `_STEP`, at which log wealth exceeds `enough`.

    In u = ln m log wealth is the log of a sum of products of terms 1 - c + c x e^-u. It falls and
    is convex, so that Newton's steps come to the limit from its left.
    """
    if not x.any():
        return 0.0
    gambler = _Gambler(x)
    # The wealth is infinite at m = 0, and at most 1 at m = 1.
    place = math.log(max(float(x.mean()), _STEP))
    for _ in range(_STEPS):
        more, slope = gambler.log_wealth(math.exp(place)) - enough, gambler.slope()
        if not slope < 0:  # nothing is told apart any more
            break
        before, place = place, max(place - more / slope, _LEAST)
        if abs(place - before) * math.exp(place) < _STEP / 4:
            break
    count = math.floor(math.exp(place) / _STEP)
    while count and gambler.log_wealth(count * _STEP) <= enough:
        count -= 1
    while gambler.log_wealth((count + 1) * _STEP) > enough:
        count += 1
    return count * _STEP


class _Gambler:
    """The average wealth of gamblers who saw draws x and took their mean for m.

    Args:
        x: (runs,) draws from [0, 1], not all 0.
    """

    def __init__(self, x: Array) -> None:
        self._x = x
        # For every stake and draw; new ones at every m would take as long as what is done there.
        self._change, self._scratch = np.empty((2, STAKES.size, x.size))

    def log_wealth(self, mean: float) -> float:
        """Its log at m = `mean`."""
        np.multiply(STAKES[:, None], self._x / mean - 1, out=self._change)
        with np.errstate(divide="ignore"):
            logs = np.log1p(self._change, out=self._scratch).sum(axis=1)
        self._logs = logs + _LOG_WEIGHTS
        self._total = float(np.logaddexp.reduce(self._logs))
        return self._total

    def slope(self) -> float:
        """Of the log in ln m, where it was just asked for; negative."""
        # A factor loses c x/m, its share of which is 1 - (1 - c)/factor; at 0 no wealth is left.
        factor = np.add(self._change, 1, out=self._scratch)
        kept = np.divide(1 - STAKES[:, None], factor, where=factor > 0, out=self._change)
        shares = np.exp(self._logs - self._total)
        return -float(shares @ (1 - kept).sum(axis=1))
