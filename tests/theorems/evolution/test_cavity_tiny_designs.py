"""The two sides against every design of a tiny model, in rational arithmetic, without tolerance."""

from collections import Counter, defaultdict
from fractions import Fraction
from functools import cache
from itertools import combinations_with_replacement, product
from math import comb, factorial, prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theorems.evolution import cavity_recursion
from theorems.evolution.cavity import noiseless_bracket
from theorems.evolution.cavity_recursion import CavityRecursion

Square = tuple[tuple[Fraction, ...], ...]
Counts = tuple[int, ...]

SIZES = [(1, 2), (2, 2), (3, 2), (4, 2), (1, 3), (2, 3), (3, 3), (1, 4), (2, 4), (4, 3)]


def null_projector(rows: tuple[Counts, ...], d: int) -> list[list[Fraction]]:
    """I - P, by orthogonalizing the rows."""
    null = [[Fraction(int(i == j)) for j in range(d)] for i in range(d)]
    for row in rows:
        rest = [sum(null[i][j] * row[j] for j in range(d)) for i in range(d)]
        norm = sum(x * x for x in rest)
        if norm:
            null = [[null[i][j] - rest[i] * rest[j] / norm for j in range(d)] for i in range(d)]
    return null


@cache
def squares(n: int, d: int) -> dict[Counts, Square]:
    """Sum over designs with given appearances of the features of the squared entries of I - P."""
    rows = [r for r in product((-1, 0, 1), repeat=d) if next((x for x in r if x), 1) == 1]
    out: dict[Counts, list[list[Fraction]]] = defaultdict(
        lambda: [[Fraction(0)] * d for _ in range(d)]
    )
    for chosen in combinations_with_replacement(rows, n):
        orders = factorial(n) // prod(factorial(c) for c in Counter(chosen).values())
        # Of each row that is not 0 there are two, with one row space.
        designs = orders * 2 ** sum(any(row) for row in chosen)
        null = null_projector(chosen, d)
        total = out[tuple(sum(map(abs, column)) for column in zip(*chosen, strict=True))]
        for i, j in product(range(d), repeat=2):
            total[i][j] += designs * null[i][j] ** 2
    return {counts: tuple(map(tuple, total)) for counts, total in out.items()}


def chance(counts: Counts, n: int, p: list[Fraction]) -> Fraction:
    return prod(
        ((q / 2) ** t * (1 - q) ** (n - t) for q, t in zip(p, counts, strict=True)),
        start=Fraction(1),
    )


def exact_loss(n: int, p: list[Fraction], beta_squared: list[Fraction]) -> Fraction:
    d = len(p)
    return sum(
        (
            chance(counts, n, p) * p[i] * square[i][j] * beta_squared[j]
            for counts, square in squares(n, d).items()
            for i, j in product(range(d), repeat=2)
        ),
        start=Fraction(0),
    )


def exact_diagonal(n: int, p: list[Fraction]) -> list[Fraction]:
    """E(1 - P_ii), the sum of the squares in row i."""
    return [
        sum(
            (
                chance(counts, n, p) * sum(square[i])
                for counts, square in squares(n, len(p)).items()
            ),
            start=Fraction(0),
        )
        for i in range(len(p))
    ]


def doubles(values: list[Fraction]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array([float(x) for x in values])


# Dyadic: doubles hold them exactly. From 2^-20, and with ties and certainties.
frequencies = st.one_of(
    st.integers(1, 64).map(lambda k: Fraction(k, 64)),
    st.integers(1, 20).map(lambda k: Fraction(1, 2**k)),
)
coefficients = st.one_of(
    st.integers(0, 32).map(lambda k: Fraction(k, 8)),
    st.integers(-16, 16).map(lambda k: Fraction(2) ** k),
)


@st.composite
def models(draw: st.DrawFn) -> tuple[int, list[Fraction], list[Fraction]]:
    n, d = draw(st.sampled_from(SIZES))
    p = sorted(draw(st.lists(frequencies, min_size=d, max_size=d)), reverse=True)
    return n, p, draw(st.lists(coefficients, min_size=d, max_size=d))


@settings(max_examples=150, deadline=None)
@given(model=models())
def test_the_loss_lies_between_its_sides(
    model: tuple[int, list[Fraction], list[Fraction]],
) -> None:
    n, p, beta_squared = model
    loss = exact_loss(n, p, beta_squared)
    found = noiseless_bracket(doubles(p), doubles(beta_squared), n)
    assert Fraction(found.lower) <= loss <= Fraction(found.upper)


@settings(max_examples=80, deadline=None)
@given(model=models())
def test_the_loss_lies_between_its_sides_for_falling_coefficients(
    model: tuple[int, list[Fraction], list[Fraction]],
) -> None:
    n, p, beta_squared = model
    falling = sorted(beta_squared, reverse=True)
    loss = exact_loss(n, p, falling)
    found = noiseless_bracket(doubles(p), doubles(falling), n)
    assert Fraction(found.lower) <= loss <= Fraction(found.upper)


@settings(max_examples=60, deadline=None)
@given(model=models())
def test_each_diagonal_entry_is_below_its_bound_with_any_number_of_rows(
    model: tuple[int, list[Fraction], list[Fraction]],
) -> None:
    n, p, _ = model
    recursion = CavityRecursion(doubles(p), n)
    owner = np.searchsorted(recursion.classes.start, np.arange(len(p)), side="right") - 1
    assert list(recursion.rows) == list(range(n + 1))
    for m in range(1, n + 1):
        for i, value in enumerate(exact_diagonal(m, p)):
            assert value <= Fraction(float(recursion.bound[m, owner[i]]))


@settings(max_examples=60, deadline=None)
@given(model=models())
def test_splits_alone_are_bounds_too(
    model: tuple[int, list[Fraction], list[Fraction]],
) -> None:
    """Tried for all features, as at this size none is frequent enough; every split of rows."""
    n, p, _ = model
    shares = tuple((m + 0.5) / n for m in range(n))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cavity_recursion, "OFTEN", 0.0)
        patch.setattr(cavity_recursion, "SPLITS", shares)
        recursion = CavityRecursion(doubles(p), n)
    owner = np.searchsorted(recursion.classes.start, np.arange(len(p)), side="right") - 1
    for i, value in enumerate(exact_diagonal(n, p)):
        assert value <= Fraction(float(recursion.bound[n, owner[i]]))


@settings(max_examples=60, deadline=None)
@given(model=models())
def test_each_diagonal_entry_is_below_its_bound_given_appearances(
    model: tuple[int, list[Fraction], list[Fraction]],
) -> None:
    n, p, _ = model
    given_appearances = CavityRecursion(doubles(p), n).seen[-1]
    for i, t in product(range(len(p)), range(n + 1)):
        total = comb(n, t) * p[i] ** t * (1 - p[i]) ** (n - t)
        mean = sum(
            (
                chance(counts, n, p) * sum(square[i])
                for counts, square in squares(n, len(p)).items()
                if counts[i] == t
            ),
            start=Fraction(0),
        )
        assert mean <= total * Fraction(float(given_appearances[t]))


@pytest.mark.parametrize(("n", "d"), SIZES)
def test_the_sides_are_not_loose_at_this_size(n: int, d: int) -> None:
    """A control: sides of 0 and infinity would pass the tests above."""
    p, ones = [Fraction(1, 8)] * d, [Fraction(1)] * d
    loss = exact_loss(n, p, ones)
    found = noiseless_bracket(doubles(p), doubles(ones), n)
    assert found.upper <= 1.06 * float(loss)
    assert found.lower >= 0.95 * float(loss)
