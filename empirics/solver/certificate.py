"""Proofs of the rank and of the identifiable set of an integer design.

The triangular parts of a design have the rank that their pattern says
(`empirics.solver.triangular`); the core's, if there is one, is proved from below modulo a prime and
from above by its size, by integer null vectors or modulo many primes (`empirics.solver.modular`).

Features proved not identifiable. Once the rank r is proved, take a prime modulo which the core has
its rank and which divides no pivot. Then r rows of the r pivotal columns X_b form a matrix that is
invertible modulo the prime, so that W in X = X_b [I W] has entries without the prime in their
denominators, and the null vectors [-W; I] u computed modulo the prime are residues of rational
ones. Where one is not zero modulo the prime the rational one is not zero.

Features proved identifiable. The revealed ones are. For the set I of these and of those where no
null vector was seen to be non-zero, it is proved that X without I has rank r - |I|: of the null
space, of dimension m - r, the vectors that vanish on I have dimension (m - |I|) - (r - |I|), so all
do.

What it costs. For a long-tail design next to nothing is left for the core, and the proof is a few
passes over the non-zeros. At d = 10 n it takes 0.3 to 1 ms for n = 1000 (alpha = 3 to 1), 9 ms for
n = 10^5 (alpha = 2) and 0.13 s for n = 10^6 (alpha = 2), where the coefficients alone take 0.9 to
10 ms, 41 ms and 0.39 s; at alpha = 1 and n = 10^5 the solution takes seconds and the proof 0.1 s.
`longtail bench` measures it. A core costs (non-zeros + rank^2 / 2) times its features for each
prime, at some 3e9 a second: 0.3 s for a dense one of 1000 x 1000.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from scipy import sparse

from empirics.solver.arrays import Indices, Mask
from empirics.solver.modular import Echelon, primes, squared_minor_bound
from empirics.solver.seen_columns import seen_columns
from empirics.solver.triangular import Triangular
from theorems import memory
from theorems.errors import InputError

LARGEST_ENTRY = 2**53
"""Doubles above this need not be the integers that were meant."""

# Multiplications that a proof may take, at some 3e9 a second: about a minute.
_MOST_OPERATIONS = 2e11

# Null vectors are told from their residues for this many primes before many primes are used.
_ATTEMPTS = 2

# Random null vectors drawn before features where all were zero stay unproved.
_ROUNDS = 8


@dataclass(frozen=True)
class Certificate:
    """What is proved of an integer design with m seen features.

    Attributes:
        lower: proved lower bound on the rank.
        upper: proved upper bound on the rank.
        identifiable: (m,) whether the unit vector is proved to be in the row space.
        unidentifiable: (m,) whether it is proved not to be there.
        how: the proof in a line, and what could not be proved.
        disagreements: where the floating-point solution says something else, a line each.

    """

    lower: int
    upper: int
    identifiable: Mask
    unidentifiable: Mask
    how: str
    disagreements: tuple[str, ...] = ()

    @property
    def rank(self) -> int | None:
        """The rank, or None where it is not proved."""
        return self.lower if self.lower == self.upper else None

    @property
    def complete(self) -> bool:
        """Whether the rank and the identifiable set are both proved."""
        return self.rank is not None and bool(np.all(self.identifiable | self.unidentifiable))

    def compared(self, rank: int, identifiable: Mask) -> Certificate:
        """The certificate with its disagreements with a rank and an (m,) identifiable set."""
        found = []
        if not self.lower <= rank <= self.upper:
            proved = f"{self.lower}" if self.rank is not None else f"{self.lower} to {self.upper}"
            found.append(f"rank: {rank} in floating point, {proved} proved")
        wrong = np.flatnonzero(np.where(identifiable, self.unidentifiable, self.identifiable))
        if wrong.size:
            one = int(wrong[0])
            said, is_so = ("", "not ") if identifiable[one] else ("not ", "")
            found.append(
                f"{wrong.size} features, the first the seen feature number {one}: "
                f"{said}identifiable in floating point, proved {is_so}to be"
            )
        return Certificate(
            self.lower,
            self.upper,
            self.identifiable,
            self.unidentifiable,
            self.how,
            tuple(found),
        )


def certify(X: Any) -> Certificate:
    """Prove the rank and the identifiable set of a design of integers, or say what is not proved.

    Args:
        X: n x d scipy sparse array or matrix with integer entries of size up to 2^53.

    Returns:
        The certificate, with masks over the seen features. Nothing is proved by chance: random
        numbers decide only what is tried.

    Raises:
        InputError: X holds a number that is no integer, or one above 2^53 in size.
        TypeError: X is not a sparse array or matrix.
        ValueError: X holds NaN, infinity or complex numbers.

    """
    return certify_seen(seen_columns(X)[1])


def certify_seen(A: sparse.csc_array, moduli: Callable[[], Iterator[int]] = primes) -> Certificate:
    """Certify a design given by its seen columns.

    Args:
        A: n x m array as `seen_columns` returns it.
        moduli: gives distinct primes below 2^26, in the order in which they are tried.

    Raises:
        InputError: A holds a number that is no integer, or one above 2^53 in size.

    """
    require_integers(A)
    parts = Triangular.of(A)
    core = _prove_rank(parts, moduli)
    lower, upper = parts.rank + core.lower, parts.rank + core.upper
    revealed = parts.revealed
    moved = parts.free.copy()
    identifiable, more = revealed, ""
    rng = np.random.default_rng(0)
    for prime, form in islice(_forms(parts, core, moduli), _ROUNDS):
        moved |= _null_vector(parts, prime, form, rng) != 0
        if lower != upper:
            break
        candidates = ~moved
        if not np.any(candidates & ~revealed):
            identifiable = candidates
            break
        rest = Triangular.of(_columns(A, moved))
        proof = _prove_rank(rest, moduli)
        target = lower - int(np.count_nonzero(candidates))
        if rest.rank + proof.upper == target:
            identifiable, more = candidates, f"; identifiable set: {proof.how}"
            break
        if rest.rank + proof.lower <= target:
            more = f"; identifiable set: {proof.how}"
            break
    how = (
        f"{np.count_nonzero(revealed)} features revealed and {parts.pivot_rows.size} pivots by the "
        f"pattern alone; core {parts.core.shape[0]} x {parts.core.shape[1]}: {core.how}{more}"
    )
    undecided = int(np.count_nonzero(~(identifiable | moved)))
    if undecided:
        how += f"; {undecided} features undecided"
    return Certificate(lower, upper, identifiable, moved, how)


@dataclass(frozen=True)
class _RankProof:
    """Bounds on the rank of a core, where they come from, and a form of the rank `lower`."""

    lower: int
    upper: int
    how: str
    form: Echelon | None = None


def _prove_rank(parts: Triangular, moduli: Callable[[], Iterator[int]]) -> _RankProof:
    A = parts.core
    most = min(A.shape)
    if most == 0:
        return _RankProof(0, 0, "nothing left to compute")
    refused = _refusal(A, 1.0)
    if refused:
        return _RankProof(0, most, refused)
    best: Echelon | None = None
    product, needed = 1, 0
    for used, prime in enumerate(_usable(parts, moduli), start=1):
        form = Echelon.of(A, prime)
        if best is None or form.rank > best.rank:
            best, needed = form, 0
        lower = best.rank
        if lower == most:
            return _RankProof(most, most, f"of full rank modulo {prime}", best)
        if used <= _ATTEMPTS and form.rank == lower and form.proves_rank(A):
            dimension = A.shape[1] - lower
            how = f"rank modulo {prime}, integer null vectors for the {dimension} other dimensions"
            return _RankProof(lower, lower, how, form)
        product *= prime
        if used >= _ATTEMPTS and not needed:
            needed = squared_minor_bound(A, lower + 1)
            refused = _refusal(A, needed.bit_length() / (2 * prime.bit_length() - 2))
            if refused:
                return _RankProof(lower, most, refused, best)
        if needed and product**2 > needed:
            return _RankProof(lower, lower, f"rank modulo {used} primes, Hadamard's bound", best)
    lower = 0 if best is None else best.rank
    return _RankProof(lower, most, "no further prime to prove the rank with", best)


def _refusal(A: sparse.csr_array, times: float) -> str:
    """Why an echelon form is not computed so many times, or nothing."""
    least, width = min(A.shape), A.shape[1]
    try:
        memory.require("an echelon form of the core", 2.0 * least * width)
    except MemoryError as error:
        return f"not proved: {error}"
    operations = times * width * (A.nnz + 0.5 * least**2)
    if operations > _MOST_OPERATIONS:
        return (
            f"not proved: it would take {operations:.1e} multiplications; "
            f"allowed are {_MOST_OPERATIONS:.0e}"
        )
    return ""


def _usable(parts: Triangular, moduli: Callable[[], Iterator[int]]) -> Iterator[int]:
    return (prime for prime in moduli() if not parts.divides_a_pivot(prime))


def _forms(
    parts: Triangular, core: _RankProof, moduli: Callable[[], Iterator[int]]
) -> Iterator[tuple[int, Echelon | None]]:
    """Usable primes, with the core's form where null vectors that move the core are known."""
    width = parts.core.shape[1]
    if core.form is None or core.lower != core.upper or core.lower == width:
        yield from ((prime, None) for prime in _usable(parts, moduli))
        return
    yield core.form.prime, core.form
    for prime in _usable(parts, moduli):
        form = Echelon.of(parts.core, prime)
        if form.rank == core.lower:
            yield prime, form


