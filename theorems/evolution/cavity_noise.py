"""Ridge and noise between two sides: the risk of no estimator is lower, and the noisy loss.

Setting. A = X'X + lambda, F(lambda) = sum_i p_i E lambda [A^-1]_ii; at lambda = 0 the sum of
p_i E (I-P)_ii. For beta of independent signs, |beta_i| = tau, and sigma^2 = lambda tau^2,
tau^2 F(lambda) is the exact risk of ridge with penalty lambda, and the least of any linear
estimate; with beta_i ~ N(0, tau^2) it is the Bayes risk, the least of any estimate. V_lambda =
sum_i p_i E [A^-1 X'X A^-1]_ii is the factor of sigma^2 in the noisy loss of ridge; V_0 that of the
minimum-norm solution, E L = bias + sigma^2 V_0.

Statement.
 (a) F(lambda) <= sum_i p_i U_i(n) with U of `cavity_recursion` at lambda, and F(lambda) >=
     sum_i p_i E max{F_T of `cavity_tree` at v = 1, lambda/(T_i + lambda)}.
 (b) V_lambda <= (F_up(lambda) - F_low(mu))/(lambda - mu) for every 0 <= mu < lambda, and
     V_lambda >= (F_low(mu) - F_up(lambda))/(mu - lambda) for every mu > lambda; V_0 >= V_lambda.
 (c) V_0 >= sum_i p_i max{sum_{t>=1} P(T_i = t) (1 - c_t(n))^2/t, (1 - U_i(n))^2/(n p_i)}, with
     c and U of `cavity_recursion` at lambda = 0.

Proof. (a) upper: the recursion. Lower: an oracle tells all other coefficients, or all but a tree:
C_ii >= lambda/(T_i + lambda). For N(0, tau^2) the conditional mean is linear.
   (b) For an eigenvalue x of X'X, lambda/(x + lambda) is concave in lambda with slope
x/(x + lambda)^2: so F is concave, its slope is V_lambda, which falls with lambda, and a slope
lies between those of chords on either side.
   (c) e_i = P e_i + (I-P) e_i, (X'X)^+ has P for its range projector: by Cauchy and Schwarz
P_ii^2 = (e_i' ((X'X)^+)^(1/2) (X'X)^(1/2) e_i)^2 <= [(X'X)^+]_ii [X'X]_ii, and [X'X]_ii = T_i. So
[(X'X)^+]_ii >= P_ii^2/T_i where T_i >= 1. Given T_i = t, E P_ii^2 >= (E P_ii)^2 >= (1 - c_t)^2.
And, P_ii being 0 where T_i = 0, (E P_ii)^2 <= E[P_ii^2/T_i] E T_i.

Rounding. F_low: E lambda/(T + lambda), T ~ Bin(n, p), is convex in p, so its mean over a class
with weights p_i is at least its value at the mean frequency; a cut of the sum over T loses.

Source. Ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from theorems.evolution.cavity_classes import FrequencyClasses
from theorems.evolution.cavity_inputs import check_frequencies, check_ridge
from theorems.evolution.cavity_recursion import MOST, Accuracy, CavityRecursion
from theorems.evolution.cavity_sums import LEAST_CHANCE, UNIT, product, unseen
from theorems.evolution.cavity_tree import MOST_ROWS, Trees, TreeSums

Array = NDArray[np.float64]

SAFETY = 1e-9
"""Relative; sums over 10^7 positive terms are off by less."""

NEAR = (0.0, 0.25, 0.5)
"""Ends mu/lambda of chords below lambda."""

FAR = (2.0, 4.0, 16.0)
"""Ends mu/lambda of chords above lambda."""

OFTEN = 2000
"""Appearances on average from which their law is hardly spread."""


@dataclass(frozen=True)
class Bracket:
    """Two proved sides, rounded outward."""

    lower: float
    upper: float


def _positive(p: Array) -> Array:
    return p[: int(np.searchsorted(-p, 0.0))]


class Appearances:
    """Sums over features that the oracle needs, whatever the penalty.

    Attributes:
        few: sum of p_i P(T_i = T) over classes of features that appear some 2000 times at most on
            average, T = 0, 1, ..., rounded down, shape (most + 1,).
        mass, mean: of all other classes, sums of p_i and means of T_i, shape (classes,).
    """

    def __init__(self, p: Array, n: int) -> None:
        classes = FrequencyClasses.of(p, n, 1.005)
        mean = n * classes.weighted_above
        often = (mean > OFTEN) | (classes.weighted_above >= 1)
        self.mass, self.mean = classes.mass[often], mean[often]
        self.few = np.zeros(min(n, _reach(max(mean[~often], default=0.0))) + 1)
        counts = np.arange(self.few.size)
        steps = np.log((n - counts[:-1]) / counts[1:])
        for mass, q, average in zip(
            classes.mass[~often], classes.weighted_above[~often], mean[~often], strict=True
        ):
            T = min(n, _reach(average))
            logs = np.empty(T + 1)
            logs[0] = n * np.log1p(-q)
            np.add(steps[:T], np.log(q / (1 - q)), out=logs[1:])
            self.few[: T + 1] += mass * np.exp(np.cumsum(logs, out=logs))

    def risk(self, ridge: float) -> float:
        """A lower bound on sum_i p_i E lambda/(T_i + lambda), lambda > 0."""
        few = float(self.few @ (ridge / (np.arange(self.few.size) + ridge)))
        # Of the others by Jensen's inequality.
        others = float(self.mass @ (ridge / (self.mean + ridge)))
        return (few + others) * (1 - SAFETY)


def _reach(mean: float) -> int:
    """A number of appearances that is hardly ever exceeded; what is beyond is left out."""
    return int(mean + 12 * np.sqrt(mean) + 40)


def _by_precision(p: Array, n: int, recursion: CavityRecursion) -> float:
    """The lower side (c) of the statement."""
    classes = recursion.classes
    share = np.maximum(0.0, 1 - recursion.seen[-1]) ** 2
    by_rows = classes.count * np.maximum(0.0, 1 - recursion.bound[-1]) ** 2 / n
    held = p < 1
    q = np.minimum(p, 1 - UNIT)
    odds, weight = q / (1 - q), np.where(held, p * np.exp(n * np.log1p(-q)), 0.0)
    by_appearances = np.zeros(classes.count.size)
    start = classes.start
    # From here on frequencies, and with them chances of several appearances, fall.
    rare = int(np.searchsorted(-n * odds, -0.5, side="right"))
    for t in range(1, min(MOST, n) + 1):
        weight *= odds[: weight.size]
        weight *= (n - t + 1) / t
        by_appearances[: start.size] += np.add.reduceat(weight, start) * (share[t] / t)
        size = rare + int(np.searchsorted(-weight[rare:], -1e-30, side="right"))
        weight, start = weight[:size], start[: int(np.searchsorted(start, size))]
        if not size:
            break
    return float(np.maximum(by_rows, by_appearances).sum()) * (1 - SAFETY)


class NoiseSides:
    """All sides of the statement at some frequencies; what they share is worked out once."""

    def __init__(self, p: Array, n: int, accuracy: Accuracy | None = None) -> None:
        """Nothing is worked out before it is asked for.

        Args:
            p: frequencies in [0, 1], non-increasing, shape (d,).
            n: samples, at least 1.
            accuracy: of the grids.

        Raises:
            InputError: for arrays or numbers that are none of these.
        """
        check_frequencies(p, n)
        self._p, self._n, self._accuracy = _positive(p), n, accuracy
        self._recursions: dict[float, CavityRecursion] = {}
        self._uppers: dict[float, float] = {}
        self._lowers: dict[float, float] = {}

    @cached_property
    def _never(self) -> tuple[float, float]:
        """sum_i p_i (1-p_i)^n, rounded down and up but for the sum."""
        below, above = unseen(self._p, self._n)
        return product(self._p, below), product(self._p, above)

    def recursion(self, ridge: float) -> CavityRecursion:
        """U of `cavity_recursion` for the frequencies that are not 0, of which there are some."""
        if ridge not in self._recursions:
            self._recursions[ridge] = CavityRecursion(
                self._p, self._n, ridge=ridge, accuracy=self._accuracy
            )
        return self._recursions[ridge]

    def risk_upper(self, ridge: float) -> float:
        """F_up(lambda), lambda >= 0."""
        check_ridge(ridge)
        if not self._p.size:
            return 0.0
        if ridge not in self._uppers:
            below, _ = unseen(self._p, self._n)
            rest = self.recursion(ridge).remainder(self._p, below)
            self._uppers[ridge] = (self._never[1] + rest) * (1 + SAFETY)
        return self._uppers[ridge]

    def risk_lower(self, ridge: float) -> float:
        """F_low(lambda), lambda >= 0."""
        check_ridge(ridge)
        if not self._p.size:
            return 0.0
        if ridge not in self._lowers:
            self._lowers[ridge] = self._risk_lower(ridge)
        return self._lowers[ridge]

    @cached_property
    def _features(self) -> TreeSums:
        return TreeSums(self._p, np.ones(self._p.size), self._n)

    @cached_property
    def _appearances(self) -> Appearances:
        return Appearances(self._p, self._n)

    def _risk_lower(self, ridge: float) -> float:
        known = Trees(self._features, ridge).sums()
        total = self._never[0] * (1 - SAFETY)
        if ridge == 0:
            return total + float(known.sum())
        # P(T_i = T) for few rows with trees or the oracle, all others with the oracle.
        T = np.arange(known.size)
        oracle = ridge / (T + ridge)
        few = self._features.weights.sum(axis=1)
        best = np.maximum(known, few * oracle * (1 - SAFETY))[1:].sum()
        others = self._appearances.risk(ridge)
        others -= (float(few[1:] @ oracle[1:]) + self._never[1]) * (1 + SAFETY)
        lost = MOST_ROWS * LEAST_CHANCE * self._p.size
        return total + float(best) + max(0.0, others - lost)

    def minimum_norm_variance_lower(self, ridges: tuple[float, ...] = (0.1, 0.5)) -> float:
        """A lower side of V_0: the largest of (c), and of (b) for chords from 0 to some ridges.

        Args:
            ridges: ends of chords, positive.
        """
        if not self._p.size:
            return 0.0
        top = self.risk_upper(0.0)
        chords = [(self.risk_lower(ridge) - top) / ridge for ridge in ridges]
        return max(0.0, _by_precision(self._p, self._n, self.recursion(0.0)), *chords)

    def ridge_variance(self, ridge: float) -> Bracket:
        """Both sides of V_lambda, lambda > 0."""
        check_ridge(ridge)
        if not self._p.size:
            return Bracket(0.0, 0.0)
        up = self.risk_upper(ridge)
        upper = min((up - self.risk_lower(ridge * mu)) / (ridge * (1 - mu)) for mu in NEAR)
        lower = max((self.risk_lower(ridge * mu) - up) / (ridge * (mu - 1)) for mu in FAR)
        return Bracket(max(0.0, lower) * (1 - SAFETY), upper * (1 + SAFETY))


def risk_upper(p: Array, n: int, ridge: float, accuracy: Accuracy | None = None) -> float:
    """F_up(lambda), lambda >= 0; other arguments as for `NoiseSides`."""
    return NoiseSides(p, n, accuracy).risk_upper(ridge)


def risk_lower(p: Array, n: int, ridge: float) -> float:
    """F_low(lambda), lambda >= 0; other arguments as for `NoiseSides`."""
    return NoiseSides(p, n).risk_lower(ridge)


def risk_bracket(p: Array, n: int, ridge: float, accuracy: Accuracy | None = None) -> Bracket:
    """Both sides of F(lambda), lambda >= 0; other arguments as for `NoiseSides`."""
    sides = NoiseSides(p, n, accuracy)
    return Bracket(sides.risk_lower(ridge), sides.risk_upper(ridge))


def minimum_norm_variance_lower(p: Array, n: int, accuracy: Accuracy | None = None) -> float:
    """A lower side of V_0; arguments as for `NoiseSides`."""
    return NoiseSides(p, n, accuracy).minimum_norm_variance_lower()


def ridge_variance(p: Array, n: int, ridge: float, accuracy: Accuracy | None = None) -> Bracket:
    """Both sides of V_lambda, lambda > 0; other arguments as for `NoiseSides`."""
    return NoiseSides(p, n, accuracy).ridge_variance(ridge)
