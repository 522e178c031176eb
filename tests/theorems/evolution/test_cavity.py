"""The noiseless bracket: published figures, orders, grids, extremes."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from theorems.evolution.cavity import NoiselessBracket, noiseless_bracket
from theorems.evolution.cavity_noise import NoiseSides
from theorems.evolution.cavity_recursion import Accuracy, CavityRecursion

Array = NDArray[np.float64]


def power_law(d: int, s: float, alpha: float) -> Array:
    weights = np.arange(1, d + 1) ** -alpha
    return np.asarray(np.minimum(1.0, s * weights / weights.sum()))


def coefficients(d: int, b: float) -> Array:
    return np.arange(1, d + 1) ** (-2.0 * b)


@cache
def shared(d: int, n: int, alpha: float) -> NoiseSides:
    """Whose recursion takes most of the time, and depends on no coefficients."""
    return NoiseSides(power_law(d, 5, alpha), n)


def bracket(d: int, n: int, alpha: float, b: float) -> NoiselessBracket:
    """On the usual grids."""
    p, squared = power_law(d, 5, alpha), coefficients(d, b)
    return noiseless_bracket(p, squared, n, sides=shared(d, n, alpha))


def test_a_recursion_that_is_handed_over_is_the_same() -> None:
    p, squared = power_law(3000, 5, 1.25), coefficients(3000, 0.1)
    own, handed = noiseless_bracket(p, squared, 400), bracket(3000, 400, 1.25, 0.1)
    assert (own.lower, own.upper) == (handed.lower, handed.upper)


@pytest.mark.parametrize(
    ("alpha", "b", "ratio"),
    [
        # Aims; at b = 0 and alpha > 1 what an independent evaluation by sampling gave is below.
        *((1.0, b, 1.35) for b in (0.0, 0.1)),
        *((1.25, b, 1.11) for b in (0.0, 0.1)),
        *((1.5, b, 1.03) for b in (0.0, 0.1)),
        *((2.0, b, 1.01) for b in (0.0, 0.1)),
        *((3.0, b, 1.001) for b in (0.0, 0.1)),
    ],
)
def test_the_sides_are_close(alpha: float, b: float, ratio: float) -> None:
    found = bracket(10_000, 1000, alpha, b)
    assert found.missing_mass < found.lower < found.upper < ratio * found.lower


# Belief propagation, to half a unit of its last digit, and the mean of simulated losses.
@pytest.mark.parametrize(
    ("alpha", "truth", "half_digit"),
    [(1.0, 1.699, 5e-4), (1.25, 0.6618, 5e-5), (1.5, 0.2502, 5e-5), (2.0, 0.04915, 5e-6)],
)
def test_the_prediction_by_belief_propagation_lies_between(
    alpha: float, truth: float, half_digit: float
) -> None:
    found = bracket(10_000, 1000, alpha, 0.0)
    assert found.lower < truth + half_digit
    assert truth - half_digit < found.upper


@st.composite
def tables(draw: st.DrawFn) -> tuple[Array, Array, int]:
    """Frequencies and coefficients of no law."""
    d = draw(st.integers(2, 40))
    exponents = st.floats(-12, 0)
    p = 10.0 ** np.array(draw(st.lists(exponents, min_size=d, max_size=d)))
    sizes = st.one_of(st.just(0.0), st.floats(1e-6, 1e6))
    squared = np.array(draw(st.lists(sizes, min_size=d, max_size=d)))
    return np.sort(p)[::-1], squared, draw(st.integers(1, 300))


@settings(max_examples=25)
@given(table=tables())
def test_bounds_are_ordered_in_rows_and_frequencies(table: tuple[Array, Array, int]) -> None:
    p, squared, n = table
    recursion = CavityRecursion(p, n)
    assert np.all(np.diff(recursion.bound, axis=0) <= 0)
    assert np.all((recursion.bound >= 0) & (recursion.bound <= 1))
    # A bound c_T may rise with T, as fewer rows are left; that of no appearance is trivial.
    assert np.all(recursion.seen[:, 0] == 1)
    assert np.all((recursion.seen >= 0) & (recursion.seen <= 1))
    found = noiseless_bracket(p, squared, n)
    assert 0 <= found.lower <= found.upper
    assert found.lower <= found.missing_mass * (1 + 1e-9) + found.upper - found.missing_mass
    falling = np.sort(squared)[::-1]
    energy = float(p @ falling)
    assert noiseless_bracket(p, falling, n).upper <= energy * (1 + 1e-9)


@settings(max_examples=20)
@given(table=tables(), factor=st.floats(1e-3, 1e3))
def test_the_sides_scale_with_the_coefficients(
    table: tuple[Array, Array, int], factor: float
) -> None:
    p, squared, n = table
    one, other = (noiseless_bracket(p, squared * c, n) for c in (1.0, factor))
    # Roundings, and classes of coefficients in the lower side that begin elsewhere.
    assert other.upper == pytest.approx(factor * one.upper, rel=1e-9)
    assert other.lower == pytest.approx(factor * one.lower, rel=0.1)


@settings(max_examples=20)
@given(table=tables(), data=st.data())
def test_more_rows_lower_the_upper_side_for_falling_coefficients(
    table: tuple[Array, Array, int], data: st.DataObject
) -> None:
    """Up to grids that differ: each side is within two per cent of one grid that has both."""
    p, squared, n = table
    falling = np.sort(squared)[::-1]
    more = n + data.draw(st.integers(1, 2 * n))
    few, many = (noiseless_bracket(p, falling, rows).upper for rows in (n, more))
    assert many <= few * 1.02


FINER = Accuracy(rows=0.005, frequencies=0.01, nodes=0.02)


@pytest.mark.parametrize(
    ("alpha", "finer"),
    [
        (1.5, Accuracy(rows=0.005)),
        (1.5, Accuracy(frequencies=0.01)),
        (1.5, Accuracy(nodes=0.02)),
        *((alpha, FINER) for alpha in (1.0, 2.0)),
    ],
)
def test_finer_grids_gain_little_and_lose_nothing(alpha: float, finer: Accuracy) -> None:
    p, squared = power_law(3000, 5, alpha), coefficients(3000, 0.1)
    default = bracket(3000, 400, alpha, 0.1).upper
    fine = noiseless_bracket(p, squared, 400, finer).upper
    assert default * (1 - 2e-3) <= fine <= default * (1 + 2e-5)


@pytest.mark.parametrize(
    "coarser", [Accuracy(rows=0.3), Accuracy(frequencies=0.5), Accuracy(nodes=0.8)]
)
def test_coarser_grids_only_lose(coarser: Accuracy) -> None:
    p, squared = power_law(3000, 5, 1.25), coefficients(3000, 0.1)
    default = bracket(3000, 400, 1.25, 0.1).upper
    coarse = noiseless_bracket(p, squared, 400, coarser).upper
    assert default <= coarse * (1 + 2e-5)
    assert coarse <= 1.2 * default


def test_with_one_sample_the_lower_side_is_the_loss() -> None:
    """All features of the row are private to it, and the loss on them is |S| - 1 of p in |S|."""
    p = np.geomspace(0.05, 1e-4, 8)
    loss = 0.0
    for pattern in range(1 << p.size):
        held = (pattern >> np.arange(p.size) & 1).astype(bool)
        chance = float(np.prod(np.where(held, p, 1 - p)))
        loss += chance * float(p @ np.where(held, 1 - 1 / max(1, held.sum()), 1.0))
    found = noiseless_bracket(p, np.ones(p.size), 1)
    assert loss * (1 - 1e-3) < found.lower <= loss <= found.upper < loss * 1.01


@pytest.mark.parametrize(
    ("p", "squared", "n"),
    [
        ([1.0, 1.0], [1.0, 1.0], 1),
        ([1.0, 1e-300], [1.0, 1.0], 1),
        ([1.0, 1e-300], [1.0, 1e300], 10**6),
        ([1e-300, 1e-300], [1.0, 1.0], 10),
        ([5e-324, 5e-324], [1.0, 1.0], 10),
        ([1.0, 0.0, 0.0], [1.0, 2.0, 3.0], 5),
        ([0.0, 0.0], [1.0, 1.0], 5),
        ([0.5, 0.5], [0.0, 0.0], 7),
        ([1 - 2.0**-53, 2.0**-53], [1e-200, 1e200], 1000),
        ([0.9, 1e-9], [1e6, 1.0], 10**5),
        ([1.0] * 300, [1.0] * 300, 100),
        ([1e-12] * 300, [1.0] * 300, 100),
    ],
)
def test_extreme_inputs_give_finite_sides(p: list[float], squared: list[float], n: int) -> None:
    found = noiseless_bracket(np.array(p), np.array(squared), n)
    assert np.isfinite([found.lower, found.upper, found.missing_mass]).all()
    assert 0 <= found.lower <= found.upper


def test_certain_features_are_learned_at_the_rate_of_rows() -> None:
    """Two features in every row, with independent signs: rank 2 but for chance 2^(1-n)."""
    n = 50
    found = noiseless_bracket(np.ones(2), np.ones(2), n)
    assert found.missing_mass == 0
    assert 2 * 2.0 ** (1 - n) / 2 <= found.upper < 0.1


def test_a_frequent_feature_is_bounded_by_its_appearances() -> None:
    """Regression of one coefficient on noise from one rare one: near (1/n) of it."""
    n = 1000
    recursion = CavityRecursion(np.array([1.0, 1e-4]), n)
    assert recursion.bound[-1, 0] < 1e-3
