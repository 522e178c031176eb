"""The law of Y of `variance-evolution` as masses on a lattice: a second algorithm, by convolution.

It shares with the recursion in Laplace space the sums over features and w, and no transform.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from theorems.evolution.feature_quadrature import Features
from theorems.evolution.laplace_grid import Progress

Array = NDArray[np.float64]

SPREAD = 16.0
"""Mean of kappa from which three points of its law, exact to the fifth moment, stand for it."""

LONGEST = 64
"""Largest S, and largest kappa of a spread law, that the lattice of `precision_law` holds."""

CELLS = 256
"""Of the lattice of `precision_law`, unless more are asked for."""


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


def lattice_law(features: Features, w: float, cells: int) -> PrecisionLaw:
    """The law of Y, given sums over features and w = P(Y > 0), on so many cells of [0, 1].

    Raises:
        ArithmeticError: where the iteration does not settle.
    """
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
    progress = Progress("the lattice law of Y")
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
