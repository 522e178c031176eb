"""Minimum-norm least squares for long-tail sparse designs.

The solution pinv(X) Y is zero outside the seen features. On them it comes from a full-rank
factorization that peels private features, solves a small core and corrects for the null space:
see `empirics.solver.factorization`. No dense n x d array is ever formed.

Rank. X is taken as stored, each entry known to one unit roundoff relative to its size. The rank is
that of a matrix within such uncertainties and the rounding of the elimination, judged entry by
entry (`empirics.solver.elimination`): a row or a column does not count as zero for being small
beside others. `numpy.linalg.pinv` instead drops singular values below 1e-15 times the largest, and
so differs on matrices whose rows or columns differ in scale by some 1e15 or more.
"""

import math
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from empirics.solver.arrays import Floats, Indices, Mask
from empirics.solver.compressed import Compressed
from empirics.solver.seen_columns import compressed_columns, refuse_non_finite, seen_columns
from empirics.solver.threads import threads

if TYPE_CHECKING:
    from empirics.solver.certificate import Certificate
    from empirics.solver.factorization import Factorization


# Numbers whose largest exponent is within this are squared and summed without overflow.
_SAFE_EXPONENT = 64


def minimum_norm(
    X: Any, Y: ArrayLike, *, certify: bool = False, variances: bool = False
) -> "MinimumNorm":
    """Find the minimum-norm least-squares solution pinv(X) Y, and more on first use.

    Args:
        X: n x d scipy sparse array or matrix, any format, real entries; duplicates are summed.
        Y: (n,) labels, or (n, q) for q sets of labels.
        certify: prove the rank and the identifiable set of a design of integers exactly, and say
            where this solution differs (`empirics.solver.certificate`).
        variances: variances or leave-one-out will be wanted: a design that they take too long for
            is refused at once, not only when they are asked for.

    Returns:
        The solution on the seen features; every other coefficient is exactly 0.

    Raises:
        TypeError: X is not a sparse array or matrix.
        ValueError: X or Y holds NaN, infinity or complex numbers, or their shapes do not fit.
        InputError: a certificate is wanted and X holds a number that is no integer, or one above
            2^53 in size.
        MemoryError: a dense part does not fit in memory; the message holds the estimate.
        TooLongError: it takes longer than the environment variable LONGTAIL_MINUTES allows, ten
            minutes without it; the message holds the estimate. Attributes raise it as well.

    """
    features, columns, _ = compressed_columns(X)
    proof = None
    if certify:
        # Compiled code takes half a second to import: only who wants a proof waits for it.
        from empirics.solver.certificate import certify_seen

        proof = certify_seen(seen_columns(X)[1])
    solution = solve_seen(features, columns, _labels(Y, columns.shape[1]), variances=variances)
    if proof is not None:
        proof = proof.compared(solution.rank, solution.identifiable)
    return replace(solution, certificate=proof)


def solve_seen(
    features: Indices, columns: Compressed, labels: Floats, *, variances: bool = False
) -> "MinimumNorm":
    """Solve a design whose columns are as `seen_columns` returns them.

    Args:
        features: (m,) their indices among all features.
        columns: (m, n) the transposed design: ascending rows, no stored zero, no empty column.
        labels: (n,) or (n, q), finite.
        variances: whether they, or leave-one-out, will be wanted.

    Raises:
        MemoryError: a dense part does not fit in memory; the message holds the estimate.
        TooLongError: it takes longer than is allowed; the message holds the estimate.

    """
    Y, scales = _scaled(labels if labels.ndim == 2 else labels[:, None])
    with threads(columns):
        factorization, exponent = factor(columns, influence=variances)
        solved = factorization.solve(Y)
    coefficients = _unscaled(solved, scales, exponent)
    return MinimumNorm(
        features=features,
        coefficients=coefficients if labels.ndim == 2 else coefficients[:, 0],
        rank=factorization.rank,
        certificate=None,
        _columns=columns,
        _labels=labels,
        _factorization=factorization,
        _exponent=exponent,
    )


