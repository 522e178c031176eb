"""`variance-evolution` as numbers: the recursion in Laplace space, deterministic and exact.

The recursion. A row that holds feature i estimates it with precision Y = 1/(1 + S), where S
sums v_j = 1/kappa_j over the row's other features j and kappa_j adds T'_j ~ Poisson(n p_j)
copies of Y, so that v_j is infinite where kappa_j = 0. The features of a row are Poissonized
too, as in w = P(Y > 0) = exp(-sum_j p_j e^(-n p_j w)). Either changes V by a relative O(1/n),
the order in which the tree picture itself is wrong. *Every* feature goes through the recursion:
a sum over i > k alone would assert that each common feature is identified, which fails where
n p_k w is of order 1 (alpha = 1), and would make the answer depend on k.

In Laplace space. For a positive variable x and s > 0,

    e^(-t/x) = 1 - int_0^inf sqrt(t/s) J_1(2 sqrt(t s)) e^(-s x) ds,

so one operator T, (T f)(t) = int_0^inf sqrt(t s) J_1(2 sqrt(t s)) f(s) ds/s, takes the law of a
variable to that of its inverse. With u(s) = E[1 - e^(-s Y)] and G(u) = sum_j p_j e^(-n p_j u),

    sum_j p_j E[1 - e^(-t v_j)] = G(w) + T[G(u) - G(w)](t)  =: G(w) + Q(t),
    E e^(-t S) = w e^(-Q(t)),     u = T[e^(-t) w e^(-Q)].

Features enter through G alone. V = int_0^inf sum_i p_i [(1 - p_i u(s))^n - (1 - p_i w)^n] ds,
since E[1{kappa > 0}/kappa] = int_0^inf (E e^(-s kappa) - P(kappa = 0)) ds; here T_i is binomial.

The discretization. In ln s, T is a convolution: on a logarithmic grid it is two FFTs and the
multiplier Gamma(1+z)/Gamma(1-z) (Talman 1978, Hamilton 2000). Laplace transforms are analytic
in the right half plane, that is for |Im ln s| < pi/2, so the error falls like
e^(-pi^2/(2 step)): no law is binned and atoms do no harm. The sums over features are replaced
by Chebyshev interpolation in n p on bins (relative error below 10^-12), after one pass over p.

Unidentifiable features. (X'X)^+ and P are the terms of (X'X + lambda)^-1 as lambda -> 0, and
belief propagation holds for each lambda: a feature's variance is a/lambda + b with a > 0 where
all its rows are *null*, those with Y = 0 at lambda = 0. A null row holds infinite v_j; with
A the sum of their a_j and B that of all b_j (v_j itself where finite) its precision is
lambda/A - lambda^2 (1 + B)/A^2. Hence over null rows m

    a = 1/(1 + sum_m g_m),  g = 1/A;     b = a^2 sum_m h_m,  h = (1 + B)/A^2.

The law of (a, g) has the form of that of (v, Y); b and h enter linearly, so that their means
given a and g suffice, and x^-2 e^(-t/x) = (1/t) T[s e^(-s x)](t) moves them. Then
a = 1 - P_ii and b = [(X'X)^+]_ii. (Two features that occur only together, once, in a row of
leverage h: a = 1/2, b = (1 + h)/4.) By `flip-identity` the noiseless loss is
sum_i p_i sum_j E[(I-P)_ij^2] beta_j^2, the derivative of a_i when the penalty of feature j is
lambda (1 - epsilon beta_j^2): the same linear recursion, with a^2 beta^2 added to b and 1 left
out of h.

Source. Ours: a prediction, exact where the graph of rows and features is a tree; nothing is
proved about the finite design, which differs by a relative O(1/(n E Y)). Where the equation for
w has several solutions the largest one is taken, to which the recursion started at Y = 1 leads.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from theorems.errors import InputError
from theorems.evaluate.fixed_point import largest_fixed_point
from theorems.evolution.feature_quadrature import Features, feature_quadrature
from theorems.evolution.precision_lattice import CELLS, LONGEST, PrecisionLaw, lattice_law
from theorems.evolution.recursion_on_a_grid import Solution

Array = NDArray[np.float64]

STEP = 1 / 8
"""Of the grid in ln s: e^(-pi^2/(2 STEP)) is below the rounding unit."""

_ROUNDING = 1e-12
"""Of integrals, relative: sums of some thousand terms, each a few roundings off."""

SMALLEST_WEIGHT = 1e-280
"""Least w = P(Y > 0) for which the recursion keeps clear of underflow."""


@dataclass(frozen=True, eq=False)
class VarianceEvolution:
    """The fixed point of the recursion and what follows from it. Variances are in sigma^2.

    Attributes:
        variance_factor: V on the identifiable features, sum_i p_i E[1{kappa_i > 0}/kappa_i].
        variance_common: the part of V of features i <= k.
        variance_tail: the part of V of features i > k.
        common_mean_variance, tail_mean_variance: mean of E[1/kappa_i] over the features of
            either part that are determined, not weighted by p_i; NaN for an empty part.
        unidentifiable_variance: sum_i p_i E[(X'X)^+_ii; i seen, not in R]. Added to
            variance_factor it predicts sum_i p_i E[(X'X)^+_ii], the V of `noisy-loss`.
        noiseless_loss: sum_i p_i sum_j E[(I-P)_ij^2] beta_j^2, in the units of beta^2.
        recovered_weight: w = P(Y > 0).
        mean_precision: E Y.
        mean_leverage: E[1/Y - 1 | Y > 0], of a row that determines a feature. A feature seen
            once and recovered has the mean variance 1 + mean_leverage. It is V with T_i
            Poisson instead of binomial.
        points: s, shape (m,), increasing and geometric.
        precision_transform: E e^(-s Y), shape (m,), the law of Y; its limit at infinity is the
            atom 1 - w at 0.
        features: what the numbers come from, nodes and weights of the sums over features.
        iterations: of the recursion for Y on the fine grid.
        error_estimate: relative error of the numbers above as solutions of the recursion: the
            largest change against a grid of twice the step, which overstates it by far, and
            what iteration left undone. It says nothing of how well the recursion predicts.
    """

    variance_factor: float
    variance_common: float
    variance_tail: float
    common_mean_variance: float
    tail_mean_variance: float
    unidentifiable_variance: float
    noiseless_loss: float
    recovered_weight: float
    mean_precision: float
    mean_leverage: float
    points: Array
    precision_transform: Array
    features: Features
    iterations: int
    _error: Callable[[], float] = field(repr=False)

    @cached_property
    def error_estimate(self) -> float:
        """The relative error; see above. It takes half as long as the rest."""
        return self._error()

    @cached_property
    def law(self) -> PrecisionLaw:
        """The law of Y as masses on a lattice of 256 cells, by a second algorithm.

        It takes as long as the rest: only whoever looks at it waits for it.
        """
        return lattice_law(self.features, self.recovered_weight, CELLS)


def _weight(features: Features) -> float:
    rate, share = features.rate, features.share
    epsilon = float(np.finfo(float).eps)
    return float(
        largest_fixed_point(lambda w: math.exp(-float(share @ np.exp(-rate * w))), 1.0, epsilon)
    )


def _checked(p: Array, n: int, k: int = 0, coefficients: Array | None = None) -> Array:
    p = np.asarray(p, dtype=np.float64)
    if p.ndim != 1:
        raise InputError("p", f"an array of shape {p.shape}", "must have shape (d,)")
    outside = np.flatnonzero(~((p >= 0) & (p <= 1)))
    if outside.size:
        first = int(outside[0])
        raise InputError(f"p[{first}]", p[first], "must be a probability, from 0 to 1")
    if n < 1:
        raise InputError("n", n, "must be an integer >= 1")
    if not 0 <= k <= p.size:
        raise InputError("k", k, f"must be an integer from 0 to d = {p.size}")
    if coefficients is not None:
        if coefficients.shape != p.shape:
            raise InputError(
                "coefficients",
                f"an array of shape {coefficients.shape}",
                f"must have the shape of p, {p.shape}",
            )
        if not np.all(np.isfinite(coefficients)):
            raise InputError("coefficients", "not all finite", "must be finite")
    return p


def _checked_weight(features: Features) -> float:
    w = _weight(features)
    if w < SMALLEST_WEIGHT:
        raise InputError(
            "p", f"{float(features.share.sum()):.4g} features a row", "leaves no row determined"
        )
    return w


def recovered_weight(p: Array, n: int) -> float:
    """The largest solution of w = exp(-sum_i p_i e^(-n p_i w)): P(Y > 0).

    `recovered-fraction` leaves common features out of the sum: that is p[k:] here.

    Args:
        p: appearance probabilities, shape (d,), in any order.
        n: samples.

    Raises:
        InputError: for p outside [0, 1] or not of shape (d,), n < 1.
        ArithmeticError: where the map hardly contracts at its fixed point.
    """
    p = _checked(p, n)
    return _weight(feature_quadrature(p, None, n))


def _without_rounding(null: float, identified: float) -> float:
    """A difference, below 0 by rounding where next to nothing is unidentified: then it is 0.

    Its terms are integrals of the size of the other variance: what is further below 0 is a defect,
    and stays to be seen.
    """
    return 0.0 if -_ROUNDING * identified <= null < 0 else null


def evolve(p: Array, n: int, k: int, coefficients: Array | None = None) -> VarianceEvolution:
    """The variance factor V and the noiseless loss of the minimum-norm solution, predicted.

    See the head of this module. The cost hardly depends on d; the same arguments give the same
    numbers. k only splits V: no feature is assumed to be identified.

    Args:
        p: appearance probabilities, shape (d,), the common features first.
        n: samples, >= 1.
        k: common features, 0 <= k <= d.
        coefficients: beta*, shape (d,), for the noiseless loss; 1 each unless given.

    Raises:
        InputError: for p outside [0, 1], shapes that do not match, n < 1, k outside 0..d, and
            where rows hold so many features that w < 1e-280.
        ArithmeticError: where an iteration does not settle. In a design so dense that w is near
            1 while d > n, Y falls to 0: nothing is identified, and V has no limit.
    """
    if coefficients is not None:
        coefficients = np.asarray(coefficients, dtype=np.float64)
    p = _checked(p, n, k, coefficients)
    square = None if coefficients is None else coefficients**2
    head = feature_quadrature(p[:k], None if square is None else square[:k], n)
    features = head.joined(feature_quadrature(p[k:], None if square is None else square[k:], n))
    w = _checked_weight(features)
    fine = Solution(features, w, n, STEP)
    values = fine.summary(head.rate.size)
    remaining = fine.remaining

    def error() -> float:
        coarse = Solution(features, w, n, 2 * STEP).summary(head.rate.size)
        scale = np.maximum(np.abs(values), np.finfo(float).tiny)
        return float(np.nanmax(np.abs(values - coarse) / scale)) + remaining

    return VarianceEvolution(
        variance_factor=float(values[0] + values[1]),
        variance_common=float(values[0]),
        variance_tail=float(values[1]),
        common_mean_variance=float(values[6]),
        tail_mean_variance=float(values[7]),
        unidentifiable_variance=_without_rounding(float(values[2]), float(values[0] + values[1])),
        noiseless_loss=float(values[3]),
        recovered_weight=w,
        mean_precision=float(values[4]),
        mean_leverage=float(values[5]),
        points=fine.grid.s,
        precision_transform=1 - fine.missing,
        features=features,
        iterations=fine.settling.count,
        _error=error,
    )


def precision_law(p: Array, n: int, cells: int = CELLS) -> PrecisionLaw:
    """The law of Y as masses on a lattice, by convolution: the same recursion, binned.

    It shares with the numbers of `evolve` the sums over features and w, and no transform. E Y
    agrees to 5e-5, relative. What S has beyond 64 is lumped at Y = 1/128 or the first level.

    Args:
        p: appearance probabilities, shape (d,), in any order.
        n: samples, >= 1.
        cells: lattice cells of [0, 1], > 64.

    Raises:
        InputError: as `evolve`, and for fewer cells.
        ArithmeticError: where the iteration does not settle.
    """
    p = _checked(p, n)
    if cells <= LONGEST:
        raise InputError("cells", cells, f"must be an integer > {LONGEST}")
    features = feature_quadrature(p, None, n)
    return lattice_law(features, _checked_weight(features), cells)
