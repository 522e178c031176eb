"""E g(T), T ~ Bin(n, p_i), for many features at once, in doubles and in mpmath.

In doubles the binomial weights are summed over a window. What is left out has probability
at most `LEFT_OUT` (times n p where that is below 1), by Chernoff's bound; for 0 <= g <= 1
the result is therefore too small, by no more than that: the safe direction for a lower side.
Features are taken in groups of similar p, each an array (features, window); a group is small
enough to stay in cache. Weights come by recursion from T = 0 where n p is moderate, so that
also an expectation that lives far below n p keeps its digits, and from the mode elsewhere.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from theorems.evaluate.binomial_law import chance as chance_of

Array = NDArray[np.float64]

LEFT_OUT = 1e-18

FROM_ZERO = 650.0
"""Up to this -n log(1-p) the weight at T = 0 is a normal double: weights start there."""

CELLS = 2**17
"""Doubles of a group."""

RATIO = 1.3
"""p falls by no more than this within a group."""


def binomial_expectation(
    body: Callable[[Any, Any], Any], trials: Any, chance: Callable[[Any], Any], feature: Any
) -> Any:
    """E g(T) for T ~ Bin(n, p).

    Args:
        body: g(T, i); takes a row (1, w) of counts and a column (f, 1) of features.
        trials: n, a whole number >= 1.
        chance: p of features, in [0, 1].
        feature: index, or array (f,) of them.

    Returns:
        The expectations, of the shape of `feature`.
    """
    n = float(trials)
    index = np.atleast_1d(np.asarray(feature, dtype=np.float64)).ravel()
    p = np.broadcast_to(np.asarray(chance(index), dtype=np.float64), index.shape)
    order = None
    if np.any(np.diff(p) > 0):
        order = np.argsort(-p, kind="stable")
        index, p = index[order], p[order]
    values = np.empty(index.size)
    start = 0
    while start < index.size:
        stop = _rare(n, p, start)
        if stop > start:
            found = _polynomial(body, n, p[start:stop], index[start:stop])
            if found is not None:
                values[start:stop] = found
                start = stop
                continue
        stop, first, weights = _group(n, p, start)
        counts = first + np.arange(weights.shape[1], dtype=np.float64)
        inner = body(counts[None, :], index[start:stop, None])
        inner = np.broadcast_to(np.asarray(inner, dtype=np.float64), weights.shape)
        values[start:stop] = np.einsum("ij,ij->i", weights, inner)
        start = stop
    if order is not None:
        sorted_values, values = values, np.empty(index.size)
        values[order] = sorted_values
    return values.reshape(np.shape(feature)) if np.ndim(feature) else float(values[0])


def _rare(n: float, p: Array, start: int) -> int:
    """End of the features from `start` on that few rows hold; `start` itself where many do."""
    largest = float(p[start])
    if n * largest > FEW or largest > SMALL:
        return start
    return (
        int(np.searchsorted(-p, -largest / RATIO, side="right")) if largest * n > RARE else p.size
    )


def _polynomial(body: Callable[[Any, Any], Any], n: float, p: Array, index: Array) -> Array | None:
    """E g(T) for rare features as (1-p)^n times a polynomial in p/(1-p); None where g has i.

    Its coefficients are g(t) times the number of ways to choose t of n.
    """
    counts = np.arange(0.0, min(n, float(_reach(n * float(p[0])))) + 1)
    inner = np.asarray(body(counts[None, :], index[:2, None]), dtype=np.float64)
    if inner.ndim == 2 and inner.shape[0] > 1:
        return None
    ways = np.cumprod(np.concatenate([[1.0], (n - counts[1:] + 1) / counts[1:]]))
    coefficients = np.broadcast_to(inner, (1, counts.size))[0] * ways
    odds = p / (1 - p)
    total = np.full(p.size, coefficients[-1])
    for coefficient in coefficients[-2::-1].tolist():
        total *= odds
        total += coefficient
    return np.asarray(total * np.exp(n * np.log1p(-p)))


def _group(n: float, p: Array, start: int) -> tuple[int, float, Array]:
    """End of the group that begins at `start`, its first count, and its weights (group, w)."""
    largest = float(p[start])
    if largest >= 1:
        stop = int(np.searchsorted(-p, -1.0, side="right"))
        return stop, n, np.ones((stop - start, 1))
    if n * -math.log1p(-largest) > FROM_ZERO:
        return _around_mode(n, largest, p, start)
    last = min(n, float(_reach(n * largest)))
    stop = int(np.searchsorted(-p, -largest / RATIO, side="right"))
    if largest * n < RARE:
        # The window no longer shrinks with p.
        stop = p.size
    stop = min(stop, start + max(1, int(CELLS / (last + 1))))
    part = p[start:stop, None]
    counts = np.arange(1.0, last + 1)
    weights = np.empty((stop - start, int(last) + 1))
    weights[:, :1] = np.exp(n * np.log1p(-part))
    np.multiply(part / (1 - part), ((n - counts + 1) / counts)[None, :], out=weights[:, 1:])
    np.cumprod(weights, axis=1, out=weights)
    return stop, 0.0, weights


RARE = 1e-4
"""Below this n p the window no longer shrinks."""

FEW = 1.0
"""Up to this n p a polynomial of degree 20 or so serves, whose coefficients are doubles."""

SMALL = 0.5
"""Up to this p: p/(1-p) is at most 1."""


def _reach(mean: float) -> int:
    """A count h with P(T > h) <= LEFT_OUT min(1, mean) for every binomial of this mean or less.

    Chernoff: P(T >= h) <= e^(h - mean) (mean/h)^h for h > mean.
    """
    if mean == 0:
        return 0
    target = math.log(LEFT_OUT) + min(0.0, math.log(mean))
    h = math.floor(mean) + 1
    while h - mean + h * math.log(mean / h) > target:
        h += 1
    return h - 1 if h > 1 else 1


def _around_mode(n: float, p: float, every: Array, start: int) -> tuple[int, float, Array]:
    """The same for all features of exactly this p, by Bernstein's inequality."""
    stop = int(np.searchsorted(-every, -p, side="right"))
    logarithm = math.log(2 / LEFT_OUT)
    variance = n * p * (1 - p)
    width = logarithm / 3 + math.sqrt(logarithm**2 / 9 + 2 * variance * logarithm)
    low, high = max(0.0, math.floor(n * p - width)), min(n, math.ceil(n * p + width))
    mode = min(max(math.floor((n + 1) * p), low), high)
    odds = p / (1 - p)
    up = np.arange(mode + 1, high + 1)
    down = np.arange(mode, low, -1)
    above = np.cumprod((n - up + 1) / up * odds)
    below = np.cumprod(down / ((n - down + 1) * odds))
    weights = np.concatenate([below[::-1], [1.0], above]) * float(chance_of(mode, n, p))
    stop = min(stop, start + max(1, int(CELLS / weights.size)))
    return stop, low, np.broadcast_to(weights, (stop - start, weights.size))


def binomial_expectation_mpmath(
    body: Callable[[Any, Any], Any], trials: Any, chance: Callable[[Any], Any], feature: Any
) -> Any:
    """The same as one number at mpmath's precision, term by term.

    Terms end where, past the mean, what is left is below the precision's unit of the sum (for
    |g| that does not grow) or where the weights end.
    """
    # Doubles do without it, and most processes want no more.
    import mpmath

    n, p = int(trials), mpmath.mpf(chance(feature))
    if p == 1:
        return body(mpmath.mpf(n), feature)
    odds = p / (1 - p)
    weight = (1 - p) ** n
    total = mpmath.mpf(0)
    for count in range(n + 1):
        total += weight * body(mpmath.mpf(count), feature)
        if count > 2 * n * p + 1 and 2 * weight < abs(total) * mpmath.eps:
            break
        weight *= odds * (n - count) / (count + 1)
    return total
