from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy import sparse

from empirics.draws.design import draw_seen
from empirics.solver import certificate
from empirics.solver.certificate import Certificate, certify, certify_seen
from empirics.solver.minimum_norm import minimum_norm
from empirics.solver.modular import Echelon, primes, residue, squared_minor_bound
from empirics.solver.seen_columns import seen_columns
from empirics.solver.triangular import Triangular
from theorems.errors import InputError
from theorems.setting import Setting

Integers = NDArray[np.int64]
FIRST = 67108859
"""The largest prime below 2^26, so the first one that is tried."""


def small_primes() -> Iterator[int]:
    """2, 3, 5 and 7 divide most minors of small designs."""
    return (p for p in range(2, 2000) if all(p % q for q in range(2, p)))


def exact(X: Integers) -> tuple[int, list[bool]]:
    """Rank, and whether each e_i is in the row space, by elimination in fractions."""
    rows = [[Fraction(int(x)) for x in row] for row in X]
    pivots: list[int] = []
    for column in range(X.shape[1]):
        rank = len(pivots)
        at = next((i for i in range(rank, len(rows)) if rows[i][column]), None)
        if at is None:
            continue
        rows[rank], rows[at] = rows[at], rows[rank]
        rows[rank] = [x / rows[rank][column] for x in rows[rank]]
        for i in range(len(rows)):
            if i != rank and rows[i][column]:
                factor = rows[i][column]
                rows[i] = [x - factor * y for x, y in zip(rows[i], rows[rank], strict=True)]
        pivots.append(column)
    # Row k of the reduced form is a unit vector exactly where that unit vector is in the row space.
    alone = {c: sum(map(bool, rows[k])) == 1 for k, c in enumerate(pivots)}
    return len(pivots), [alone.get(column, False) for column in range(X.shape[1])]


def certified(X: Integers, small: bool = False) -> Certificate:
    _, A, _ = seen_columns(sparse.csc_array(X.astype(np.float64)))
    return certify_seen(A, small_primes if small else primes)


def check(X: Integers, small: bool = False) -> Certificate:
    proof = certified(X, small)
    rank, identifiable = exact(X)
    seen = X.any(axis=0)
    assert proof.rank == rank
    assert proof.complete, proof.how
    assert proof.identifiable.tolist() == [i for i, s in zip(identifiable, seen, strict=True) if s]
    assert np.array_equal(proof.unidentifiable, ~proof.identifiable)
    return proof


@pytest.mark.parametrize(
    ("n", "d", "values"),
    [(2, 2, range(-3, 4)), (2, 3, (-1, 0, 1)), (3, 2, (-1, 0, 2)), (3, 3, (0, 1)), (2, 4, (0, 1))],
)
def test_every_small_design(n: int, d: int, values: tuple[int, ...]) -> None:
    for entries in product(values, repeat=n * d):
        check(np.array(entries).reshape(n, d), small=True)


@settings(max_examples=300)
@given(
    X=st.tuples(st.integers(1, 7), st.integers(1, 8)).flatmap(
        lambda shape: arrays(
            np.int64, shape, elements=st.sampled_from([0, 0, 0, 1, -1, 1, -1, 2, -3, 6])
        )
    ),
    small=st.booleans(),
)
def test_against_fractions(X: Integers, small: bool) -> None:
    check(X, small)


@settings(max_examples=60)
@given(
    n=st.integers(3, 9),
    d=st.integers(3, 9),
    rank=st.integers(1, 4),
    size=st.sampled_from([1, 3, 1000, 10**6]),
    seed=st.integers(0, 2**32),
    small=st.booleans(),
)
def test_dense_deficient_designs(
    n: int, d: int, rank: int, size: int, seed: int, small: bool
) -> None:
    """No triangular parts: everything is up to the primes; null vectors have large entries."""
    rng = np.random.default_rng(seed)
    left, right = rng.integers(-size, size + 1, (n, rank)), rng.integers(-9, 10, (rank, d))
    check(left @ right, small)


def unimodular(size: int, rng: np.random.Generator) -> Integers:
    """Determinant 1, condition number some 10^(size / 2)."""
    lower = np.tril(rng.integers(-2, 3, (size, size)), -1) + np.eye(size, dtype=np.int64)
    upper = np.triu(rng.integers(-2, 3, (size, size)), 1) + np.eye(size, dtype=np.int64)
    return np.asarray(lower @ upper)


@pytest.mark.parametrize("size", [8, 20, 30])
def test_nearly_dependent_columns_are_told_from_dependent_ones(size: int) -> None:
    rng = np.random.default_rng(size)
    X = unimodular(size, rng)
    assert np.abs(X).max() < 2**53
    proof = check(X)
    assert proof.rank == size
    assert proof.identifiable.all()
    # The last column replaced by a combination of the others.
    X[:, -1] = X[:, :-1] @ rng.integers(-2, 3, size - 1)
    assert check(X).rank == size - 1


