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

import numpy as np

from empirics.solver.arrays import Floats, Indices, Mask
from empirics.solver.bordered import Bordered
from empirics.solver.compressed import Compressed
from empirics.solver.core import Core
from empirics.solver.dense import DenseCore
from empirics.solver.effort import Effort
from empirics.solver.expansion import (
    above_identity,
    columns_met,
    columns_within,
    norm_bound,
    owners,
    with_dependent,
)
from empirics.solver.gram import GramCore, UnsuitableError
from empirics.solver.nullspace import NullSpace, large_components
from empirics.solver.peeling import Peeling, peel, unpeeled
from empirics.solver.small_solve import refined
from empirics.solver.triangular_inverse import MERGED

# X_b is at most 1 + |W| times worse conditioned than X, so that eps |W| are lost relative to
# pinv(X). Beyond this norm, far beyond what entries ±1 lead to, other basic columns are chosen, by
# complete pivoting.
_LARGEST_NORM = 1e4

# Right-hand sides treated at once, to bound the memory for them.
_CHUNK = 64


# Columns of a core from which a look ahead costs little beside what it may save.
_LOOK_AHEAD = 4096


def factor(columns: Compressed, *, influence: bool = False) -> "Factorization":
    """Factor an n x m design, given by columns, without zero columns, duplicates or stored zeros.

    Three ways, the next one where the former would lose digits: peeling and a Gram matrix of the
    core; peeling and a dense factorization of the core; a dense factorization of each connected
    component of the whole.

    Args:
        columns: (m, n) the transposed design.
        influence: whether variances or leave-one-out will be wanted, so that a design they take
            too long for is refused at once.

    Raises:
        MemoryError: a dense part does not fit in memory; the message holds the estimate.
        TooLongError: it takes longer than is allowed; the message holds the estimate.

    """
    by_row = columns.transpose()
    peeling = peel(by_row)
    block = peeling.core(by_row)
    if influence and block.shape[1] >= _LOOK_AHEAD:
        _look_ahead(by_row, peeling, block)
    for kind in (GramCore, DenseCore):
        try:
            return Factorization.of(by_row, peeling, kind.of(block), _LARGEST_NORM)
        except UnsuitableError:
            continue
    return Factorization.of(by_row, unpeeled(*by_row.shape), DenseCore.of(by_row), np.inf)


