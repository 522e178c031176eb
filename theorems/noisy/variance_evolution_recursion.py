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
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.fft import next_fast_len
from scipy.special import gammaln, loggamma

from theorems.fixed_point import largest_fixed_point
from theorems.setting import InputError

Array = NDArray[np.float64]

STEP = 1 / 8
"""Of the grid in ln s: e^(-pi^2/(2 STEP)) is below the rounding unit."""

NODES = 12
"""Chebyshev nodes a bin: e^(-x u) on [b, sqrt(2) b] to (0.104)^12 2/sqrt(24 pi) = 4e-13."""

CHUNK = 1 << 18
"""Features handled at a time; it keeps the pass over p within a few megabytes."""

SETTLED = 1e-12
"""Relative step of the monotone functional at which an iteration ends."""

ITERATIONS = 5000

FLOOR = 1e-13
"""Rounding error of a transform relative to its value at 0; falls like s^(-1/2) for s > 1."""

SPREAD = 16.0
"""Mean of kappa from which three points of its law, exact to the fifth moment, stand for it."""

LONGEST = 64
"""Largest S, and largest kappa of a spread law, that the lattice of `precision_law` holds."""

CELLS = 256
"""Of the lattice of `precision_law`, unless more are asked for."""

SMALLEST_WEIGHT = 1e-280
"""Least w = P(Y > 0) for which the recursion keeps clear of underflow."""


@dataclass(frozen=True, eq=False)
class PrecisionLaw:
    """The law of Y on a lattice.

    Attributes:
        levels: m/cells for m = 0..cells, shape (cells + 1,).
        mass: probabilities of the levels, shape (cells + 1,), sum 1; mass[0] = 1 - w exactly.
        iterations: of the recursion.
    """

    levels: Array
    mass: Array
    iterations: int


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
        law: the law of Y as masses on a lattice of 256 cells, by a second algorithm.
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
    law: PrecisionLaw
    iterations: int
    error_estimate: float


@dataclass(frozen=True, eq=False)
class _Features:
    """Sums over features sum_i p_i f(n p_i) as quadrature: nodes and weights, shape (m,)."""

    rate: Array
    share: Array
    """Weights of sum_i p_i f(n p_i)."""
    energy: Array
    """Weights of sum_i p_i beta_i^2 f(n p_i)."""

    def joined(self, other: _Features) -> _Features:
        return _Features(
            np.concatenate([self.rate, other.rate]),
            np.concatenate([self.share, other.share]),
            np.concatenate([self.energy, other.energy]),
        )


def _quadrature(p: Array, square: Array | None, n: int) -> _Features:
    """Bins [0, 1], then of ratio sqrt(2), in x = n p; a bin of few features keeps them as they are.

    In the others f is replaced by its interpolant at the Chebyshev nodes, whose sum over the
    features needs only the Chebyshev moments sum_i p_i T_j(x_i).
    """
    bins = 3 + math.ceil(2 * math.log2(n))
    upper = 2.0 ** (np.arange(bins) / 2)
    lower = np.concatenate([[0.0], upper[:-1]])
    counts = np.zeros(bins, dtype=np.int64)
    moments = np.zeros((2, NODES, bins))

    def binned(start: int) -> tuple[Array, Array, Array, NDArray[np.int64]]:
        share = p[start : start + CHUNK]
        energy = share if square is None else share * square[start : start + CHUNK]
        x = n * share
        place = np.ceil(2 * np.log2(np.maximum(x, 1.0))).astype(np.int64)
        return x, share, energy, place

    for start in range(0, p.size, CHUNK):
        x, share, energy, place = binned(start)
        counts += np.bincount(place, minlength=bins)
        z = (2 * x - lower[place] - upper[place]) / (upper[place] - lower[place])
        before, chebyshev = z, np.ones_like(z)
        for j in range(NODES):
            moments[0, j] += np.bincount(place, share * chebyshev, bins)
            if square is not None:
                moments[1, j] += np.bincount(place, energy * chebyshev, bins)
            before, chebyshev = chebyshev, 2 * z * chebyshev - before
    if square is None:
        moments[1] = moments[0]

    few = counts <= NODES
    kept: list[Array] = []
    if np.any(few & (counts > 0)):
        for start in range(0, p.size, CHUNK):
            x, share, energy, place = binned(start)
            mask = few[place]
            kept.append(np.stack([x[mask], share[mask], energy[mask]]))
    angle = np.pi * (np.arange(NODES) + 0.5) / NODES
    basis = 2 * np.cos(np.outer(np.arange(NODES), angle)) / NODES
    basis[0] /= 2
    many = ~few
    nodes = (lower + upper)[many, None] / 2 + (upper - lower)[many, None] / 2 * np.cos(angle)
    weights = np.einsum("cjb,ja->cba", moments[:, :, many], basis)
    rate, share, energy = np.concatenate(
        [*kept, np.stack([nodes.ravel(), weights[0].ravel(), weights[1].ravel()])], axis=1
    )
    return _Features(rate, share, energy)


