"""Reduced echelon form of a sparse integer matrix modulo a prime, and what it proves over Q.

Modulo a prime p each minor is that minor's residue, so that the rank modulo p is at most the rank.
From above there are two proofs.

Null vectors. If the rank modulo p is r, the echelon form gives b - r null vectors modulo p of an
a x b matrix A, each 1 at a column that is no pivot and 0 at the others of these. Rational numbers
with small numerators and denominators are told from their residues (Wang 1981); after
multiplication with the common denominator A N = 0 is checked in integers. As the vectors are
independent the rank is at most r then, whatever they were found with.

Many primes. A minor of order r + 1 is an integer, at most the product of the lengths of its rows,
or of its columns, in size (Hadamard). If the rank is at most r modulo primes whose product is
larger, every such minor is divisible by that product and hence zero, and the rank at most r.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isqrt

import numpy as np
from scipy import sparse

from empirics.solver.arrays import Floats, Indices
from empirics.solver.compiled import compiled
from empirics.solver.triangular import inverse

# A product of two residues below this is a double without rounding, so that vector units work.
LARGEST_PRIME = 2**26


def primes() -> Iterator[int]:
    """The odd primes below 2^26, falling."""
    root = isqrt(LARGEST_PRIME) + 1
    sieve = np.ones(root + 1, dtype=np.bool_)
    sieve[:2] = False
    for k in range(2, isqrt(root) + 1):
        sieve[k * k :: k] = False
    divisors = np.flatnonzero(sieve)
    for candidate in range(LARGEST_PRIME - 1, 2, -2):
        if np.all((candidate % divisors != 0) | (divisors == candidate)):
            yield candidate


@dataclass(frozen=True)
class Echelon:
    """Reduced echelon form, modulo a prime, of an (a, b) matrix.

    Attributes:
        prime: below 2^26.
        pivots: (r,) columns where row i of the form has its 1 and the other rows have 0.
        rows: (r, b) residues in 0..prime-1.

    """

    prime: int
    pivots: Indices
    rows: Floats

    @classmethod
    def of(cls, A: sparse.csr_array, prime: int) -> Echelon:
        """Eliminate; A (a, b) holds integers of size 2^53 at most."""
        residues = (A.data.astype(np.int64) % prime).astype(np.float64)
        pivots, rows = _echelon(A.indptr, A.indices, residues, A.shape[1], float(prime))
        return cls(prime, pivots, rows)

    @property
    def rank(self) -> int:
        """Rank modulo the prime."""
        return int(self.pivots.size)

    @property
    def others(self) -> Indices:
        """(b - r,) the columns that are no pivots, ascending."""
        out = np.ones(self.rows.shape[1], dtype=np.bool_)
        out[self.pivots] = False
        return np.flatnonzero(out)

    def null_vector(self, coordinates: Indices) -> Indices:
        """(b,) the null vector modulo the prime with these residues (b - r,) at the others."""
        out = np.zeros(self.rows.shape[1], dtype=np.int64)
        out[self.others] = coordinates
        for row, pivot in zip(self.rows, self.pivots, strict=True):
            # Each product is below 2^52, each residue below 2^26: sums stay below 2^63.
            products = row[self.others].astype(np.int64) * coordinates % self.prime
            out[pivot] = -int(products.sum()) % self.prime
        return out

    def proves_rank(self, A: sparse.csr_array) -> bool:
        """Whether b - r integer null vectors are told from this form, so that rank A = r."""
        others = self.others
        N = np.zeros((self.rows.shape[1], others.size), dtype=np.int64)
        for j, column in enumerate(others):
            residues = self.rows[:, column].astype(np.int64)
            denominator = _common_denominator(residues, self.prime, isqrt(self.prime // 2))
            if denominator == 0:
                return False
            N[column, j] = denominator
            numerators = -denominator * residues % self.prime
            N[self.pivots, j] = np.where(
                numerators > self.prime // 2, numerators - self.prime, numerators
            )
        integers = sparse.csr_array((A.data.astype(np.int64), A.indices, A.indptr), shape=A.shape)
        longest = sum_of_sizes(integers.data, integers.indptr)
        if longest * int(np.abs(N).max(initial=0)) >= 2**63:
            return False
        return not np.any(np.asarray(integers @ N))


def sum_of_sizes(data: Indices, starts: Indices) -> int:
    """The largest sum of absolute values in a row, bounded without overflow."""
    return int(np.diff(starts).max(initial=0)) * int(np.abs(data).max(initial=0))


def squared_minor_bound(A: sparse.csr_array, order: int) -> int:
    """Hadamard's bound on the square of every minor of this order, exactly."""
    squares = [int(x) ** 2 for x in A.data]
    bounds = []
    for places, size in ((_row_of(A), A.shape[0]), (A.indices, A.shape[1])):
        lengths = [0] * size
        for place, square in zip(places.tolist(), squares, strict=True):
            lengths[place] += square
        product = 1
        for length in sorted(lengths, reverse=True)[:order]:
            product *= length
        bounds.append(product)
    return min(bounds)


