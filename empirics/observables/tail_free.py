"""Samples with no tail feature and with one: the loops of `empirics.observables.unbiased`."""

import numpy as np

from empirics.solver.arrays import Floats, Indices
from empirics.solver.compiled import compiled


@compiled
def gram(
    starts: Indices, columns: Indices, entries: Floats, tail_per_row: Indices, common: int
) -> Floats:
    """Gram matrix of the first `common` columns over the rows without a tail feature."""
    out = np.zeros((common, common))
    for row in range(tail_per_row.size):
        if tail_per_row[row] == 0:
            for i in range(starts[row], starts[row + 1]):
                for j in range(starts[row], starts[row + 1]):
                    out[columns[i], columns[j]] += entries[i] * entries[j]
    return out


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
