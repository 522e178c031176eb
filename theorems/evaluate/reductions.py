"""Double precision: sums and products over features as chunked array reductions.

Indices travel as float arrays of one chunk, small enough to stay in cache; a sum over
10^7 features costs a few array passes and the memory of a few chunks. `ThinnedFeatures`
does the same on a few thousand weighted nodes, for searches whose result is then
evaluated in full.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache, reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from theorems.evaluate.binomial import binomial_mean_expm1
from theorems.evaluate.binomial_expectation import binomial_expectation
from theorems.evaluate.fixed_point import largest_fixed_point
from theorems.evaluate.inverse_count import mean_inverse_count
from theorems.evolution.solved import cavity, evolved

Array = NDArray[np.float64]
Summand = Callable[[Any], Any]

CHUNK = 2**16

CHUNKS_KEPT = 16
"""Chunks whose indices, and whose numbers of features within a program, are kept: 2^20 features.
Where there are more nothing is, as the first would make way for the last before they come again."""

LOWEST_SHAPE, HIGHEST_SHAPE = -100, 100
"""Beyond these shapes the incomplete Gamma function is not evaluated in double precision: it, or
the powers that it is multiplied by, would leave the doubles, and a product be 0 or infinite that
is neither. Up to Gamma(100) = 1e156 what underflows beside it stays below 1e-150."""


def power1p(x: Any, exponent: Any) -> Any:
    """(1 + x)^exponent without rounding 1 + x; 1 at exponent 0, x = -1 included.

    For x < -1 the sign is cos(pi exponent): the power itself at whole exponents, and smooth
    between them, where `theorems.evaluate.binomial` interpolates.
    """
    x = np.asarray(x, dtype=np.float64)
    beyond = bool(x.size) and not np.min(x) >= -1
    with np.errstate(divide="ignore", invalid="ignore"):
        magnitude = np.exp(exponent * np.log1p(np.where(x < -1, -2 - x, x) if beyond else x))
    if not np.all(exponent):
        magnitude = np.where(np.equal(exponent, 0), 1.0, magnitude)
    if not beyond or np.all(x >= -1):
        return magnitude
    return magnitude * np.where(x < -1, np.cos(np.pi * np.asarray(exponent)), 1.0)


def power1p_difference(x: Any, y: Any, exponent: Any) -> Any:
    """(1 + x)^exponent - (1 + y)^exponent, with the digits of a small difference of x and y."""
    for one, other, sign in ((x, y, -1.0), (y, x, 1.0)):
        if np.ndim(one) == 0 and one == 0 and np.size(other) and np.min(other) > -1:
            with np.errstate(over="ignore"):
                return sign * np.expm1(exponent * np.log1p(np.asarray(other, dtype=np.float64)))
    x, y = np.broadcast_arrays(np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64))
    if np.any(x < -1) or np.any(y < -1):
        return power1p(x, exponent) - power1p(y, exponent)
    high, low = np.maximum(x, y), np.minimum(x, y)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        share = np.where(high > -1, (low - high) / (1 + high), 0.0)
        larger = power1p(high, exponent)
        size = larger * -np.expm1(exponent * np.log1p(np.maximum(share, -1)))
        lost = np.isnan(size)
        if lost.any():
            # Where the larger power underflows and their quotient overflows, nothing cancels.
            size = np.where(lost, larger - power1p(low, exponent), size)
    return np.where(x >= y, size, -size)


GAP_SERIES = 0.05
"""Below this the twelve terms of a series serve: the next is 0.05^12 = 2e-16 of the first."""


def log1p_gap(x: Any) -> Any:
    """X - log(1 + x) for x >= 0, with the digits of a small x, where it is near x^2/2."""
    x = np.asarray(x, dtype=np.float64)
    small = np.minimum(x, GAP_SERIES)
    series = np.zeros_like(small)
    for order in range(13, 1, -1):
        series = (-1) ** order / order + small * series
    with np.errstate(invalid="ignore"):
        return np.where(x < GAP_SERIES, small**2 * series, x - np.log1p(x))


def log1p(x: Any) -> Any:
    """log(1 + x), -inf at x = -1."""
    with np.errstate(divide="ignore"):
        return np.log1p(x)


def remember(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The function, with its values at a few chunks kept: each is met by many sums.

    What is kept is told apart by identity. Arrays of indices that come again cannot be written; of
    all others only the last one is kept.
    """
    found: dict[int, tuple[Any, Any]] = {}
    last: list[Any] = [None, None]

    def remembered(index: Any) -> Any:
        if not isinstance(index, np.ndarray):
            return function(index)
        if last[0] is index:
            return last[1]
        at, value = found.get(id(index), (None, None))
        if at is not index:
            value = function(index)
            if not index.flags.writeable and len(found) < CHUNKS_KEPT:
                found[id(index)] = index, value
        last[:] = index, value
        return value

    return remembered


