"""Each rounding of the cavity recursion alone, against exact sums or sampling."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import binom

from theorems.evolution import cavity_loops as loops
from theorems.evolution import cavity_recursion
from theorems.evolution.cavity_classes import FrequencyClasses, concentrated
from theorems.evolution.cavity_grid import exponential_weights, integration_nodes, rows_grid
from theorems.evolution.cavity_recursion import Accuracy, CavityRecursion, _transform
from theorems.evolution.cavity_sums import UNIT
from theorems.evolution.cavity_sums import product as summed_product

Array = NDArray[np.float64]

ROUNDING = 1e-12
"""Sums of some hundred positive terms of a few roundings each."""


def poisson_binomial(p: Array) -> Array:
    law = np.ones(1)
    for q in p:
        law = np.append(law * (1 - q), 0.0) + np.append(0.0, law * q)
    return law


@given(
    p=st.lists(st.floats(1e-6, 1), min_size=1, max_size=60),
    spare=st.floats(1, 1.5),
)
def test_a_concentrated_law_has_the_larger_mean_of_a_concave_function(
    p: list[float], spare: float
) -> None:
    chances = np.array(p)
    laws, lost = concentrated(float(chances.sum()), min(1.0, spare * float(chances.max())))
    law = np.ones(1)
    for summand in laws:
        law = np.convolve(law, summand)
    assert abs(1 - law.sum()) <= lost + ROUNDING
    exact = poisson_binomial(chances)
    for scale in (0.01, 0.3, 1.0, 5.0):
        for f in (lambda x, s=scale: x / (s + x), lambda x, s=scale: 1 - np.exp(-x / s)):
            above = law @ f(np.arange(law.size)) + lost
            assert exact @ f(np.arange(exact.size)) <= above * (1 + ROUNDING)
    mean = law @ np.arange(law.size)
    assert mean == pytest.approx(float(chances.sum()), rel=1e-9)


@given(
    p=st.lists(st.floats(1e-9, 1), min_size=1, max_size=80),
    n=st.integers(1, 1000),
    ratio=st.floats(1.001, 3),
)
def test_classes_hold_all_features_and_bracket_their_means(
    p: list[float], n: int, ratio: float
) -> None:
    falling = np.sort(np.array(p))[::-1].copy()
    classes = FrequencyClasses.of(falling, n, ratio)
    assert classes.count.sum() == falling.size
    for start, count, lowest, highest, mass, mean, weighted, above in zip(
        *(getattr(classes, name) for name in FrequencyClasses.__dataclass_fields__), strict=True
    ):
        part = falling[start : start + count]
        assert (lowest, highest) == (part.min(), part.max())
        assert highest <= max((ratio - 1) / n, ratio * lowest * (1 + ROUNDING))
        assert part.sum() <= mass <= part.sum() * (1 + ROUNDING)
        assert mean <= part.mean() * (1 + 1e-15)
        assert weighted <= (part @ part) / part.sum() * (1 + 1e-15)
        assert above >= (part @ part) / part.sum() * (1 - 1e-15)


@given(st.integers(1, 10**5), st.floats(0.001, 0.5))
def test_the_grid_of_rows(n: int, step: float) -> None:
    rows = rows_grid(n, step)
    assert (rows[0], rows[-1]) == (0, n)
    assert np.all(np.diff(rows) >= 1)
    assert np.all(np.diff(rows) <= np.maximum(1, step * rows[:-1]))


@given(st.floats(1e-6, 1e6), st.integers(1, 10**6))
def test_integrals_by_chords_are_above(a: float, n: int) -> None:
    """int e^-t e^-(a t) dt = 1/(1+a)."""
    nodes = integration_nodes(n, 0.07)
    weights = exponential_weights(nodes)
    assert np.all(weights > 0)
    assert weights.sum() == pytest.approx(1, abs=1e-14)
    value = weights @ np.exp(-a * nodes)
    assert value >= (1 - ROUNDING) / (1 + a)
    # A chord over a relative step h is off by (h t)^2 f''/8 = (h a t)^2 e^(-a t)/8 at most, of
    # mean h^2/4 with weights a e^(-a t) dt: .0012.
    if a < n:
        assert value <= (1 + 1.5e-3) / (1 + a)


values = st.lists(st.floats(1e-4, 1.0), min_size=1, max_size=6)


@given(u=values, q=st.lists(st.floats(0.01, 0.9), min_size=6, max_size=6), ridge=st.floats(0, 2))
def test_the_law_of_a_sum_is_merged_to_the_safe_side(
    u: list[float], q: list[float], ridge: float
) -> None:
    """E 1/(1 + 1/(lambda+nu_1) + 1/(lambda+nu_2)), nu = sum_j Bern(q_j) u_j, in full."""
    chances = np.concatenate([[1 - x, x] for x in q[: len(u)]])
    bins = np.empty((2, loops.BINS + 2))
    used = loops.law_of_sum(np.array(u), chances, 2 * np.arange(len(u) + 1), bins[0], bins[1])
    assert bins[0, :used].sum() == pytest.approx(1, abs=ROUNDING)
    nodes = integration_nodes(1000, 0.02)
    phi = _transform(nodes, bins[0, :used], bins[1, :used] / bins[0, :used] + ridge, 0.0)
    powers = np.empty(3)
    loops.powers(exponential_weights(nodes), phi, powers)
    law = [
        (
            float(np.prod(np.where(held, q[: len(u)], 1 - np.array(q[: len(u)])))),
            float(np.dot(held, u)) + ridge,
        )
        for held in product((0, 1), repeat=len(u))
    ]
    exact = sum(
        one * two * (1 / (1 + 1 / x + 1 / y) if x > 0 and y > 0 else 0.0)
        for (one, x), (two, y) in product(law, law)
    )
    assert exact * (1 - ROUNDING) <= powers[2] <= exact * 1.002 + 1e-15
    once = sum(chance * x / (1 + x) for chance, x in law)
    assert once * (1 - ROUNDING) <= powers[1] <= once * 1.002 + 1e-15


@given(
    p=st.lists(st.floats(0, 1), min_size=1, max_size=5),
    m=st.integers(1, 500),
    size=st.integers(1, 65),
)
def test_binomial_means(p: list[float], m: int, size: int) -> None:
    chances = np.array(p)
    levels = 1 / (1 + np.arange(size))
    base, rest = np.empty((2, chances.size))
    loops.binomial_mixture(chances, m, levels, base, rest)
    counts = np.arange(m + 1)
    law = binom.pmf(counts, m, chances[:, None])
    exact = law @ np.where(counts < size, levels[np.minimum(counts, size - 1)], levels[-1])
    tail = binom.sf(size - 1, m, chances)
    assert np.all(base >= exact * (1 - 1e-10))
    assert np.all(rest >= tail * (1 - 1e-9))
    # Beyond exponents of 600 it gives up.
    small = chances * m < 300
    assert np.all(rest[small] <= tail[small] * 1.01 + 1e-12)
    np.testing.assert_allclose(base[small], exact[small], rtol=1e-2)


@given(p=st.floats(1e-3, 1), a=st.integers(1, 60), before=st.floats(1e-4, 1), y=st.floats(0, 1e3))
def test_split_with_equal_rows(p: float, a: int, before: float, y: float) -> None:
    """Y constant: E 1/(1/u + T y), T ~ Bin(a, p)."""
    nodes = integration_nodes(10_000, 0.02)
    out = np.ones(1)
    loops.split(np.array([p]), np.array([before]), a, nodes, np.exp(-y * nodes), out)
    counts = np.arange(a + 1)
    exact = float(binom.pmf(counts, a, p) @ (1 / (1 / before + counts * y)))
    assert exact * (1 - 1e-9) <= out[0] <= exact * 1.01


def sampled(p: Array, n: int, draws: int, seed: int) -> tuple[Array, Array]:
    """The recursion itself, without splits, by sampling: no grid, no class, no bin.

    Returns:
        U_i(n), shape (d,), and the standard error of its last step, relative, shape (d,).
    """
    rng = np.random.default_rng(seed)
    table = np.ones((n + 1, p.size))
    spread = np.zeros(p.size)
    nu = [np.empty(0)] * (n + 1)
    for m in range(n + 1):
        if m:
            mean, error = np.ones(m + 1), np.zeros(m + 1)
            for t in range(1, m + 1):
                rows = nu[m - t][rng.integers(0, draws, (draws, t))]
                with np.errstate(divide="ignore"):
                    each = 1 / (1 + (1 / rows).sum(axis=1))
                mean[t], error[t] = each.mean(), each.std() / np.sqrt(draws)
            unseen = p * (1 - p) ** (m - 1)
            law = poisson_binomial(unseen)
            K = np.arange(law.size)
            mean[1] = min(mean[1], law @ (K / (K + 1)) + p @ table[m - 1] - unseen.sum())
            law = binom.pmf(np.arange(m + 1), m, p[:, None])
            table[m] = np.minimum(table[m - 1], law @ mean)
            spread = np.sqrt(law**2 @ error**2) / table[m]
        nu[m] = (rng.random((draws, p.size)) < p) @ table[m]
    return table[-1], spread


@pytest.mark.parametrize("alpha", [0.5, 1.5, 2.5])
def test_the_recursion_against_sampling(alpha: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cavity_recursion, "OFTEN", math.inf)
    p = 0.4 * np.arange(1, 16) ** -alpha
    n, draws = 12, 40_000
    expected, spread = sampled(p, n, draws, seed=7)
    recursion = CavityRecursion(p, n, accuracy=Accuracy(frequencies=1e-6, nodes=0.02))
    found = recursion.bound[-1]
    assert found.size == p.size
    # Errors of earlier steps come in damped by derivatives below 1: six of the last cover them,
    # and the chance of a false alarm over 45 features is below 1e-7.
    assert np.all(found >= expected * (1 - 6 * spread))
    # Above it by the concentrated laws of single features (none) and chords in t only.
    assert np.all(found <= expected * (1 + 6 * spread + 2e-3))


@given(
    p=st.lists(st.floats(1e-4, 0.6), min_size=2, max_size=12, unique=True),
    n=st.integers(1, 30),
    ridge=st.sampled_from([0.0, 0.3]),
)
def test_the_bound_for_one_appearance(p: list[float], n: int, ridge: float) -> None:
    """E f(K) + (sum p U - E K)/(1+lambda)^2 with the recursion's own U, done exactly."""
    chances = np.sort(np.array(p))[::-1].copy()
    recursion = CavityRecursion(chances, n, ridge=ridge, accuracy=Accuracy(frequencies=1e-9))
    assume(recursion.classes.count.size == chances.size)
    for m, bound, once in zip(recursion.rows, recursion.bound, recursion.once, strict=True):
        unseen = chances * (1 - chances) ** int(m)
        law = poisson_binomial(unseen)
        K = np.arange(law.size) + ridge
        rest = max(0.0, float(chances @ bound) - float(unseen.sum()))
        exact = float(law @ (K / (K + 1))) + rest / (1 + ridge) ** 2
        assert exact * (1 - 1e-9) <= once
        # The concentrated law of K: a binomial of the largest chance.
        assert once <= exact * 1.2 + 1e-9


