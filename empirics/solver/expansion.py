"""What peeled rows express of the other columns: inv(T) B in parts, and W of [I W].

The pieces of `empirics.solver.factorization`, which says what they mean.
"""

import numpy as np
from scipy import sparse

from empirics.solver.arrays import Floats, Indices
from empirics.solver.compiled import compiled
from empirics.solver.compressed import Compressed
from empirics.solver.triangular_inverse import EPS, MERGED


def norm_bound(W: Compressed) -> float:
    """Bound the spectral norm by those of rows and columns."""
    if W.nnz == 0:
        return 0.0
    sizes = np.abs(W.data)
    by_column = np.bincount(W.indices, sizes).max(initial=0.0)
    by_row = np.diff(np.append(0.0, np.cumsum(sizes))[W.indptr]).max(initial=0.0)
    return float(np.sqrt(by_column) * np.sqrt(by_row))


def with_dependent(
    expanded: Compressed,
    expanded_error: Compressed,
    r: int,
    d: int,
    W_core: sparse.csr_array,
    W_core_error: sparse.csr_array,
) -> Compressed:
    """W, given inv(T) B for the core's r basic and d dependent columns and for the free ones."""
    U, U_error = expanded.csr(), expanded_error.csr()
    U_b, U_d = U[:, :r], U[:, r : r + d]
    # inv(T) (B_d - B_b W), entries within their bounds being zero.
    sizes = abs(U_d) + abs(U_b) @ abs(W_core)
    error = U_error[:, r : r + d] + U_error[:, :r] @ abs(W_core)
    error = error + abs(U_b) @ W_core_error + 2 * EPS * sizes
    W_d = sparse.csr_array(U_d - U_b @ W_core)
    W_d = sparse.csr_array(W_d.multiply(abs(W_d) > error))
    right = sparse.csr_array((r, U.shape[1] - r - d))
    W = sparse.block_array([[W_d, U[:, r + d :]], [W_core, right]], format="csr")
    W.eliminate_zeros()
    kind = np.int64
    return Compressed(W.indptr.astype(kind), W.indices.astype(kind), W.data, W.shape)


def columns_within(A: Compressed, first: int, end: int, below: int) -> Compressed:
    """Columns first to end, with empty rows below."""
    parts = _within(A.indptr, A.indices, A.data, first, end, below)
    return Compressed(*parts, (A.shape[0] + below, end - first))


@compiled
def _within(
    starts: Indices, columns: Indices, entries: Floats, first: int, end: int, below: int
) -> tuple[Indices, Indices, Floats]:
    rows = starts.size - 1
    out_starts = np.zeros(rows + below + 1, dtype=starts.dtype)
    out_columns = np.empty(columns.size, dtype=columns.dtype)
    out = np.empty(columns.size)
    size = 0
    for row in range(rows):
        for at in range(starts[row], starts[row + 1]):
            if first <= columns[at] < end:
                out_columns[size], out[size] = columns[at] - first, entries[at]
                size += 1
        out_starts[row + 1] = size
    for row in range(rows, rows + below):
        out_starts[row + 1] = size
    return out_starts, out_columns[:size], out[:size]


@compiled
def owners(
    starts: Indices,
    columns: Indices,
    pivot_rows: Indices,
    pivot_columns: Indices,
    state: Indices,
) -> Indices:
    """The column of the pivot that a column was merged into, elsewhere the column itself."""
    owner = np.arange(state.size)
    for k in range(pivot_rows.size):
        for at in range(starts[pivot_rows[k]], starts[pivot_rows[k] + 1]):
            if state[columns[at]] == MERGED:
                owner[columns[at]] = pivot_columns[k]
    return owner


def above_identity(U: Compressed) -> Compressed:
    """-U with the identity below."""
    below = U.shape[1]
    return Compressed(
        np.append(U.indptr, U.indptr[-1] + np.arange(1, below + 1)),
        np.append(U.indices, np.arange(below)),
        np.append(-U.data, np.ones(below)),
        (U.shape[0] + below, below),
    )


def columns_met(A: Compressed, rows: Indices) -> tuple[Compressed, Indices]:
    """The transpose of some rows without its empty rows, and which rows are left."""
    by_column = A.select(rows).transpose()
    met = np.flatnonzero(np.diff(by_column.indptr))
    return by_column.select(met), met