def _null_vector(
    parts: Triangular, prime: int, form: Echelon | None, rng: np.random.Generator
) -> Indices:
    """(m,) residues of a rational null vector, random at the coordinates that are free."""
    x = np.zeros(parts.column_state.size, dtype=np.int64)
    free = np.flatnonzero(parts.free)
    x[free] = rng.integers(1, prime, free.size)
    if form is not None:
        x[parts.core_columns] = form.null_vector(rng.integers(1, prime, form.others.size))
    parts.complete(x, prime)
    return x


def _columns(A: sparse.csc_array, mask: Mask) -> sparse.csc_array:
    chosen: Any = A[:, np.flatnonzero(mask)]
    return sparse.csc_array(chosen)


def holds_integers(A: sparse.csc_array) -> bool:
    """Whether every entry is an integer of size up to 2^53."""
    return not _no_integers(A).any()


def _no_integers(A: sparse.csc_array) -> Mask:
    return np.asarray((A.data != np.rint(A.data)) | (np.abs(A.data) > LARGEST_ENTRY))


def require_integers(A: sparse.csc_array) -> None:
    """Refuse a design that cannot be certified.

    Raises:
        InputError: A holds a number that is no integer, or one above 2^53 in size.
    """
    broken = np.flatnonzero(_no_integers(A))
    if broken.size:
        value = float(A.data[broken[0]])
        raise InputError("X", value, "must hold integers of size up to 2^53 for a certificate")
