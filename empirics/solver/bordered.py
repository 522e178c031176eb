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

from empirics.solver.arrays import Floats, Indices, Mask
from empirics.solver.blocks import count_met, eliminate_blocks, separate
from empirics.solver.compiled import compiled
from empirics.solver.compressed import Compressed
from empirics.solver.selected_inverse import leverages
from theorems import memory, patience

# Below this many columns the dense factorization costs less than the search for blocks.
_ALL_BORDER = 256
# Larger blocks hardly shrink the border of a long-tail design any more (n = 10^6, alpha = 1.5:
# 1272, 1073, 1042, 1035 features of 13528 in the border with 8, 32, 64, 128 columns to a block).
_BLOCK_COLUMNS = 32

# How many times faster a dense product forms a Gram matrix than the loop over pairs of entries.
_DENSE_SPEED = 16
# Numbers in a dense part of the matrix that is formed at once.
_AT_ONCE = 2**22

# Where there are no blocks.
_EMPTY = sparse.csr_array((0, 0))


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
    def of(cls, A: Compressed, smallest_pivot: float) -> "Bordered":
        """Form it for a matrix given by rows, with sorted indices and columns of norm near 1.

        Raises:
            MemoryError: S does not fit in memory; the message holds the estimate.

        """
        columns = A.shape[1]
        if columns <= _ALL_BORDER:
            return cls._without_blocks(A, np.arange(columns))
        by_column = A.transpose()
        root = _blocks(by_column)
        inner = np.flatnonzero(root >= 0)
        if inner.size == 0:
            return cls._without_blocks(A, np.arange(columns))
        inner = inner[np.argsort(root[inner], kind="stable")]
        starts = np.append(0, np.flatnonzero(np.diff(root[inner])) + 1)
        starts = np.append(starts, inner.size)
        number = np.where(root < 0, np.cumsum(root < 0) - 1, -1)
        border = np.flatnonzero(number >= 0)
        size = border.size
        S = _gram(A, number, size)
        place = np.full(columns, -1, dtype=np.int64)
        place[inner] = np.arange(inner.size)
        pattern = (by_column.indptr, by_column.indices, A.indptr, A.indices, inner, starts)
        met = count_met(*pattern, number, size)
        F_starts = np.append(0, np.cumsum(np.repeat(met, np.diff(starts))))
        memory.require(
            f"the Gram matrix between {size} features and {inner.size} others", 2.0 * F_starts[-1]
        )
        inverse, independent, F_columns, F = eliminate_blocks(
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

    @classmethod
    def _without_blocks(cls, A: Compressed, number: Indices) -> "Bordered":
        none = np.empty(0, dtype=np.int64)
        S = _gram(A, number, number.size)
        return cls(none, none.astype(np.bool_), number, _EMPTY, _EMPTY, S, np.zeros(1, np.int64))

    @staticmethod
    def border_size(A: Compressed) -> int:
        """c, without forming anything."""
        if A.shape[1] <= _ALL_BORDER:
            return A.shape[1]
        return int(np.count_nonzero(_blocks(A.transpose()) < 0))

    def leverages(self, A: Compressed, border_inverse: Floats) -> Floats:
        """(a,) diagonal of A inv(G) A', for the matrix A itself and inv(S) (c, c)."""
        number = np.full(A.shape[1], -1)
        number[self.border] = np.arange(self.border.size)
        place = np.full(A.shape[1], -1)
        place[self.inner] = np.arange(self.inner.size)
        by_column = A.transpose().select(self.inner)
        return leverages(
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


def _blocks(by_column: Compressed) -> Indices:
    """(b,) the root of each column's block, or -1 in the border, for a matrix by columns."""
    rarest_first = np.argsort(np.diff(by_column.indptr), kind="stable")
    return separate(
        rarest_first, by_column.indptr, by_column.indices, by_column.shape[1], _BLOCK_COLUMNS
    )


def _gram(A: Compressed, number: Indices, size: int) -> Floats:
    """The border's Gram matrix, at least its upper triangle."""
    memory.require(
        f"the Gram matrix of {size} features that are not in small blocks", 3.0 * size**2
    )
    patience.require(
        f"the factorization of {size} features that are not in small blocks",
        products=size**3 / 6,
        doubles=3.0 * size**2,
        instead="fewer samples",
    )
    S = np.zeros((size, size), order="F")
    most = A.shape[0] * float(size) ** 2 / _DENSE_SPEED
    if _accumulate(A.indptr, A.indices, A.data, number, S, most):
        return S
    columns, whole = np.flatnonzero(number >= 0), A.csr()
    step = 1 + _AT_ONCE // A.shape[1]
    for start in range(0, A.shape[0], step):
        part = whole[start : start + step].toarray()[:, columns]
        S += part.T @ part
    return S


@compiled
def _accumulate(
    starts: Indices,
    columns: Indices,
    entries: Floats,
    number: Indices,
    S: Floats,
    most: float,
) -> bool:
    """Add to the upper triangle of S, if there are at most `most` pairs of entries in rows."""
    pairs = 0.0
    for row in range(starts.size - 1):
        pairs += float(starts[row + 1] - starts[row]) ** 2
    if pairs > most:
        return False
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
    return True