def test_a_rank_that_doubles_cannot_see_is_proved_and_reported() -> None:
    """Determinant 1, but the last entry's own rounding, 2^-53 of 2^52, is as large."""
    X = np.array([[1, 2**26], [2**26, 2**52 + 1]])
    solution = minimum_norm(sparse.csc_array(X.astype(np.float64)), np.ones(2), certify=True)
    assert solution.rank == 1
    assert solution.certificate is not None
    assert solution.certificate.rank == 2
    assert solution.certificate.complete
    assert solution.certificate.disagreements == (
        "rank: 1 in floating point, 2 proved",
        "2 features, the first the seen feature number 0: not identifiable in floating point, "
        "proved to be",
    )


def test_a_solution_without_certificate_has_none() -> None:
    X = sparse.eye_array(3, format="csc")
    assert minimum_norm(X, np.ones(3)).certificate is None
    proof = minimum_norm(X, np.ones(3), certify=True).certificate
    assert proof is not None
    assert proof.disagreements == ()
    assert proof.how.startswith("3 features revealed and 0 pivots by the pattern alone; core 0 x 0")


def test_a_prime_that_divides_a_minor_is_followed_by_another() -> None:
    X = np.array([[1, 1], [1, 1 + FIRST]])
    A = sparse.csr_array(X.astype(np.float64))
    form = Echelon.of(A, FIRST)
    assert form.rank == 1
    assert not form.proves_rank(A)  # its null vector (1, -1) is refuted in integers
    assert "of full rank modulo 67108837" in check(X).how


def test_a_prime_that_divides_a_pivot_is_followed_by_another() -> None:
    """Feature 1 is a pivot in row 1; without division by it feature 0 would seem to move."""
    X = np.array([[1, FIRST, FIRST + 1], [0, FIRST, FIRST + 1]])
    _, A, _ = seen_columns(sparse.csc_array(X.astype(np.float64)))
    assert Triangular.of(A).divides_a_pivot(FIRST)
    assert check(X).identifiable.tolist() == [True, False, False]


def test_null_vectors_that_might_overflow_are_left_to_many_primes() -> None:
    X = np.array([[1000 * 2**43, 1001 * 2**43]] * 2)
    assert "integer null vectors" in check(X // 2**10).how
    assert "Hadamard's bound" in check(X).how


def test_a_null_vector_that_vanishes_modulo_a_prime_by_chance_proves_nothing() -> None:
    """Modulo 2 the pivot's coordinate -(u_1 + u_2) of the only random vector is 0."""
    X = np.array([[1, 1, 1, 0], [0, 1, 0, 1], [0, 0, 1, 1], [0, 1, 0, 1]])
    proof = check(X, small=True)
    assert proof.unidentifiable.all()
    only_two = certify_seen(seen_columns(sparse.csc_array(X * 1.0))[1], lambda: iter([2]))
    assert not only_two.complete
    assert only_two.identifiable.sum() == 0


def test_large_null_vectors_are_proved_by_many_primes() -> None:
    rng = np.random.default_rng(0)
    X = rng.integers(-9, 10, (14, 9)) @ rng.integers(-9, 10, (9, 12))
    proof = check(X)
    assert proof.rank == 9
    assert "Hadamard's bound" in proof.how
    bound = squared_minor_bound(sparse.csr_array(X[:10, :10] * 1.0), 10)
    assert bound >= 1
    assert bound > FIRST ** (2 * 2)  # one prime, or two, would not have been a proof


def test_hadamards_bound_is_one() -> None:
    rng = np.random.default_rng(1)
    X = rng.integers(-5, 6, (6, 6))
    squared = round(np.linalg.det(X)) ** 2
    assert 0 < squared <= squared_minor_bound(sparse.csr_array(X * 1.0), 6)
    # Equality for orthogonal rows.
    H = np.array([[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]])
    assert squared_minor_bound(sparse.csr_array(H * 1.0), 4) == 16**2


def test_one_hot_groups_are_proved_by_integer_null_vectors() -> None:
    """Each of three groups of dummies sums to the constant feature: three dependencies."""
    rng = np.random.default_rng(5)
    groups = [np.eye(5, dtype=np.int64)[rng.integers(5, size=400)] for _ in range(3)]
    X = np.hstack([np.ones((400, 1), dtype=np.int64), *groups])
    proof = check(X)
    assert proof.rank == 13
    assert "integer null vectors for the 3 other dimensions" in proof.how
    assert not proof.identifiable.any()


@pytest.mark.parametrize("alpha", [1.0, 1.25, 1.5, 2.0, 3.0])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_long_tail_designs_are_proved_and_agree(alpha: float, seed: int) -> None:
    setting = Setting(n=1000, d=10000, alpha=alpha)
    p = setting.probabilities()
    _, X = draw_seen(p, setting.n, np.random.default_rng(seed))
    solution = minimum_norm(X, np.ones(setting.n), certify=True)
    proof = solution.certificate
    assert proof is not None
    assert proof.complete, proof.how
    assert proof.disagreements == ()
    assert proof.rank == solution.rank
    assert np.array_equal(proof.identifiable, solution.identifiable)


def test_without_primes_the_bounds_are_those_of_the_pattern() -> None:
    X = np.array([[1, 1, 0, 0], [1, -1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0], [0, 0, 1, 2]])
    _, A, _ = seen_columns(sparse.csc_array(X * 1.0))
    proof = certify_seen(A, lambda: iter(()))
    assert (proof.lower, proof.upper, proof.rank) == (2, 4, None)
    assert not proof.complete
    assert proof.identifiable.tolist() == [False, False, True, True]
    assert not proof.unidentifiable.any()
    assert "no further prime to prove the rank with" in proof.how
    assert "2 features undecided" in proof.how


def test_what_would_take_too_long_is_said_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certificate, "_MOST_OPERATIONS", 10.0)
    proof = certified(np.array([[1, 1, 1], [1, -1, 1]]))
    assert (proof.lower, proof.upper) == (0, 2)
    assert "not proved: it would take 2.4e+01 multiplications; allowed are 1e+01" in proof.how
    assert not proof.identifiable.any()
    assert not proof.unidentifiable.any()


