"""Sums over features of smooth functions of n p_i, compressed to a few hundred nodes.

The recursions of `variance-evolution` evaluate such sums at every step; after one pass over p
their cost no longer depends on d.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

NODES = 12
"""Chebyshev nodes a bin: e^(-x u) on [b, sqrt(2) b] to (0.104)^12 2/sqrt(24 pi) = 4e-13."""

CHUNK = 1 << 18
"""Features handled at a time; it keeps the pass over p within a few megabytes."""


@dataclass(frozen=True, eq=False)
class Features:
    """Sums over features sum_i p_i f(n p_i) as quadrature: nodes and weights, shape (m,)."""

    rate: Array
    share: Array
    """Weights of sum_i p_i f(n p_i)."""
    energy: Array
    """Weights of sum_i p_i beta_i^2 f(n p_i)."""

    def joined(self, other: Features) -> Features:
        """The features of both."""
        return Features(
            np.concatenate([self.rate, other.rate]),
            np.concatenate([self.share, other.share]),
            np.concatenate([self.energy, other.energy]),
        )


def feature_quadrature(p: Array, square: Array | None, n: int) -> Features:
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
    return Features(rate, share, energy)