@dataclass(frozen=True)
class MinimumNorm:
    """Minimum-norm least-squares solution on the m seen features of an n x d design.

    Attributes:
        features: (m,) ascending indices of the columns of X that hold a non-zero.
        coefficients: (m,) or (m, q) rows of pinv(X) Y at the seen features; the others are 0.
        rank: rank of X.
        certificate: what is proved of the rank and the identifiable set, if that was wanted.

    """

    features: Indices
    coefficients: Floats
    rank: int
    certificate: "Certificate | None"
    _columns: Compressed = field(repr=False)
    _labels: Floats = field(repr=False)
    _factorization: "Factorization" = field(repr=False)
    _exponent: int = field(repr=False)

    @cached_property
    def identifiable(self) -> Mask:
        """(m,) whether the unit vector e_i lies in the row space of X, that is P_ii = 1."""
        return self._factorization.identifiable

    @cached_property
    def projection_diagonal(self) -> Floats:
        """(m,) diagonal of P = pinv(X) X, exactly 1 at identifiable features."""
        return self._factorization.projection_diagonal

    @cached_property
    def variance_diagonal(self) -> Floats:
        """(m,) diagonal of pinv(X'X): the coefficients' variances at unit noise."""
        with threads(self._columns):
            variance = self._factorization.variance_diagonal
        return np.ldexp(variance, -2 * self._exponent) if self._exponent else variance

    @property
    def identified_variance(self) -> Floats:
        """(m,) `variance_diagonal` at the identifiable features, NaN elsewhere: always cheap."""
        with threads(self._columns):
            return np.ldexp(self._factorization.identified_variance, -2 * self._exponent)

    @property
    def dense_size(self) -> int:
        """Features left by peeling that small blocks do not hold: their factorization is dense."""
        return self._factorization.dense_size

    @property
    def null_size(self) -> int:
        """Dimension of the largest connected part of the null space, 0 where all are small."""
        return self._factorization.null_space.largest

    @property
    def variance_operations(self) -> float:
        """About how many multiplications `variance_diagonal` and `leave_one_out` will take."""
        return self._factorization.influence_operations

    @cached_property
    def residual(self) -> Floats:
        """(n,) or (n, q) training residuals Y - X pinv(X) Y."""
        if self._labels.ndim == 1:
            return self._labels - self._columns.transposed_times(self.coefficients[:, None])[:, 0]
        return self._labels - self._columns.transposed_times(self.coefficients)

    @cached_property
    def leverage(self) -> Floats:
        """(n,) diagonal of H = X pinv(X), exactly 1 where a sample is fitted whatever its label."""
        with threads(self._columns):
            leverage: Floats = 1 - self._factorization.leverage_defect
        return leverage

    @cached_property
    def leave_one_out(self) -> Floats:
        """(n,) or (n, q) residual of each sample at the solution fitted without it.

        With K = XX' and H = K pinv(K) it is [pinv(K) Y]_l / [pinv(K)]_ll where H_ll = 1 and
        [Y - HY]_l / (1 - H_ll) elsewhere (`self-influence`).
        """
        Y, scales = _scaled(self._labels if self._labels.ndim == 2 else self._labels[:, None])
        with threads(self._columns):
            found = self._factorization.leave_one_out(Y)
        return _unscaled(found, scales, 0).reshape(self._labels.shape)


def factor(columns: Compressed, *, influence: bool = False) -> tuple["Factorization", int]:
    """Factor a design given by its seen columns.

    Args:
        columns: (m, n) the transposed design, as `solve_seen` takes it.
        influence: whether variances or leave-one-out will be wanted.

    Returns:
        The factorization of 2^-e X, and e, which is 0 unless entries are extremely large or small.

    Raises:
        MemoryError: a dense part does not fit in memory; the message holds the estimate.
        TooLongError: it takes longer than is allowed; the message holds the estimate.

    """
    # Compiled code takes half a second to import: only whoever solves waits for it.
    from empirics.solver import factorization

    largest = max(columns.data.max(initial=0.0), -columns.data.min(initial=0.0))
    exponent = math.frexp(largest)[1]
    if abs(exponent) <= _SAFE_EXPONENT:
        return factorization.factor(columns, influence=influence), 0
    scaled = np.ldexp(columns.data, -exponent)
    return factorization.factor(
        Compressed(columns.indptr, columns.indices, scaled, columns.shape), influence=influence
    ), exponent


def _scaled(Y: Floats) -> tuple[Floats, Indices]:
    """Labels by powers of two near 1 where they are extremely large or small, and these."""
    # Compiled code takes half a second to import: only whoever solves waits for it.
    from empirics.solver.products import column_sizes

    scales = np.frexp(column_sizes(np.ascontiguousarray(Y)))[1]
    if np.abs(scales).max(initial=0) <= _SAFE_EXPONENT:
        return Y, np.zeros_like(scales)
    return np.ldexp(Y, -scales), scales


def _unscaled(solved: Floats, scales: Indices, exponent: int) -> Floats:
    return np.ldexp(solved, scales - exponent) if exponent or scales.any() else solved


def _labels(Y: ArrayLike, n: int) -> Floats:
    raw = np.asarray(Y)
    if raw.dtype.kind not in "biuf":
        raise ValueError(f"Y has dtype {raw.dtype}; allowed are real numbers")
    labels = raw.astype(np.float64)
    if labels.ndim not in (1, 2) or labels.shape[0] != n:
        raise ValueError(f"Y has shape {raw.shape}; allowed is ({n},) or ({n}, q)")
    refuse_non_finite("Y", labels)
    return labels
