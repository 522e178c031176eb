"""Confidence intervals for means and rates, and what they must not pretend to know.

Which interval a mean gets depends on what is known of the law that it is drawn from:

- counts of independent events get the exact binomial interval (Clopper-Pearson), which holds also
  where their probabilities differ (Hoeffding 1956);
- counts that no sample can change by more than one get the interval of a Poisson law's Chernoff
  bound, which is proved for them (Boucheron, Lugosi & Massart 2000);
- with at least `STUDENT_RUNS` draws, of which at least `RARE` differ from the most frequent value,
  Student's interval, each end moved out by what the skewness of the draws may cost it: its coverage
  is asymptotic, and `make calibration` measures how far it is kept;
- with fewer draws, or where most are equal, so that the spread of the sample says nothing about
  the spread of the law, the interval that a gambler's wealth gives (betting), of proved coverage
  for any law on a known interval;
- where no such interval is known either, none.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import special

from empirics.judging.finite_sample import (
    betting_interval,
    events_interval,
    self_bounding_interval,
)
from theorems.claim import ROUNDING

Array = NDArray[np.float64]

RARE = 10
"""A mean of fewer deviating draws than this is no matter for the central limit theorem."""

STUDENT_RUNS = 30
"""Nor is one of fewer draws than this. At 20, an interval of the family of 750 tests misses the
mean of a law of skewness 4 six times as often as it promises, at 24 three times, at 30 as often as
it promises (300,000 samples each): of large values that are not drawn no correction can know."""

FEWEST_CARRIERS = 3
"""The residuals of a regression must be carried by so many draws, (sum r^2)^2 / sum r^4."""

SAME_ANGLE = 1e-6
"""Between lines that are one but for rounding: draws are correct to 1e-9 of their size."""

_SATURATED = -0.5
"""The cube root at which an end is moved furthest, to four times Student's."""

BINOMIAL, STUDENT, BETTING, NONE = "exact binomial", "Student", "betting", "none"
SELF_BOUNDING = "self-bounding count"
EXACT = "exact"

PROVED = frozenset({BINOMIAL, BETTING, SELF_BOUNDING, EXACT})
"""Methods whose coverage is proved for every law and number of draws; Student's is asymptotic."""
CONTROL_VARIATE = "control variate"


@dataclass(frozen=True)
class Estimate:
    """A mean over draws with its confidence interval.

    Args:
        mean: the mean; NaN without draws.
        ci_low, ci_high: interval at `confidence`; NaN where none can be given, as for a single
            draw or an infinite one.
        runs: number of draws that had a value.
        confidence: coverage aimed at, such as 0.95.
        method: how the interval was made.
        control: the observable whose known mean sharpens it; "" for none.
    """

    mean: float
    ci_low: float
    ci_high: float
    runs: int
    confidence: float
    method: str = STUDENT
    control: str = ""

    @property
    def half_width(self) -> float:
        """Half the length of the interval."""
        return (self.ci_high - self.ci_low) / 2

    def contains(self, value: float) -> bool:
        """Whether the interval holds a value."""
        return self.ci_low <= value <= self.ci_high

    @property
    def proved(self) -> bool:
        """Whether the coverage of the interval is proved, not only right as draws grow."""
        return self.method in PROVED

    @property
    def label(self) -> str:
        """The method, with the control variate where there is one."""
        return f"{self.method}, {CONTROL_VARIATE} {self.control}" if self.control else self.method

    def shifted(self, amount: float) -> Estimate:
        """The estimate of the quantity plus a known number."""
        return replace(
            self,
            mean=self.mean + amount,
            ci_low=self.ci_low + amount,
            ci_high=self.ci_high + amount,
        )

    def scaled(self, factor: float) -> Estimate:
        """The estimate of `factor` >= 0 times the quantity."""
        return replace(
            self,
            mean=self.mean * factor,
            ci_low=self.ci_low * factor,
            ci_high=self.ci_high * factor,
        )


def of_size_one(values: Array) -> tuple[Array, float]:
    """Values over a power of two, the least above the largest, and that power.

    Squares of what is left neither overflow nor all vanish; no digit is lost, but of numbers that
    are nothing beside the largest. Zeros, and what is not finite, stay as they are.
    """
    largest = float(np.abs(values).max(initial=0.0))
    if not 0 < largest < math.inf:
        return values, 1.0
    # 2^1024 is no double.
    exponent = min(math.frexp(largest)[1], 1023)
    return np.ldexp(values, -exponent), math.ldexp(1.0, exponent)


