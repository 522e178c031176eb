"""From random gaps to the entries of a design: the loops of `empirics.draws.design`."""

import numpy as np
from numpy.typing import NDArray

from empirics.solver.arrays import Floats, Indices
from empirics.solver.compiled import compiled


@compiled
def points(
    exponentials: Floats, hazard: Floats, cells: Indices, counts: Indices
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Run Bernoulli processes through their gaps.

    Block b has cells[b] cells and counts[b] gaps, geometric: P(gap > g) = (1 - rate)^g, since a
    standard exponential exceeds g times the hazard -log(1 - rate) with exactly that probability.
    They are cut at the number of cells, so that sums fit in 64 bits.

    Returns the cell of each point within its block, ascending, its block, ascending, and the cell
    that each block's gaps reach.
    """
    cell = np.empty(exponentials.size, dtype=np.int64)
    block = np.empty(exponentials.size, dtype=np.int64)
    last = np.empty(cells.size, dtype=np.int64)
    size, at = 0, 0
    for b in range(cells.size):
        reached = np.int64(-1)
        for _ in range(counts[b]):
            gap = exponentials[at] / hazard[b]
            at += 1
            reached += np.int64(min(gap, cells[b])) + 1
            if reached < cells[b]:
                cell[size], block[size] = reached, b
                size += 1
        last[b] = reached
    return cell[:size], block[:size], last


@compiled
def entries(
    cell: Indices,
    block: Indices,
    chance: Floats,
    p: Floats,
    edges: Indices,
    n: int,
    like: Indices,
) -> tuple[NDArray[np.int64], Indices, Indices]:
    """Keep each point with probability p over its block's largest p.

    Returns the columns that hold a point, ascending, where their rows begin, and the rows,
    these two in the integers of `like`.
    """
    features = np.empty(min(cell.size, p.size), dtype=np.int64)
    starts = np.empty(features.size + 1, dtype=like.dtype)
    rows = np.empty(cell.size, dtype=like.dtype)
    m, size, before = 0, 0, -1
    for i in range(cell.size):
        first = edges[block[i]]
        offset = cell[i] // n
        column = first + offset
        if chance[i] * p[first] < p[column]:
            if column != before:
                features[m], starts[m] = column, size
                m += 1
                before = column
            rows[size] = cell[i] - offset * n
            size += 1
    starts[m] = size
    return features[:m], starts[: m + 1], rows[:size]
