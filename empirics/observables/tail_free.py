"""Samples with no tail feature and with one: the loops of `empirics.observables.unbiased`."""

import numpy as np

from empirics.solver.arrays import Floats, Indices
from empirics.solver.compiled import compiled
from empirics.solver.small_factor import invert


@compiled
def from_tail_free(
    starts: Indices, columns: Indices, entries: Floats, m: int, common: int, condition: float
) -> tuple[bool, bool, Indices, Floats]:
    """What `read_off` gives with the Gram matrix of the rows without a tail feature.

    Returns whether there are as many such rows as common features, whether the matrix has a
    condition of at most `condition` max(n, m), the number of tail features of each row, and the
    variances, of use only where both are true.
    """
    n = starts.size - 1
    per_row = np.zeros(n, dtype=np.int64)
    G = np.zeros((common, common))
    trusted = 0
    for row in range(n):
        for i in range(starts[row], starts[row + 1]):
            per_row[row] += columns[i] >= common
        if per_row[row] == 0:
            trusted += 1
            for i in range(starts[row], starts[row + 1]):
                for j in range(starts[row], starts[row + 1]):
                    G[columns[i], columns[j]] += entries[i] * entries[j]
    if trusted < common:
        return False, False, per_row, np.empty(0)
    scale = np.empty(common)
    for j in range(common):
        if G[j, j] == 0.0:
            return True, False, per_row, np.empty(0)
        scale[j] = np.sqrt(G[j, j])
    before, after = 0.0, 0.0
    for j in range(common):
        total = 0.0
        for i in range(common):
            total += abs(G[i, j]) / (scale[i] * scale[j])
        before = max(before, total)
    if not invert(G):
        return True, False, per_row, np.empty(0)
    for j in range(common):
        total = 0.0
        for i in range(common):
            total += abs(G[i, j]) * scale[i] * scale[j]
        after = max(after, total)
    if before * after > condition * max(n, m):
        return True, False, per_row, np.empty(0)
    return True, True, per_row, read_off(starts, columns, entries, per_row, G, m)


@compiled
def read_off(
    starts: Indices,
    columns: Indices,
    entries: Floats,
    tail_per_row: Indices,
    covariance: Floats,
    m: int,
) -> Floats:
    """Variances of the common coefficients, and of each tail feature read off one of its rows.

    Infinite where a tail feature is alone in no row. The last of several rows is kept; any of
    them makes an unbiased estimate.
    """
    common = covariance.shape[0]
    out = np.full(m, np.inf)
    for i in range(common):
        out[i] = covariance[i, i]
    for row in range(tail_per_row.size):
        if tail_per_row[row] != 1:
            continue
        feature, total = -1, 1.0
        for i in range(starts[row], starts[row + 1]):
            if columns[i] >= common:
                feature = columns[i]
                continue
            for j in range(starts[row], starts[row + 1]):
                if columns[j] < common:
                    total += entries[i] * entries[j] * covariance[columns[i], columns[j]]
        out[feature] = total
    return out
