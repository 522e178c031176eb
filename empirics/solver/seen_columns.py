"""The columns of a design that hold anything, as the solver takes them."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from empirics.solver.arrays import Floats, Indices
from empirics.solver.compressed import Compressed


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
    features, columns, d = compressed_columns(X)
    parts: Any = (columns.data, columns.indices, columns.indptr)
    seen = sparse.csc_array(parts, shape=(columns.shape[1], features.size))
    seen.has_canonical_format = True
    return features, seen, d


def compressed_columns(X: Any) -> tuple[Indices, Compressed, int]:
    """`seen_columns` as plain arrays, the transpose by rows; raises what that raises."""
    given: Any = X
    if not sparse.issparse(given):
        raise TypeError(f"X is a {type(X).__name__}; allowed is a scipy sparse array or matrix")
    given = X
    if given.ndim != 2:
        raise ValueError(f"X has shape {given.shape}; allowed is an array with two dimensions")
    if given.dtype.kind not in "biuf":
        raise ValueError(f"X has dtype {given.dtype}; allowed are real numbers")
    A = given if _taken_as_it_is(given) else _canonical(given)
    features = np.flatnonzero(np.diff(A.indptr))
    indptr = np.append(A.indptr[features], A.indptr[-1:])
    # One index type, so that compiled code exists once.
    kind = np.dtype(np.int32 if max(A.nnz, A.shape[0]) < 2**31 else np.int64)
    columns = Compressed(
        indptr.astype(kind, copy=False),
        A.indices.astype(kind, copy=False),
        A.data,
        (features.size, A.shape[0]),
    )
    return features.astype(np.int64, copy=False), columns, A.shape[1]


def _taken_as_it_is(given: Any) -> bool:
    """Whether nothing has to be made of X: making a scipy array takes longer than to look.

    What X says of itself may be older than its entries.
    """
    if type(given) is not sparse.csc_array or given.dtype != np.float64:
        return False
    # Compiled code takes half a second to import: only whoever solves waits for it.
    from empirics.solver.products import ascending

    refuse_non_finite("X", given.data)
    return ascending(given.indptr, given.indices) and bool(np.all(given.data))


def _canonical(given: Any) -> sparse.csc_array:
    """X with sorted, unique, non-zero doubles; X itself is left as it was."""
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
    return A


def refuse_non_finite(name: str, values: Floats) -> None:
    """Raise ValueError with the first number that is NaN or infinite."""
    if not np.isfinite(values).all():
        bad = values[~np.isfinite(values)].flat[0]
        raise ValueError(f"{name} holds {bad}; allowed are finite numbers")
