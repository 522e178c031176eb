"""Small connected components of [I W]: their coordinates, null-space bases and projections.

The loops of `empirics.solver.nullspace`, which says what the pieces mean.
"""

import numpy as np

from empirics.solver.arrays import Floats, Indices, Mask
from empirics.solver.compiled import compiled
from empirics.solver.small_factor import invert_factor


@compiled
def group(
    starts: Indices, columns: Indices, label: Indices
) -> tuple[Indices, Indices, Indices, Indices]:
    """List basic and free coordinates component by component, with the components' edges.

    `label` names each column by the first one of its component.
    """
    f = label.size
    number = np.empty(f, dtype=np.int64)
    count = 0
    for j in range(f):
        if label[j] == j:
            number[j] = count
            count += 1
        else:
            number[j] = number[label[j]]
    free_starts = np.zeros(count + 1, dtype=np.int64)
    basic_starts = np.zeros(count + 1, dtype=np.int64)
    for j in range(f):
        free_starts[number[j] + 1] += 1
    for row in range(starts.size - 1):
        if starts[row] < starts[row + 1]:
            basic_starts[number[columns[starts[row]]] + 1] += 1
    for c in range(count):
        free_starts[c + 1] += free_starts[c]
        basic_starts[c + 1] += basic_starts[c]
    free = np.empty(free_starts[count], dtype=np.int64)
    basic = np.empty(basic_starts[count], dtype=np.int64)
    place = free_starts[:count].copy()
    for j in range(f):
        free[place[number[j]]] = j
        place[number[j]] += 1
    place[:] = basic_starts[:count]
    for row in range(starts.size - 1):
        if starts[row] < starts[row + 1]:
            c = number[columns[starts[row]]]
            basic[place[c]] = row
            place[c] += 1
    return basic, basic_starts, free, free_starts


@compiled
def small_bases(
    starts: Indices,
    columns: Indices,
    entries: Floats,
    basic: Indices,
    basic_starts: Indices,
    free: Indices,
    free_starts: Indices,
    is_small: Mask,
    largest_norm: float,
) -> tuple[Indices, Indices, Floats]:
    """Orthonormal bases of the null spaces of small components, by rows, side by side.

    By Cholesky QR of [-W; I]; a component where that would lose digits, W having a norm above
    `largest_norm`, is taken off `is_small`.
    """
    r, f = starts.size - 1, free.size
    count = is_small.size
    place = np.empty(f, dtype=np.int64)
    for c in range(count):
        if not is_small[c]:
            continue
        for k in range(free_starts[c], free_starts[c + 1]):
            place[free[k]] = k - free_starts[c]
        by_column = np.zeros(free_starts[c + 1] - free_starts[c])
        by_row = 0.0
        for b in range(basic_starts[c], basic_starts[c + 1]):
            total = 0.0
            for at in range(starts[basic[b]], starts[basic[b] + 1]):
                by_column[place[columns[at]]] += abs(entries[at])
                total += abs(entries[at])
            by_row = max(by_row, total)
        # The product bounds the squared norm of W.
        if np.sqrt(by_column.max()) * np.sqrt(by_row) > largest_norm:
            is_small[c] = False
    out_starts = np.zeros(r + f + 1, dtype=np.int64)
    for c in range(count):
        if is_small[c]:
            width = free_starts[c + 1] - free_starts[c]
            for b in range(basic_starts[c], basic_starts[c + 1]):
                out_starts[basic[b] + 1] = width
            for k in range(free_starts[c], free_starts[c + 1]):
                out_starts[r + free[k] + 1] = width
    for i in range(r + f):
        out_starts[i + 1] += out_starts[i]
    out_columns = np.empty(out_starts[r + f], dtype=np.int64)
    out = np.empty(out_starts[r + f])
    first = 0
    for c in range(count):
        if not is_small[c]:
            continue
        width = free_starts[c + 1] - free_starts[c]
        R = np.zeros((width, width))
        for k in range(width):
            R[k, k] = 1.0
        for b in range(basic_starts[c], basic_starts[c + 1]):
            for i in range(starts[basic[b]], starts[basic[b] + 1]):
                for j in range(starts[basic[b]], starts[basic[b] + 1]):
                    R[place[columns[i]], place[columns[j]]] += entries[i] * entries[j]
        # Positive definite: the identity and squares.
        invert_factor(R)
        for k in range(width):
            to = out_starts[r + free[free_starts[c] + k]]
            for j in range(width):
                out_columns[to + j], out[to + j] = first + j, R[k, j]
        for b in range(basic_starts[c], basic_starts[c + 1]):
            to = out_starts[basic[b]]
            for j in range(width):
                total = 0.0
                for at in range(starts[basic[b]], starts[basic[b] + 1]):
                    total -= entries[at] * R[place[columns[at]], j]
                out_columns[to + j], out[to + j] = first + j, total
        first += width
    return out_starts, out_columns, out


