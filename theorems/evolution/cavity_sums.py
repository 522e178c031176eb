"""Sums of the cavity modules over all features, compiled: one pass over them each, no copies.

All terms are non-negative and added one after another, so that a sum of N of them is off by the
factor (1 + unit)^N at most, besides the roundings of a term; who calls raises or lowers for it.
`product` adds by blocks: what it gives is off by less than 1e-10, relative, up to 10^9 features.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

Array = NDArray[np.float64]

_P = ParamSpec("_P")
_R = TypeVar("_R")

_READ = types.Array(types.float64, 1, "A", readonly=True)
"""Tables are read-only, other arrays are not, some are views: one machine code for all."""

_WRITE = types.float64[::1]
_ROWS = types.float64[:, ::1]
_STARTS = types.int64[::1]
_FLOAT, _INT = types.float64, types.int64

UNIT = 2.0**-53
"""Rounding unit of a double."""

_BLOCK = 4096
"""A sum by blocks is off by as many roundings as a block has terms and blocks there are."""

LEAST_CHANCE = 1e-40
"""Chances of appearances that are below it and fall are not followed."""


def _compiled(signature: Any) -> Callable[[Callable[_P, _R]], Callable[_P, _R]]:
    out: Callable[[Callable[_P, _R]], Callable[_P, _R]] = njit(signature, cache=True)
    return out


@_compiled(_INT(_READ))
def first_rise(p: Array) -> int:
    """Index of the first entry that exceeds the one before it, -1 where none does."""
    for i in range(1, p.size):
        if p[i] > p[i - 1]:
            return i
    return -1


@_compiled(_INT(_READ, _FLOAT))
def first_outside(values: Array, most: float) -> int:
    """Index of the first entry that is not in [0, most], NaN included, -1 where all are."""
    for i in range(values.size):
        if not (values[i] >= 0.0 and values[i] <= most):
            return i
    return -1


@_compiled(_INT(_READ, _FLOAT, _FLOAT, _STARTS))
def class_starts(p: Array, least: float, ratio: float, start: NDArray[np.int64]) -> int:
    """Where classes of frequencies begin, whose ends differ by the factor `ratio` at most.

    Args:
        p: frequencies, positive and non-increasing, shape (d,).
        least: what lies below is one class.
        ratio: above 1.
        start: receives the indices of first features, as many as there is room for.

    Returns:
        Number of classes; where it is above the room, those that fit were written.
    """
    classes = 0
    end = math.inf
    for i in range(p.size):
        if p[i] > end:
            continue
        if classes < start.size:
            start[classes] = i
        classes += 1
        if p[i] <= least:
            break
        # Classes reach from least ratio^(k-1), excluded, to least ratio^k.
        k = math.ceil(math.log(p[i] / least) / math.log(ratio))
        end = max(least, least * ratio ** (k - 1))
        # What rounding puts beyond an end begins the class below it all the same.
        end = min(end, np.nextafter(p[i], 0.0))
    return classes


@_compiled(types.void(_READ, _READ, _STARTS, _WRITE, _WRITE))
def class_sums(
    values: Array, p: Array, start: NDArray[np.int64], total: Array, moment: Array
) -> None:
    """Over each class sums of values and of values p/(p of its first feature).

    p over the largest is in [0, 1], where p times small values might underflow.

    Args:
        values: non-negative, shape (d,).
        p: frequencies, positive and non-increasing, shape (d,).
        start: index of each class's first feature, shape (classes,).
        total: receives the first sum, shape (classes,).
        moment: receives the second, shape (classes,).
    """
    for g in range(start.size):
        stop = start[g + 1] if g + 1 < start.size else p.size
        highest = p[start[g]]
        first = 0.0
        second = 0.0
        for i in range(start[g], stop):
            first += values[i]
            second += values[i] * (p[i] / highest)
        total[g] = first
        moment[g] = second


@_compiled(_FLOAT(_READ, _READ))
def product(one: Array, other: Array) -> float:
    """The sum of products, shapes (d,), by blocks in order: a library's depends on its threads."""
    total = 0.0
    for start in range(0, one.size, _BLOCK):
        part = 0.0
        for i in range(start, min(start + _BLOCK, one.size)):
            part += one[i] * other[i]
        total += part
    return total


@_compiled(types.void(_READ, _READ, _STARTS, _WRITE))
def class_products(one: Array, other: Array, start: NDArray[np.int64], total: Array) -> None:
    """Over each class the sum of products of both, shapes (d,), into `total`, shape (classes,)."""
    for g in range(start.size):
        stop = start[g + 1] if g + 1 < start.size else one.size
        total[g] = product(one[start[g] : stop], other[start[g] : stop])


@_compiled(types.UniTuple(_WRITE, 2)(_READ, _INT))
def unseen(p: Array, n: int) -> tuple[Array, Array]:
    """(1-p)^n, rounded down and up: exp is off by what its argument is.

    Args:
        p: frequencies in [0, 1], shape (d,).
        n: rows, at least 1.

    Returns:
        Both sides, shapes (d,).
    """
    below = np.zeros(p.size)
    above = np.zeros(p.size)
    for i in range(p.size):
        if p[i] < 1.0:
            exponent = n * math.log1p(-p[i])
            value = math.exp(exponent)
            error = min(1.0, UNIT * (16.0 - 8.0 * exponent))
            below[i] = value * (1.0 - error)
            above[i] = value * (1.0 + error)
    return below, above


