"""Draw a long-tail sparse design at a cost proportional to its non-zero entries.

The law is the model's: entry (l, i) is non-zero independently with probability p_i and then a
fair sign. Features are cut into blocks in which p falls by at most a fixed factor. Over the
cells of a block, taken column by column, a Bernoulli process at the block's largest p is run
through its gaps, which are geometric, and every point is kept with probability p_i / p_max: the
law is exact, no cell without a point is ever visited, and the points come out in the order of a
CSC array.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

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
    columns, rows, signs, d = _entries(p, n, rng)
    indptr = np.zeros(d + 1, dtype=np.int64)
    np.cumsum(np.bincount(columns, minlength=d), out=indptr[1:])
    return _csc(signs, rows, indptr, (n, d))


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
    columns, rows, signs, _ = _entries(p, n, rng)
    first = np.ones(columns.size, dtype=np.bool_)
    np.not_equal(columns[1:], columns[:-1], out=first[1:])
    starts = np.flatnonzero(first)
    indptr = np.append(starts, columns.size)
    return columns[starts], _csc(signs, rows, indptr, (n, starts.size))


def _entries(
    p: ArrayLike, n: int, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], int]:
    """Columns, rows and signs of the non-zeros, column by column and by row inside each."""
    probability = np.asarray(p, dtype=np.float64)
    _validate(probability, n)
    d = probability.size
    edges = _blocks(probability)
    points, block = _points(probability[edges[:-1]], np.diff(edges) * n, rng)
    offset, rows = np.divmod(points, n)
    columns = edges[block] + offset
    keep: NDArray[np.bool_] = (
        rng.random(points.size) * probability[edges[block]] < probability[columns]
    )
    columns, rows = columns[keep], rows[keep]
    signs = np.asarray(2.0 * rng.integers(0, 2, columns.size, dtype=np.int8) - 1.0)
    return columns, rows, signs, d


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


def _points(
    rate: NDArray[np.float64], cells: NDArray[np.int64], rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Points of Bernoulli processes: block b has cells[b] cells, each a point w.p. rate[b].

    Returns the cell of each point within its block, ascending, and its block, ascending.
    """
    expected = rate * cells
    spare = _SPARE_DEVIATIONS * np.sqrt(expected * (1 - rate)) + 2
    counts = np.minimum(np.ceil(expected + spare), cells).astype(np.int64)
    block = np.repeat(np.arange(rate.size), counts)
    ends = np.cumsum(counts)
    steps = np.cumsum(_gaps(rate[block], cells[block], rng))
    before = np.concatenate(([0], steps[ends[:-1] - 1]))
    points = steps - before[block] - 1
    inside = points < cells[block]
    last = points[ends - 1]
    short = np.flatnonzero((last < cells - 1) & (counts < cells))
    if short.size == 0:
        return points[inside], block[inside]
    pieces = [points[inside]]
    owners = [block[inside]]
    for b in short:
        reached = last[b]
        while reached < cells[b] - 1:
            gaps = _gaps(np.full(64, rate[b]), np.full(64, cells[b]), rng)
            more = reached + np.cumsum(gaps)
            reached = more[-1]
            more = more[more < cells[b]]
            pieces.append(more)
            owners.append(np.full(more.size, b))
    points, block = np.concatenate(pieces), np.concatenate(owners)
    order = np.lexsort((points, block))
    return points[order], block[order]


def _gaps(
    rate: NDArray[np.float64], limit: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Geometric gaps, P(gap > g) = (1 - rate)^g, cut at limit + 1 so that sums fit in 64 bits.

    A standard exponential E exceeds g * -log(1 - rate) with exactly that probability.
    """
    with np.errstate(divide="ignore", over="ignore"):
        hazard = -np.log1p(-rate)
        gaps = rng.standard_exponential(rate.size) / hazard
    return np.minimum(gaps, limit).astype(np.int64) + 1


def _csc(
    signs: NDArray[np.float64],
    rows: NDArray[np.int64],
    indptr: NDArray[np.int64],
    shape: tuple[int, int],
) -> sparse.csc_array:
    kind = np.dtype(np.int32 if max(signs.size, *shape) < 2**31 else np.int64)
    parts: Any = (signs, rows.astype(kind), indptr.astype(kind))
    X = sparse.csc_array(parts, shape=shape)
    X.has_canonical_format = True
    return X
