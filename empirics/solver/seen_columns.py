"""The columns of a design that hold anything, as the solver takes them."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from empirics.solver.arrays import Floats, Indices


def seen_columns(X: Any) -> tuple[Indices, sparse.csc_array, int]:
    """Take the columns of X that hold a non-zero, as sorted, unique, non-zero doubles.

    Args:
        X: n x d scipy sparse array or matrix in any format.

    Returns:
        features: (m,) ascending indices of those columns.
        A: n x m array; X itself is left as it was.
        d: number of columns of X.

    Raises:
        TypeError: X is not a sparse array or matrix.
        ValueError: X is not two-dimensional or holds NaN, infinity or complex numbers.

    """
    given: Any = X
    if not sparse.issparse(given):
        raise TypeError(f"X is a {type(X).__name__}; allowed is a scipy sparse array or matrix")
    given = X
    if given.ndim != 2:
        raise ValueError(f"X has shape {given.shape}; allowed is an array with two dimensions")
    if given.dtype.kind not in "biuf":
        raise ValueError(f"X has dtype {given.dtype}; allowed are real numbers")
    A: sparse.csc_array = sparse.csc_array(given)
    if A.dtype != np.float64:
        A = A.astype(np.float64)
    refuse_non_finite("X", A.data)
    if not A.has_canonical_format:
        A = A.copy()
        A.sum_duplicates()
        refuse_non_finite("X", A.data)
    if not np.all(A.data):
        A = A.copy()
        A.eliminate_zeros()
    features = np.flatnonzero(np.diff(A.indptr))
    indptr = np.append(A.indptr[features], A.indptr[-1:])
    # One index type, so that compiled code exists once.
    kind = np.dtype(np.int32 if max(A.nnz, A.shape[0]) < 2**31 else np.int64)
    parts: Any = (A.data, A.indices.astype(kind, copy=False), indptr.astype(kind, copy=False))
    seen = sparse.csc_array(parts, shape=(A.shape[0], features.size))
    seen.has_canonical_format = True
    return features.astype(np.int64, copy=False), seen, A.shape[1]


def refuse_non_finite(name: str, values: Floats) -> None:
    """Raise ValueError with the first number that is NaN or infinite."""
    if not np.isfinite(values).all():
        bad = values[~np.isfinite(values)].flat[0]
        raise ValueError(f"{name} holds {bad}; allowed are finite numbers")