@_compiled(types.UniTuple(_FLOAT, 4)(_READ, _READ, _READ, _FLOAT))
def ordered_sums(
    p: Array, energy: Array, h: Array, share: float
) -> tuple[float, float, float, float]:
    """Sums of h p energy (share - h/4)_+, of h p, of h energy and of h p h energy, all (d,)."""
    first = 0.0
    seen = 0.0
    weight = 0.0
    same = 0.0
    for i in range(p.size):
        first += h[i] * p[i] * energy[i] * max(0.0, share - h[i] / 4)
        seen += h[i] * p[i]
        weight += h[i] * energy[i]
        same += h[i] * p[i] * (h[i] * energy[i])
    return first, seen, weight, same


@_compiled(_FLOAT(_READ, _READ, _READ, _INT, _INT, _FLOAT, _WRITE, _WRITE))
def energy_classes(
    p: Array,
    energy: Array,
    h: Array,
    steps: int,
    octaves: int,
    expected: float,
    first: Array,
    second: Array,
) -> float:
    """Sums over classes of energies, which are rounded up to powers of 2^(1/steps).

    Args:
        p: frequencies, shape (d,).
        energy: squared coefficients relative to the largest, shape (d,).
        h: chances to be alone in a given row, shape (d,).
        steps: classes to an octave.
        octaves: features whose energy is below 2^-octaves are left out.
        expected: what is added to the energies of a pair.
        first: receives sums of h p energy, shape (steps octaves + 1,), zeros before.
        second: receives sums of h energy, likewise.

    Returns:
        The sum of h p energy h energy/(2 energy + expected).
    """
    least = 2.0**-octaves
    same = 0.0
    last = math.nan
    label = 0
    for i in range(p.size):
        e = energy[i]
        if not e > least:
            continue
        if e != last:
            label = math.ceil(math.log2(e) * steps) + octaves * steps
            last = e
        weight = h[i] * e
        first[label] += h[i] * p[i] * e
        second[label] += weight
        same += h[i] * p[i] * e * weight / (2 * e + expected)
    return same


@_compiled(types.void(_READ, _READ, _FLOAT, _INT, _READ, _READ, _ROWS, _ROWS, _WRITE, _ROWS))
def tree_sums(
    p: Array,
    variance: Array,
    scale: float,
    n: int,
    coarse: Array,
    fine: Array,
    rates: Array,
    largest: Array,
    chances: Array,
    weights: Array,
) -> None:
    """Add features to the sums of `cavity_tree.TreeSums`.

    Args:
        p: frequencies in (0, 1], shape (d,).
        variance: non-negative, shape (d,).
        scale: the largest variance.
        n: rows, at least 1.
        coarse: grid of variances for rates, rising from 0, shape (points,).
        fine: grid of variances for weights, likewise.
        rates: shape (branches + 1, coarse points).
        largest: likewise.
        chances: shape (branches + 1,).
        weights: shape (appearances + 1, fine points).
    """
    last = math.nan
    at = 0
    up = 0.0
    at_fine = 0
    up_fine = 0.0
    branches = min(rates.shape[0] - 1, n - 1)
    most = min(weights.shape[0] - 1, n)
    steps = np.array([(n - t + 1) / max(1, t) for t in range(most + 1)])
    for i in range(p.size):
        q = p[i]
        if q >= 1.0:
            # In all rows: of no type where there is more than one.
            if n > 1:
                continue
            q = 1.0 - UNIT
        if variance[i] != last:
            last = variance[i]
            v = last / scale
            at = min(np.searchsorted(coarse, v, side="right") - 1, coarse.size - 2)
            up = min(1.0, (v - coarse[at]) / (coarse[at + 1] - coarse[at]))
            at_fine = min(np.searchsorted(fine, v, side="right") - 1, fine.size - 2)
            up_fine = min(1.0, (v - fine[at_fine]) / (fine[at_fine + 1] - fine[at_fine]))
        log = math.log1p(-q)
        odds = q / (1.0 - q)
        chance = q * math.exp((n - 1) * log)
        weight = chance * (1.0 - q)
        for tau in range(branches + 1):
            if tau:
                chance *= odds * ((n - tau) / tau)
            chances[tau] = max(chances[tau], chance)
            low = chance * (1.0 - up)
            high = chance * up
            rates[tau, at] += low
            rates[tau, at + 1] += high
            largest[tau, at] = max(largest[tau, at], low)
            largest[tau, at + 1] = max(largest[tau, at + 1], high)
        for appearances in range(1, most + 1):
            ratio = odds * steps[appearances]
            weight *= ratio
            if weight < LEAST_CHANCE and ratio < 1.0:
                # Later ones are smaller still.
                break
            weights[appearances, at_fine] += weight * (1.0 - up_fine)
            weights[appearances, at_fine + 1] += weight * up_fine
