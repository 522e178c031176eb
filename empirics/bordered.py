"""Gram matrix of a sparse design in bordered block-diagonal form.

Features seen a few times meet few others. Features are taken from the rarest on, and one joins
the *border* as soon as it would tie more than `_BLOCK_COLUMNS` of the earlier ones together; the
others are left in small *blocks* that no sample joins. With blocks first and border last,

    G = A'A = [ G_bb  G_bc ]     G_bb block diagonal,  F = inv(G_bb) G_bc sparse,
              [ G_cb  G_cc ]     S = G_cc - G_cb F dense and small.

A block column that keeps less than a given share of its squared length after projection on the
earlier columns of its block is left out, as if it were not there.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from empirics import memory
from empirics.arrays import Floats, Indices, Mask
from empirics.compiled import compiled

# Below this many columns the dense factorization costs less than the search for blocks.
_ALL_BORDER = 256
# Larger blocks hardly shrink the border of a long-tail design any more (n = 10^6, alpha = 1.5:
# 1272, 1073, 1042, 1035 features of 13528 in the border with 8, 32, 64, 128 columns to a block).
_BLOCK_COLUMNS = 32

# How many times faster a dense product forms a Gram matrix than the loop over pairs of entries.
_DENSE_SPEED = 16
# Numbers in a dense part of the matrix that is formed at once.
_AT_ONCE = 2**22


@dataclass(frozen=True)
class Bordered:
    """The form of an a x b matrix with t columns in blocks and c in the border.

    Attributes:
        inner: (t,) columns in blocks, block by block.
        independent: (t,) whether the column was kept.
        border: (c,) ascending columns in the border.
        inverse: t x t block-diagonal inv(G_bb), zero in rows and columns left out.
        F: t x c matrix inv(G_bb) G_bc, zero in rows left out.
        S: (c, c) Fortran-ordered Schur complement, its upper triangle.
        starts: edges of the blocks in `inner`.

    """

    inner: Indices
    independent: Mask
    border: Indices
    inverse: sparse.csr_array
    F: sparse.csr_array
    S: Floats
    starts: Indices

    @classmethod
    def of(cls, A: sparse.csr_array, smallest_pivot: float) -> "Bordered":
        """Form it for a matrix given by rows, with sorted indices and columns of norm near 1.

        Raises:
            MemoryError: S does not fit in memory; the message holds the estimate.

        """
        rows, columns = A.shape
        if columns <= _ALL_BORDER:
            inner = np.empty(0, dtype=np.int64)
            starts = np.zeros(1, dtype=np.int64)
            number = np.arange(columns)
            by_column = sparse.csc_array((rows, 0))
        else:
            by_column = A.tocsc()
            rarest_first = np.argsort(np.diff(by_column.indptr), kind="stable")
            root = _separate(
                rarest_first, by_column.indptr, by_column.indices, rows, _BLOCK_COLUMNS
            )
            inner = np.flatnonzero(root >= 0)
            inner = inner[np.argsort(root[inner], kind="stable")]
            starts = np.append(0, np.flatnonzero(np.diff(root[inner])) + 1)
            starts = np.append(starts, inner.size) if inner.size else starts[:1]
            number = np.where(root < 0, np.cumsum(root < 0) - 1, -1)
        border = np.flatnonzero(number >= 0)
        size = border.size
        memory.require(
            f"the Gram matrix of {size} features that are not in small blocks", 3.0 * size**2
        )
        S = np.zeros((size, size), order="F")
        _add_gram(A, number, S)
        if inner.size == 0:
            empty = sparse.csr_array((0, 0))
            wide = sparse.csr_array((0, size))
            return cls(inner, np.ones(0, dtype=np.bool_), border, empty, wide, S, starts)
        place = np.full(columns, -1, dtype=np.int64)
        place[inner] = np.arange(inner.size)
        pattern = (by_column.indptr, by_column.indices, A.indptr, A.indices, inner, starts)
        met = _count_met(*pattern, number, size)
        F_starts = np.append(0, np.cumsum(np.repeat(met, np.diff(starts))))
        memory.require(
            f"the Gram matrix between {size} features and {inner.size} others", 2.0 * F_starts[-1]
        )
        inverse, independent, F_columns, F = _blocks(
            *pattern,
            by_column.data,
            A.data,
            place,
            number,
            met,
            F_starts,
            smallest_pivot,
            S,
        )
        widths = np.repeat(np.diff(starts), np.diff(starts))
        indptr = np.append(0, np.cumsum(widths))
        within = np.arange(indptr[-1]) - np.repeat(indptr[:-1], widths)
        indices = within + np.repeat(np.repeat(starts[:-1], np.diff(starts)), widths)
        t = inner.size
        return cls(
            inner,
            independent,
            border,
            sparse.csr_array((inverse, indices, indptr), shape=(t, t)),
            sparse.csr_array((F, F_columns, F_starts), shape=(t, size)),
            S,
            starts,
        )

    def leverages(self, A: sparse.csr_array, border_inverse: Floats) -> Floats:
        """(a,) diagonal of A inv(G) A', for the matrix A itself and inv(S) (c, c)."""
        number = np.full(A.shape[1], -1)
        number[self.border] = np.arange(self.border.size)
        place = np.full(A.shape[1], -1)
        place[self.inner] = np.arange(self.inner.size)
        by_column = A[:, self.inner].tocsc()
        return _leverages(
            by_column.indptr,
            by_column.indices,
            A.indptr,
            A.indices,
            A.data,
            self.starts,
            place,
            number,
            self.inverse.data,
            self.F.indptr,
            self.F.indices,
            self.F.data,
            border_inverse,
        )


