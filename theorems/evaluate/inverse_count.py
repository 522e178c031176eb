"""E[1{T>=1}/T] for T ~ Bin(n, p) in double precision, for many p at once.

With t = e^-x, sum_t P(T=t)/t = int_0^1 (E t^T - P(T=0))/t dt
= int_0^inf [(1 - p (1 - e^-x))^n - (1-p)^n] dx, an integral without cancellation of terms
of both signs, whose integrand is analytic and falls from 1 over the scale 1/(n p) and, past
x = ln(n p), like e^-x. Gauss-Legendre panels of ratio 2 meet both scales.

As a function of ln p it is smooth: a long array is read off one table for its n, in which the
polynomial of degree 7 through the eight nearest knots stands for it between two of them; below
n p = 10^-4 it is read off the first three terms of the sum.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

DIRECT = 512
"""Arrays up to this size are integrated point by point."""

KNOTS_PER_E_FOLD = 100
"""With polynomials of degree 7 the relative error is below 10^-13."""

NEIGHBOURS = 8
"""Knots whose values a piece goes through."""

SERIES_BELOW = 1e-4
"""Below this n p three terms of the sum serve: the fourth is (n p)^3/96 = 10^-14 of the first."""


def _panels() -> tuple[Array, Array]:
    nodes, weights = np.polynomial.legendre.leggauss(12)
    edges = np.concatenate([[0.0], 2.0 ** np.arange(-40, 6.5, 1)])
    half = np.diff(edges) / 2
    x = (edges[:-1] + half)[:, None] + half[:, None] * nodes
    return x.ravel(), (half[:, None] * weights).ravel()


_X, _WEIGHTS = _panels()


def _integral(n: float, chance: Array) -> Array:
    """At each of a few thousand p, shape (m,)."""
    values = np.empty(chance.size)
    removed = -np.expm1(-_X)
    for start in range(0, chance.size, 512):
        p = chance[start : start + 512, None]
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            none = np.log1p(-p)
            # (1-p)^n (e^(n log(1 + p e^-x/(1-p))) - 1) keeps the digits of a small difference;
            # the plain difference is right where that form overflows, p near 1.
            growth = n * np.log1p(np.exp(-_X) * np.exp(np.log(p) - none))
            small = np.exp(n * none) * np.expm1(growth)
            plain = np.exp(n * np.log1p(-p * removed)) - np.exp(n * none)
        values[start : start + 512] = np.where(growth < 1, small, plain) @ _WEIGHTS
    return values


@lru_cache(maxsize=64)
def _few(n: float, chance: bytes) -> Array:
    """At each of a few p: statements ask for the same ones again and again."""
    return _integral(n, np.frombuffer(chance))


@lru_cache(maxsize=8)
def _table(n: float) -> tuple[float, float, Array]:
    """E[1{T>=1}/T]/p as a function of log p: first knot, step, polynomials (8, pieces)."""
    low = np.log(SERIES_BELOW / 2 / n)
    knots = np.linspace(low, 0.0, int(-low * KNOTS_PER_E_FOLD) + 8)
    values = _integral(n, np.exp(knots)) / np.exp(knots)
    # Not the difference of two knots: its rounding would add up over the whole range.
    step = -low / (knots.size - 1)
    pieces = knots.size - 1
    first = np.clip(np.arange(pieces) - NEIGHBOURS // 2 + 1, 0, knots.size - NEIGHBOURS)
    around = values[first[:, None] + np.arange(NEIGHBOURS)]
    coefficients = np.empty((NEIGHBOURS, pieces))
    for offset in np.unique(np.arange(pieces) - first).tolist():
        # Where the piece begins at knot `offset` of the eight.
        same = np.arange(pieces) - first == offset
        powers = np.vander(np.arange(NEIGHBOURS) - float(offset), increasing=True)
        coefficients[:, same] = np.linalg.solve(powers, around[same].T)
    return low, step, coefficients


def _read(n: float, p: Array) -> Array:
    low, step, coefficients = _table(n)
    position = (np.log(p) - low) / step
    piece = np.minimum(position.astype(np.intp), coefficients.shape[1] - 1)
    offset = position - piece
    result = coefficients[-1].take(piece)
    for order in range(NEIGHBOURS - 2, -1, -1):
        result *= offset
        result += coefficients[order].take(piece)
    return np.asarray(result * p)


def _series(n: float, p: Array) -> Array:
    # Where n < 3 the factors of the terms that there are not are 0.
    rest, odds = np.exp((n - 1) * np.log1p(-p)), p / (1 - p)
    second, third = (n - 1) / 4, (n - 1) * (n - 2) / 18
    return np.asarray(n * p * rest * (1 + odds * (second + third * odds)))


def mean_inverse_count(n: Any, chance: Any) -> Any:
    """E[1{T>=1}/T], T ~ Bin(n, p).

    Args:
        n: number of trials.
        chance: p in (0, 1], a number or an array (m,).

    Returns:
        The means, of the shape of `chance`; 1e-12 relative.
    """
    n = float(n)
    p = np.asarray(chance, dtype=np.float64)
    flat = np.atleast_1d(p).ravel()
    if flat.size <= DIRECT:
        values = _few(n, flat.tobytes()).copy()
    else:
        values = np.empty(flat.size)
        rare = flat * n < SERIES_BELOW
        values[rare] = _series(n, flat[rare])
        frequent = flat[~rare]
        values[~rare] = _read(n, frequent)
    return values.reshape(p.shape) if p.ndim else float(values[0])
