"""Pseudoinverse of a sparse design from peeling, a core and a null space.

Peeling leaves X = [[T, B], [0, A]]. The pivots and the core's basic columns together are columns
X_b of full rank, and every other column is X_b times a column of some W. With columns reordered
this is the full-rank factorization X = X_b [I W], so that

    pinv(X) = pinv([I W]) pinv(X_b),   pinv(X_b) = [ inv(T)  -inv(T) B_b pinv(A_b) ]
                                                   [   0            pinv(A_b)       ].

pinv([I W]) puts zeros at the other columns and projects on the complement of the null space,
which [-W; I] spans: it turns the least-squares solution that uses basic columns alone into the
one of minimum norm. The null space falls into connected components, for a long-tail design with
alpha > 1 mostly tiny ones.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse

from empirics.solver.arrays import Floats, Indices, Mask
from empirics.solver.core import Core
from empirics.solver.dense import DenseCore
from empirics.solver.gram import GramCore, UnsuitableError
from empirics.solver.nullspace import NullSpace
from empirics.solver.peeling import CORE, FREE, MERGED, Peeling, peel, unpeeled

_EPS = float(np.finfo(np.float64).eps)

# X_b is at most 1 + |W| times worse conditioned than X, so that eps |W| are lost relative to
# pinv(X). Beyond this norm, far beyond what entries ±1 lead to, other basic columns are chosen, by
# complete pivoting.
_LARGEST_NORM = 1e4

# Right-hand sides treated at once, to bound the memory for them.
_CHUNK = 64
_AT_ONCE = 2**24


def factor(A: sparse.csc_array) -> "Factorization":
    """Factor an n x m design without zero columns, duplicates or stored zeros.

    Three ways, the next one where the former would lose digits: peeling and a Gram matrix of the
    core; peeling and a dense factorization of the core; a dense factorization of each connected
    component of the whole.

    Raises:
        MemoryError: a dense part does not fit in memory; the message holds the estimate.

    """
    by_row = A.tocsr()
    peeling = peel(by_row)
    block = _core(by_row, peeling)
    for kind in (GramCore, DenseCore):
        try:
            return Factorization.of(A, by_row, peeling, kind.of(block), _LARGEST_NORM)
        except UnsuitableError:
            continue
    return Factorization.of(A, by_row, unpeeled(*A.shape), DenseCore.of(by_row), np.inf)


def _core(by_row: sparse.csr_array, peeling: Peeling) -> sparse.csr_array:
    columns = np.flatnonzero(peeling.column_state == CORE)
    place = np.full(by_row.shape[1], -1, dtype=by_row.indices.dtype)
    place[columns] = np.arange(columns.size)
    rows = np.flatnonzero(peeling.row_pivot < 0)
    part = by_row if rows.size == by_row.shape[0] else by_row[rows]
    return sparse.csr_array(
        (part.data, place[part.indices], part.indptr), shape=(rows.size, columns.size)
    )


@dataclass(frozen=True)
class Factorization:
    """The factorization of an n x m design X with K pivots and rank r.

    Coefficients of merged columns are those of their pivot until `_spread` shares them out.

    Attributes:
        basic: (r,) columns of X_b: the pivots', then the core's basic ones.
        free: (f,) the other columns that were not merged.
        null_space: of [I W].

    """

    basic: Indices
    free: Indices
    null_space: NullSpace
    _X: sparse.csc_array
    _by_row: sparse.csr_array
    _peeling: Peeling
    _core: Core
    _core_rows: Indices
    _U: sparse.csr_array  # (K, core basic) inv(T) B_b

    @classmethod
    def of(
        cls,
        X: sparse.csc_array,
        by_row: sparse.csr_array,
        peeling: Peeling,
        core: Core,
        largest_norm: float,
    ) -> "Factorization":
        """Put the parts together.

        Raises:
            UnsuitableError: the core's Gram matrix turned out to lose too many digits, or W has
                a norm above `largest_norm`.
            MemoryError: a part of the null space does not fit in memory.

        """
        columns = np.flatnonzero(peeling.column_state == CORE)
        basic, dependent = columns[core.basic], columns[core.dependent]
        free = np.flatnonzero(peeling.column_state == FREE)
        r, d = basic.size, dependent.size
        others = np.concatenate([basic, dependent, free])
        U, U_error = peeling.expand(by_row, others)
        W = U[:, r:]
        if d:
            W_core, W_core_error = core.dependence
            U_b, U_d = U[:, :r], U[:, r : r + d]
            # inv(T) (B_d - B_b W), entries within their bounds being zero.
            sizes = abs(U_d) + abs(U_b) @ abs(W_core)
            error = U_error[:, r : r + d] + U_error[:, :r] @ abs(W_core)
            error = error + abs(U_b) @ W_core_error + 2 * _EPS * sizes
            W_d = sparse.csr_array(U_d - U_b @ W_core)
            W_d = sparse.csr_array(W_d.multiply(abs(W_d) > error))
            right = sparse.csr_array((r, free.size))
            W = sparse.block_array([[W_d, U[:, r + d :]], [W_core, right]], format="csr")
            W.eliminate_zeros()
        elif r:
            # No column of the core depends on others: its rows of W are empty.
            W = _pad(W, r)
        if _norm(W) > largest_norm:
            raise UnsuitableError
        return cls(
            basic=np.concatenate([peeling.columns, basic]),
            free=others[r:],
            null_space=NullSpace.of(W),
            _X=X,
            _by_row=by_row,
            _peeling=peeling,
            _core=core,
            _core_rows=np.flatnonzero(peeling.row_pivot < 0),
            _U=U[:, :r],
        )

    @property
    def rank(self) -> int:
        """Rank of X."""
        return int(self.basic.size)

    def solve(self, Y: Floats) -> Floats:
        """pinv(X) Y, (m, q), for Y (n, q)."""
        return self._spread(self._solve(Y))

    def _solve(self, Y: Floats) -> Floats:
        beta = self._solve_once(Y)
        if isinstance(self._core, GramCore):
            beta += self._solve_once(Y - self._X @ self._spread(beta))
        return beta

    def _solve_once(self, Y: Floats) -> Floats:
        beta = np.zeros((self._X.shape[1], Y.shape[1]))
        pivots = self._peeling.columns.size
        beta[self.basic[pivots:]] = self._core.solve(Y[self._core_rows])
        self._peeling.back_substitute(self._by_row, Y, beta)
        if self.free.size:
            basic, free = beta[self.basic], beta[self.free]
            # Twice: the first time leaves errors relative to what it takes away.
            self.null_space.project(basic, free)
            self.null_space.project(basic, free)
            beta[self.basic], beta[self.free] = basic, free
        return beta

    @cached_property
    def _merged(self) -> Indices:
        return np.flatnonzero(self._peeling.column_state == MERGED)

    @cached_property
    def _owner(self) -> Indices:
        """(m,) the column of the pivot that a column was merged into, elsewhere itself."""
        owner = np.arange(self._X.shape[1])
        row = self._X.indices[self._X.indptr[self._merged]]
        owner[self._merged] = self._peeling.columns[self._peeling.row_pivot[row]]
        return owner

    def _spread(self, beta: Floats) -> Floats:
        """Share a pivot's coefficient among the columns merged into it."""
        if self._merged.size == 0:
            return beta
        spread: Floats = (beta[self._owner].T * self._peeling.share).T
        return spread

    def _scatter(self, basic: Floats, free: Floats) -> Floats:
        """(m,) diagonal of a matrix in the columns of X from that in the merged ones."""
        out = np.zeros(self._X.shape[1])
        out[self.basic], out[self.free] = basic, free
        return out if self._merged.size == 0 else out[self._owner] * self._peeling.share**2

    @cached_property
    def identifiable(self) -> Mask:
        """(m,) whether e_i lies in the row space of X."""
        out = np.zeros(self._X.shape[1], dtype=np.bool_)
        out[self.basic] = self.null_space.determined
        out[self._owner[self._merged]] = False
        return out

    @cached_property
    def projection_diagonal(self) -> Floats:
        """(m,) diagonal of pinv(X) X."""
        return self._scatter(*self.null_space.diagonal())

    @cached_property
    def identified_variance(self) -> Floats:
        """(m,) diagonal of pinv(X'X) at the identifiable features, NaN at the others.

        The row of W of such a feature is zero, so that its row of pinv(X) is that of pinv(X_b):
        the null space, which is the dearest part where it is large, is not touched.
        """
        out = np.full(self._X.shape[1], np.nan)
        out[self.basic] = self._basic_variance
        return np.where(self.identifiable, out, np.nan)

    @cached_property
    def _inverse(self) -> sparse.csr_array:
        return self._peeling.inverse(self._by_row)

    @cached_property
    def _basic_variance(self) -> Floats:
        """(r,) squared norms of the rows of pinv(X_b)."""
        of_pivots = _squared(self._inverse).sum(axis=1) + self._core.quadratic(self._U)
        return np.concatenate([of_pivots, self._core.variances])

    @property
    def variance_diagonal(self) -> Floats:
        """(m,) diagonal of pinv(X'X)."""
        return self._influence[0]

    @property
    def influence_operations(self) -> float:
        """Multiplications of `_influence` in the large null spaces, its dearest part.

        Each basic coordinate's column is projected there, by way of the smaller basis.
        """
        return sum(
            2.0 * c.basic.size * min(c.basic.size, c.free.size) * (c.basic.size + c.free.size)
            for c in self.null_space.large
        )

    @cached_property
    def _influence(self) -> tuple[Floats, Floats]:
        """Squared norms of the rows of pinv(X), (m,), and of its columns at pivots, (K,)."""
        pivots = self._peeling.columns.size
        inverse = self._inverse
        entries = _squared(inverse)
        basic = self._basic_variance.copy()
        free = np.zeros(self.free.size)
        space = self.null_space
        columns = np.asarray(entries.T @ space.determined[:pivots].astype(np.float64))
        if self.free.size == 0:
            return self._scatter(basic, free), columns
        # The rows of pinv(X_b) are these, the second times pinv(A_b); on the rows that the null
        # space meets they are projected first.
        below = self.basic.size - pivots
        on_peeled = _pad(inverse, below)
        on_core = _above_identity(-self._U)
        if space.small.shape[1]:
            at, more = space.small_basic, space.small_free.size
            N = space.small[np.concatenate([at, self.basic.size + space.small_free])]
            top, bottom, N_basic = on_peeled[at], on_core[at], N[: at.size].T.tocsr()
            entries = _squared(sparse.csr_array(_pad(top, more) - N @ (N_basic @ top)))
            rows = sparse.csr_array(_pad(bottom, more) - N @ (N_basic @ bottom))
            norms = entries.sum(axis=1) + self._core.quadratic(rows)
            basic[at], free[space.small_free] = norms[: at.size], norms[at.size :]
            columns += entries.sum(axis=0)
        for c in space.large:
            norms = np.zeros(c.basic.size + c.free.size)
            part, touched = _compress(on_peeled[c.basic])
            by_column = part.tocsc()
            step = max(_CHUNK, _AT_ONCE // norms.size)
            for start in range(0, touched.size, step):
                some = sparse.csr_array(by_column[:, start : start + step])
                squares = c.space.extend_sparse(some) ** 2
                norms += squares.sum(axis=1)
                columns[touched[start : start + step]] += squares.sum(axis=0)
            part, touched = _compress(on_core[c.basic])
            norms += self._core.quadratic_dense(c.space.extend_sparse(part), touched)
            basic[c.basic], free[c.free] = np.split(norms, [c.basic.size])
        return self._scatter(basic, free), columns

    @cached_property
    def leverage_defect(self) -> Floats:
        """(n,) 1 - H_ll, exactly 0 where the row is fitted exactly for every Y."""
        out = np.zeros(self._X.shape[0])
        out[self._core_rows] = self._core.leverage[0]
        return out

    def leave_one_out(self, Y: Floats) -> Floats:
        """(n, q) residual of each row at the minimum-norm solution without it.

        Where H_ll < 1 it is r_l / (1 - H_ll). Where H_ll = 1 it is [pinv(K) Y]_l / [pinv(K)]_ll
        with pinv(K) = pinv(X)' pinv(X): both are taken from pinv(X) and its columns.
        """
        beta = self._solve(Y)
        out = np.zeros_like(Y)
        out[self._core_rows] = self._core.residual(Y[self._core_rows])
        defect = self.leverage_defect
        denominator = defect.copy()
        denominator[self._peeling.rows] = self._influence[1]
        exact = self._core_rows[np.flatnonzero(self._core.leverage[1])]
        for start in range(0, exact.size, _CHUNK):
            part = exact[start : start + _CHUNK]
            unit = np.zeros((Y.shape[0], part.size))
            unit[part, np.arange(part.size)] = 1.0
            denominator[part] = np.sum(self._solve(unit) ** 2, axis=0)
        interpolated = defect == 0.0
        out[interpolated] = self._solve_transposed(beta)[interpolated]
        return (out.T / denominator).T

    def _solve_transposed(self, beta: Floats) -> Floats:
        """pinv(X)' beta, (n, q), for beta (m, q) in the row space of X.

        pinv([I W])' takes such a beta to its basic coordinates.
        """
        G = np.zeros_like(beta)
        G[self.basic] = beta[self.basic]
        out = self._peeling.forward_substitute(self._by_row, G)
        pivots = self._peeling.columns.size
        out[self._core_rows] = self._core.solve_transposed(G[self.basic[pivots:]])
        return out


def _norm(W: sparse.csr_array) -> float:
    """Bound the spectral norm by those of rows and columns."""
    sizes = np.abs(W.data)
    by_column = np.bincount(W.indices, sizes).max(initial=0.0)
    by_row = np.diff(np.append(0.0, np.cumsum(sizes))[W.indptr]).max(initial=0.0)
    return float(np.sqrt(by_column) * np.sqrt(by_row))


def _squared(A: sparse.csr_array) -> sparse.csr_array:
    """The squares of the entries."""
    return sparse.csr_array((A.data**2, A.indices, A.indptr), shape=A.shape)


def _above_identity(A: sparse.csr_array) -> sparse.csr_array:
    """A with the identity below."""
    below = A.shape[1]
    parts: Any = (
        np.append(A.data, np.ones(below)),
        np.append(A.indices, np.arange(below, dtype=A.indices.dtype)),
        np.append(A.indptr, A.indptr[-1] + np.arange(1, below + 1, dtype=A.indptr.dtype)),
    )
    return sparse.csr_array(parts, shape=(A.shape[0] + below, below))


def _pad(A: sparse.csr_array, rows: int) -> sparse.csr_array:
    """A with empty rows below."""
    indptr = np.append(A.indptr, np.full(rows, A.indptr[-1]))
    return sparse.csr_array((A.data, A.indices, indptr), shape=(A.shape[0] + rows, A.shape[1]))


def _compress(A: sparse.csr_array) -> tuple[sparse.csr_array, Indices]:
    """A without its empty columns, and which columns are left."""
    columns, indices = np.unique(A.indices, return_inverse=True)
    parts: Any = (A.data, indices, A.indptr)
    return sparse.csr_array(parts, shape=(A.shape[0], columns.size)), columns
