"""Least squares on a tall sparse core through its Gram matrix.

The Gram matrix squares the condition number: inv(G) comes out with a relative error of about
eps ||inv(G)|| once columns have norms near 1. So this way is taken only while ||inv(G)|| stays
below `_LARGEST_INVERSE`, which leaves eleven digits to variances and leverages; solutions are
refined once with residuals taken from the matrix itself, which squares that error. A column that
keeps less than 1 / `_LARGEST_INVERSE` of its squared length after projection on others is set
aside: it depends on them, which is checked on the matrix itself, or the core is refused as
`UnsuitableError` and left to a slower factorization.

Where the factor is large it is made in single precision, which takes half the time, as long as its
pivots and ||inv(G)|| are far from the limits above. What it solves is corrected with residuals of
the normal equations, formed from the matrix in double precision, until ten digits are right; the
refinement that every solution gets squares that error too. A factor in double precision is made
once variances or leverages are asked for, or where corrections do not shrink.

These judgements compare with the norms of whole columns and so cannot tell tiny entries from
rounding. Cores with entries tiny beside others in their column are refused too, and so are cores
with many more columns than rows, of which most depend on others.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse
from scipy.linalg import lapack, solve_triangular

from empirics.solver import cholesky
from empirics.solver.arrays import Floats, Indices, Mask
from empirics.solver.bordered import Bordered
from empirics.solver.cholesky import Factor
from empirics.solver.column_scale import scale_columns
from empirics.solver.compressed import Compressed
from empirics.solver.selected_inverse import quadratic_forms
from theorems import memory, patience

_EPS = float(np.finfo(np.float64).eps)
_LARGEST_INVERSE = 1e5

# With more columns than rows by this number the dependence of the rest is found sooner by
# eliminating all at once.
_MOST_DEPENDENT = 64

# Up to this size of S its inverse costs no more than the factor's solutions in LAPACK calls.
_INVERTED = 512

# From this size of S on its factor is made in single precision; below, it takes a few seconds.
_SINGLE = 8192

# A factor in single precision is used above this pivot and below this ||inv(G)||: what it solves is
# known to some sqrt(size) 6e-8 times the latter, a hundredth, and corrections shrink by that.
_SINGLE_PIVOT, _SINGLE_INVERSE = 1e-3, 1e3

# A correction below this share of a solution is the last one: what is left is smaller still.
_CORRECTED = 1e-8

# Numbers in the dense right-hand sides that are treated at once.
_AT_ONCE = 2**24


class UnsuitableError(ArithmeticError):
    """This way of solving would lose too many digits, or take longer than another."""


@dataclass(frozen=True)
class GramCore:
    """Factorization of an a x b core A with r basic columns of full rank.

    Attributes:
        basic: (r,) ascending columns of A that are independent.
        dependent: (f,) ascending other columns.
        scaled: A with its columns scaled.
        scale: (b,) powers of two that they were scaled by.

    """

    basic: Indices
    dependent: Indices
    scaled: Compressed
    scale: Floats
    _form: Bordered
    _kept: Indices  # numbers in the border of the basic columns there, in the order of the factor
    _factor: Factor  # upper triangular Cholesky factor of S at these

    @classmethod
    def of(cls, A: Compressed) -> "GramCore":
        """Factor a core given by rows, with sorted indices, that has no zero column.

        Raises:
            UnsuitableError: an entry is tiny beside the largest one of its column, or the Gram
                matrix cannot give the accuracy asked for, or not sooner than elimination.
            MemoryError: the border does not fit in memory; the message holds the estimate.

        """
        rows, columns = A.shape
        if columns - rows > _MOST_DEPENDENT:
            raise UnsuitableError
        suitable, scale, entries = scale_columns(A.indices, A.data, columns)
        if not suitable:
            raise UnsuitableError
        scaled = Compressed(A.indptr, A.indices, entries, A.shape)
        form = Bordered.of(scaled, 1 / _LARGEST_INVERSE)
        if form.S.shape[0] >= _SINGLE and form.independent.all():
            single = cls._single(scaled, scale, form)
            if single is not None:
                return single
        factor, kept = cholesky.factorize(form.S, 1 / _LARGEST_INVERSE)
        basic, dependent = np.arange(columns), kept[:0]
        if kept.size < columns:
            out = np.ones(columns, dtype=np.bool_)
            out[form.inner[form.independent]] = False
            out[form.border[kept]] = False
            basic, dependent = np.flatnonzero(~out), np.flatnonzero(out)
        core = cls(
            basic=basic,
            dependent=dependent,
            scaled=scaled,
            scale=scale,
            _form=form,
            _kept=kept,
            _factor=factor,
        )
        if core._inverse_norm > _LARGEST_INVERSE:
            raise UnsuitableError
        return core

    @classmethod
    def _single(cls, scaled: Compressed, scale: Floats, form: Bordered) -> "GramCore | None":
        """With a factor in single precision, if all columns are clearly independent."""
        factor = cholesky.single(form.S, _SINGLE_PIVOT)
        if factor is None:
            return None
        columns = np.arange(scaled.shape[1])
        kept = np.arange(form.S.shape[0])
        core = cls(columns, columns[:0], scaled, scale, form, kept, factor)
        return core if core._inverse_norm <= _SINGLE_INVERSE else None

    def solve(self, Y: Floats) -> Floats:
        """Least-squares coefficients (r, q) of the basic columns for Y (a, q), not refined."""
        X = self._apply_inverse(self.scaled.transposed_times(Y))[self.basic]
        return X * self.scale[self.basic, None]

    def residual(self, Y: Floats) -> Floats:
        """Residuals Y - A_basic pinv(A_basic) Y for Y (a, q)."""
        residual: Floats = Y - self.scaled.times(self._least_squares(Y))
        return residual

    def solve_transposed(self, V: Floats) -> Floats:
        """pinv(A_basic)' V, (a, q), for V (r, q)."""
        B = np.zeros((self.scaled.shape[1], V.shape[1]))
        B[self.basic] = V * self.scale[self.basic, None]
        Z: Floats = self.scaled.times(self._apply_inverse(B))
        short = B - self.scaled.transposed_times(Z)
        # Dependent columns are no equations here.
        short[self.dependent] = 0.0
        Z += self.scaled.times(self._apply_inverse(short))
        return Z

    def _least_squares(self, Y: Floats) -> Floats:
        """Scaled coefficients (b, q), zero at dependent columns."""
        X = self._apply_inverse(self.scaled.transposed_times(Y))
        X += self._apply_inverse(self.scaled.transposed_times(Y - self.scaled.times(X)))
        return X

    def _apply_inverse(self, B: Floats) -> Floats:
        """inv(G) on the basic columns, zero at the others, for B (b, q)."""
        if self._factor.dtype == np.float64:
            return self._apply_factor(B, self._factor)
        X = self._apply_factor(B, self._factor)
        last = np.full(B.shape[1], np.inf)
        while True:
            short = B - self.scaled.transposed_times(self.scaled.times(X))
            step = self._apply_factor(short, self._factor)
            X += step
            size = np.abs(step).max(axis=0)
            if np.all(size <= _CORRECTED * np.abs(X).max(axis=0)):
                return X
            if not np.all(size <= last / 2):
                break
            last = size
        return self._apply_factor(B, self._double)

    @cached_property
    def _double(self) -> Floats:
        """The factor in double precision."""
        if self._factor.dtype == np.float64:
            return self._factor.astype(np.float64, copy=False)
        return cholesky.factorize(self._form.S, 1 / _LARGEST_INVERSE)[0]

    def _apply_factor(self, B: Floats, factor: Factor) -> Floats:
        """What `_apply_inverse` gives, as exact as the factor is."""
        form = self._form
        if self.inverse is not None:
            return self.inverse @ B
        out = np.zeros_like(B)
        at = form.border[self._kept]
        if form.inner.size == 0:
            out[at] = cholesky.solved(factor, B[at])
            return out
        X = form.inverse @ B[form.inner]
        C = B[form.border] - form.F.T @ B[form.inner]
        solved = np.zeros_like(C)
        solved[self._kept] = cholesky.solved(factor, C[self._kept])
        out[form.inner] = X - form.F @ solved
        out[form.border] = solved
        return out

    @property
    def dense_size(self) -> int:
        """Columns of the border, whose Schur complement is factored densely."""
        return int(self._kept.size)

    @property
    def inverse(self) -> Floats | None:
        """Inv(G), zero at dependent columns, where it is small; None where it is kept in parts."""
        small = self._form.inner.size == 0 and self._kept.size <= _INVERTED
        return self._border_inverse if small else None

    @cached_property
    def _inverse_norm(self) -> float:
        """The 1-norm of inv(G), or an estimate of it (Hager; Higham 1988)."""
        if self.basic.size == 0:
            return 0.0
        if self.inverse is not None:
            return float(np.abs(self.inverse).sum(axis=0).max())
        x = np.zeros((self.scaled.shape[1], 1))
        x[self.basic] = 1 / self.basic.size
        best = 0.0
        for _ in range(5):
            y = self._apply_factor(x, self._factor)
            best = max(best, float(np.abs(y).sum()))
            z = self._apply_factor(np.where(y >= 0, 1.0, -1.0), self._factor)
            at = int(np.argmax(np.abs(z)))
            if abs(z[at, 0]) <= z[:, 0] @ x[:, 0]:
                break
            x = np.zeros_like(x)
            x[at] = 1.0
        return best

    @cached_property
    def dependence(self) -> tuple[sparse.csr_array, sparse.csr_array]:
        """W (r, f) with A_dependent = A_basic W, and bounds on its errors.

        Raises:
            UnsuitableError: a column set aside is independent after all.
            MemoryError: W does not fit in memory; the message holds the estimate.

        """
        if self.dependent.size == 0:
            none = sparse.csr_array((self.basic.size, 0))
            return none, none
        memory.require(
            f"the dependence of {self.dependent.size} features on {self.basic.size} others",
            6.0 * self.basic.size * self.dependent.size,
        )
        A, W, error = self.scaled.csr(), [], []
        spread = self._spread[self.basic] * self.scale[self.basic]
        step = 1 + _AT_ONCE // max(1, self.scaled.shape[0])
        for start in range(0, self.dependent.size, step):
            part = self.dependent[start : start + step]
            Y = A[:, part].toarray()
            X = self._least_squares(Y)
            if not np.all(self._vanishes(Y - self.scaled.times(X), Y, X)):
                raise UnsuitableError
            unscale = self.scale[self.basic][:, None] / self.scale[part]
            # Row i of the pseudoinverse has norm sqrt(C_ii) and meets that residual.
            off = spread[:, None] * (self._residual_error(Y, X) / self.scale[part])
            w = X[self.basic] * unscale
            w[np.abs(w) <= off] = 0.0
            W.append(sparse.csr_array(w))
            error.append(sparse.csr_array(off))
        return sparse.hstack(W, format="csr"), sparse.hstack(error, format="csr")

    @cached_property
    def _unit(self) -> float:
        """Relative error of the products of a row and a column, met twice in a refined solution."""
        return 2 * (1 + int(np.max(np.diff(self.scaled.indptr)))) * _EPS

    @cached_property
    def _spread(self) -> Floats:
        """(b,) norms of the rows of pinv(A_basic), scaled, zero at dependent columns."""
        out = np.zeros(self.scaled.shape[1])
        out[self.basic] = np.sqrt(self.variances) / self.scale[self.basic]
        return out

    def _residual_error(self, Y: Floats, X: Floats) -> Floats:
        """(q,) bounds on the norms of the errors of the computed residuals Y - A X."""
        norms = np.sqrt(np.bincount(self.scaled.indices, self.scaled.data**2))
        bound: Floats = self._unit * (np.linalg.norm(Y, axis=0) + norms @ np.abs(X))
        return bound

    def _vanishes(self, residual: Floats, Y: Floats, X: Floats) -> Mask:
        """(q,) whether Y - A X is zero in every row within the errors of its computation.

        Row by row, so that it does not matter how rows are scaled: those of the row's own sum,
        and what errors of the coefficients, which come from the residuals of all rows, make in it.
        """
        off = self._spread[:, None] * self._residual_error(Y, X)
        bound = self._unit * np.abs(Y) + self.scaled.absolute().times(self._unit * np.abs(X) + off)
        return np.asarray(np.all(np.abs(residual) <= bound, axis=0))

    @cached_property
    def _border_inverse(self) -> Floats:
        """inv(S), zero in rows and columns left out.

        Raises:
            TooLongError: it takes longer than is allowed; the message holds the estimate.
        """
        size = self._kept.size
        patience.require(
            f"the inverse for {size} features that stay tied together",
            products=size**3 / 3,
            doubles=2.0 * size**2,
            instead="coefficients alone",
        )
        upper, _ = lapack.dpotri(self._double) if self._kept.size else (self._double, 0)
        return cholesky.symmetric(upper, self._kept, self._form.S.shape[0])

    @cached_property
    def variances(self) -> Floats:
        """(r,) diagonal of C = inv(A_basic' A_basic)."""
        form = self._form
        out = np.zeros(self.scaled.shape[1])
        out[form.border] = np.diag(self._border_inverse)
        if form.inner.size:
            F = form.F
            out[form.inner] = form.inverse.diagonal() + quadratic_forms(
                F.indptr, F.indices, F.data, self._border_inverse
            )
        variances: Floats = out[self.basic] * self.scale[self.basic] ** 2
        return variances

    def quadratic(self, U: Compressed) -> Floats:
        """(k,) diagonal of U C U' for U (k, r)."""
        return self._scaled_quadratic(self._rescale(U))

    def _covariance(self, U: Compressed) -> Floats:
        """(k, k) matrix U C U' for U (k, r)."""
        inner, border = self._split(self._rescale(U))
        half = solve_triangular(
            self._double, border.csr().toarray()[:, self._kept].T, trans="T", check_finite=False
        )
        out: Floats = half.T @ half
        if inner is not None:
            out += (inner @ self._form.inverse @ inner.T).toarray()
        return out

    def quadratic_dense(self, V: Floats, columns: Indices) -> Floats:
        """(p,) diagonal of V C V' for a V that is zero outside these columns, V (p, len)."""
        starts = np.arange(columns.size + 1)
        chosen = Compressed(starts, columns, np.ones(columns.size), (columns.size, self.basic.size))
        out: Floats = np.sum((V @ self._covariance(chosen)) * V, axis=1)
        return out

    def _rescale(self, U: Compressed) -> Compressed:
        """U from basic columns to all columns, scaled."""
        at = self.basic[U.indices]
        shape = (U.shape[0], self.scaled.shape[1])
        return Compressed(U.indptr, at, U.data * self.scale[at], shape)

    def _split(self, U: Compressed) -> tuple[sparse.csr_array | None, Compressed]:
        """Parts of U C U' = U_b inv(G_bb) U_b' + V inv(S) V' with V = U_c - U_b F."""
        form = self._form
        if form.inner.size == 0:
            return None, U
        whole = U.csr()
        inner = whole[:, form.inner]
        return inner, Compressed.rows_of(sparse.csr_array(whole[:, form.border] - inner @ form.F))

    def _scaled_quadratic(self, U: Compressed) -> Floats:
        inner, border = self._split(U)
        out = quadratic_forms(border.indptr, border.indices, border.data, self._border_inverse)
        if inner is not None:
            out += (inner @ self._form.inverse).multiply(inner).sum(axis=1)
        return out

    @cached_property
    def leverage(self) -> tuple[Floats, Mask]:
        """(a,) 1 - H_ll, and whether it is 0: the row is fitted exactly for every Y."""
        defect = 1 - self._form.leverages(self.scaled, self._border_inverse)
        exact = np.zeros(defect.size, dtype=np.bool_)
        # Where the difference has lost more than ten digits the residual of e_l replaces it:
        # its squared norm is 1 - H_ll, known down to eps^2.
        doubtful = np.flatnonzero(defect < 1e10 * _EPS * self._inverse_norm)
        step = 1 + _AT_ONCE // max(1, defect.size)
        for start in range(0, doubtful.size, step):
            part = doubtful[start : start + step]
            Y = np.zeros((defect.size, part.size))
            Y[part, np.arange(part.size)] = 1.0
            X = self._least_squares(Y)
            residual = Y - self.scaled.times(X)
            exact[part] = self._vanishes(residual, Y, X)
            defect[part] = np.where(exact[part], 0.0, np.sum(residual**2, axis=0))
        return defect, exact