@lru_cache(maxsize=CHUNKS_KEPT)
def _chunk(number: int) -> Array:
    """The indices from number CHUNK + 1 on, CHUNK of them, read-only."""
    index = np.arange(number * CHUNK + 1, (number + 1) * CHUNK + 1, dtype=np.float64)
    index.flags.writeable = False
    return index


class EveryFeature:
    """Reductions over every index of a range, each counted once."""

    def blocks(self, low: int, high: int) -> Any:
        """Pairs (indices, weights) that cover low..high; weights None means all 1."""
        if high < low:
            return
        for number in range((low - 1) // CHUNK, (high - 1) // CHUNK + 1):
            first, last = number * CHUNK + 1, (number + 1) * CHUNK
            if low <= first and last <= high <= CHUNKS_KEPT * CHUNK:
                yield _chunk(number), None
            else:
                yield np.arange(max(low, first), min(last, high) + 1, dtype=np.float64), None

    def sum_over(self, term: Summand, low: Any, high: Any) -> Any:
        """Sum of term(i), low <= i <= high; 0 where the range is empty."""
        totals = []
        for index, weights in self.blocks(int(low), int(high)):
            value = np.asarray(term(index), dtype=np.float64)
            if value.ndim == 0:
                value = np.broadcast_to(value, index.shape)
            if weights is not None:
                value = value * weights
            # A column of m against a row of i keeps its column shape.
            totals.append(np.sum(value, axis=-1, keepdims=value.ndim > 1))
        if not totals:
            return np.float64(0.0)
        if np.ndim(totals[0]) == 0:
            # numpy's double: a quotient by a sum that underflows to 0 is no number, not an error.
            return np.float64(math.fsum(float(total) for total in totals))
        return sum(totals)

    def pairs_over(self, term: Summand, low: Any, high: Any) -> Any:
        """Sum of term(i) term(j), low <= i < j <= high, of terms >= 0: products alone are added."""
        before: list[float] = []
        totals = []
        for index, weights in self.blocks(int(low), int(high)):
            value = np.broadcast_to(np.asarray(term(index), dtype=np.float64), index.shape)
            weighted = value if weights is None else value * weights
            # What is before each feature in its block, and in the blocks before.
            inside = np.concatenate([[0.0], np.cumsum(weighted[:-1])])
            totals.append(float(np.sum(weighted * (inside + math.fsum(before)))))
            if weights is not None:
                # Features that are alike, among each other.
                totals.append(float(np.sum(weighted * value * (weights - 1) / 2)))
            before.append(float(np.sum(weighted)))
        return np.float64(math.fsum(totals))

    def largest_over(self, term: Summand, low: Any, high: Any) -> Any:
        """Largest term(i), low <= i <= high; 0 where the range is empty."""
        # Every index is looked at: a node that stands for others says nothing of an extreme.
        found = [
            np.max(np.asarray(term(index), dtype=np.float64))
            for index, _ in EveryFeature.blocks(self, int(low), int(high))
        ]
        return np.max(found) if found else np.float64(0.0)

    def least_over(self, term: Summand, low: Any, high: Any) -> Any:
        """Least term(i), low <= i <= high; 0 where the range is empty."""
        return -self.largest_over(lambda index: -term(index), low, high)

    def product1p_over(self, term: Summand, low: Any, high: Any) -> Any:
        """Product of 1 + term(i); 0 where a factor is 0, signs kept."""

        def logarithm(index: Array) -> Any:
            value = np.asarray(term(index), dtype=np.float64)
            if value.size and value.min() <= -1:
                raise _SignedFactorError
            return np.log1p(value)

        try:
            return np.exp(self.sum_over(logarithm, low, high))
        except _SignedFactorError:
            return self._signed_product(term, int(low), int(high))

    def product1p_minus1_over(self, term: Summand, low: Any, high: Any) -> Any:
        """Product of 1 + term(i), less 1, with the digits of small terms."""

        def logarithm(index: Array) -> Any:
            value = np.asarray(term(index), dtype=np.float64)
            if value.size and value.min() < -1:
                raise _SignedFactorError
            return log1p(value)

        try:
            return np.expm1(self.sum_over(logarithm, low, high))
        except _SignedFactorError:
            return self._signed_product(term, int(low), int(high)) - 1

    def _signed_product(self, term: Summand, low: int, high: int) -> Any:
        signs: Any = 1.0

        def logarithm(index: Array) -> Any:
            nonlocal signs
            factor = 1 + np.asarray(term(index), dtype=np.float64)
            signs = signs * np.prod(np.sign(factor), axis=-1, keepdims=factor.ndim > 1)
            with np.errstate(divide="ignore"):
                return np.log(np.abs(factor))

        return np.exp(self.sum_over(logarithm, low, high)) * signs

    def product_over(self, term: Summand, low: Any, high: Any) -> Any:
        """Product of term(i)."""
        return self.product1p_over(lambda index: term(index) - 1, low, high)

    def namespace(self) -> dict[str, Any]:
        """What a generated program may call."""
        return {
            "sum_over": self.sum_over,
            "product_over": self.product_over,
            "pairs_over": self.pairs_over,
            "largest_over": self.largest_over,
            "least_over": self.least_over,
            "product1p_over": self.product1p_over,
            "product1p_minus1_over": self.product1p_minus1_over,
            "fixed_point": lambda function, start: largest_fixed_point(
                function, float(start), np.finfo(float).eps
            ),
            "binomial_mean_expm1": binomial_mean_expm1,
            "binomial_expectation": binomial_expectation,
            "mean_inverse_count": mean_inverse_count,
            "evolved": evolved,
            "cavity": cavity,
            "power1p": power1p,
            "power1p_difference": power1p_difference,
            "log1p_gap": log1p_gap,
            "expm1": np.expm1,
            "remember": remember,
            "ratio": lambda top, bottom: top / bottom,
            "undefined": lambda: math.nan,
            "minimum": lambda *parts: reduce(np.minimum, parts),
            "maximum": lambda *parts: reduce(np.maximum, parts),
            "exp": np.exp,
            "log": np.log,
            "log1p": log1p,
            "sqrt": np.sqrt,
            "floor": np.floor,
            "ceiling": np.ceil,
            "Abs": np.abs,
            "pi": math.pi,
            "euler_gamma": float(np.euler_gamma),
            **_special_functions(),
        }


class _SignedFactorError(ArithmeticError):
    """A factor 1 + x <= 0, which has no real logarithm."""


class ThinnedFeatures(EveryFeature):
    """Reductions over weighted nodes: the first 512 indices, quadrature beyond.

    A smooth sum over a..b is the integral over [a - 1/2, b + 1/2] up to a relative error of
    order 1/(24 a^2), 2e-7 here; blocks of ratio 1.5 with 12 Gauss-Legendre nodes each
    integrate powers and exponentials of i^-alpha to far below that. For searching only.
    """

    EXACT = 512
    RATIO = 1.5

    def __init__(self) -> None:
        self._nodes, self._weights = np.polynomial.legendre.leggauss(12)
        self._built: dict[tuple[int, int], tuple[Array, Array]] = {}

    def blocks(self, low: int, high: int) -> Any:
        """One pair (nodes, weights) that stands for low..high; kept, since searches repeat."""
        if (low, high) not in self._built:
            self._built[low, high] = self._build(low, high)
        yield self._built[low, high]

    def _build(self, low: int, high: int) -> tuple[Array, Array]:
        exact_end = min(high, low + self.EXACT - 1)
        nodes = [np.arange(low, exact_end + 1, dtype=np.float64)]
        weights = [np.ones(nodes[0].size)]
        left = exact_end + 0.5
        while left < high + 0.5:
            right = min(high + 0.5, left * self.RATIO)
            half = (right - left) / 2
            nodes.append(left + half * (1 + self._nodes))
            weights.append(half * self._weights)
            left = right
        every = np.concatenate(nodes)
        every.flags.writeable = False
        return every, np.concatenate(weights)


def _special_functions() -> dict[str, Any]:
    def uppergamma(shape: float, x: Any) -> Any:
        if not LOWEST_SHAPE <= shape <= HIGHEST_SHAPE:
            return math.nan
        # scipy's is regularized and wants shape > 0: raise the shape by
        # Gamma(a, x) = (Gamma(a + 1, x) - x^a e^-x) / a, from Gamma(0, x) = E_1(x) if it is whole.
        if shape > 0:
            return special.gammaincc(shape, x) * special.gamma(shape)
        if shape == 0:
            return special.exp1(x)
        return (uppergamma(shape + 1, x) - np.power(x, shape) * np.exp(-x)) / shape

    return {
        "gamma": special.gamma,
        "uppergamma": uppergamma,
        "lowergamma": lambda shape, x: special.gammainc(shape, x) * special.gamma(shape),
        "loggamma": special.gammaln,
        "polygamma": lambda order, x: special.polygamma(int(order), x),
        "digamma": special.digamma,
        "Ei": special.expi,
        "erfinv": special.erfinv,
        "zeta": special.zeta,
    }
