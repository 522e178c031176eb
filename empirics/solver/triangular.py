"""The part of a sparse design's rank that no arithmetic decides.

A sample with one feature left determines that feature, which then leaves every other sample; this
may leave further samples with one feature. What is left of the design loses every sample that
alone holds a feature, with that feature as its pivot, which may make further features private. With
both orders,

        [ D  0  0  0 ]    D lower triangular: the revealed features,
    X = [ *  T  B  F ]    T upper triangular: the pivots,
        [ *  0  A  0 ]    A the core, F the free features: they are in no sample of the core;

samples that hold revealed features alone are left out. Diagonals are entries of X and not zero, so
that, for real entries of any size,

    rank X = |D| + |T| + rank A.

Every null vector vanishes at revealed features: their unit vectors are in the row space. For every
free feature there is a null vector that is 1 there and 0 at the other free features and at the
core, which its pivots complete. In a long-tail design nothing is left for the core, or next to
nothing: at alpha = 1, n = 1000, d = 10 000 two samples and two features.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from empirics.solver.arrays import Floats, Indices, Mask
from empirics.solver.compiled import compiled

# What a column or a row is, where it is not the number of a pivot.
CORE, FREE, REVEALED = -1, -2, -3


@dataclass(frozen=True)
class Triangular:
    """The triangular parts and the core of an n x m design.

    Attributes:
        column_state: (m,) number of the pivot, CORE, FREE or REVEALED.
        pivot_rows: (K,) row of each pivot, in the order of peeling.
        pivot_columns: (K,) column of each pivot.
        core_columns: (b,) ascending columns of the core.
        core: (a, b) the rows of the core.

    """

    column_state: Indices
    pivot_rows: Indices
    pivot_columns: Indices
    core_columns: Indices
    core: sparse.csr_array
    _by_row: sparse.csr_array

    @classmethod
    def of(cls, A: sparse.csc_array) -> Triangular:
        """Order an n x m design without zero columns, duplicates or stored zeros."""
        by_row = A.tocsr()
        column_state, row_state, count, rows = _triangulate(
            A.indptr, A.indices, by_row.indptr, by_row.indices, by_row.data
        )
        pivots = np.empty(count, dtype=np.int64)
        chosen = np.flatnonzero(column_state >= 0)
        pivots[column_state[chosen]] = chosen
        core_columns = np.flatnonzero(column_state == CORE)
        core: Any = by_row[np.flatnonzero(row_state == CORE)][:, core_columns]
        return cls(column_state, rows[:count], pivots, core_columns, sparse.csr_array(core), by_row)

    @property
    def rank(self) -> int:
        """Rank without the core's."""
        return int(np.count_nonzero(self.revealed)) + self.pivot_rows.size

    @property
    def revealed(self) -> Mask:
        """(m,) whether a column is determined by samples that have one feature left."""
        return np.asarray(self.column_state == REVEALED)

    @property
    def free(self) -> Mask:
        """(m,) whether a column is neither a pivot nor in the core, nor revealed."""
        return np.asarray(self.column_state == FREE)

    def divides_a_pivot(self, prime: int) -> bool:
        """Whether the pivots cannot be divided by modulo this prime."""
        return bool(np.any(self._entries % prime == 0))

    @property
    def _entries(self) -> Indices:
        """(K,) the pivots' entries, as integers; the nearest ones where X holds no integers."""
        return _pivot_entries(
            self._by_row.indptr,
            self._by_row.indices,
            self._by_row.data,
            self.pivot_rows,
            self.pivot_columns,
        ).astype(np.int64)

    def complete(self, x: Indices, prime: int) -> None:
        """Set the pivots' coordinates of x (m,) so that X x = 0 modulo the prime at their rows.

        Args:
            x: residues at the free columns and at the core, 0 at the revealed ones; in place.
            prime: below 2^31, divides no pivot.
        """
        _complete(
            self._by_row.indptr,
            self._by_row.indices,
            self._by_row.data,
            self.pivot_rows,
            self.pivot_columns,
            prime,
            x,
        )


