"""Draw a long-tail sparse design at a cost proportional to its non-zero entries.

The law is the model's: entry (l, i) is non-zero independently with probability p_i and then a
fair sign. Features are cut into blocks in which p falls by at most a fixed factor. Over the
cells of a block, taken column by column, a Bernoulli process at the block's largest p is run
through its gaps, which are geometric, and every point is kept with probability p_i / p_max: the
law is exact, no cell without a point is ever visited, and the points come out in the order of a
CSC array.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from empirics.solver.arrays import Indices
from empirics.solver.compressed import Compressed

# The largest ratio of probabilities in a block. A larger one rejects more points, a smaller one
# draws more unused gaps, since every block draws a few more than it needs.
_BLOCK_RATIO = 1.5

# Spare gaps, in standard deviations of a block's number of points: the draw is completed where
# they do not reach the end of the block, so this only says how seldom that happens.
_SPARE_DEVIATIONS = 4.0

# Cells are numbered by 64-bit integers that pass through doubles.
_MAX_CELLS = 2**53


def draw(p: ArrayLike, n: int, rng: np.random.Generator) -> sparse.csc_array:
    """Draw the n x d design matrix X.

    Args:
        p: (d,) probability of each feature, non-increasing, in (0, 1].
        n: number of samples, at least 1.
        rng: source of randomness; the same state gives the same bytes.

    Returns:
        n x d array of float64 with entries ±1 and sorted indices.

    Raises:
        ValueError: p is not a non-increasing vector in (0, 1], or n is not a positive integer.

    Source: the linear model of the paper.

    """
    plan = Plan.of(p, n)
    features, columns = plan.draw(rng)
    counts = np.zeros(plan.p.size, dtype=np.int64)
    counts[features] = np.diff(columns.indptr)
    indptr = np.append(0, np.cumsum(counts))
    return _csc(columns.data, columns.indices, indptr, (n, plan.p.size))


def draw_seen(
    p: ArrayLike, n: int, rng: np.random.Generator
) -> tuple[NDArray[np.int64], sparse.csc_array]:
    """Draw the design and return its seen columns alone.

    Args:
        p: (d,) probability of each feature, non-increasing, in (0, 1].
        n: number of samples, at least 1.
        rng: source of randomness; the same state gives the entries that `draw` gives.

    Returns:
        features: (m,) ascending indices in 0..d-1 of the columns that hold a non-zero.
        X_seen: n x m array of float64, those columns.

    Raises:
        ValueError: p is not a non-increasing vector in (0, 1], or n is not a positive integer.

    Source: the linear model of the paper.

    """
    features, columns = Plan.of(p, n).draw(rng)
    return features, _csc(columns.data, columns.indices, columns.indptr, (n, features.size))


@dataclass(frozen=True, eq=False)
class Plan:
    """What draws from the same probabilities share.

    Attributes:
        p: (d,) probabilities.
        n: number of samples.
        edges: of the blocks of features.
        rate: the largest probability of each block.
        hazard: -log(1 - rate).
        cells: in each block.
        counts: of gaps that are drawn at once for each block.

    """

    p: NDArray[np.float64]
    n: int
    edges: NDArray[np.int64]
    rate: NDArray[np.float64]
    hazard: NDArray[np.float64]
    cells: NDArray[np.int64]
    counts: NDArray[np.int64]

    @classmethod
    def of(cls, p: ArrayLike, n: int) -> Plan:
        """Plan draws of n samples.

        Raises:
            ValueError: p is not a non-increasing vector in (0, 1], or n is not a positive integer.

        """
        probability = np.asarray(p, dtype=np.float64)
        _validate(probability, n)
        edges = _blocks(probability)
        rate, cells = probability[edges[:-1]], np.diff(edges) * n
        expected = rate * cells
        spare = _SPARE_DEVIATIONS * np.sqrt(expected * (1 - rate)) + 2
        counts = np.minimum(np.ceil(expected + spare), cells).astype(np.int64)
        with np.errstate(divide="ignore"):
            hazard = -np.log1p(-rate)
        return cls(probability, n, edges, rate, hazard, cells, counts)

    def draw(self, rng: np.random.Generator) -> tuple[NDArray[np.int64], Compressed]:
        """Draw a design.

        Returns:
            features: (m,) ascending indices of the columns that hold a non-zero.
            columns: (m, n) the transposed design of these: entries ±1, ascending rows.

        """
        # Compiled code takes half a second to import: only whoever draws waits for it.
        from empirics.draws.cells import entries, points

        gaps = rng.standard_exponential(int(self.counts.sum()))
        cells, block, last = points(gaps, self.hazard, self.cells, self.counts)
        short = np.flatnonzero((last < self.cells - 1) & (self.counts < self.cells))
        if short.size:
            cells, block = self._completed(cells, block, last, short, rng)
        chance = rng.random(cells.size)
        # The solver takes one index type, so that compiled code exists once.
        short_enough = max(cells.size, self.n) < 2**31
        like: Indices = np.empty(0, np.dtype(np.int32 if short_enough else np.int64))
        features, indptr, rows = entries(cells, block, chance, self.p, self.edges, self.n, like)
        signs = 2.0 * rng.integers(0, 2, rows.size, dtype=np.int8) - 1.0
        return features, Compressed(indptr, rows, np.asarray(signs), (features.size, self.n))

    def _completed(
        self,
        points: NDArray[np.int64],
        block: NDArray[np.int64],
        last: NDArray[np.int64],
        short: NDArray[np.intp],
        rng: np.random.Generator,
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Go on in the blocks whose gaps do not reach their end."""
        pieces, owners = [points], [block]
        for b in short:
            reached, end = last[b], self.cells[b]
            while reached < end - 1:
                with np.errstate(over="ignore"):
                    gaps = rng.standard_exponential(64) / self.hazard[b]
                more = reached + np.cumsum(np.minimum(gaps, end).astype(np.int64) + 1)
                reached = more[-1]
                more = more[more < end]
                pieces.append(more)
                owners.append(np.full(more.size, b))
        points, block = np.concatenate(pieces), np.concatenate(owners)
        order = np.lexsort((points, block))
        return points[order], block[order]