@compiled
def projected(
    starts: Indices,
    columns: Indices,
    entries: Floats,
    small_basic: Indices,
    small_free: Indices,
    basic: Floats,
    free: Floats,
) -> None:
    """Take the part in the small components' null space off basic and free coordinates."""
    r, q = basic.shape
    part = np.zeros((small_free.size, q))
    for b in small_basic:
        for at in range(starts[b], starts[b + 1]):
            for c in range(q):
                part[columns[at], c] += entries[at] * basic[b, c]
    for k in small_free:
        for at in range(starts[r + k], starts[r + k + 1]):
            for c in range(q):
                part[columns[at], c] += entries[at] * free[k, c]
    for b in small_basic:
        for at in range(starts[b], starts[b + 1]):
            for c in range(q):
                basic[b, c] -= entries[at] * part[columns[at], c]
    for k in small_free:
        for at in range(starts[r + k], starts[r + k + 1]):
            for c in range(q):
                free[k, c] -= entries[at] * part[columns[at], c]


@compiled
def rejected_rows(
    N_starts: Indices,
    N: Floats,
    basic: Indices,
    basic_starts: Indices,
    free: Indices,
    free_starts: Indices,
    starts: Indices,
    columns: Indices,
    entries: Floats,
    width: int,
) -> tuple[Indices, Indices, Floats]:
    """Rows of V - N N'V at the basic coordinates, then at the free ones, V zero at these."""
    r = starts.size - 1
    count = basic_starts.size - 1
    mark = np.full(width, -1, dtype=np.int64)
    met = np.zeros(count, dtype=np.int64)
    for c in range(count):
        for b in range(basic_starts[c], basic_starts[c + 1]):
            for at in range(starts[basic[b]], starts[basic[b] + 1]):
                if mark[columns[at]] != c:
                    mark[columns[at]] = c
                    met[c] += 1
    out_starts = np.zeros(basic.size + free.size + 1, dtype=np.int64)
    for c in range(count):
        for b in range(basic_starts[c], basic_starts[c + 1]):
            out_starts[b + 1] = met[c]
        for k in range(free_starts[c], free_starts[c + 1]):
            out_starts[basic.size + k + 1] = met[c]
    for i in range(out_starts.size - 1):
        out_starts[i + 1] += out_starts[i]
    out_columns = np.empty(out_starts[-1], dtype=np.int64)
    out = np.zeros(out_starts[-1])
    position = np.empty(width, dtype=np.int64)
    mark[:] = -1
    for c in range(count):
        found, size = 0, free_starts[c + 1] - free_starts[c]
        touched = np.empty(met[c], dtype=np.int64)
        part = np.zeros((size, met[c]))
        for b in range(basic_starts[c], basic_starts[c + 1]):
            for at in range(starts[basic[b]], starts[basic[b] + 1]):
                j = columns[at]
                if mark[j] != c:
                    mark[j], position[j], touched[found] = c, found, j
                    found += 1
                out[out_starts[b] + position[j]] = entries[at]
                for k in range(size):
                    part[k, position[j]] += N[N_starts[basic[b]] + k] * entries[at]
        for b in range(basic_starts[c], basic_starts[c + 1]):
            for i in range(found):
                at = out_starts[b] + i
                out_columns[at] = touched[i]
                for k in range(size):
                    out[at] -= N[N_starts[basic[b]] + k] * part[k, i]
        for own in range(free_starts[c], free_starts[c + 1]):
            for i in range(found):
                at = out_starts[basic.size + own] + i
                out_columns[at] = touched[i]
                for k in range(size):
                    out[at] -= N[N_starts[r + free[own]] + k] * part[k, i]
    return out_starts, out_columns, out
