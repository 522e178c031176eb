"""Peel private features off a sparse design, as inactivation decoding does for erasure codes.

A row that alone holds a feature (among the rows still there) is fitted exactly by that feature's
coefficient, whatever the others are: it leaves the least-squares problem, which may make further
features private. With the peeled rows and their pivotal features first, in the order of peeling,
and the features left over behind them,

    X = [ T  B ]    T upper triangular with non-zero diagonal,
        [ 0  A ]    A the core: the rows never peeled.

No arithmetic decides anything here: pivots are non-zero entries of X itself, so that
rank X = rank T + rank A holds for real entries of any size.

A row may have several features that no other row of X has. Their columns are proportional, so the
minimum-norm solution sees them only through one combined feature with the norm of their entries;
they are merged into it.

A pivot is taken only if it is not small beside what else is left in its row, so that the
coefficients in inv(T) B stay of moderate size. For entries ±1 this excludes nothing.
"""

from dataclasses import dataclass

import numpy as np

from empirics.solver.arrays import Floats, Indices
from empirics.solver.compiled import compiled
from empirics.solver.compressed import Compressed
from empirics.solver.triangular_inverse import MERGED, triangular_inverse
from theorems import memory

# A pivot's least size relative to the largest entry left in its row, as in threshold pivoting for
# sparse elimination (Duff, Erisman and Reid, Direct Methods for Sparse Matrices).
_THRESHOLD = 0.1

# What becomes of a column, where it is not the number of a pivot.
CORE, FREE = -1, -2


@dataclass(frozen=True)
class Peeling:
    """The outcome for an n x m design with K pivots.

    Attributes:
        rows: (K,) row of each pivot, in the order of peeling.
        columns: (K,) column of each pivot.
        entries: (K,) diagonal of T.
        row_pivot: (n,) number of the pivot whose row it is, or -1 in the core.
        column_state: (m,) number of the pivot whose column it is, or CORE (has entries in core
            rows), FREE (has none and is no pivot) or MERGED (into the pivot of its only row).
        share: (m,) factor between a column and the pivot it was merged into, 1 elsewhere.
        core_rows: (a,) ascending rows of the core.
        core_columns: (b,) ascending columns of the core.
        free: ascending columns that are FREE.
        merged: whether any column was merged.

    """

    rows: Indices
    columns: Indices
    entries: Floats
    row_pivot: Indices
    column_state: Indices
    share: Floats
    core_rows: Indices
    core_columns: Indices
    free: Indices
    merged: bool

    def back_substitute(self, by_row: Compressed, Y: Floats, beta: Floats) -> None:
        """Set the pivots' coefficients in beta (m, q) so that their rows of Y (n, q) are fitted.

        Coefficients of merged columns count as zero.
        """
        back_substitute(*self._triangle(by_row), Y, beta)

    def forward_substitute(self, by_row: Compressed, G: Floats) -> Floats:
        """Solve T' H = G at the pivots for G (m, q) and take B' H off G elsewhere, in place.

        Returns:
            (n, q) H at the pivots' rows, zero at the others.

        """
        H = np.zeros((by_row.shape[0], G.shape[1]))
        _forward_substitute(*self._triangle(by_row), G, H)
        return H

    def expand(self, by_row: Compressed, others: Indices) -> tuple[Compressed, Compressed]:
        """Express the other columns at the pivots' rows through the pivots.

        Args:
            by_row: the n x m design.
            others: the columns that are no pivots and not merged, in the order wanted.

        Returns:
            inv(T) B, K x len(others), without entries that are within their rounding error of
            zero, and bounds on the errors of the rest.

        Raises:
            MemoryError: the result does not fit in memory.

        """
        place = np.full(by_row.shape[1], -1)
        place[others] = np.arange(others.size)
        return self._inverse(by_row, place, others.size, False)

    def core(self, by_row: Compressed) -> Compressed:
        """What is left of X, by rows: those of no pivot, and the core's columns, numbered anew."""
        indptr, indices, data, shape = _core_rows(
            by_row.indptr, by_row.indices, by_row.data, self.row_pivot, self.column_state
        )
        return Compressed(indptr, indices, data, shape)

    def inverse(self, by_row: Compressed) -> Compressed:
        """inv(T), K x K.

        Raises:
            MemoryError: the result does not fit in memory.

        """
        none = np.empty(0, dtype=np.int64)
        return self._inverse(by_row, none, self.rows.size, True)[0]

    def _inverse(
        self, by_row: Compressed, place: Indices, width: int, of_identity: bool
    ) -> tuple[Compressed, Compressed]:
        # An entry takes an index and two numbers; while an array grows there is an old one as well.
        most = 2**21
        if self.rows.size * width > most:
            most = max(most, int(min(memory.available() / 36, 2.0**62)))
        starts, columns, values, bounds = triangular_inverse(
            *self._triangle(by_row), place, width, of_identity, most
        )
        if starts[-1] < 0:
            raise memory.TooLargeError(
                f"the {self.rows.size} peeled samples need more than {most} coefficients; "
                f"allowed is the memory available, {memory.available() / 2**30:.3g} GiB"
            )
        shape = (self.rows.size, width)
        return (
            Compressed(starts, columns, values, shape),
            Compressed(starts, columns, bounds, shape),
        )

    def _triangle(
        self, by_row: Compressed
    ) -> tuple[Indices, Indices, Floats, Indices, Indices, Floats, Indices]:
        return (
            by_row.indptr,
            by_row.indices,
            by_row.data,
            self.rows,
            self.columns,
            self.entries,
            self.column_state,
        )


