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

CHUNK = 1 << 15
"""Features handled at a time; it keeps the pass over p within the cache."""


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
    if p.size and np.any(p[1:] > p[:-1]):
        order = np.argsort(-p, kind="stable")
        p, square = p[order], None if square is None else square[order]
    bins = 3 + math.ceil(2 * math.log2(n))
    upper = 2.0 ** (np.arange(bins) / 2)
    lower = np.concatenate([[0.0], upper[:-1]])
    # Frequencies fall: a bin is a run of features. It ends where n p exceeds its upper end.
    ends = np.append(np.searchsorted(-p, -upper / n, side="left"), 0)
    ends[:bins] = np.minimum.accumulate(ends[:bins])
    starts, stops = ends[:bins], np.concatenate([[p.size], ends[: bins - 1]])
    counts = stops - starts
    moments = np.zeros((2, NODES, bins))
    for place in np.flatnonzero(counts > NODES).tolist():
        for start in range(starts[place], stops[place], CHUNK):
            part = slice(start, min(start + CHUNK, stops[place]))
            share = p[part]
            energy = share if square is None else share * square[part]
            width = upper[place] - lower[place]
            z = (2 * n / width) * share - (lower[place] + upper[place]) / width
            before, chebyshev = z, np.ones_like(z)
            for j in range(NODES):
                moments[0, j, place] += float(np.sum(share * chebyshev))
                if square is not None:
                    moments[1, j, place] += float(np.sum(energy * chebyshev))
                before, chebyshev = chebyshev, 2 * z * chebyshev - before
    if square is None:
        moments[1] = moments[0]

    few = counts <= NODES
    kept: list[Array] = []
    for place in np.flatnonzero(few & (counts > 0)).tolist():
        share = p[starts[place] : stops[place]]
        energy = share if square is None else share * square[starts[place] : stops[place]]
        kept.append(np.stack([n * share, share, energy]))
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