def _validate(p: NDArray[np.float64], n: int) -> None:
    if p.ndim != 1 or p.size == 0:
        raise ValueError(f"p has shape {p.shape}; allowed is a vector (d,) with d >= 1")
    if isinstance(n, bool | np.bool_) or not isinstance(n, int | np.integer) or n < 1:
        raise ValueError(f"n is {n!r}; allowed is an integer >= 1")
    if not (p[-1] > 0 and p[0] <= 1):
        raise ValueError(f"p runs from {p[0]:g} to {p[-1]:g}; allowed are values in (0, 1]")
    if not np.all(p[1:] <= p[:-1]):
        at = int(np.flatnonzero(~(p[1:] <= p[:-1]))[0])
        raise ValueError(
            f"p[{at + 1}] is {p[at + 1]:g} after p[{at}] = {p[at]:g}; allowed is a non-increasing p"
        )
    if int(n) * p.size > _MAX_CELLS:
        raise ValueError(f"n * d is {int(n) * p.size}; allowed is at most 2^53 = {_MAX_CELLS}")


def _blocks(p: NDArray[np.float64]) -> NDArray[np.int64]:
    """Edges 0 = e_0 < e_1 < ... < e_B = d with p >= p[e_b] / ratio inside block b."""
    ascending = p[::-1]
    edges = [0]
    while edges[-1] < p.size:
        below = np.searchsorted(ascending, p[edges[-1]] / _BLOCK_RATIO, side="left")
        edges.append(p.size - int(below))
    return np.asarray(edges, dtype=np.int64)


def _csc(
    signs: NDArray[np.float64],
    rows: NDArray[np.signedinteger[Any]],
    indptr: NDArray[np.signedinteger[Any]],
    shape: tuple[int, int],
) -> sparse.csc_array:
    kind = np.dtype(np.int32 if max(signs.size, *shape) < 2**31 else np.int64)
    parts: Any = (signs, rows.astype(kind), indptr.astype(kind))
    X = sparse.csc_array(parts, shape=shape)
    X.has_canonical_format = True
    return X
