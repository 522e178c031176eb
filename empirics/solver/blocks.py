"""Blocks of columns that no row joins: finding them, and eliminating them from a Gram matrix.

The loops of `empirics.solver.bordered`, which says what the pieces mean.
"""

import numpy as np

from empirics.solver.arrays import Floats, Indices, Mask
from empirics.solver.compiled import compiled


@compiled
def separate(
    order: Indices,
    starts: Indices,
    rows: Indices,
    n: int,
    limit: int,
) -> Indices:
    """Label each column by its block's root, or -1 in the border, taking columns in `order`."""
    m = order.size
    parent = np.full(m, -1, dtype=np.int64)
    size = np.ones(m, dtype=np.int64)
    # The last block column seen in each row stands for the block that the row belongs to.
    owner = np.full(n, -1, dtype=np.int64)
    roots = np.empty(limit, dtype=np.int64)
    for j in order:
        count, total = 0, 1
        for at in range(starts[j], starts[j + 1]):
            root = owner[rows[at]]
            if root < 0:
                continue
            while parent[root] != root:
                parent[root] = parent[parent[root]]
                root = parent[root]
            new = True
            for i in range(count):
                if roots[i] == root:
                    new = False
                    break
            if new:
                total += size[root]
                if total > limit:
                    break
                roots[count] = root
                count += 1
        if total > limit:
            continue
        parent[j] = j
        size[j] = total
        for i in range(count):
            parent[roots[i]] = j
        for at in range(starts[j], starts[j + 1]):
            owner[rows[at]] = j
    for j in range(m):
        root = j
        if parent[j] < 0:
            continue
        while parent[root] != root:
            root = parent[root]
        parent[j] = root
    return parent


@compiled
def count_met(
    column_starts: Indices,
    column_rows: Indices,
    row_starts: Indices,
    row_columns: Indices,
    inner: Indices,
    starts: Indices,
    number: Indices,
    borders: int,
) -> Indices:
    """Count the border columns that share a row with each block."""
    out = np.zeros(starts.size - 1, dtype=np.int64)
    mark = np.full(borders, -1)
    for b in range(starts.size - 1):
        for t in range(starts[b], starts[b + 1]):
            for at in range(column_starts[inner[t]], column_starts[inner[t] + 1]):
                row = column_rows[at]
                for other in range(row_starts[row], row_starts[row + 1]):
                    c = number[row_columns[other]]
                    if c >= 0 and mark[c] != b:
                        mark[c] = b
                        out[b] += 1
    return out


@compiled
def eliminate_blocks(
    column_starts: Indices,
    column_rows: Indices,
    row_starts: Indices,
    row_columns: Indices,
    inner: Indices,
    starts: Indices,
    column_entries: Floats,
    row_entries: Floats,
    place: Indices,
    number: Indices,
    met_counts: Indices,
    F_starts: Indices,
    smallest_pivot: float,
    S: Floats,
) -> tuple[Floats, Mask, Indices, Floats]:
    """Invert each block, form its rows of F and take its part off S."""
    borders = S.shape[0]
    mark = np.full(borders, -1)
    cells, widest, most_met = 0, 0, 0
    for b in range(starts.size - 1):
        width = starts[b + 1] - starts[b]
        cells += width * width
        widest, most_met = max(widest, width), max(most_met, met_counts[b])
    inverse = np.zeros(cells)
    independent = np.ones(inner.size, dtype=np.bool_)
    F_columns = np.empty(F_starts[-1], dtype=np.int64)
    F = np.zeros(F_starts[-1])
    position = np.empty(borders, dtype=np.int64)
    met_columns = np.empty(most_met, dtype=np.int64)
    own = np.empty((widest, widest))
    roots = np.empty((widest, widest))
    across = np.empty((widest, most_met))
    cell = 0
    for b in range(starts.size - 1):
        first, width = starts[b], starts[b + 1] - starts[b]
        met = 0
        for t in range(first, first + width):
            for at in range(column_starts[inner[t]], column_starts[inner[t] + 1]):
                row = column_rows[at]
                for other in range(row_starts[row], row_starts[row + 1]):
                    c = number[row_columns[other]]
                    if c >= 0 and mark[c] != b:
                        mark[c] = b
                        position[c], met_columns[met] = met, c
                        met += 1
        for t in range(width):
            for u in range(width):
                own[t, u] = 0.0
            for i in range(met):
                across[t, i] = 0.0
            j = inner[first + t]
            for at in range(column_starts[j], column_starts[j + 1]):
                row, x = column_rows[at], column_entries[at]
                for other in range(row_starts[row], row_starts[row + 1]):
                    k = row_columns[other]
                    if number[k] >= 0:
                        across[t, position[number[k]]] += x * row_entries[other]
                    else:
                        own[t, place[k] - first] += x * row_entries[other]
        _invert(own, roots, width, smallest_pivot, independent, first)
        for t in range(width):
            row_of_F = F_starts[first + t]
            for i in range(met):
                F_columns[row_of_F + i] = met_columns[i]
            for u in range(width):
                inverse[cell] = own[t, u]
                cell += 1
                if own[t, u] != 0.0:
                    for i in range(met):
                        F[row_of_F + i] += own[t, u] * across[u, i]
        for t in range(width):
            row_of_F = F_starts[first + t]
            for j in range(met):
                if across[t, j] != 0.0:
                    for i in range(met):
                        if met_columns[i] <= met_columns[j]:
                            S[met_columns[i], met_columns[j]] -= F[row_of_F + i] * across[t, j]
    return inverse, independent, F_columns, F


@compiled
def _invert(
    G: Floats, L: Floats, k: int, smallest_pivot: float, independent: Mask, first: int
) -> None:
    """Replace the leading k x k Gram matrix by its inverse, zero at columns left out.

    L is space for the inverse of the Cholesky factor, which is built row by row.
    """
    for j in range(k):
        for t in range(k):
            L[j, t] = 0.0
    for j in range(k):
        pivot = G[j, j]
        for i in range(j):
            # Coordinate of column j on the i-th of the orthonormalized columns before it.
            dot = 0.0
            for t in range(i + 1):
                dot += L[i, t] * G[j, t]
            pivot -= dot * dot
            for t in range(i + 1):
                L[j, t] -= dot * L[i, t]
        if pivot <= smallest_pivot * G[j, j]:
            independent[first + j] = False
            for t in range(j):
                L[j, t] = 0.0
            continue
        root = np.sqrt(pivot)
        for t in range(j):
            L[j, t] /= root
        L[j, j] = 1.0 / root
    for s in range(k):
        for t in range(k):
            G[s, t] = 0.0
            for j in range(max(s, t), k):
                G[s, t] += L[j, s] * L[j, t]