@compiled
def _triangulate(
    column_starts: Indices,
    column_rows: Indices,
    row_starts: Indices,
    row_columns: Indices,
    entries: Floats,
) -> tuple[Indices, Indices, int, Indices]:
    n, m = row_starts.size - 1, column_starts.size - 1
    column_state = np.full(m, CORE, dtype=np.int64)
    row_state = np.full(n, CORE, dtype=np.int64)
    left = np.zeros(n, dtype=np.int64)
    # The exclusive or of what remains is the last one once only one remains.
    last = np.zeros(n, dtype=np.int64)
    queue = np.empty(max(n, m), dtype=np.int64)
    head, tail = 0, 0
    for row in range(n):
        for at in range(row_starts[row], row_starts[row + 1]):
            left[row] += 1
            last[row] ^= row_columns[at]
        if left[row] == 1:
            queue[tail] = row
            tail += 1
    while head < tail:
        row = queue[head]
        head += 1
        if left[row] != 1:
            continue
        c = last[row]
        column_state[c] = REVEALED
        for at in range(column_starts[c], column_starts[c + 1]):
            other = column_rows[at]
            left[other] -= 1
            last[other] ^= c
            if left[other] == 1:
                queue[tail] = other
                tail += 1
    for row in range(n):
        if left[row] == 0:
            row_state[row] = REVEALED

    held = np.zeros(m, dtype=np.int64)
    holder = np.zeros(m, dtype=np.int64)
    head, tail, count = 0, 0, 0
    for c in range(m):
        if column_state[c] == REVEALED:
            continue
        for at in range(column_starts[c], column_starts[c + 1]):
            held[c] += 1
            holder[c] ^= column_rows[at]
        if held[c] == 1:
            queue[tail] = c
            tail += 1
    pivot_rows = np.empty(min(n, m), dtype=np.int64)
    while head < tail:
        c = queue[head]
        head += 1
        if held[c] != 1:
            continue
        row = holder[c]
        best, least = c, np.inf
        for at in range(row_starts[row], row_starts[row + 1]):
            j = row_columns[at]
            if held[j] == 1 and abs(entries[at]) < least:
                best, least = j, abs(entries[at])
        for at in range(row_starts[row], row_starts[row + 1]):
            j = row_columns[at]
            if column_state[j] == REVEALED:
                continue
            held[j] -= 1
            holder[j] ^= row
            if held[j] == 1:
                queue[tail] = j
                tail += 1
        column_state[best] = count
        row_state[row] = count
        pivot_rows[count] = row
        count += 1
    for c in range(m):
        if column_state[c] == CORE and held[c] == 0:
            column_state[c] = FREE
    return column_state, row_state, count, pivot_rows


@compiled
def _pivot_entries(
    row_starts: Indices,
    row_columns: Indices,
    entries: Floats,
    pivot_rows: Indices,
    pivot_columns: Indices,
) -> Floats:
    out = np.empty(pivot_rows.size)
    for k in range(pivot_rows.size):
        for at in range(row_starts[pivot_rows[k]], row_starts[pivot_rows[k] + 1]):
            if row_columns[at] == pivot_columns[k]:
                out[k] = entries[at]
    return out


@compiled
def _complete(
    row_starts: Indices,
    row_columns: Indices,
    entries: Floats,
    pivot_rows: Indices,
    pivot_columns: Indices,
    prime: int,
    x: Indices,
) -> None:
    for k in range(pivot_rows.size - 1, -1, -1):
        own, total, pivot = pivot_columns[k], 0, 0
        for at in range(row_starts[pivot_rows[k]], row_starts[pivot_rows[k] + 1]):
            residue = int(entries[at]) % prime
            if row_columns[at] == own:
                pivot = residue
            else:
                total = (total + residue * x[row_columns[at]]) % prime
        x[own] = (prime - total) % prime * inverse(pivot, prime) % prime


@compiled
def inverse(a: int, prime: int) -> int:
    """The inverse of a modulo a prime below 2^31 that does not divide it."""
    power, exponent, out = a % prime, prime - 2, 1
    while exponent > 0:
        if exponent & 1:
            out = out * power % prime
        power = power * power % prime
        exponent >>= 1
    return out % prime