def _weight(features: _Features) -> float:
    rate, share = features.rate, features.share
    epsilon = float(np.finfo(float).eps)
    return float(
        largest_fixed_point(lambda w: math.exp(-float(share @ np.exp(-rate * w))), 1.0, epsilon)
    )


class _LogGrid:
    """s_m = e^(step (m - points/2)) and the operator T of the module's head on it."""

    def __init__(self, n: int, step: float) -> None:
        # Functions are O(s) or O(1) at the left end times sqrt(s), and the scale of G is 1/n:
        # e^(-(half width - ln n)/2) is the rounding unit.
        half_width = 74 + math.log(n)
        self.size = 2 * next_fast_len(math.ceil(half_width / step), real=True)
        self.step = step
        self.log = (np.arange(self.size) - self.size // 2) * step
        self.s = np.exp(self.log)
        self.decay = np.exp(-self.s)
        self.growth = -np.expm1(-self.s)
        self.left = self.log < 0
        frequency = 2 * np.pi * np.arange(self.size // 2 + 1) / (self.size * step)
        self._tilt = {z: np.exp(-z * self.log) for z in (-0.5, 0.5)}
        self._multiplier = {
            z: np.exp(loggamma(1 + z - 1j * frequency) - loggamma(1 - z + 1j * frequency))
            for z in (-0.5, 0.5)
        }

    def transform(self, f: Array, z: float = -0.5) -> Array:
        """T f, for f s^(-z) that vanishes at both ends. Shapes (points,).

        The absolute error is the rounding unit times s^(-z): z = -1/2 is right for s < 1,
        where T f = O(s); z = 1/2 for s > 1, if f = O(s) at 0.
        """
        image = np.conj(np.fft.rfft(f * self._tilt[z])) * self._multiplier[z]
        back: Array = np.fft.irfft(image, self.size) * self._tilt[z]
        return back

    def inverse_law(self, remainder: Array, total: float) -> tuple[Array, Array]:
        """E[1 - e^(-s/X); X > 0] and E[e^(-s/X); X > 0] from the law of X.

        Args:
            remainder: E[e^(-t X); X > 0] - total e^(-t), with small relative error at 0.
            total: P(X > 0).
        """
        low = total * self.growth + self.transform(remainder)
        high = total * self.decay - self.transform(remainder, 0.5)
        rest = np.where(self.left, total - low, high)
        lost = ~self.left & (rest <= FLOOR * total / np.sqrt(self.s))
        if lost.any():
            # What is left is rounding error, which a later transform would amplify.
            rest[int(np.argmax(lost)) :] = 0
        rest = np.clip(rest, 0, total)
        return np.clip(np.where(self.left, low, total - rest), 0, total), rest

    def integral(self, f: Array) -> float:
        """int_0^inf f(s) ds, shape (points,); spectrally accurate for the f at hand."""
        return float(self.step * (f @ self.s))


class _Progress:
    """The end of a monotone iteration, and what it leaves undone."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.value = math.nan
        self.change = math.inf
        self.count = 0
        self.remaining = 0.0

    def settles(self, value: float) -> bool:
        """Whether the functional has come to rest at `value`.

        Raises `ArithmeticError` where it does not within `ITERATIONS`.
        """
        self.count += 1
        if self.count > ITERATIONS:
            raise ArithmeticError(
                f"the recursion for {self.what} does not settle in {ITERATIONS} iterations: "
                "Y falls to 0 (more features than n rows determine) or is about to"
            )
        change = abs(value - self.value) if self.count > 1 else math.inf
        ratio = min(change / self.change, 0.999) if 0 < self.change < math.inf else 0.0
        self.value, self.change = value, change
        if change > SETTLED * abs(value):
            return False
        self.remaining = change * ratio / (1 - ratio) / abs(value) if value else 0.0
        return True


def _log_powers(chance: Array, u: Array, exponent: int) -> Array:
    """Logarithms of (1 - p u)^exponent, shape (classes, points)."""
    # p u = 1 is met where p_i = 1 and w = 1; the bound keeps its logarithm finite.
    return exponent * np.log1p(-np.minimum(np.outer(chance, u), 1 - 2.0**-53))


def _powers(chance: Array, u: Array, exponent: int) -> Array:
    return np.exp(_log_powers(chance, u, exponent))


class _Solution:
    """The recursion solved on one grid."""

    def __init__(self, features: _Features, w: float, n: int, step: float) -> None:
        self.features, self.w, self.n = features, w, n
        self.grid = _LogGrid(n, step)
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
        self.settling = _Progress("Y")
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
        # share sums p f(n p); divided by p, at each node, it sums f(n p).
        count = self.features.share[classes] / chance
        determined = float(count @ -np.expm1(self.n * np.log1p(-chance * self.w)))
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
        self.settling_null = _Progress("the null space")
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
        progress = _Progress("the null space's variances")
        while True:
            h = grid.transform(base + gain * b)
            value = grid.integral(
                grid.decay * (own * grid.s * self.final_source + self.final_reach * h)
            )
            if progress.settles(value):
                return value, progress.remaining
            b = grid.transform(grid.decay * (own * grid.s * self.source + self.reach * h))

    def summary(self, common: int) -> Array:
        """The numbers reported: V of i <= k and i > k, means, of the rest, loss, E Y, leverage."""
        null_variance, left_variance = self.linear(1 + self.leverage, 0.0)
        loss, left_loss = self.linear(0.0, 1.0)
        self.remaining = max(
            self.settling.remaining, self.settling_null.remaining, left_variance, left_loss
        )
        return np.array(
            [
                self.variances(slice(0, common)),
                self.variances(slice(common, None)),
                self.mean_variance(slice(0, common)),
                self.mean_variance(slice(common, None)),
                null_variance,
                loss,
                self.mean_precision,
                self.leverage,
            ]
        )


def _split(position: Array, mass: Array, size: int) -> Array:
    """Masses at lattice points 0..size-1, split over neighbours so that the mean is kept."""
    below = np.minimum(np.floor(position).astype(np.int64), size - 2)
    part = position - below
    left = np.bincount(below, mass * (1 - part), size)
    right = np.bincount(below + 1, mass * part, size)
    return np.asarray(left + right, dtype=np.float64)


def _powers_law(spectrum: NDArray[np.complex128], x: Array, share: Array) -> Array:
    """The measure sum_j p_j law(kappa_j) on a lattice, kappa_j a sum of Poisson(x_j) copies.

    Args:
        spectrum: of the law of one copy, shape (m/2 + 1,).
        x: mean numbers of copies, shape (classes,).
        share: weights p_j, shape (classes,).

    Returns:
        Shape (m,), as long as m covers the sums.
    """
    most = float(np.max(x, initial=0.0))
    count = np.arange(int(most + 10 * math.sqrt(most)) + 40)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(count == 0, 0.0, count * np.log(x)[:, None])
    total = np.zeros_like(spectrum)
    for term in (share @ np.exp(logs - x[:, None] - gammaln(count + 1)))[::-1]:
        total = total * spectrum + term
    measure: Array = np.fft.irfft(total)
    return np.maximum(measure, 0)


def _lattice_law(features: _Features, w: float, cells: int) -> PrecisionLaw:
    rate, share = features.rate, features.share
    size = LONGEST * cells
    levels = np.arange(cells + 1) / cells
    inverse = cells**2 / np.arange(1, size)
    in_range = inverse < size - 1
    of_sum = cells / (1 + np.arange(size) / cells)
    # Of the jumps of S per row, those of finite size, also beyond the lattice.
    finite = float(share.sum()) + math.log(w)
    mass = np.zeros(cells + 1)
    mass[0], mass[-1] = 1 - w, w
    progress = _Progress("the lattice law of Y")
    while not progress.settles(float(mass @ levels)):
        first, second = float(mass @ levels), float(mass @ levels**2)
        spread = rate * first <= SPREAD
        kappa = _powers_law(np.fft.rfft(mass, size), rate[spread], share[spread])[1:]
        jumps = _split(inverse[in_range], kappa[in_range], size)
        # The others hardly vary: Gauss-Hermite points of mean x E Y and variance x E Y^2.
        x, weight = rate[~spread], share[~spread]
        for shift, chance in ((0.0, 2 / 3), (math.sqrt(3), 1 / 6), (-math.sqrt(3), 1 / 6)):
            point = x * first + shift * np.sqrt(x * second)
            jumps += _split(cells / point, weight * chance, size)
        law = w * np.fft.irfft(np.exp(np.fft.rfft(jumps, 2 * size) - finite))[:size]
        law = np.maximum(law, 0)
        mass = _split(of_sum, law, cells + 1)
        mass[max(1, cells // (2 * LONGEST))] += max(0.0, w - float(law.sum()))
        mass *= w / mass.sum()
        mass[0] = 1 - w
    return PrecisionLaw(levels, mass, progress.count - 1)


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


def _checked_weight(features: _Features) -> float:
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
    return _weight(_quadrature(p, None, n))


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
    head = _quadrature(p[:k], None if square is None else square[:k], n)
    features = head.joined(_quadrature(p[k:], None if square is None else square[k:], n))
    w = _checked_weight(features)
    coarse = _Solution(features, w, n, 2 * STEP).summary(head.rate.size)
    fine = _Solution(features, w, n, STEP)
    values = fine.summary(head.rate.size)
    scale = np.maximum(np.abs(values), np.finfo(float).tiny)
    return VarianceEvolution(
        variance_factor=float(values[0] + values[1]),
        variance_common=float(values[0]),
        variance_tail=float(values[1]),
        common_mean_variance=float(values[2]),
        tail_mean_variance=float(values[3]),
        unidentifiable_variance=float(values[4]),
        noiseless_loss=float(values[5]),
        recovered_weight=w,
        mean_precision=float(values[6]),
        mean_leverage=float(values[7]),
        points=fine.grid.s,
        precision_transform=1 - fine.missing,
        law=_lattice_law(features, w, CELLS),
        iterations=fine.settling.count,
        error_estimate=float(np.nanmax(np.abs(values - coarse) / scale)) + fine.remaining,
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
    features = _quadrature(p, None, n)
    return _lattice_law(features, _checked_weight(features), cells)
