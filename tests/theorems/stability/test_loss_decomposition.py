"""The exact price of a residual: for all predictors on designs of tiny models, as fractions."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.theorems.stability.learners import (
    ZERO,
    Design,
    Vector,
    designs,
    dot,
    minimum_norm,
    points,
    ridge,
    solve,
    worlds,
)

P: Vector = (Fraction(1, 2), Fraction(1, 3), Fraction(1, 7))
STRENGTHS: Vector = (Fraction(1), Fraction(-2, 3), Fraction(3, 4))

numbers = st.fractions(-3, 3, max_denominator=9)


def parts(X: Design, estimate: Vector, beta: Vector) -> tuple[Fraction, Fraction, Fraction]:
    """Of unseen features, the price of the residual less the noise, and what no residual shows."""
    error = [b - c for b, c in zip(estimate, beta, strict=True)]
    seen = [j for j in range(len(P)) if any(row[j] for row in X)]
    first = sum((P[j] * error[j] ** 2 for j in range(len(P)) if j not in seen), ZERO)
    # r - xi = y - X beta_hat - xi.
    left = tuple(-sum((row[j] * error[j] for j in seen), ZERO) for row in X)
    kernel = tuple(
        tuple(sum((Fraction(row[j] * other[j]) / P[j] for j in seen), ZERO) for other in X)
        for row in X
    )
    dual = solve(kernel, left)
    price = sum((a * u for a, u in zip(dual, left, strict=True)), ZERO)
    beyond = [
        error[j] + sum((row[j] * a for row, a in zip(X, dual, strict=True)), ZERO) / P[j]
        for j in seen
    ]
    # It is orthogonal to every sample.
    assert all(sum((row[j] * x for j, x in zip(seen, beyond, strict=True)), ZERO) == 0 for row in X)
    third = sum((P[j] * x**2 for j, x in zip(seen, beyond, strict=True)), ZERO)
    held = [sum((bool(row[j]) for row in X), 0) for j in range(len(P))]
    simple = ZERO
    for row, u in zip(X, left, strict=True):
        weight = sum((held[j] / P[j] for j in range(len(P)) if row[j]), ZERO)
        assert weight or not u
        simple += u**2 / weight if weight else ZERO
    assert simple <= price
    return first, price, third


def loss(estimate: Vector, beta: Vector) -> Fraction:
    return sum((p * (b - c) ** 2 for p, b, c in zip(P, estimate, beta, strict=True)), ZERO)


@pytest.mark.parametrize("n", [1, 2])
@given(
    estimate=st.tuples(numbers, numbers, numbers),
    noise=st.lists(numbers, min_size=2, max_size=2),
    at=st.integers(0, 3**6 - 1),
)
def test_three_parts_are_the_loss(n: int, estimate: Vector, noise: list[Fraction], at: int) -> None:
    X = tuple(points(3)[at // 27**row % 27] for row in range(n))
    y = tuple(dot(row, STRENGTHS) + xi for row, xi in zip(X, noise, strict=False))
    for one in (estimate, ridge(X, y, 3, Fraction(1, 2)), (ZERO, ZERO, ZERO)):
        assert sum(parts(X, one, STRENGTHS)) == loss(one, STRENGTHS)


def test_without_noise_the_minimum_norm_solution_pays_nothing() -> None:
    for X, _ in designs(2, P):
        y = tuple(dot(row, STRENGTHS) for row in X)
        first, price, third = parts(X, minimum_norm(X, y, 3), STRENGTHS)
        assert price == 0
        assert first + third == loss(minimum_norm(X, y, 3), STRENGTHS)


def test_on_average_over_signs_a_learner_pays_missing_mass_and_price() -> None:
    n, penalty, total, paid = 2, Fraction(1, 4), ZERO, ZERO
    # beta* and -beta* have the same loss.
    patterns = [beta for beta in worlds(STRENGTHS) if beta[0] > 0]
    for X, chance in designs(n, P):
        for beta in patterns:
            found = ridge(X, tuple(dot(row, beta) for row in X), 3, penalty)
            total += chance * loss(found, beta) / len(patterns)
            paid += chance * parts(X, found, beta)[1] / len(patterns)
    missing = sum((p * b**2 * (1 - p) ** n for p, b in zip(P, STRENGTHS, strict=True)), ZERO)
    assert paid > 0
    assert total >= missing + paid


def test_the_simple_form_is_the_price_where_no_two_samples_meet() -> None:
    X: Design = ((1, 0, 0), (0, -1, 0))
    for estimate in product((ZERO, Fraction(1, 2)), repeat=3):
        _, price, _ = parts(X, estimate, STRENGTHS)
        errors = [b - c for b, c in zip(estimate, STRENGTHS, strict=True)]
        assert price == P[0] * errors[0] ** 2 + P[1] * errors[1] ** 2
