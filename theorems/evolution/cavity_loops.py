"""The loops of the cavity recursion, compiled; results are kept on disk for later processes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]

_P = ParamSpec("_P")
_R = TypeVar("_R")

_OCTAVE_BITS = 5
"""Of bins of nu: 2^5 to an octave, by the leading bits of its floating-point number."""

_OCTAVES = 50
"""Bins reach from 2^-40 to 2^10; the first and the last take what is beyond."""

_SHIFT = 52 - _OCTAVE_BITS
_BASE = (1023 - 40) << _OCTAVE_BITS
BINS = _OCTAVES << _OCTAVE_BITS
"""Bins above nu = 0."""

_LEAST = 1e-20


def _compiled(function: Callable[_P, _R]) -> Callable[_P, _R]:
    out: Callable[_P, _R] = njit(cache=True)(function)
    return out


@_compiled
def law_of_sum(
    values: Array, chances: Array, offsets: NDArray[np.int64], first: Array, second: Array
) -> int:
    """Law of nu = sum_g values[g] K_g as the chances and first moments of bins.

    Mass that falls into one bin is merged at its mean: a contraction, which raises the mean of
    every concave function, whatever the bins. Chances below `_LEAST` are dropped and counted.

    Args:
        values: u of each class, shape (classes,).
        chances: of K_g = 0, 1, ..., one class after another.
        offsets: where each class begins in `chances`, shape (classes + 1,).
        first: receives chances, then what was dropped, shape (BINS + 2,).
        second: receives chances times means, shape (BINS + 2,).

    Returns:
        Number of bins in use, filled from the front.
    """
    mass = np.zeros(BINS + 1)
    moment = np.zeros(BINS + 1)
    number = np.zeros(1)
    bits = number.view(np.int64)
    mass[0] = 1.0
    dropped = 0.0
    top = 0
    for g in range(values.size):
        start, stop = offsets[g], offsets[g + 1]
        v = values[g]
        if v == 0.0 or stop - start < 2:
            continue
        reached = top
        for b in range(top, -1, -1):
            m0 = mass[b]
            if m0 == 0.0:
                continue
            m1 = moment[b]
            mass[b] = 0.0
            moment[b] = 0.0
            if m0 < _LEAST:
                dropped += m0
                continue
            mean = m1 / m0
            mass[b] = chances[start] * m0
            moment[b] = chances[start] * m1
            for k in range(1, stop - start):
                c = chances[start + k] * m0
                if c < _LEAST:
                    dropped += c
                    continue
                x = mean + k * v
                number[0] = x
                to = min(max((bits[0] >> _SHIFT) - _BASE, 1), BINS)
                # Bins are filled from the top, so that no mass is moved twice by one class.
                to = max(to, b)
                mass[to] += c
                moment[to] += c * x
                reached = max(reached, to)
        top = reached
    used = 0
    for b in range(top + 1):
        if mass[b] > 0.0:
            first[used] = mass[b]
            second[used] = moment[b]
            used += 1
    first[used] = dropped
    return used


@_compiled
def powers(weights: Array, phi: Array, out: Array) -> None:
    """out[T] = sum over nodes of weights phi^T for T = 0, 1, ..."""
    out[:] = 0.0
    for a in range(weights.size):
        term = weights[a]
        for k in range(out.size):
            out[k] += term
            term *= phi[a]


@_compiled
def raise_to_convex(values: Array) -> None:
    """Raise a sequence, from its end on, until it is convex and non-increasing."""
    for at in range(values.size - 2, -1, -1):
        values[at] = max(values[at], values[at + 1])
        if at + 2 < values.size:
            values[at] = max(values[at], 2.0 * values[at + 1] - values[at + 2])


@_compiled
def binomial_mixture(p: Array, m: int, values: Array, base: Array, rest: Array) -> None:
    """Means of values[T], T ~ Bin(m, p), with values[-1] beyond their end.

    Args:
        p: chances, shape (points,).
        m: trials.
        values: shape (some,).
        base: receives the means, shape (points,).
        rest: receives P(T >= values.size), rounded up, shape (points,).
    """
    last = values.size - 1
    for a in range(p.size):
        q = p[a]
        exponent = math.inf
        if q < 1.0:
            exponent = -m * math.log1p(-q)
        if exponent > 600.0:
            base[a] = values[last]
            rest[a] = 1.0
            if m <= last:
                base[a] = values[m] if q == 1.0 else values[0]
                rest[a] = 0.0
            continue
        odds = q / (1.0 - q)
        term = math.exp(-exponent)
        mean = term * values[0]
        total = term
        for k in range(1, min(last, m) + 1):
            term *= (m - k + 1) / k * odds
            mean += term * values[k]
            total += term
        rest[a] = 0.0
        if m > last:
            following = term * ((m - last) / (last + 1) * odds)
            fall = (m - last - 1) / (last + 2) * odds
            rest[a] = max(0.0, 1.0 - total) + (exponent + 4.0 * last + 8.0) * 2.0**-52
            if fall < 0.9:
                # Later terms fall faster than by `fall` each.
                rest[a] = min(rest[a], following / (1.0 - fall))
        base[a] = mean + rest[a] * values[last]


@_compiled
def split(p: Array, before: Array, a: int, nodes: Array, phi: Array, out: Array) -> None:
    """Lower `out` to E 1/(1/before + Y_1 + ... + Y_T), T ~ Bin(a, p), phi(t) = E e^(-tY).

    Args:
        p: shape (points,).
        before: u at the rows before the last a ones, positive, shape (points,).
        a: rows used for T.
        nodes: shape (nodes,).
        phi: shape (nodes,).
        out: bounds, lowered where this one is smaller, shape (points,).
    """
    for i in range(p.size):
        u = max(before[i], 1e-300)
        total = 0.0
        hit = p[i] * (1.0 - phi[0])
        left = math.exp(a * math.log1p(-hit)) if hit < 1.0 else 0.0
        decay = 1.0
        for k in range(1, nodes.size):
            h = nodes[k] - nodes[k - 1]
            hit = p[i] * (1.0 - phi[k])
            right = math.exp(a * math.log1p(-hit)) if hit < 1.0 else 0.0
            share = -math.expm1(-h / u)
            # int_0^h e^(-x/u) (left + (right - left) x/h) dx, as u times a mean of both.
            z = h / u
            if z < 1e-3:
                rising = z * (0.5 - z * (1.0 / 3.0 - z * (0.125 - z / 30.0)))
            else:
                rising = share / z - (1.0 - share)
            total += decay * u * (left * (share - rising) + right * rising)
            left = right
            decay *= 1.0 - share
            if decay * left < 1e-18:
                break
        total += u * decay * left
        out[i] = min(out[i], total)