def _row_of(A: sparse.csr_array) -> Indices:
    return np.repeat(np.arange(A.shape[0]), np.diff(A.indptr))


@compiled
def _echelon(
    starts: Indices, columns: Indices, residues: Floats, width: int, p: float
) -> tuple[Indices, Floats]:
    n = starts.size - 1
    most = min(n, width)
    reciprocal = 1.0 / p
    R = np.zeros((most, width))
    pivots = np.empty(most, dtype=np.int64)
    number = np.full(width, -1, dtype=np.int64)
    row = np.zeros(width)
    rank = 0
    for i in range(n):
        if rank == most:
            break
        row[:] = 0.0
        for at in range(starts[i], starts[i + 1]):
            row[columns[at]] = residues[at]
        # A row of the form is zero at the other pivots, so that the entries at pivots are at once
        # the multipliers.
        for at in range(starts[i], starts[i + 1]):
            k = number[columns[at]]
            if k >= 0 and residues[at] != 0.0:
                _subtract(row, residues[at], R[k], p, reciprocal)
        first = -1
        for j in range(width):
            if row[j] != 0.0:
                first = j
                break
        if first < 0:
            continue
        factor = float(inverse(int(row[first]), int(p)))
        for j in range(width):
            row[j] = residue(row[j] * factor, p, reciprocal)
        for k in range(rank):
            if R[k, first] != 0.0:
                _subtract(R[k], R[k, first], row, p, reciprocal)
        R[rank] = row
        pivots[rank] = first
        number[first] = rank
        rank += 1
    return pivots[:rank].copy(), R[:rank].copy()


@compiled
def _subtract(row: Floats, factor: float, other: Floats, p: float, reciprocal: float) -> None:
    """Replace row by row - factor other modulo p; residues below 2^26, so that all is exact."""
    for j in range(row.size):
        row[j] = residue(row[j] - factor * other[j], p, reciprocal)


@compiled
def residue(value: float, p: float, reciprocal: float) -> float:
    """The value modulo p, for an integer below 2^52 in size.

    The quotient's error is below 3/4 of 1/p, so that its floor is right or, at a multiple of p, one
    too small.
    """
    out: float = value - np.floor(value * reciprocal) * p
    return out - p if out >= p else out


@compiled
def _common_denominator(residues: Indices, prime: int, bound: int) -> int:
    """A denominator up to the bound for all these residues of rational numbers, or 0."""
    common = 1
    for residue in residues:
        a, b = prime, common * residue % prime
        if b <= bound or prime - b <= bound:
            continue
        s, t = 0, 1
        while b > bound:
            q = a // b
            a, b = b, a - q * b
            s, t = t, s - q * t
        common *= abs(t)
        if common > bound:
            return 0
    return common
