"""The identifiable set R = {i : e_i in rowspace(X)} of a sparse design."""

from typing import Any

import numpy as np

from empirics.solver.arrays import Mask
from empirics.solver.compressed import Compressed
from empirics.solver.minimum_norm import factor
from empirics.solver.seen_columns import seen_columns


def identifiable(X: Any) -> Mask:
    """Whether each coefficient is determined by the samples.

    Args:
        X: n x d scipy sparse array or matrix, any format.

    Returns:
        (d,) true where e_i lies in the row space of X, that is P_ii = 1; false at unseen features.

    Raises:
        TypeError: X is not a sparse array or matrix.
        ValueError: X holds NaN, infinity or complex numbers.

    """
    features, A, d = seen_columns(X)
    out = np.zeros(d, dtype=np.bool_)
    out[features] = factor(Compressed.columns_of(A))[0].identifiable
    return out