def test_what_would_not_fit_in_memory_is_said_not_to(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(purpose: str, doubles: float) -> None:
        raise MemoryError(f"{purpose} needs about {doubles} doubles")

    monkeypatch.setattr(certificate.memory, "require", refuse)
    proof = certified(np.array([[1, 1, 1], [1, -1, 1]]))
    assert "not proved: an echelon form of the core needs about 12.0 doubles" in proof.how


@pytest.mark.parametrize("value", [0.5, 1e-300, 2.0**53 + 2, 3.0000000001])
def test_a_number_that_is_no_integer_is_refused(value: float) -> None:
    X = sparse.csc_array(np.array([[1.0, 0.0], [0.0, value]]))
    message = r"^X = .*: must hold integers of size up to 2\^53 for a certificate$"
    with pytest.raises(InputError, match=message):
        certify(X)
    with pytest.raises(InputError, match=message):
        minimum_norm(X, np.ones(2), certify=True)
    assert minimum_norm(X, np.ones(2)).rank == 2


@pytest.mark.parametrize("shape", [(3, 4), (1, 1)])
def test_a_design_of_zeros(shape: tuple[int, int]) -> None:
    proof = certify(sparse.csc_array(shape))
    assert proof.rank == 0
    assert proof.complete


def test_the_primes_are_the_primes() -> None:
    import sympy

    some = [p for p, _ in zip(primes(), range(50), strict=False)]
    assert some[0] == FIRST
    assert some == [sympy.prevprime(p) for p in [2**26, *some[:-1]]]


@settings(max_examples=50)
@given(seed=st.integers(0, 2**32), small=st.booleans())
def test_echelon_form_and_null_vectors_modulo_a_prime(seed: int, small: bool) -> None:
    rng = np.random.default_rng(seed)
    prime = 5 if small else FIRST
    X = rng.integers(-50, 51, (rng.integers(1, 8), rng.integers(1, 9)))
    X[rng.random(X.shape) < 0.4] = 0
    form = Echelon.of(sparse.csr_array(X * 1.0), prime)
    assert np.array_equal(form.rows[:, form.pivots], np.eye(form.rank))
    assert np.all((form.rows >= 0) & (form.rows < prime))
    coordinates = rng.integers(0, prime, form.others.size)
    vector = form.null_vector(coordinates)
    assert np.array_equal(vector[form.others], coordinates)
    assert not np.any(X @ vector % prime)


def test_residues_near_multiples_are_exact() -> None:
    """The reciprocal of some primes is rounded down: at a multiple the quotient is one short."""
    rng = np.random.default_rng(0)
    short = 0
    for prime in (2, 3, 5, 7, *(p for p, _ in zip(primes(), range(40), strict=False))):
        quotients = np.append(rng.integers(-prime + 1, prime, 100), [0, 1, -1])
        short += int(np.sum(np.floor(quotients * float(prime) * (1.0 / prime)) < quotients))
        for one in ((quotients * prime)[:, None] + np.array([-1, 0, 1])).ravel():
            assert residue(float(one), float(prime), 1.0 / prime) == one % prime
    assert short > 100
