"""E [e^L(m) - 1] for m ~ Bin(n, q) in double precision, at a cost that does not grow with n.

L is expensive (for `common-identified` a sum over k features) and smooth, e^L may overflow
where the weights are negligible, and the binomial weights are concentrated. Small n is
summed in full. For large n the sum is cut to where its terms matter and log(e^L - 1) is
interpolated there from Chebyshev nodes, whose number is doubled until the result stops
moving; where it does not stop, every term is evaluated.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.polynomial import Chebyshev, chebyshev
from numpy.typing import NDArray

from theorems.evaluate.binomial_law import chance as chance_of
from theorems.evaluate.binomial_law import log_chance

Array = NDArray[np.float64]

FULL = 4096
"""Up to this many trials every term is evaluated."""

NEGLIGIBLE = 45.0
"""Terms below e^-45 = 3e-20 of the largest change no digit; log n is added for their number."""

PART = 256
"""So many values of m are evaluated at once: a row of L each, of up to a chunk of features."""

LOST = 1e-13
"""A sum of terms of both signs below this share of their absolute values is rounding."""

SCAN = 129
"""Points of a repeated scan."""

UNDERFLOW = -745.0
"""e^-745 is the least positive double: a sum below it is 0."""

AGREEMENT = 1e-13
"""Two interpolations that agree to this have converged: their error falls geometrically."""


def binomial_mean_expm1(growth: Callable[[Any], Any], trials: float, chance: float) -> float:
    """E [e^growth(m) - 1], m ~ Bin(trials, chance).

    Args:
        growth: L; takes a column of values of m, shape (M, 1), and returns M logarithms,
            -inf allowed.
        trials: n, a whole number >= 0.
        chance: success probability in [0, 1].

    Returns:
        The mean, infinite where it leaves the range of doubles; 0 where terms of both signs
        cancel to their rounding.
    """
    n = round(float(trials))
    chance = float(np.clip(chance, 0.0, 1.0))
    if chance in (0.0, 1.0):
        return float(np.expm1(_column(growth, np.array([n * chance]))[0]))
    if n <= FULL:
        return _full_sum(growth, np.arange(n + 1, dtype=np.float64), n, chance)
    windows = _windows(growth, n, chance)
    return sum(_window_sum(growth, low, high, n, chance) for low, high in windows)


def _column(growth: Callable[[Any], Any], m: Array) -> Array:
    values = np.asarray(growth(m[:, None]), dtype=np.float64).reshape(-1)
    return np.array(np.broadcast_to(values, m.shape))


def _log_magnitude(growth: Array) -> Array:
    """Log |e^L - 1|."""
    with np.errstate(divide="ignore"):
        return np.where(growth > 1, growth, 0) + np.log(
            np.abs(np.where(growth > 1, -np.expm1(-growth), np.expm1(np.minimum(growth, 1))))
        )


def _weighted(log_values: Array, m: Array, n: int, chance: float) -> Array:
    """P(m) e^log_values; the weights' logarithm, which is less exact, only where they underflow."""
    weights = chance_of(m, n, chance)
    plain = (weights > 0) & (log_values < 700)
    product = weights * np.exp(np.where(plain, log_values, 0))
    if plain.all():
        return np.asarray(product)
    with np.errstate(over="ignore"):
        return np.asarray(np.where(plain, product, np.exp(log_chance(m, n, chance) + log_values)))


def _full_sum(growth: Callable[[Any], Any], m: Array, n: int, chance: float) -> float:
    total = magnitude = 0.0
    for start in range(0, m.size, FULL):
        part = m[start : start + FULL]
        values = np.concatenate(
            [_column(growth, part[at : at + PART]) for at in range(0, part.size, PART)]
        )
        terms = _weighted(_log_magnitude(values), part, n, chance)
        total += float(np.sum(np.sign(values) * terms))
        magnitude += float(np.sum(terms))
    return 0.0 if abs(total) < LOST * magnitude else total


def _windows(growth: Callable[[Any], Any], n: int, chance: float) -> list[tuple[int, int]]:
    """Ranges of m outside which terms are negligible, from a scan over all of 0..n.

    The scan is repeated within each range until it no longer shrinks: a step of a first scan may
    reach far into where e^L - 1 underflows, which no polynomial fits.
    """
    spread = np.sqrt(n * chance * (1 - chance)) + 1
    near = chance * n + spread * np.linspace(-60, 60, 241)
    grid = np.unique(np.clip(np.rint(np.concatenate([np.linspace(0, n, 129), near])), 0, n))
    peak, windows = _kept(growth, grid, n, chance, -np.inf)
    refined: list[tuple[int, int]] = []
    for low, high in windows:
        while high - low > 4 * SCAN:
            grid = np.unique(np.rint(np.linspace(low, high, SCAN)))
            peak, parts = _kept(growth, grid, n, chance, peak)
            if not parts:
                break
            width, low, high = high - low, parts[0][0], parts[-1][1]
            if 2 * (high - low) > width:
                refined.append((low, high))
                break
        else:
            refined.append((low, high))
    return refined if peak + np.log(n + 1) > UNDERFLOW else []


def _kept(
    growth: Callable[[Any], Any], grid: Array, n: int, chance: float, peak: float
) -> tuple[float, list[tuple[int, int]]]:
    """The largest logarithm of a term known so far, and the ranges of the grid close to it."""
    logs = log_chance(grid, n, chance) + _log_magnitude(_column(growth, grid))
    peak = max(peak, float(logs.max()))
    keep: NDArray[np.bool_] = logs > peak - NEGLIGIBLE - np.log(n)
    windows: list[tuple[int, int]] = []
    for position in np.flatnonzero(keep).tolist():
        low = int(grid[max(position - 1, 0)])
        high = int(grid[min(position + 1, grid.size - 1)])
        if windows and low <= windows[-1][1] + 1:
            windows[-1] = (windows[-1][0], high)
        else:
            windows.append((low, high))
    return peak, windows


def _coefficients(at_nodes: Array) -> Array:
    """Chebyshev coefficients of the polynomial through values at the first-kind nodes."""
    count = at_nodes.size
    matrix = chebyshev.chebvander(chebyshev.chebpts1(count), count - 1)
    coefficients = matrix.T @ at_nodes * (2 / count)
    coefficients[0] /= 2
    return np.asarray(coefficients)


def _window_sum(growth: Callable[[Any], Any], low: int, high: int, n: int, chance: float) -> float:
    m = np.arange(low, high + 1, dtype=np.float64)
    previous = np.nan
    for count in (24, 48, 96, 192):
        if count * 4 > m.size:
            break
        nodes = (low + high) / 2 + (high - low) / 2 * chebyshev.chebpts1(count)
        values = _column(growth, nodes)
        if not values.any():
            return 0.0
        if values.min() <= 0:
            break
        # e^L - 1 spans many orders of magnitude; its logarithm is what a polynomial fits.
        logs = _log_magnitude(values)
        curve = Chebyshev(_coefficients(logs), domain=[low, high])
        result = float(np.sum(_weighted(curve(m), m, n, chance)))
        if abs(result - previous) <= AGREEMENT * abs(result) or result == previous:
            return result
        previous = result
    return _full_sum(growth, m, n, chance)
