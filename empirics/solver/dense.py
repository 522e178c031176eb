"""Least squares on a core through dense skeletons of its connected components."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from empirics.solver.arrays import Floats, Indices, Mask
from empirics.solver.compressed import Compressed
from empirics.solver.skeleton import Skeleton, doubles_needed, steps_needed
from theorems import memory, patience


@dataclass(frozen=True)
class DenseCore:
    """Factorization of an a x b core A with r basic columns of full rank.

    It takes any real entries; its cost is cubic in the size of the largest connected component.

    Attributes:
        basic: (r,) ascending columns of A that are independent.
        dependent: (f,) ascending other columns.

    """

    basic: Indices
    dependent: Indices
    _rows: int
    _pieces: tuple["_Piece", ...]

    @classmethod
    def of(cls, core: Compressed) -> "DenseCore":
        """Factor a core given by rows.

        Raises:
            MemoryError: a component does not fit in memory; the message holds the estimate.

        """
        a, b = core.shape
        A = core.csr()
        parts = _components(A)
        if parts:
            rows, columns = max(parts, key=lambda part: doubles_needed(part[0].size, part[1].size))
            kept = sum(2.0 * r.size * c.size for r, c in parts)
            purpose = f"a dense block of {rows.size} samples and {columns.size} features"
            doubles = kept + doubles_needed(rows.size, columns.size)
            memory.require(purpose, doubles)
            patience.require(
                purpose,
                eliminations=sum(steps_needed(r.size, c.size) for r, c in parts),
                doubles=doubles,
                instead="fewer samples or features",
            )
        is_basic = np.zeros(b, dtype=np.bool_)
        skeletons = []
        for rows, columns in parts:
            skeleton = Skeleton.of(A[rows][:, columns].toarray())
            is_basic[columns[skeleton.columns[: skeleton.rank]]] = True
            skeletons.append(skeleton)
        number = np.where(is_basic, np.cumsum(is_basic), np.cumsum(~is_basic)) - 1
        pieces = []
        for (rows, columns), skeleton in zip(parts, skeletons, strict=True):
            ordered = number[columns[skeleton.columns]]
            pieces.append(
                _Piece(rows, ordered[: skeleton.rank], ordered[skeleton.rank :], skeleton)
            )
        return cls(np.flatnonzero(is_basic), np.flatnonzero(~is_basic), a, tuple(pieces))

    def solve(self, Y: Floats) -> Floats:
        """Least-squares coefficients (r, q) of the basic columns for Y (a, q)."""
        out = np.zeros((self.basic.size, *Y.shape[1:]))
        for piece in self._pieces:
            out[piece.basic] = piece.skeleton.solve(Y[piece.rows])
        return out

    def residual(self, Y: Floats) -> Floats:
        """Residuals Y - A_basic pinv(A_basic) Y for Y (a, q)."""
        out = Y.copy()
        for piece in self._pieces:
            out[piece.rows] = piece.skeleton.residual(Y[piece.rows])
        return out

    def solve_transposed(self, V: Floats) -> Floats:
        """pinv(A_basic)' V, (a, q), for V (r, q)."""
        out = np.zeros((self._rows, *V.shape[1:]))
        for piece in self._pieces:
            out[piece.rows] = piece.skeleton.solve_transposed(V[piece.basic])
        return out

    @cached_property
    def dependence(self) -> tuple[sparse.csr_array, sparse.csr_array]:
        """W (r, f) with A_dependent = A_basic W, and bounds on its errors; no entry below its."""
        shape = (self.basic.size, self.dependent.size)
        rows = [np.repeat(p.basic, p.dependent.size) for p in self._pieces]
        columns = [np.tile(p.dependent, p.basic.size) for p in self._pieces]
        values = [p.skeleton.W.ravel() for p in self._pieces]
        errors = [p.skeleton.W_error.ravel() for p in self._pieces]
        empty = np.empty(0, dtype=np.int64)
        at: Any = (np.concatenate([empty, *rows]), np.concatenate([empty, *columns]))
        return (
            sparse.coo_array((np.concatenate([empty * 1.0, *values]), at), shape=shape).tocsr(),
            sparse.coo_array((np.concatenate([empty * 1.0, *errors]), at), shape=shape).tocsr(),
        )

    @property
    def dense_size(self) -> int:
        """Independent columns of the largest component."""
        return max((int(piece.basic.size) for piece in self._pieces), default=0)

    @property
    def variances(self) -> Floats:
        """(r,) diagonal of C = inv(A_basic' A_basic)."""
        out = np.zeros(self.basic.size)
        for piece in self._pieces:
            out[piece.basic] = np.sum(piece.skeleton.half**2, axis=1)
        return out

    def quadratic(self, U: Compressed) -> Floats:
        """(k,) diagonal of U C U' for U (k, r)."""
        out = np.zeros(U.shape[0])
        for rows, spread in self._spread(U):
            out[rows] += np.sum(spread**2, axis=1)
        return out

    def quadratic_dense(self, V: Floats, columns: Indices) -> Floats:
        """(p,) diagonal of V C V' for a V that is zero outside these columns, V (p, len)."""
        out = np.zeros(V.shape[0])
        place = np.full(self.basic.size, -1)
        place[columns] = np.arange(columns.size)
        for piece in self._pieces:
            at = place[piece.basic]
            if np.any(at >= 0):
                out += np.sum((V[:, at[at >= 0]] @ piece.skeleton.half[at >= 0]) ** 2, axis=1)
        return out

    def _spread(self, U: Compressed) -> Iterator[tuple[Indices, Floats]]:
        """For each piece that rows of U meet: these rows, and U half at them."""
        by_column = U.csr().tocsc()
        for piece in self._pieces:
            part = by_column[:, piece.basic]
            rows = np.unique(part.indices)
            if rows.size:
                yield rows, part.tocsr()[rows] @ piece.skeleton.half

    @cached_property
    def leverage(self) -> tuple[Floats, Mask]:
        """(a,) 1 - H_ll, and whether it is 0: the row is fitted exactly for every Y."""
        out = np.ones(self._rows)
        for piece in self._pieces:
            out[piece.rows] = piece.skeleton.leverage_defect
        return out, out == 0.0


@dataclass(frozen=True)
class _Piece:
    rows: Indices
    basic: Indices  # numbers among the core's basic columns, in the skeleton's order
    dependent: Indices  # numbers among the dependent ones
    skeleton: Skeleton


def _components(A: sparse.csr_array) -> list[tuple[Indices, Indices]]:
    """List the rows and the columns of each connected component that has a column."""
    a = A.shape[0]
    if A.nnz == 0:
        return []
    graph: Any = sparse.block_array([[None, A], [A.T, None]], format="csr")
    _, label = connected_components(graph, directed=False)
    by_label = np.argsort(label, kind="stable")
    edges = np.flatnonzero(np.diff(label[by_label])) + 1
    parts = [(part[part < a], part[part >= a] - a) for part in np.split(by_label, edges)]
    return [(rows, columns) for rows, columns in parts if rows.size and columns.size]
