"""Powers of two that bring the columns of a sparse matrix to norms near 1."""

import math

import numpy as np

from empirics.solver.arrays import Floats, Indices
from empirics.solver.compiled import compiled

# Least size of an entry relative to the largest in its column: far above the relative errors, of
# some 1e-14, of coefficients that come from all rows.
_TINY = 2.0**-30

# Columns below this are not scaled up: the factor would be too near the largest number.
_SMALLEST = 2.0**-900


@compiled
def scale_columns(columns: Indices, entries: Floats, width: int) -> tuple[bool, Floats, Floats]:
    """Powers of two that bring the columns to norms near 1, and the entries times these.

    The first is false where an entry is tiny beside the largest one of its column.
    """
    largest = np.ones(width)
    least, most = 1.0, 1.0
    for x in entries:
        least, most = min(least, abs(x)), max(most, abs(x))
    if least < _TINY * most:
        largest[:] = 0.0
        for at in range(columns.size):
            largest[columns[at]] = max(largest[columns[at]], abs(entries[at]))
        for at in range(columns.size):
            if abs(entries[at]) < _TINY * largest[columns[at]]:
                return False, largest, entries
        for j in range(width):
            if largest[j] < _SMALLEST:
                return False, largest, entries
    scale = np.zeros(width)
    for at in range(columns.size):
        scale[columns[at]] += (entries[at] / largest[columns[at]]) ** 2
    for j in range(width):
        scale[j] = math.ldexp(1.0, -int(np.round(np.log2(largest[j] * np.sqrt(scale[j])))))
    out = np.empty(entries.size)
    for at in range(columns.size):
        out[at] = entries[at] * scale[columns[at]]
    return True, scale, out