@pytest.mark.parametrize("size", [0, 1, 4095, 4096, 4097, 300_000])
def test_products_are_added_with_few_roundings(size: int) -> None:
    # Half a unit each, all of which a plain sum loses behind the first.
    one = np.full(size, UNIT / 2)
    one[:1] = 1.0
    exact = math.fsum(one.tolist())
    # Two roundings a term besides those of a block's sum and of the sum of blocks.
    assert abs(summed_product(one, np.ones(size)) - exact) <= (4098 + size / 4096) * UNIT * exact


@given(st.lists(st.floats(0, 1), min_size=1, max_size=9))
def test_the_least_sequence_above_that_is_convex_and_does_not_rise(values: list[float]) -> None:
    raised = np.array(values)
    loops.raise_to_convex(raised)
    assert np.all(raised >= values)
    assert np.all(np.diff(raised) <= 0)
    # Each is a sum of two numbers up to 2^9: differences are exact to that many units.
    assert np.all(np.diff(raised, 2) >= -(2**10) * UNIT)
    # Least: each is itself, or on the line through the two after it, or as the one after it.
    for at in range(len(values) - 1):
        line = 2 * raised[at + 1] - raised[at + 2] if at + 2 < len(values) else -math.inf
        assert raised[at] in (values[at], line, raised[at + 1])
