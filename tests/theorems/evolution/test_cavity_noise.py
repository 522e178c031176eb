"""The risk of ridge, and variance factors, against every design of a tiny model."""

from collections import Counter
from itertools import combinations_with_replacement, product
from math import factorial, prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import binom

from theorems.evolution.cavity import noiseless_bracket
from theorems.evolution.cavity_noise import (
    Appearances,
    minimum_norm_variance_lower,
    ridge_variance,
    risk_bracket,
    risk_lower,
    risk_upper,
)

Array = NDArray[np.float64]

ROUNDING = 1e-10
"""Of eigenvalues of integer matrices of this size, and sums over 2400 designs."""


def power_law(d: int, s: float, alpha: float) -> Array:
    weights = np.arange(1, d + 1) ** -alpha
    return np.asarray(np.minimum(1.0, s * weights / weights.sum()))


def exact(n: int, p: Array, ridge: float) -> tuple[float, float]:
    """F(lambda) and V_lambda by enumeration; at lambda = 0 of the minimum-norm solution."""
    d = p.size
    rows = [r for r in product((-1, 0, 1), repeat=d) if next((x for x in r if x), 1) == 1]
    risk = variance = 0.0
    for chosen in combinations_with_replacement(rows, n):
        X = np.array(chosen, dtype=float)
        number = factorial(n) // prod(factorial(c) for c in Counter(chosen).values())
        number *= 2 ** sum(any(row) for row in chosen)
        chance = number * np.prod(np.where(X != 0, p / 2, 1 - p))
        value, vector = np.linalg.eigh(X.T @ X)
        value = np.where(value > 1e-9, value, 0.0)
        if ridge:
            bias, factor = ridge / (value + ridge), value / (value + ridge) ** 2
        else:
            bias = (value == 0).astype(float)
            factor = np.divide(1, value, out=np.zeros_like(value), where=value > 0)
        risk += chance * float(p @ (vector**2 @ bias))
        variance += chance * float(p @ (vector**2 @ factor))
    return risk, variance


sizes = st.sampled_from([(1, 2), (2, 2), (3, 2), (4, 2), (1, 3), (2, 3), (3, 3), (2, 4)])


@settings(max_examples=40)
@given(
    size=sizes,
    chances=st.lists(st.floats(1e-4, 1), min_size=4, max_size=4),
    ridge=st.floats(1e-3, 20),
)
def test_every_side_against_enumeration(
    size: tuple[int, int], chances: list[float], ridge: float
) -> None:
    n, d = size
    p = np.sort(np.array(chances[:d]))[::-1].copy()
    risk, variance = exact(n, p, ridge)
    found = risk_bracket(p, n, ridge)
    assert found.lower <= risk * (1 + ROUNDING)
    assert risk <= found.upper * (1 + ROUNDING)
    sides = ridge_variance(p, n, ridge)
    assert sides.lower <= variance + ROUNDING * (1 + variance)
    assert variance <= sides.upper + ROUNDING * (1 + variance)
    risk_0, variance_0 = exact(n, p, 0.0)
    assert risk_lower(p, n, 0.0) <= risk_0 + ROUNDING
    assert risk_0 <= risk_upper(p, n, 0.0) + ROUNDING
    assert minimum_norm_variance_lower(p, n) <= variance_0 * (1 + ROUNDING)


@settings(max_examples=12)
@given(
    alpha=st.floats(0.6, 3), s=st.floats(0.1, 10), n=st.integers(1, 200), ridge=st.floats(1e-3, 50)
)
def test_sides_are_ordered_and_grow_with_the_ridge(
    alpha: float, s: float, n: int, ridge: float
) -> None:
    p = power_law(150, s, alpha)
    one, other = risk_bracket(p, n, ridge), risk_bracket(p, n, 2 * ridge)
    assert 0 <= one.lower <= one.upper <= p.sum() * (1 + 1e-6)
    # F grows; sides at two ridges have grids of their own, within a hundredth.
    assert one.lower <= other.upper
    assert one.upper <= other.upper * 1.01
    sides = ridge_variance(p, n, ridge)
    assert 0 <= sides.lower <= sides.upper
    # V_lambda = F' is at most F/lambda, F being concave from F(0) >= 0.
    assert sides.upper <= one.upper / ridge * (1 + 1e-6)


