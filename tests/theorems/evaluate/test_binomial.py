import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import special

from theorems.evaluate.binomial import FULL, binomial_mean_expm1

Array = NDArray[np.float64]


def growth(p: Array) -> Callable[[Array], Array]:
    """L(m) = sum log(1 + 2 (1 - 3 p_i/2)^m), what `common-identified` needs."""

    def function(m: Array) -> Array:
        base = 1 - 1.5 * p
        power = np.abs(base) ** m * np.where(base < 0, np.cos(np.pi * m), 1)
        with np.errstate(divide="ignore"):
            return np.asarray(np.log1p(2 * power).sum(axis=1, keepdims=True))

    return function


def log_weights(n: int, chance: float) -> Array:
    """log P(m), by gamma functions; right to about 3 n ln(n) eps."""
    m = np.arange(n + 1.0)
    choose = special.gammaln(n + 1) - special.gammaln(m + 1) - special.gammaln(n - m + 1)
    return np.asarray(choose + m * math.log(chance) + (n - m) * math.log1p(-chance))


def every_term(p: Array, n: int, chance: float) -> float:
    """The full sum, with exact addition."""
    m = np.arange(n + 1.0)
    logs = np.concatenate([growth(p)(part[:, None])[:, 0] for part in np.array_split(m, 64)])
    weights = log_weights(n, chance)
    with np.errstate(divide="ignore"):
        size = np.where(logs > 30, logs, np.log(np.abs(np.expm1(np.minimum(logs, 30)))))
    return math.fsum(np.sign(logs) * np.exp(weights + size))


def power_law(s: float, alpha: float, k: int) -> Array:
    weights = np.arange(1.0, 10001) ** -alpha
    return np.minimum(1, s * weights / weights.sum())[:k]


@given(
    n=st.integers(0, 30),
    chance=st.floats(0, 1),
    p=st.lists(st.floats(0.01, 0.66), min_size=1, max_size=5),
)
def test_small_numbers_of_trials(n: int, chance: float, p: list[float]) -> None:
    expected = math.fsum(
        math.comb(n, m)
        * chance**m
        * (1 - chance) ** (n - m)
        * (math.prod(1 + 2 * (1 - 1.5 * x) ** m for x in p) - 1)
        for m in range(n + 1)
    )
    # Positive terms, each a binomial weight (15 digits) times powers up to 30.
    assert binomial_mean_expm1(growth(np.array(p)), n, chance) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("n", [FULL - 1, FULL, FULL + 1, 5000, 20000, 100000])
@pytest.mark.parametrize("alpha", [1.25, 2.0, 3.0])
def test_many_trials_against_every_term(n: int, alpha: float) -> None:
    weights = power_law(5, alpha, 10000)
    k = max(1, int(np.count_nonzero(n * weights >= 10)) // 4)
    p = weights[:k]
    p = p[p < 0.6] if (p < 0.6).any() else np.array([0.5])
    chance = 2 / 3 * 0.8
    # The reference's weights are right to 3 n ln(n) eps.
    rel = max(1e-11, 3 * n * math.log(n) * np.finfo(float).eps)
    assert binomial_mean_expm1(growth(p), n, chance) == pytest.approx(
        every_term(p, n, chance), rel=rel
    )


@settings(max_examples=20)
@given(
    n=st.integers(FULL + 1, 20000),
    chance=st.floats(0.02, 0.66),
    p=st.lists(st.floats(1e-4, 0.66), min_size=1, max_size=6),
)
def test_many_trials_where_the_sum_has_two_humps(n: int, chance: float, p: list[float]) -> None:
    rel = max(1e-11, 3 * n * math.log(n) * np.finfo(float).eps)
    assert binomial_mean_expm1(growth(np.array(p)), n, chance) == pytest.approx(
        every_term(np.array(p), n, chance), rel=rel, abs=1e-290
    )


@pytest.mark.parametrize("n", [7, 10**9])
@pytest.mark.parametrize(("chance", "m"), [(0.0, 0), (1.0, None)])
def test_certain_counts_need_one_term(n: int, chance: float, m: int | None) -> None:
    seen: list[float] = []

    def one(column: Array) -> Array:
        seen.extend(column.ravel().tolist())
        return np.full(column.shape, math.log(3))

    assert binomial_mean_expm1(one, n, chance) == pytest.approx(2, rel=1e-15)
    assert seen == [n if m is None else m]


def test_terms_of_both_signs_that_cancel_count_as_zero() -> None:
    """p = 1: E 2 (-1/2)^m = 2 (1 - 3Q/2)^n, which rounding hides at n = 400."""
    p = np.array([1.0])
    assert binomial_mean_expm1(growth(p), 10, 0.5) == pytest.approx(2 * 0.25**10, rel=1e-9)
    assert binomial_mean_expm1(growth(p), 400, 0.6) == 0


def test_growth_that_overflows_where_weights_vanish() -> None:
    """E[e^(c (n - m))] - 1 = (Q + (1-Q) e^c)^n - 1 although e^(c n) is no double."""
    n, c, chance = 5000, 0.2, 0.99
    value = binomial_mean_expm1(lambda m: c * (n - m), n, chance)
    expected = math.expm1(n * math.log(chance + (1 - chance) * math.exp(c)))
    assert value == pytest.approx(expected, rel=1e-9)
    assert c * n > 709
