"""Another linear unbiased estimate, to be set beside the minimum-norm solution.

It trusts the rows without tail features for the common coefficients, and reads each tail feature
off one row in which it is the only tail feature.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from empirics.draws.training_set import TrainingSet
from empirics.observables.observable import Group, Observable
from empirics.solver.compressed import Compressed

Array = NDArray[np.float64]

LARGEST_N = 2**14
"""The rows of common features are dense arrays; beyond this nothing is compared."""


_LARGEST_CONDITION = 1.0
"""Times max(n, m): the largest condition at which the inverse of a Gram matrix is taken.

By Cholesky it is wrong by a relative k eps times the condition of the matrix scaled to a diagonal
of 1. That is within the bound of `measure`, 4 gamma ||X|| ||X^+|| in Frobenius norms, of which
the product is k at least. Beyond it the singular values of the rows decide.
"""


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
    from empirics.observables.tail_free import from_tail_free, read_off

    common = int(np.count_nonzero(~tail))
    if columns.shape[1] > LARGEST_N or common == 0:
        return None
    rows = columns.transpose()
    parts = (rows.indptr, rows.indices, rows.data)
    enough, digits, per_row, found = from_tail_free(*parts, tail.size, common, _LARGEST_CONDITION)
    if not enough or digits:
        return found if enough else None
    trusted = rows.select(np.flatnonzero(per_row == 0)).csr().toarray()[:, :common]
    S, Vt = np.linalg.svd(trusted, full_matrices=False)[1:]
    if S[-1] <= S[0] * max(trusted.shape) * np.finfo(np.float64).eps:
        return None
    root = Vt.T / S
    return read_off(*parts, per_row, root @ root.T, tail.size)


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
