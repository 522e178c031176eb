"""The inverse of the triangle that peeling leaves, or its product with the other columns."""

import numpy as np

from empirics.solver.arrays import Floats, Indices
from empirics.solver.compiled import compiled

EPS = float(np.finfo(np.float64).eps)

# The state of a column that was merged into the pivot of its only row.
MERGED = -3


@compiled
def triangular_inverse(
    row_starts: Indices,
    row_columns: Indices,
    entries: Floats,
    pivot_rows: Indices,
    pivot_columns: Indices,
    pivot_entries: Floats,
    state: Indices,
    place: Indices,
    width: int,
    of_identity: bool,
    most: int,
) -> tuple[Indices, Indices, Floats, Floats]:
    """Form inv(T) B, or inv(T), by rows, with bounds on the rounding errors of its entries.

    An entry within its bound is zero and left out. `place` gives the column of B of each column
    of the design that is no pivot, `width` the number of columns of the result and `most` the
    number of entries at which to give up, with starts of -1.
    """
    K = pivot_rows.size
    columns = np.empty(4 * K + 16, dtype=np.int64)
    values = np.empty(columns.size)
    bounds = np.empty(columns.size)
    begin = np.zeros(K, dtype=np.int64)
    end = np.zeros(K, dtype=np.int64)
    used = 0
    total = np.zeros(width)
    error = np.zeros(width)
    mark = np.full(width, -1, dtype=np.int64)
    touched = np.empty(width, dtype=np.int64)
    for k in range(K - 1, -1, -1):
        row, own = pivot_rows[k], pivot_columns[k]
        count = 0
        if of_identity:
            touched[0], mark[k], total[k], error[k] = k, k, 1.0, 0.0
            count = 1
        for at in range(row_starts[row], row_starts[row + 1]):
            j, x = row_columns[at], entries[at]
            if j == own or state[j] == MERGED:
                continue
            if state[j] < 0:
                if of_identity:
                    continue
                c = place[j]
                if mark[c] != k:
                    mark[c], total[c], error[c] = k, 0.0, 0.0
                    touched[count] = c
                    count += 1
                total[c] += x
                error[c] += EPS * abs(total[c])
                continue
            for e in range(begin[state[j]], end[state[j]]):
                c = columns[e]
                if mark[c] != k:
                    mark[c], total[c], error[c] = k, 0.0, 0.0
                    touched[count] = c
                    count += 1
                product = x * values[e]
                total[c] -= product
                error[c] += abs(x) * bounds[e] + EPS * (abs(product) + abs(total[c]))
        if used + count > columns.size:
            size = min(max(2 * columns.size, used + count), most)
            if size < used + count:
                return np.full(K + 1, -1), columns[:0], values[:0], bounds[:0]
            old = columns, values, bounds
            columns = np.empty(size, dtype=np.int64)
            values = np.empty(size)
            bounds = np.empty(size)
            for e in range(used):
                columns[e], values[e], bounds[e] = old[0][e], old[1][e], old[2][e]
        begin[k] = used
        for i in range(count):
            c = touched[i]
            value = total[c] / pivot_entries[k]
            bound = error[c] / abs(pivot_entries[k]) + EPS * abs(value)
            if abs(value) > bound:
                columns[used], values[used], bounds[used] = c, value, bound
                used += 1
        end[k] = used
    starts = np.zeros(K + 1, dtype=np.int64)
    for k in range(K):
        starts[k + 1] = starts[k] + end[k] - begin[k]
    out_columns = np.empty(used, dtype=np.int64)
    out_values = np.empty(used)
    out_bounds = np.empty(used)
    for k in range(K):
        for e in range(end[k] - begin[k]):
            out_columns[starts[k] + e] = columns[begin[k] + e]
            out_values[starts[k] + e] = values[begin[k] + e]
            out_bounds[starts[k] + e] = bounds[begin[k] + e]
    return starts, out_columns, out_values, out_bounds
