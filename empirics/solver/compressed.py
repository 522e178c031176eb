"""Sparse arrays by rows as plain arrays, and the few products that a solution takes.

Making a scipy array takes longer than most of what a small design asks of it; these are three
arrays that go into compiled loops. A design by columns is the array of its transpose by rows.
The loops take half a second to import: only who calls one waits for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from empirics.solver.arrays import Floats, Indices, Mask


@dataclass(frozen=True, slots=True)
class Compressed:
    """An a x b array by rows; row i holds `data[at]` at `indices[at]`, at = indptr[i] and on.

    Attributes:
        indptr: (a + 1,) where rows begin.
        indices: columns of the entries, each once in a row.
        data: the entries.
        shape: a and b.

    """

    indptr: Indices
    indices: Indices
    data: Floats
    shape: tuple[int, int]

    @classmethod
    def rows_of(cls, A: sparse.csr_array) -> Compressed:
        """A scipy array by rows; nothing is copied."""
        return cls(A.indptr, A.indices, A.data, A.shape)

    @classmethod
    def columns_of(cls, A: sparse.csc_array) -> Compressed:
        """The transpose of a scipy array by columns; nothing is copied."""
        return cls(A.indptr, A.indices, A.data, (A.shape[1], A.shape[0]))

    @classmethod
    def empty(cls, rows: int, columns: int) -> Compressed:
        """Nothing but zeros."""
        none = np.empty(0, dtype=np.int64)
        return cls(np.zeros(rows + 1, dtype=np.int64), none, np.empty(0), (rows, columns))

    @property
    def nnz(self) -> int:
        """Number of entries."""
        return self.data.size

    def csr(self) -> sparse.csr_array:
        """As a scipy array."""
        parts: Any = (self.data, self.indices, self.indptr)
        return sparse.csr_array(parts, shape=self.shape)

    def transpose(self) -> Compressed:
        """The transpose by rows, with ascending indices in each."""
        rows, columns = self.shape
        from empirics.solver.products import transposed

        parts = transposed(self.indptr, self.indices, self.data, columns)
        return Compressed(*parts, (columns, rows))

    def holding(self, columns: Mask) -> tuple[Indices, Compressed]:
        """The rows that hold some of these columns (b,), and the array of these rows and columns.

        Both are numbered anew, in their order.
        """
        from empirics.solver.products import holding

        rows, indptr, indices, data = holding(self.indptr, self.indices, self.data, columns)
        shape = (rows.size, int(np.count_nonzero(columns)))
        return rows, Compressed(indptr, indices, data, shape)

    def select(self, rows: Indices) -> Compressed:
        """Some rows, in this order."""
        from empirics.solver.products import selected

        parts = selected(self.indptr, self.indices, self.data, rows)
        return Compressed(*parts, (rows.size, self.shape[1]))

    def padded(self, rows: int) -> Compressed:
        """With empty rows below."""
        indptr = np.append(self.indptr, np.full(rows, self.indptr[-1]))
        return Compressed(indptr, self.indices, self.data, (self.shape[0] + rows, self.shape[1]))

    def absolute(self) -> Compressed:
        """The sizes of the entries."""
        return Compressed(self.indptr, self.indices, np.abs(self.data), self.shape)

    def squares(self) -> Floats:
        """(a,) squared norms of the rows."""
        from empirics.solver.products import row_squares

        return row_squares(self.indptr, self.data)

    def column_squares(self) -> Floats:
        """(b,) squared norms of the columns."""
        return np.asarray(
            np.bincount(self.indices, self.data**2, minlength=self.shape[1]), dtype=np.float64
        )

    def times(self, B: Floats) -> Floats:
        """A B, (a, q), for B (b, q)."""
        from empirics.solver.products import times

        return times(self.indptr, self.indices, self.data, np.ascontiguousarray(B))

    def transposed_times(self, B: Floats) -> Floats:
        """A' B, (b, q), for B (a, q)."""
        from empirics.solver.products import transposed_times

        return transposed_times(
            self.indptr, self.indices, self.data, np.ascontiguousarray(B), self.shape[1]
        )
