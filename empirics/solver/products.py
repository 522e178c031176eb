"""The loops of `empirics.solver.compressed`: sparse arrays by rows as plain arrays."""

import numpy as np

from empirics.solver.arrays import Floats, Indices, Mask
from empirics.solver.compiled import compiled


@compiled
def transposed(
    starts: Indices, columns: Indices, entries: Floats, width: int
) -> tuple[Indices, Indices, Floats]:
    """The transpose by rows, with ascending indices in each."""
    out_starts = np.zeros(width + 1, dtype=starts.dtype)
    for at in range(columns.size):
        out_starts[columns[at] + 1] += 1
    for j in range(width):
        out_starts[j + 1] += out_starts[j]
    place = out_starts[:-1].copy()
    out_rows = np.empty(columns.size, dtype=columns.dtype)
    out = np.empty(columns.size)
    for row in range(starts.size - 1):
        for at in range(starts[row], starts[row + 1]):
            to = place[columns[at]]
            out_rows[to], out[to] = row, entries[at]
            place[columns[at]] += 1
    return out_starts, out_rows, out


@compiled
def ascending(starts: Indices, columns: Indices) -> bool:
    """Whether the indices of every row ascend, each once."""
    for row in range(starts.size - 1):
        for at in range(starts[row] + 1, starts[row + 1]):
            if columns[at] <= columns[at - 1]:
                return False
    return True


@compiled
def selected(
    starts: Indices, columns: Indices, entries: Floats, rows: Indices
) -> tuple[Indices, Indices, Floats]:
    """Some rows, in this order."""
    out_starts = np.zeros(rows.size + 1, dtype=starts.dtype)
    for i in range(rows.size):
        out_starts[i + 1] = out_starts[i] + starts[rows[i] + 1] - starts[rows[i]]
    out_columns = np.empty(out_starts[-1], dtype=columns.dtype)
    out = np.empty(out_starts[-1])
    for i in range(rows.size):
        for e in range(out_starts[i + 1] - out_starts[i]):
            out_columns[out_starts[i] + e] = columns[starts[rows[i]] + e]
            out[out_starts[i] + e] = entries[starts[rows[i]] + e]
    return out_starts, out_columns, out


@compiled
def row_squares(starts: Indices, entries: Floats) -> Floats:
    """Squared norms of the rows."""
    out = np.zeros(starts.size - 1)
    for row in range(out.size):
        for at in range(starts[row], starts[row + 1]):
            out[row] += entries[at] * entries[at]
    return out


@compiled
def times(starts: Indices, columns: Indices, entries: Floats, B: Floats) -> Floats:
    """A B; three columns of B at a time, so that an entry is read once for them."""
    q = B.shape[1]
    out = np.empty((starts.size - 1, q))
    for row in range(starts.size - 1):
        c = 0
        while c + 3 <= q:
            one, two, three = 0.0, 0.0, 0.0
            for at in range(starts[row], starts[row + 1]):
                x, j = entries[at], columns[at]
                one += x * B[j, c]
                two += x * B[j, c + 1]
                three += x * B[j, c + 2]
            out[row, c], out[row, c + 1], out[row, c + 2] = one, two, three
            c += 3
        while c < q:
            one = 0.0
            for at in range(starts[row], starts[row + 1]):
                one += entries[at] * B[columns[at], c]
            out[row, c] = one
            c += 1
    return out


@compiled
def column_sizes(B: Floats) -> Floats:
    """The largest size of a number in each column of a dense array."""
    rows, q = B.shape
    out = np.zeros(q)
    for c in range(q):
        largest = 0.0
        for row in range(rows):
            largest = max(largest, abs(B[row, c]))
        out[c] = largest
    return out


@compiled
def transposed_times(
    starts: Indices, columns: Indices, entries: Floats, B: Floats, width: int
) -> Floats:
    """A' B; three columns of B at a time."""
    q = B.shape[1]
    out = np.zeros((width, q))
    for row in range(starts.size - 1):
        c = 0
        while c + 3 <= q:
            one, two, three = B[row, c], B[row, c + 1], B[row, c + 2]
            for at in range(starts[row], starts[row + 1]):
                x, j = entries[at], columns[at]
                out[j, c] += x * one
                out[j, c + 1] += x * two
                out[j, c + 2] += x * three
            c += 3
        while c < q:
            one = B[row, c]
            for at in range(starts[row], starts[row + 1]):
                out[columns[at], c] += entries[at] * one
            c += 1
    return out


@compiled
def holding(
    starts: Indices, columns: Indices, entries: Floats, wanted: Mask
) -> tuple[Indices, Indices, Indices, Floats]:
    """The rows that hold a wanted column, and what they hold of these, columns numbered anew."""
    place = np.full(wanted.size, -1, dtype=columns.dtype)
    width = 0
    for j in range(wanted.size):
        if wanted[j]:
            place[j] = width
            width += 1
    out_rows = np.empty(starts.size - 1, dtype=np.int64)
    out_starts = np.zeros(starts.size, dtype=starts.dtype)
    out_columns = np.empty(columns.size, dtype=columns.dtype)
    out = np.empty(columns.size)
    rows, size = 0, 0
    for row in range(starts.size - 1):
        for at in range(starts[row], starts[row + 1]):
            if wanted[columns[at]]:
                out_columns[size], out[size] = place[columns[at]], entries[at]
                size += 1
        if size > out_starts[rows]:
            out_rows[rows] = row
            rows += 1
            out_starts[rows] = size
    return out_rows[:rows], out_starts[: rows + 1], out_columns[:size], out[:size]