def peel(by_row: Compressed) -> Peeling:
    """Peel an n x m design given by rows, without duplicates or stored zeros."""
    rows, columns, pivots, row_pivot, state, share = _peel(
        by_row.indptr, by_row.indices, by_row.data, by_row.shape[1]
    )
    return Peeling(rows, columns, pivots, row_pivot, state, share, *_kinds(row_pivot, state))


def unpeeled(n: int, m: int) -> Peeling:
    """Leave every row and column in the core."""
    none = np.empty(0, dtype=np.int64)
    rows, columns = np.arange(n), np.arange(m)
    state = np.full(m, CORE)
    return Peeling(
        none, none, np.empty(0), np.full(n, -1), state, np.ones(m), rows, columns, none, False
    )


@compiled
def _peel(
    row_starts: Indices,
    row_columns: Indices,
    entries: Floats,
    m: int,
) -> tuple[Indices, Indices, Floats, Indices, Indices, Floats]:
    n = row_starts.size - 1
    left = np.zeros(m, dtype=np.int64)
    private = np.zeros(m, dtype=np.bool_)
    # The exclusive or of a column's remaining rows is its row once only one remains.
    last = np.zeros(m, dtype=np.int64)
    for row in range(n):
        for at in range(row_starts[row], row_starts[row + 1]):
            left[row_columns[at]] += 1
            last[row_columns[at]] ^= row
    state = np.full(m, CORE, dtype=np.int64)
    share = np.ones(m)
    row_pivot = np.full(n, -1, dtype=np.int64)
    pivot_rows = np.empty(min(n, m), dtype=np.int64)
    pivot_columns = np.empty(min(n, m), dtype=np.int64)
    pivot_entries = np.empty(min(n, m))
    queue = np.empty(m, dtype=np.int64)
    head, tail, count = 0, 0, 0

    for j in range(m):
        if left[j] == 1:
            private[j] = True
            queue[tail] = j
            tail += 1
    while head < tail:
        j = queue[head]
        head += 1
        if left[j] != 1 or state[j] != CORE:
            continue
        row = last[j]
        best, first, largest, squares, alone, others = j, -1, 0.0, 0.0, 0, 0.0
        for at in range(row_starts[row], row_starts[row + 1]):
            c, size = row_columns[at], abs(entries[at])
            others = max(others, size)
            if left[c] == 1 and state[c] == CORE and size > largest:
                best, largest = c, size
        if largest < _THRESHOLD * others:
            continue
        pivot = 0.0
        for at in range(row_starts[row], row_starts[row + 1]):
            c = row_columns[at]
            if private[c]:
                alone += 1
                squares += (entries[at] / largest) ** 2
                first = c if first < 0 else first
        if alone > 1:
            pivot, best = largest * np.sqrt(squares), first
        for at in range(row_starts[row], row_starts[row + 1]):
            c = row_columns[at]
            if alone > 1 and private[c]:
                state[c] = MERGED
                share[c] = entries[at] / pivot
            elif alone <= 1 and c == best:
                pivot = entries[at]
            left[c] -= 1
            last[c] ^= row
            if left[c] == 1 and state[c] == CORE:
                queue[tail] = c
                tail += 1
        state[best] = count
        row_pivot[row] = count
        pivot_rows[count] = row
        pivot_columns[count] = best
        pivot_entries[count] = pivot
        count += 1
    for j in range(m):
        if state[j] == CORE and left[j] == 0:
            state[j] = FREE
    found = pivot_rows[:count], pivot_columns[:count], pivot_entries[:count]
    return (*found, row_pivot, state, share)