def _add_gram(A: sparse.csr_array, number: Indices, S: Floats) -> None:
    """Add the border's Gram matrix to the upper triangle of S."""
    size = S.shape[0]
    pairs = float(np.sum(np.diff(A.indptr).astype(np.float64) ** 2))
    if pairs * _DENSE_SPEED <= float(A.shape[0]) * size**2:
        _accumulate(A.indptr, A.indices, A.data, number, S)
        return
    columns = np.flatnonzero(number >= 0)
    step = 1 + _AT_ONCE // A.shape[1]
    for start in range(0, A.shape[0], step):
        part = A[start : start + step].toarray()[:, columns]
        S += part.T @ part


@compiled
def _separate(
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
def _accumulate(
    starts: Indices,
    columns: Indices,
    entries: Floats,
    number: Indices,
    S: Floats,
) -> None:
    """Add the border's Gram matrix to the upper triangle of S."""
    members = np.empty(S.shape[0], dtype=np.int64)
    values = np.empty(S.shape[0])
    for row in range(starts.size - 1):
        count = 0
        for at in range(starts[row], starts[row + 1]):
            c = number[columns[at]]
            if c >= 0:
                members[count], values[count] = c, entries[at]
                count += 1
        for j in range(count):
            for i in range(j + 1):
                S[members[i], members[j]] += values[i] * values[j]


@compiled
def _count_met(
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
def _blocks(
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


@compiled
def quadratic_forms(starts: Indices, columns: Indices, entries: Floats, M: Floats) -> Floats:
    """Diagonal of V M V' for a sparse V given by rows and a symmetric M."""
    out = np.zeros(starts.size - 1)
    for row in range(starts.size - 1):
        total = 0.0
        for i in range(starts[row], starts[row + 1]):
            total += entries[i] * entries[i] * M[columns[i], columns[i]]
            for j in range(starts[row], i):
                total += 2.0 * entries[i] * entries[j] * M[columns[i], columns[j]]
        out[row] = total
    return out


@compiled
def _leverages(
    column_starts: Indices,
    column_rows: Indices,
    row_starts: Indices,
    row_columns: Indices,
    entries: Floats,
    starts: Indices,
    place: Indices,
    number: Indices,
    inverse: Floats,
    F_starts: Indices,
    F_columns: Indices,
    F: Floats,
    border_inverse: Floats,
) -> Floats:
    """Diagonal of A inv(G) A' from the entries of inv(G) at pairs of columns that share a row.

    Only these entries are formed, block by block, each once: the selected inverse (Takahashi,
    Fagan and Chin 1973).
    """
    out = np.zeros(row_starts.size - 1)
    done = np.zeros(row_starts.size - 1, dtype=np.bool_)
    position = np.empty(border_inverse.shape[0], dtype=np.int64)
    cell = 0
    for b in range(starts.size - 1):
        first, width = starts[b], starts[b + 1] - starts[b]
        met = F_starts[first + 1] - F_starts[first]
        columns = F_columns[F_starts[first] : F_starts[first + 1]]
        for i in range(met):
            position[columns[i]] = i
        # Rows of F inv(S) at the columns met, and of inv(G_bb) + F inv(S) F'.
        across = np.zeros((width, met))
        within = np.empty((width, width))
        for t in range(width):
            for i in range(met):
                f = F[F_starts[first + t] + i]
                if f != 0.0:
                    for j in range(met):
                        across[t, j] += f * border_inverse[columns[j], columns[i]]
            for u in range(width):
                within[t, u] = inverse[cell]
                cell += 1
                for i in range(met):
                    within[t, u] += across[t, i] * F[F_starts[first + u] + i]
        for t in range(first, first + width):
            for at in range(column_starts[t], column_starts[t + 1]):
                row = column_rows[at]
                if done[row]:
                    continue
                done[row] = True
                total = 0.0
                for i in range(row_starts[row], row_starts[row + 1]):
                    p, c = place[row_columns[i]], number[row_columns[i]]
                    for j in range(row_starts[row], row_starts[row + 1]):
                        q, e = place[row_columns[j]], number[row_columns[j]]
                        if p >= 0 and q >= 0:
                            value = within[p - first, q - first]
                        elif p >= 0:
                            value = -across[p - first, position[e]]
                        elif q >= 0:
                            value = -across[q - first, position[c]]
                        else:
                            value = border_inverse[e, c]
                        total += entries[i] * entries[j] * value
                out[row] = total
    for row in range(out.size):
        if not done[row]:
            total = 0.0
            for i in range(row_starts[row], row_starts[row + 1]):
                c = number[row_columns[i]]
                for j in range(row_starts[row], row_starts[row + 1]):
                    value = border_inverse[number[row_columns[j]], c]
                    total += entries[i] * entries[j] * value
            out[row] = total
    return out