@pytest.mark.parametrize("alpha", [1.0, 1.5, 2.0])
def test_without_a_ridge_the_risk_is_the_noiseless_loss(alpha: float) -> None:
    p = power_law(2000, 5, alpha)
    found = noiseless_bracket(p, np.ones(2000), 300)
    assert risk_upper(p, 300, 0.0) == pytest.approx(found.upper, rel=1e-8)
    assert risk_upper(p, 300, 1e-9) == pytest.approx(found.upper, rel=1e-6)
    assert risk_lower(p, 300, 1e-9) == pytest.approx(risk_lower(p, 300, 0.0), rel=1e-6)
    assert risk_lower(p, 300, 0.0) <= found.lower * (1 + 1e-8)


@pytest.mark.parametrize(
    ("alpha", "lower", "observed"),
    # What the bound given appearances alone gave before, and V observed on identified features.
    [(1.25, 0.276, 0.786), (1.5, 0.180, 0.273), (2.0, 0.0658, 0.0726)],
)
def test_the_variance_of_the_minimum_norm_solution(
    alpha: float, lower: float, observed: float
) -> None:
    found = minimum_norm_variance_lower(power_law(10_000, 5, alpha), 1000)
    assert lower < found < observed


def test_the_variance_of_ridge_brackets_what_was_simulated() -> None:
    """alpha 2, lambda .02: simulated .0705, standard error .002."""
    found = ridge_variance(power_law(10_000, 5, 2.0), 1000, 0.02)
    assert 0.062 < found.lower < 0.0705 + 4 * 0.002
    assert 0.0705 - 4 * 0.002 < found.upper < 0.0794


@pytest.mark.parametrize("p", [[0.0, 0.0], [1.0, 1e-300], [1.0, 1.0], [1e-300, 1e-300]])
@pytest.mark.parametrize("n", [1, 1000])
def test_extreme_frequencies(p: list[float], n: int) -> None:
    found = risk_bracket(np.array(p), n, 1.0)
    assert 0 <= found.lower <= found.upper < 2
    sides = ridge_variance(np.array(p), n, 1.0)
    assert 0 <= sides.lower <= sides.upper
    assert np.isfinite(minimum_norm_variance_lower(np.array(p), n))


@pytest.mark.parametrize(("n", "ridge"), [(1, 0.3), (40, 0.05), (3000, 2.0)])
def test_what_an_oracle_leaves_is_the_sum_over_appearances(n: int, ridge: float) -> None:
    p = np.minimum(0.6, 0.5 * np.arange(1.0, 401) ** -1.3)
    T = np.arange(n + 1)[:, None]
    exact = float(p @ (binom.pmf(T, n, p) * (ridge / (T + ridge))).sum(axis=0))
    found = Appearances(p, n).risk(ridge)
    # A class is .005 wide, relative; p^2 f'' <= 2 f for what is averaged: 2 (.005)^2/8 is lost.
    assert exact * (1 - 7e-6) <= found <= exact


def test_what_appears_too_often_is_hardly_spread() -> None:
    p, n, ridge = np.array([1.0, 0.9, 0.3]), 10_000, 5.0
    T = np.arange(n + 1)[:, None]
    exact = float(p @ (binom.pmf(T, n, p) * (ridge / (T + ridge))).sum(axis=0))
    # 1/T has the relative variance 1/mean, 1/3000 at most.
    assert exact * (1 - 1 / 3000) <= Appearances(p, n).risk(ridge) <= exact