def skew_quantiles(residuals: Array, degrees: int, confidence: float) -> tuple[float, float]:
    """How many standard errors an interval of a mean reaches down and up.

    Where draws are skew to the right, their mean T = (mean - mu)/error is skew to the left: a
    sample without the rare large ones has both a small mean and a small error. Hall's cubic
    T + g T^2/(3 sqrt n) + g^2 T^3/(27 n) + g/(6 sqrt n) of their skewness g takes that away to
    first order, also far out in the tails, where tests of a large family are judged (Jing, Shao &
    Wang 2003), and solving it for T gives the end that belongs to a quantile. Three things keep it
    from promising too much: g is what it may be, its estimate and one standard error sqrt(6/n) to
    the side that costs; an end that skewness would draw in stays Student's; and what the solution
    gives beyond its largest, four times the quantile, where the cubic no longer says anything,
    is that largest one.

    Args:
        residuals: of the draws, around their mean or a regression.
        degrees: of freedom.
        confidence: coverage aimed at.

    Returns:
        Standard errors below the mean and above it, each at least Student's quantile.

    Source: Hall, "On the removal of skewness by transformation", 1992.
    """
    below, above = moved_out(np.array(skewness(residuals)), residuals.size, degrees, confidence)
    return float(below), float(above)


def skewness(draws: Array) -> float:
    """The usual estimate, of small bias: that of `scipy.stats.skew`, which is slow to import.

    Args:
        draws: shape (draws,).

    Returns:
        0 for two draws or fewer, and where nothing varies.
    """
    count = draws.size
    around, _ = of_size_one(draws - draws.mean() if count else draws)
    second = float(np.mean(around**2)) if count else 0.0
    if count <= 2 or not second > 0:
        return 0.0
    ratio = float(np.mean(around**3)) / second**1.5
    return float(ratio * math.sqrt(count * (count - 1)) / (count - 2))


def moved_out(skewness: Array, count: int, degrees: int, confidence: float) -> tuple[Array, Array]:
    """`skew_quantiles` of so many draws, by their skewness; any shape, that of both results."""
    quantile = -float(special.stdtrit(degrees, (1 - confidence) / 2))
    error = math.sqrt(6 / count)
    root = math.sqrt(count)

    def end(g: Array) -> Array:
        g = np.maximum(g, 0.0)
        reach = quantile + g / (6 * root)
        cube_root = np.maximum(np.cbrt(1 - g * reach / root), _SATURATED)
        return np.asarray(3 * reach / (1 + cube_root + cube_root**2))

    return end(error - skewness), end(error + skewness)


def rare(values: Array) -> bool:
    """Whether fewer than ten draws differ from the most frequent value, if any came twice.

    Values that rounding alone tells apart are the same one.
    """
    known = np.sort(values[~np.isnan(values)])
    if not known.size or not np.isfinite(known[[0, -1]]).all():
        return False
    apart = np.diff(known) > _rounding(known)
    most = int(np.diff(np.flatnonzero(np.concatenate(([True], apart, [True])))).max())
    return most > 1 and known.size - most < RARE


def on_a_line(x: Array, y: Array) -> bool:
    """Whether fewer than ten draws lie off one line through the others, more than two values.

    Then those few are what a regression has to tell of, and its residuals do not. If there is such
    a line, one of any ten draws lies on it.

    Args:
        x: one number for each draw, finite and not all equal.
        y: another, likewise.
    """
    x, y = ((one - one[0]) / np.ptp(one) for one in (x, y))
    for at in range(min(RARE, x.size)):
        dx, dy = x - x[at], y - y[at]
        apart = np.hypot(dx, dy) > SAME_ANGLE
        # Twice the angle of the line to each other draw: the same in both directions along it.
        angle = np.arctan2(2 * dx * dy, dx**2 - dy**2)[apart]
        angle = np.sort(np.where(angle < SAME_ANGLE - math.pi, math.pi, angle))
        ends = np.flatnonzero(np.concatenate(([True], np.diff(angle) > SAME_ANGLE, [True])))
        if angle.size and 1 < np.diff(ends).max() > angle.size - RARE:
            return True
    return False


def estimate(
    values: Array,
    confidence: float,
    *,
    rate: bool = False,
    trials: tuple[int, float] | None = None,
    self_bounding: bool = False,
    bounds: tuple[float, float] | None = None,
    smooth: bool = True,
) -> Estimate:
    """The mean of draws with its interval.

    Args:
        values: one number for each draw; NaN where a draw has none.
        confidence: coverage aimed at.
        rate: whether the values are 0 or 1.
        trials: where a draw counts independent events: how many there are, and what each adds to
            its value.
        self_bounding: whether the values are counts as `self_bounding_interval` takes them.
        bounds: an interval that holds every value; None where none is known.
        smooth: whether Student's interval may be believed where nothing in the values is against.
    """
    known = values[~np.isnan(values)]
    runs = int(known.size)
    if runs == 0:
        return Estimate(math.nan, math.nan, math.nan, 0, confidence, NONE)
    with np.errstate(invalid="ignore"):
        mean = float(known.mean())
    if rate or trials is not None:
        each, weight = (1, 1.0) if trials is None else trials
        events, total = round(float(known.sum()) / weight), each * runs
        low, high = (each * weight * side for side in events_interval(events, total, confidence))
        return Estimate(mean, low, high, runs, confidence, BINOMIAL)
    if self_bounding:
        low, high = self_bounding_interval(float(known.sum()), confidence)
        return Estimate(mean, low / runs, high / runs, runs, confidence, SELF_BOUNDING)
    if not np.isfinite(known).all():
        return Estimate(mean, math.nan, math.nan, runs, confidence, NONE)
    if smooth and runs >= STUDENT_RUNS and not rare(known):
        below, above = skew_quantiles(known - mean, runs - 1, confidence)
        unit, size = of_size_one(known)
        error = size * float(unit.std(ddof=1)) / math.sqrt(runs)
        return Estimate(mean, mean - below * error, mean + above * error, runs, confidence, STUDENT)
    if bounds is None or runs == 1:
        return Estimate(mean, math.nan, math.nan, runs, confidence, NONE)
    return Estimate(mean, *betting_interval(known, bounds, confidence), runs, confidence, BETTING)