def _look_ahead(by_row: Compressed, peeling: Peeling, block: Compressed) -> None:
    """Refuse what variances take too long for, if no column of the core depends on others."""
    r, others = block.shape[1], np.concatenate([peeling.core_columns, peeling.free])
    expanded, _ = peeling.expand(by_row, others)
    U, W = columns_within(expanded, 0, r, 0), columns_within(expanded, r, others.size, r)
    Effort.of(Bordered.border_size(block), U, large_components(W)).require()


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
    _by_row: Compressed
    _peeling: Peeling
    _core: Core
    _U: Compressed  # (K, core basic) inv(T) B_b

    @classmethod
    def of(
        cls,
        by_row: Compressed,
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
        columns, free = peeling.core_columns, peeling.free
        basic, dependent = columns[core.basic], columns[core.dependent]
        r, d = basic.size, dependent.size
        others = np.concatenate([basic, dependent, free])
        expanded, error = peeling.expand(by_row, others)
        if d:
            W = with_dependent(expanded, error, r, d, *core.dependence)
            U = columns_within(expanded, 0, r, 0)
        elif others.size == r:
            # Nothing is expressed through the basic columns.
            U, W = expanded, Compressed.empty(peeling.columns.size + r, 0)
        else:
            # No column of the core depends on others: its rows of W are empty.
            U, W = columns_within(expanded, 0, r, 0), columns_within(expanded, r, others.size, r)
        if norm_bound(W) > largest_norm:
            raise UnsuitableError
        return cls(
            basic=np.concatenate([peeling.columns, basic]),
            free=others[r:],
            null_space=NullSpace.of(W),
            _by_row=by_row,
            _peeling=peeling,
            _core=core,
            _U=U,
        )

    @property
    def rank(self) -> int:
        """Rank of X."""
        return int(self.basic.size)

    @property
    def dense_size(self) -> int:
        """Columns of the largest matrix of the core that is factored densely."""
        return self._core.dense_size

    def solve(self, Y: Floats) -> Floats:
        """pinv(X) Y, (m, q), for Y (n, q)."""
        return self._spread(self._solve(Y))

    def _solve(self, Y: Floats) -> Floats:
        core = self._core
        if isinstance(core, GramCore) and core.inverse is not None and not self.null_space.large:
            return self._solve_small(core, core.inverse, Y)
        beta = self._solve_once(Y)
        # What the Gram matrix loses is found again from residuals, of peeled rows and the core's.
        if isinstance(self._core, GramCore):
            beta += self._solve_once(Y - self._by_row.times(self._spread(beta)))
        return beta

    def _solve_small(self, core: GramCore, inverse: Floats, Y: Floats) -> Floats:
        X, peeling, space, A = self._by_row, self._peeling, self.null_space, core.scaled
        N = space.small
        return refined(
            X.indptr,
            X.indices,
            X.data,
            peeling.rows,
            peeling.columns,
            peeling.entries,
            peeling.column_state,
            self._owner,
            peeling.share,
            A.indptr,
            A.indices,
            A.data,
            core.scale,
            inverse,
            peeling.core_rows,
            peeling.core_columns,
            N.indptr,
            N.indices,
            N.data,
            space.small_basic,
            space.small_free,
            self.basic,
            self.free,
            np.ascontiguousarray(Y),
        )

    def _solve_once(self, Y: Floats) -> Floats:
        beta = np.zeros((self._by_row.shape[1], Y.shape[1]))
        pivots = self._peeling.columns.size
        beta[self.basic[pivots:]] = self._core.solve(Y.take(self._peeling.core_rows, axis=0))
        self._peeling.back_substitute(self._by_row, Y, beta)
        if self.free.size:
            basic, free = beta[self.basic], beta[self.free]
            # Twice: the first time leaves errors relative to what it takes away.
            self.null_space.project(basic, free)
            self.null_space.project(basic, free)
            beta[self.basic], beta[self.free] = basic, free
        return beta

    @cached_property
    def _owner(self) -> Indices:
        """(m,) the column of the pivot that a column was merged into, elsewhere itself."""
        by_row, peeling = self._by_row, self._peeling
        if not peeling.merged:
            return np.arange(by_row.shape[1])
        return owners(
            by_row.indptr, by_row.indices, peeling.rows, peeling.columns, peeling.column_state
        )

    def _spread(self, beta: Floats) -> Floats:
        """Share a pivot's coefficient among the columns merged into it."""
        if not self._peeling.merged:
            return beta
        return beta[self._owner] * self._peeling.share[:, None]

    def _scatter(self, basic: Floats, free: Floats) -> Floats:
        """(m,) diagonal of a matrix in the columns of X from that in the merged ones."""
        out = np.zeros(self._by_row.shape[1])
        out[self.basic], out[self.free] = basic, free
        return out if not self._peeling.merged else out[self._owner] * self._peeling.share**2

    @cached_property
    def identifiable(self) -> Mask:
        """(m,) whether e_i lies in the row space of X."""
        out = np.zeros(self._by_row.shape[1], dtype=np.bool_)
        out[self.basic] = self.null_space.determined
        if self._peeling.merged:
            out[self._owner[self._peeling.column_state == MERGED]] = False
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
        out = np.full(self._by_row.shape[1], np.nan)
        out[self.basic] = self._basic_variance
        return np.where(self.identifiable, out, np.nan)

    @cached_property
    def _inverse(self) -> Compressed:
        return self._peeling.inverse(self._by_row)

    @cached_property
    def _basic_variance(self) -> Floats:
        """(r,) squared norms of the rows of pinv(X_b)."""
        of_pivots = self._inverse.squares() + self._core.quadratic(self._U)
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
        """Squared norms of the rows of pinv(X), (m,), and of its columns at pivots, (K,).

        Raises:
            TooLongError: it takes longer than is allowed; the message holds the estimate.
            MemoryError: it does not fit in memory; likewise.
        """
        if self.null_space.large:
            parts = [(c.basic, c.free) for c in self.null_space.large]
            Effort.of(self.dense_size, self._U, parts).require()
        pivots = self._peeling.columns.size
        inverse = self._inverse
        basic = self._basic_variance.copy()
        free = np.zeros(self.free.size)
        space = self.null_space
        outside = np.repeat(space.determined[:pivots], np.diff(inverse.indptr))
        columns = np.zeros(pivots)
        columns += np.bincount(
            inverse.indices, np.where(outside, inverse.data**2, 0.0), minlength=pivots
        )
        if self.free.size == 0:
            return self._scatter(basic, free), columns
        # The rows of pinv(X_b) are these, the second times pinv(A_b); on the rows that the null
        # space meets they are projected first.
        below = self.basic.size - pivots
        on_peeled = inverse.padded(below)
        on_core = above_identity(self._U)
        if space.small_free.size:
            entries, rows = space.reject_small(on_peeled), space.reject_small(on_core)
            norms = entries.squares() + self._core.quadratic(rows)
            at = space.small_basic
            basic[at], free[space.small_free] = norms[: at.size], norms[at.size :]
            columns += entries.column_squares()
        for c in space.large:
            norms = np.zeros(c.basic.size + c.free.size)
            by_column, touched = columns_met(on_peeled, c.basic)
            for start in range(0, touched.size, _CHUNK):
                some = by_column.select(np.arange(start, min(start + _CHUNK, touched.size)))
                squares = c.space.extend_sparse(some)
                squares *= squares
                norms += squares.sum(axis=1)
                columns[touched[start : start + _CHUNK]] += squares.sum(axis=0)
            by_column, touched = columns_met(on_core, c.basic)
            norms += self._core.quadratic_dense(c.space.extend_sparse(by_column), touched)
            basic[c.basic], free[c.free] = np.split(norms, [c.basic.size])
        return self._scatter(basic, free), columns

    @cached_property
    def leverage_defect(self) -> Floats:
        """(n,) 1 - H_ll, exactly 0 where the row is fitted exactly for every Y."""
        out = np.zeros(self._by_row.shape[0])
        out[self._peeling.core_rows] = self._core.leverage[0]
        return out

    def leave_one_out(self, Y: Floats) -> Floats:
        """(n, q) residual of each row at the minimum-norm solution without it.

        Where H_ll < 1 it is r_l / (1 - H_ll). Where H_ll = 1 it is [pinv(K) Y]_l / [pinv(K)]_ll
        with pinv(K) = pinv(X)' pinv(X): both are taken from pinv(X) and its columns.
        """
        beta = self._solve(Y)
        out = np.zeros_like(Y)
        out[self._peeling.core_rows] = self._core.residual(Y[self._peeling.core_rows])
        defect = self.leverage_defect
        denominator = defect.copy()
        denominator[self._peeling.rows] = self._influence[1]
        exact = self._peeling.core_rows[np.flatnonzero(self._core.leverage[1])]
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
        out[self._peeling.core_rows] = self._core.solve_transposed(G[self.basic[pivots:]])
        return out