@compiled
def _kinds(row_pivot: Indices, state: Indices) -> tuple[Indices, Indices, Indices, bool]:
    """Rows and columns of the core, free columns, and whether any column was merged."""
    rows, columns, free = np.empty_like(row_pivot), np.empty_like(state), np.empty_like(state)
    a, b, f, merged = 0, 0, 0, False
    for row in range(row_pivot.size):
        if row_pivot[row] < 0:
            rows[a] = row
            a += 1
    for j in range(state.size):
        if state[j] == CORE:
            columns[b] = j
            b += 1
        elif state[j] == FREE:
            free[f] = j
            f += 1
        elif state[j] == MERGED:
            merged = True
    return rows[:a], columns[:b], free[:f], merged


@compiled
def _core_rows(
    starts: Indices, columns: Indices, entries: Floats, row_pivot: Indices, state: Indices
) -> tuple[Indices, Indices, Floats, tuple[int, int]]:
    """The rows that are no pivots', which hold columns of the core alone, these numbered anew."""
    place = np.full(state.size, -1, dtype=columns.dtype)
    width = 0
    for j in range(state.size):
        if state[j] == CORE:
            place[j] = width
            width += 1
    rows, size = 0, 0
    for row in range(row_pivot.size):
        if row_pivot[row] < 0:
            rows += 1
            size += starts[row + 1] - starts[row]
    out_starts = np.zeros(rows + 1, dtype=starts.dtype)
    out_columns = np.empty(size, dtype=columns.dtype)
    out = np.empty(size)
    rows, size = 0, 0
    for row in range(row_pivot.size):
        if row_pivot[row] < 0:
            for at in range(starts[row], starts[row + 1]):
                out_columns[size], out[size] = place[columns[at]], entries[at]
                size += 1
            rows += 1
            out_starts[rows] = size
    return out_starts, out_columns, out, (rows, width)


@compiled
def back_substitute(
    row_starts: Indices,
    row_columns: Indices,
    entries: Floats,
    pivot_rows: Indices,
    pivot_columns: Indices,
    pivot_entries: Floats,
    state: Indices,
    Y: Floats,
    beta: Floats,
) -> None:
    """Fill in beta (m, q) at the pivots so that their rows of Y (n, q) are fitted."""
    q = Y.shape[1]
    for k in range(pivot_rows.size - 1, -1, -1):
        row, own = pivot_rows[k], pivot_columns[k]
        for c in range(q):
            beta[own, c] = Y[row, c]
        for at in range(row_starts[row], row_starts[row + 1]):
            j = row_columns[at]
            if j != own and state[j] != MERGED:
                for c in range(q):
                    beta[own, c] -= entries[at] * beta[j, c]
        for c in range(q):
            beta[own, c] /= pivot_entries[k]


@compiled
def _forward_substitute(
    row_starts: Indices,
    row_columns: Indices,
    entries: Floats,
    pivot_rows: Indices,
    pivot_columns: Indices,
    pivot_entries: Floats,
    state: Indices,
    G: Floats,
    H: Floats,
) -> None:
    """Write H = inv(T)' G into the pivots' rows of H (n, q), take B' H off G (m, q) elsewhere."""
    q = G.shape[1]
    for k in range(pivot_rows.size):
        row, own = pivot_rows[k], pivot_columns[k]
        for c in range(q):
            H[row, c] = G[own, c] / pivot_entries[k]
        for at in range(row_starts[row], row_starts[row + 1]):
            j = row_columns[at]
            if j != own and state[j] != MERGED:
                for c in range(q):
                    G[j, c] -= entries[at] * H[row, c]