def proved_estimate(
    values: Array,
    confidence: float,
    *,
    trials: tuple[int, float] | None = None,
    bounds: tuple[float, float] | None = None,
) -> Estimate | None:
    """The mean with an interval whose coverage is proved, however wide.

    Args:
        values: one number for each draw; NaN where a draw has none.
        confidence: coverage, at least.
        trials: as `estimate` takes it.
        bounds: likewise.

    Returns:
        None where there is none: for draws of what has no known range or lie outside it, for one
        draw or infinite ones.
    """
    try:
        found = estimate(values, confidence, trials=trials, bounds=bounds, smooth=False)
    except ValueError:  # bounds that some draw leaves prove nothing
        return None
    return found if found.proved else None


def controlled_estimate(
    values: Array, control: Array, control_mean: float, confidence: float
) -> Estimate | None:
    """The mean by regression on a control variate whose mean is known.

    The estimate is the regression line at the known mean, with the textbook interval of a
    line's value (runs - 2 degrees of freedom), for the skewness of its residuals.

    Args:
        values: one number for each draw; NaN where a draw has none.
        control: the control variate, likewise.
        control_mean: its exact mean.
        confidence: coverage aimed at.

    Returns:
        None where the plain estimate must serve: fewer than `STUDENT_RUNS` draws, a control that
        does not vary, values or differences to the control that are rare, draws of which all but
        a few lie on one line, or residuals that rounding or a few draws make up, for these say
        nothing about the law of the residuals.
    """
    known = ~(np.isnan(values) | np.isnan(control))
    y, x = values[known], control[known]
    runs = int(y.size)
    if runs < STUDENT_RUNS or not np.isfinite([control_mean, *y, *x]).all():
        return None
    if np.ptp(x) == 0 or rare(y) or rare(_without_rounding(y - x, y, x)) or on_a_line(x, y):
        return None
    (x, scale), (y, of_y) = of_size_one(x), of_size_one(y)
    centred = x - x.mean()
    spread = float(centred @ centred)
    slope = float(centred @ y) / spread
    residual = y - y.mean() - slope * centred
    size = float(np.abs(y).max()) + abs(slope) * float(np.abs(x).max())
    rounding = ROUNDING * size
    squares = residual**2
    if np.abs(residual).max() <= rounding:
        return None
    if float(squares.sum()) ** 2 < FEWEST_CARRIERS * float(squares @ squares):
        return None
    shift = control_mean / scale - float(x.mean())
    variance = float(squares.sum()) / (runs - 2)
    below, above = skew_quantiles(residual, runs - 2, confidence)
    error = math.sqrt(variance * (1 / runs + shift**2 / spread))
    mean = float(y.mean()) + slope * shift
    found = Estimate(mean, mean - below * error, mean + above * error, runs, confidence, STUDENT)
    return found.scaled(of_y)


def excess_estimate(values: Array, most: float, confidence: float) -> Estimate:
    """The mean of what is never negative, by betting; without a largest value no upper end.

    Args:
        values: one number for each draw, negative by rounding at most; NaN where a draw has none.
        most: the largest possible value, or infinity.
        confidence: coverage, at least.
    """
    known = np.maximum(values[~np.isnan(values)], 0.0)
    if not known.size or not np.isfinite(known).all():
        return estimate(known, confidence)
    mean, low, high = float(known.mean()), 0.0, math.inf
    if math.isfinite(most):
        low, high = betting_interval(known, (0.0, most), confidence)
    return Estimate(mean, low, high, int(known.size), confidence, BETTING)


def _rounding(values: Array) -> float:
    """How far equal numbers of this size may lie apart: draws are correct to `ROUNDING`."""
    return ROUNDING * float(np.abs(values).max())


def _without_rounding(difference: Array, *terms: Array) -> Array:
    """The differences, 0 where they are within the rounding of their terms."""
    size = np.max(np.abs(terms), axis=0)
    return np.where(np.abs(difference) <= ROUNDING * size, 0.0, difference)
