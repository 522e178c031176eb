"""Trees below the error of every linear estimate: laws, sums, and simulated designs."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import binom

from theorems.evolution import cavity_tree
from theorems.evolution.cavity_recursion import CavityRecursion
from theorems.evolution.cavity_tree import (
    HIGHEST,
    MOST_ROWS,
    PER_OCTAVE,
    Trees,
    TreeSums,
    _cap,
    _Values,
    caps,
)

Array = NDArray[np.float64]


@given(st.lists(st.floats(0, 100), min_size=1, max_size=20))
def test_splitting_keeps_means_within_the_grid_and_spreads(values: list[float]) -> None:
    grid = _Values(PER_OCTAVE, HIGHEST)
    x = np.array(values)
    law = grid.law(x, np.full(x.size, 1 / x.size))
    capped = np.minimum(x, grid.points[-1])
    assert law.sum() == pytest.approx(1)
    assert law @ grid.points == pytest.approx(capped.mean(), rel=1e-12, abs=1e-15)
    concave = law @ (grid.points / (1 + grid.points))
    assert concave <= (capped / (1 + capped)).mean() * (1 + 1e-12)


@given(rate=st.floats(1e-6, 3), jump=st.integers(60, 250))
def test_compound_laws_lie_below_in_mean_of_a_concave_function(rate: float, jump: int) -> None:
    grid = _Values(PER_OCTAVE, HIGHEST)
    rates = np.zeros(grid.points.size)
    rates[jump] = rate
    law = grid.compound(rates)
    k = np.arange(60)
    poisson = np.exp(k * math.log(rate) - rate - np.array([math.lgamma(x + 1) for x in k]))
    x = k * grid.points[jump]
    exact = float(poisson @ (x / (1 + x)))
    assert exact * 0.99 <= law @ (grid.points / (1 + grid.points)) <= exact * (1 + 1e-12)


def test_a_cap_is_rarely_exceeded() -> None:
    """Poisson of mean 3, of which the exact tail is known."""
    cap = _cap(lambda s: 3 * math.expm1(s), 1e-6)
    tail = 1 - sum(math.exp(-3) * 3**k / math.factorial(k) for k in range(math.floor(cap) + 1))
    assert tail <= 1e-6
    assert cap < 20


def test_weights_are_chances_of_appearances() -> None:
    p, n = np.array([0.9, 0.3, 1e-2, 1e-5]), 40
    sums = TreeSums(p, np.ones(4), n)
    expected = p @ binom.pmf(np.arange(MOST_ROWS + 1), n, p[:, None])
    np.testing.assert_allclose(sums.weights.sum(axis=1)[1:], expected[1:], rtol=1e-9, atol=1e-38)


@pytest.mark.parametrize(("n", "d", "s", "alpha"), [(150, 1200, 4.0, 1.0), (150, 1200, 3.0, 1.5)])
@pytest.mark.parametrize("ridge", [0.0, 0.5])
def test_simulated_errors_given_appearances_lie_between_trees_and_cavities(
    n: int, d: int, s: float, alpha: float, ridge: float
) -> None:
    """sum_i p_i 1{T_i = T} C_ii over 300 designs, for each T, between both sides."""
    weights = np.arange(1, d + 1) ** -alpha
    p = np.minimum(1.0, s * weights / weights.sum())
    rng = np.random.default_rng(11)
    draws = np.zeros((300, MOST_ROWS + 1))
    for draw in draws:
        X = (rng.random((n, d)) < p) * rng.choice([-1.0, 1.0], (n, d))
        value, vector = np.linalg.eigh(X @ X.T)
        keep = value > 1e-9
        within = (vector[:, keep].T @ X) ** 2 / (value[keep] * (value[keep] + ridge))[:, None]
        # I - V diag(x/(x+lambda)) V', with V' = x^(-1/2) U' X.
        error = 1 - (within * value[keep][:, None]).sum(axis=0)
        T = (X != 0).sum(axis=0)
        held = T <= MOST_ROWS
        draw += np.bincount(T[held], (p * error)[held], MOST_ROWS + 1)
    mean, deviation = draws.mean(axis=0), draws.std(axis=0) / math.sqrt(len(draws))
    features = TreeSums(p, np.ones(d), n)
    lower = Trees(features, ridge).sums()
    upper = features.weights.sum(axis=1) * CavityRecursion(p, n, ridge=ridge).seen[-1, : lower.size]
    # At most 16 sums, both sides, four cases: six deviations leave room for skew. Where fewer than
    # a hundred designs show an error that is not rounding, there is no law of large numbers.
    often = np.flatnonzero((draws > 1e-12).sum(axis=0) >= 100)
    assert {1, 2} <= set(often)
    for T in often[often > 0]:
        assert lower[T] <= mean[T] + 6 * deviation[T]
        assert mean[T] - 6 * deviation[T] <= upper[T]
    # A control that the sides say something, at a size where caps cost a good part.
    assert lower[1] > 0.7 * mean[1]
    assert upper[1] < 1.15 * mean[1]


@given(
    p=st.lists(st.floats(1e-12, 1), min_size=1, max_size=30),
    n=st.integers(1, 400),
    ridge=st.sampled_from([0.0, 1e-6, 1.0, 100.0]),
    data=st.data(),
)
def test_sums_lie_between_zero_and_the_energy(
    p: list[float], n: int, ridge: float, data: st.DataObject
) -> None:
    sizes = st.floats(1e-9, 1e9)
    variance = np.array(data.draw(st.lists(sizes, min_size=len(p), max_size=len(p))))
    sums = Trees(TreeSums(np.array(p), variance, n), ridge).sums()
    assert np.all(sums >= 0)
    assert sums.sum() <= float(np.array(p) @ variance)


@pytest.mark.parametrize(
    ("rates", "private"),
    [
        ((0.4, 0.3, 0.1, 0.05), 0.8),
        ((5.0, 2.0, 1.0, 0.3), 0.2),
        ((0.01, 0.02, 0.0, 0.0), 3.0),
        ((0.0, 0.0, 0.0, 2.0), 1.0),
    ],
)
@pytest.mark.parametrize("chance", [0.3, 0.03])
def test_caps_are_exceeded_as_rarely_as_said_and_are_no_larger_than_need_be(
    rates: tuple[float, ...], private: float, chance: float
) -> None:
    """Columns come as Poisson numbers with 0 to 3 branches each, a branch has a Poisson number."""
    rng = np.random.default_rng(4)
    trials = 200000
    columns = rng.poisson(rates, size=(trials, 4))
    branches = columns @ np.arange(4)
    used = 1 + columns.sum(axis=1)
    all_used = used + rng.poisson(private * branches)
    for cap, number in zip(
        caps(np.array(rates), private, chance), (used, all_used, branches), strict=True
    ):
        exceeded = np.count_nonzero(number > cap)
        assert exceeded <= binom.ppf(1 - 1e-6, trials, chance / 3)
        # Markov's inequality gives away less than twice the distance, and ln 1/chance over s.
        least = max(np.quantile(number, 1 - chance / 3), number.mean())
        assert cap <= number.mean() + 2 * (least - number.mean()) + 2 * math.log(3 / chance)
        assert cap >= number.mean()


@pytest.mark.parametrize("place", range(3), ids=["used", "all used", "branches"])
def test_each_cap_takes_something_from_the_trees(
    place: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    p = np.sort(np.minimum(1.0, 5 / np.arange(1, 2001) ** 1.5))[::-1]
    trees = Trees(TreeSums(p, np.ones(p.size), 300))
    before = trees.sums()

    def wider(*arguments: Any) -> tuple[float, ...]:
        found = list(caps(*arguments))
        found[place] *= 1.5
        return tuple(found)

    monkeypatch.setattr(cavity_tree, "caps", wider)
    assert trees.sums().sum() < before.sum() * (1 - 1e-6)
