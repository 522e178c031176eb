import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theorems.evaluate.columns import GroupedFeatures
from theorems.evaluate.numbers import evaluate
from theorems.evaluate.reductions import (
    CHUNK,
    CHUNKS_KEPT,
    EveryFeature,
    ThinnedFeatures,
    power1p,
    power1p_difference,
    remember,
)
from theorems.model import DEFINITIONS
from theorems.setting import Setting

EVERY = EveryFeature()


@pytest.mark.parametrize(
    ("low", "high"), [(1, 1), (1, CHUNK), (1, CHUNK + 1), (5, 2 * CHUNK + 17), (7, 6), (9, 1)]
)
def test_sums_cover_every_index_once(low: int, high: int) -> None:
    expected = sum(range(low, high + 1))
    assert EVERY.sum_over(lambda i: i, low, high) == expected
    assert EVERY.sum_over(lambda _: 2.0, low, high) == 2 * max(0, high - low + 1)


@pytest.mark.parametrize("high", [3 * CHUNK + 5, CHUNKS_KEPT * CHUNK, (CHUNKS_KEPT + 1) * CHUNK])
def test_chunks_that_are_remembered_are_told_apart(high: int) -> None:
    calls = []

    def counted(i: np.ndarray) -> np.ndarray:
        calls.append(i)
        return i + 0

    p = remember(counted)
    for low in (1, CHUNK + 1, 2 * CHUNK + 3):
        assert EVERY.sum_over(p, low, high) == (high - low + 1) * (high + low) / 2
    # Where all whole chunks fit they are worked out once, the rests of each sum again.
    whole, rests = high // CHUNK, bool(high % CHUNK)
    worked_out = whole + 3 * rests + 1 if high <= CHUNKS_KEPT * CHUNK else 3 * whole - 3
    assert len(calls) == worked_out


@given(
    x=st.lists(st.floats(-1.5, 3), min_size=1, max_size=4),
    exponent=st.sampled_from([0, 1, 7, 0.5, 1000]),
)
def test_a_power_less_one_is_as_the_difference_of_two_powers(
    x: list[float], exponent: float
) -> None:
    some = np.array(x)
    # A tiny number in place of 0 is worked out as any other is.
    tiny = np.full(some.shape, 1e-30)
    np.testing.assert_allclose(
        power1p_difference(some, 0, exponent),
        power1p_difference(some, tiny, exponent),
        rtol=1e-14 * (1 + exponent),
        atol=1e-26,
    )
    np.testing.assert_allclose(
        power1p_difference(0, some, exponent),
        -np.asarray(power1p_difference(some, 0, exponent)),
        rtol=0,
    )


def test_sums_against_a_column() -> None:
    column = np.array([[1.0], [2.0], [3.0]])
    values = EVERY.sum_over(lambda i: column * i, 1, CHUNK + 5)
    total = (CHUNK + 5) * (CHUNK + 6) / 2
    assert values.tolist() == [[total], [2 * total], [3 * total]]


@given(st.lists(st.floats(-3, 3), min_size=1, max_size=12))
def test_products_keep_signs_and_zeros(factors: list[float]) -> None:
    table = np.array(factors)

    def term(i: np.ndarray) -> np.ndarray:
        return table[i.astype(int) - 1]

    expected = math.prod(factors)
    assert EVERY.product_over(term, 1, len(factors)) == pytest.approx(
        expected, rel=1e-13, abs=1e-13
    )
    plus = math.prod(1 + factor for factor in factors)
    assert EVERY.product1p_over(term, 1, len(factors)) == pytest.approx(plus, rel=1e-12, abs=1e-13)
    with_zero = EVERY.product_over(lambda i: term(i) * (i > 1), 1, len(factors))
    assert with_zero == 0


def test_products_of_one_plus_little_keep_its_digits() -> None:
    assert math.log(EVERY.product1p_over(lambda i: 1e-12 + 0 * i, 1, 1000)) == pytest.approx(
        1e-9, rel=1e-6
    )


@given(x=st.floats(-1.9, 3), exponent=st.integers(0, 60))
def test_power1p_is_the_power(x: float, exponent: int) -> None:
    # n ln(1+x) is rounded to |n ln(1+x)| eps; near x = -1 the value itself is tiny.
    assert float(power1p(x, exponent)) == pytest.approx((1 + x) ** exponent, rel=1e-12, abs=1e-300)


def test_power1p_keeps_the_digits_of_a_small_x() -> None:
    assert float(power1p(-1e-17, 10**15)) == pytest.approx(math.exp(-0.01), rel=1e-14)
    column = np.array([[0.0], [1.0], [2.0]])
    assert power1p(np.array([-1.0, -1.5]), column).tolist() == [
        [1, 1],
        [0, pytest.approx(-0.5)],
        [0, pytest.approx(0.25)],
    ]


def test_remember_keeps_the_last_array_only() -> None:
    calls: list[object] = []

    def function(index: object) -> object:
        calls.append(index)
        return index

    remembered = remember(function)
    first, second = np.arange(3.0), np.arange(3.0)
    for index in (first, first, second, second, first):
        remembered(index)
    assert [call is first for call in calls] == [True, False, True]


@given(
    n=st.integers(10, 10**5),
    d=st.integers(600, 60000),
    s=st.floats(0.1, 20),
    alpha=st.floats(0.5, 4),
    k=st.integers(1, 599),
)
def test_thinned_features_are_as_good_as_they_say(
    n: int, d: int, s: float, alpha: float, k: int
) -> None:
    parameters = Setting(n=n, d=d, s=s, alpha=alpha, k=k).parameters
    names = {name: DEFINITIONS[name].name for name in ("Z", "S", "p_tail")}
    exact = evaluate(names, parameters)
    thinned = evaluate(names, parameters, features=ThinnedFeatures())
    for name, value in exact.items():
        # 1/(24 a^2) of x^-alpha at a = 512 is 2e-7 alpha (alpha + 1)/2 of the part beyond 512,
        # and where p is capped the kink of min(1, c x^-alpha) is met by a quadrature node of
        # weight a quarter of the block: only blocks beyond 512 features are so.
        capped = s * 512.0**-alpha / exact["Z"] >= 1
        assert thinned[name] == pytest.approx(value, rel=0.1 if capped else 1e-5), name


@given(
    terms=st.lists(st.floats(0, 1) | st.floats(0, 1e-300), min_size=2, max_size=30),
    counts=st.lists(st.integers(1, 9), min_size=30, max_size=30),
)
def test_sums_over_pairs_lose_no_digits(terms: list[float], counts: list[int]) -> None:
    """Against fractions, whatever one term is to the others; equal features are one group."""
    values = np.repeat(terms, counts[: len(terms)])
    exact = sum(
        Fraction(values[i]) * Fraction(values[j]) for j in range(values.size) for i in range(j)
    )
    starts = np.concatenate([[0], np.cumsum(counts[: len(terms)])[:-1]])
    for features in (EveryFeature(), GroupedFeatures(starts, values.size)):
        found = features.pairs_over(lambda index: values[index.astype(int) - 1], 1, values.size)
        assert float(found) == pytest.approx(float(exact), rel=1e-13, abs=1e-320)
