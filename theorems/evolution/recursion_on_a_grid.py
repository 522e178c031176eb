"""The recursion of `variance-evolution` solved on one grid in ln s; `recursion` says what it is."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from theorems.evolution.feature_quadrature import Features
from theorems.evolution.laplace_grid import LogGrid, Progress

Array = NDArray[np.float64]


def _log_powers(chance: Array, u: Array, exponent: int) -> Array:
    """Logarithms of (1 - p u)^exponent, shape (classes, points)."""
    # p u = 1 is met where p_i = 1 and w = 1; the bound keeps its logarithm finite.
    return exponent * np.log1p(-np.minimum(np.outer(chance, u), 1 - 2.0**-53))


def _powers(chance: Array, u: Array, exponent: int) -> Array:
    return np.exp(_log_powers(chance, u, exponent))


class Solution:
    """The recursion solved on one grid."""

    def __init__(self, features: Features, w: float, n: int, step: float) -> None:
        self.features, self.w, self.n = features, w, n
        self.grid = LogGrid(n, step)
        self._identifiable()
        self._null()

    def _differences(self, missing: Array, rest: Array, rate: Array, share: Array) -> Array:
        """Share @ (e^(-rate u) - e^(-rate w)) for w = u + rest, exactly 0 where rest is."""
        result = np.zeros_like(missing)
        live = np.flatnonzero(rest > 0)
        if live.size and rate.size:
            # Where rate u is below the rounding unit the difference is constant.
            first = int(np.searchsorted(self.grid.log[live], -math.log(rate.max() + 1) - 37))
            first = min(first, live.size - 1)
            part = live[first:]
            result[part] = -share @ (
                np.exp(-np.outer(rate, missing[part])) * np.expm1(-np.outer(rate, rest[part]))
            )
            result[live[:first]] = result[part[0]]
        return result

    def _identifiable(self) -> None:
        grid, features, w = self.grid, self.features, self.w
        self.missing, self.rest = w * grid.growth, w * grid.decay
        self.settling = Progress("Y")
        while True:
            tail = self._differences(self.missing, self.rest, features.rate, features.share)
            # Beyond 10^3 the factor e^(-t) w e^(-Q) is 0 in either case.
            Q = np.clip(grid.transform(tail), 0, 1e3)
            self.missing, self.rest = grid.inverse_law(w * grid.decay * np.expm1(-Q), w)
            self.leverage = grid.integral(tail)
            if self.settling.settles(self.leverage):
                break
        self.mean_precision = w * grid.integral(grid.decay * np.exp(-Q))

    def variances(self, classes: slice) -> float:
        """The sum of p E[1{kappa > 0}/kappa] over some of the classes."""
        return self._weighted_variances(classes, self.features.share[classes])

    def mean_variance(self, classes: slice) -> float:
        """Mean variance of the features of some classes, over those that are determined."""
        chance = self.features.rate[classes] / self.n
        share = self.features.share[classes]
        # share sums p f(n p); divided by p, at each node, it sums f(n p). f(0) = 0.
        count = np.divide(share, chance, out=np.zeros_like(share), where=chance > 0)
        missed = _powers(chance, np.array([self.w]), self.n)[:, 0]
        determined = float(count @ (1 - missed))
        return self._weighted_variances(classes, count) / determined if determined else math.nan

    def _weighted_variances(self, classes: slice, weights: Array) -> float:
        live = self.rest > 0
        if not live.any():
            return 0.0
        chance = self.features.rate[classes] / self.n
        at_u = _log_powers(chance, self.missing[live], self.n)
        at_w = _log_powers(chance, np.array([self.w]), self.n)
        gaps = np.zeros_like(self.rest)
        gaps[live] = weights @ (-np.exp(at_u) * np.expm1(np.minimum(at_w - at_u, 0)))
        return self.grid.integral(gaps)

    def _null(self) -> None:
        """The laws of a and g, over features and rows that are not determined."""
        grid, w = self.grid, self.w
        # All rows of a feature are null with probability e^(-n p w): the others do not matter.
        kept = self.features.rate * w < 60
        rate, share = self.features.rate[kept], self.features.share[kept]
        energy = self.features.energy[kept]
        frozen = share * np.exp(-rate * w)
        # Left of the window the sum is linear, right of it e^-s makes an end.
        window = np.flatnonzero((grid.log > -math.log(self.n) - 37) & (grid.s < 750))
        first = int(window[0])
        self.infinite = -math.log(w)
        finite_a, self.alpha = self.infinite * grid.growth, self.infinite * grid.decay
        decrease = np.zeros(grid.size)
        self.settling_null = Progress("the null space")
        while True:
            # E[e^(-t A); A > 0] = w (e^alpha - 1), in a form exact at either end.
            remainder = np.where(
                grid.left,
                np.expm1(-finite_a) - (1 - w) * np.expm1(-grid.s),
                w * np.expm1(self.alpha) - (1 - w) * grid.decay,
            )
            removed, _ = grid.inverse_law(remainder, 1 - w)
            decrease[window] = frozen @ np.expm1(-np.outer(rate, removed[window]))
            decrease[:first] = -(frozen @ rate) * removed[:first]
            finite_a, self.alpha = grid.inverse_law(grid.decay * decrease, self.infinite)
            if self.settling_null.settles(grid.integral(self.alpha)):
                break
        exposed = np.minimum(w + removed[window], 1.0)
        poisson = np.exp(-np.outer(rate, exposed))
        chance = rate / self.n

        def everywhere(part: Array) -> Array:
            result = np.zeros(grid.size)
            result[window], result[:first] = part, part[0]
            return result

        self.reach = everywhere((share * rate) @ poisson)
        self.source = everywhere(energy @ poisson)
        self.final_reach = everywhere((share * rate) @ _powers(chance, exposed, self.n - 1))
        self.final_source = everywhere(energy @ _powers(chance, exposed, self.n))

    def linear(self, row: float, own: float) -> tuple[float, float]:
        """sum_i p_i E b_i for b = a^2 (own beta_i^2 + sum h), h = (row + B)/A^2.

        B sums b over the infinite features of a row. Returns the value and what the
        iteration left undone, relative.
        """
        grid, w = self.grid, self.w
        live = self.alpha > 0
        base = grid.s * w * np.expm1(self.alpha) * row
        gain = w * np.exp(self.alpha) * live
        b = np.zeros_like(base)
        progress = Progress("the null space's variances")
        while True:
            h = grid.transform(base + gain * b)
            value = grid.integral(
                grid.decay * (own * grid.s * self.final_source + self.final_reach * h)
            )
            if progress.settles(value):
                return value, progress.remaining
            b = grid.transform(grid.decay * (own * grid.s * self.source + self.reach * h))

    def summary(self, common: int) -> Array:
        """The numbers reported: V of i <= k, i > k and the rest, loss, E Y, leverage, means."""
        null_variance, left_variance = self.linear(1 + self.leverage, 0.0)
        loss, left_loss = self.linear(0.0, 1.0)
        self.remaining = max(
            self.settling.remaining, self.settling_null.remaining, left_variance, left_loss
        )
        return np.array(
            [
                self.variances(slice(0, common)),
                self.variances(slice(common, None)),
                null_variance,
                loss,
                self.mean_precision,
                self.leverage,
                self.mean_variance(slice(0, common)),
                self.mean_variance(slice(common, None)),
            ]
        )
