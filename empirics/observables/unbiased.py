"""Another linear unbiased estimate, to be set beside the minimum-norm solution.

It trusts the rows without tail features for the common coefficients, and reads each tail feature
off one row in which it is the only tail feature.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack

from empirics.draws.training_set import TrainingSet
from empirics.observables.observable import Group, Observable
from empirics.solver.compressed import Compressed

Array = NDArray[np.float64]

LARGEST_N = 2**14
"""The rows of common features are dense arrays; beyond this nothing is compared."""


def competing_variances(columns: Compressed, tail: NDArray[np.bool_]) -> Array | None:
    """Variance of that estimate at unit noise.

    Args:
        columns: (m, n) the transposed design of the seen features, entries +-1.
        tail: (m,) which of them are tail features; the others come first.

    Returns:
        (m,), infinite at the tail features that are alone in no row; None where the tail-free
        rows do not determine every common coefficient, and for n > 16384.
    """
    # Compiled code takes half a second to import: only whoever measures waits for it.
    from empirics.observables.tail_free import gram, read_off

    common = int(np.count_nonzero(~tail))
    if columns.shape[1] > LARGEST_N:
        return None
    rows = columns.transpose()
    per_row = np.bincount(columns.indices[columns.indptr[common] :], minlength=rows.shape[0])
    if int(np.count_nonzero(per_row == 0)) < common or common == 0:
        return None
    covariance = _inverse(gram(rows.indptr, rows.indices, rows.data, per_row, common), columns)
    if covariance is None:
        trusted = rows.select(np.flatnonzero(per_row == 0)).csr().toarray()[:, :common]
        S, Vt = np.linalg.svd(trusted, full_matrices=False)[1:]
        if S[-1] <= S[0] * max(trusted.shape) * np.finfo(np.float64).eps:
            return None
        root = Vt.T / S
        covariance = root @ root.T
    return read_off(rows.indptr, rows.indices, rows.data, per_row, covariance, tail.size)


def _inverse(gram: Array, columns: Compressed) -> Array | None:
    """The inverse of a Gram matrix of +-1, which is exact; None where it would lose digits.

    By Cholesky it is wrong by a relative k eps times the condition of the matrix scaled to a
    diagonal of 1. That is within the bound of `measure`, 4 gamma ||X|| ||X^+|| in Frobenius norms,
    of which the product is k at least, for a condition of max(n, m) at most.
    """
    scale = np.sqrt(np.diagonal(gram))
    factor, fault = lapack.dpotrf(gram)
    if fault:
        return None
    upper, _ = lapack.dpotri(factor)
    inverse: Array = np.triu(upper) + np.triu(upper, 1).T
    norms = [
        np.abs(matrix).sum(axis=0).max()
        for matrix in (gram / scale / scale[:, None], inverse * scale * scale[:, None])
    ]
    return inverse if norms[0] * norms[1] <= max(columns.shape) else None


def measure(draw: TrainingSet) -> dict[str, float]:
    """Variances against their floor and against another unbiased estimate.

    The vector X^+' e_i moves by a relative gamma cond(X) under a backward error of gamma, and a
    ratio of two squared norms by four times that.
    """
    rounding = 4 * draw.gamma * draw.norm * draw.inverse_norm
    identified, variance = draw.identifiable, draw.solution.variance_diagonal
    times = (draw.counts * variance)[identified]
    competing = competing_variances(draw.columns, draw.tail)
    ratio = common = math.nan
    if competing is not None:
        known = identified & np.isfinite(competing)
        ratios = competing[known] / variance[known]
        ratio, common = float(ratios.min()), float(ratios[~draw.tail[known]].mean())
    return {
        "variance_times_appearances": float(times.min()) if times.size else math.nan,
        "variance_times_appearances_rounding": rounding,
        "competitor_variance_ratio": ratio,
        "competitor_variance_ratio_rounding": rounding,
        "competitor_common_ratio": common,
    }


GROUP = Group(
    "unbiased",
    measure,
    (
        "variance_times_appearances",
        "variance_times_appearances_rounding",
        "competitor_variance_ratio",
        "competitor_variance_ratio_rounding",
        "competitor_common_ratio",
    ),
)

OBSERVABLES = (
    Observable(
        "variance_times_appearances",
        "least T_i [(X'X)^+]_ii over identified features",
        GROUP,
        rounding="variance_times_appearances_rounding",
    ),
    Observable(
        "competitor_variance_ratio",
        "least variance of the estimate from tail-free rows over that of the minimum-norm one",
        GROUP,
        rounding="competitor_variance_ratio_rounding",
    ),
    Observable("competitor_common_ratio", "the same, mean over the common features", GROUP),
)
