import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Rational

from theorems.evaluate.inverse_count import DIRECT, SERIES_BELOW, mean_inverse_count
from theorems.evaluate.numbers import reductions_mpmath
from theorems.expressions import MeanInverseCount


def hypergeometric(n: int, p: float) -> float:
    """n p (1-p)^(n-1) 3F2(1, 1, 1-n; 2, 2; -p/(1-p)) at 30 digits."""
    with mpmath.workdps(30):
        chance = mpmath.mpf(p)
        series = mpmath.hyp3f2(1, 1, 1 - n, 2, 2, -chance / (1 - chance))
        return float(n * chance * (1 - chance) ** (n - 1) * series)


@given(n=st.integers(1, 80), p=st.floats(1e-6, 1) | st.floats(1e-300, 1e-6))
def test_the_definition(n: int, p: float) -> None:
    expected = math.fsum(math.comb(n, t) * p**t * (1 - p) ** (n - t) / t for t in range(1, n + 1))
    assert mean_inverse_count(n, p) == pytest.approx(expected, rel=1e-12)


@given(n=st.integers(1, 300), p=st.floats(1e-6, 0.99))
def test_the_hypergeometric_form(n: int, p: float) -> None:
    assert mean_inverse_count(n, p) == pytest.approx(hypergeometric(n, p), rel=1e-12)


@given(n=st.integers(1, 40), p=st.integers(1, 99))
def test_the_symbolic_form_and_the_loop_in_any_precision(n: int, p: int) -> None:
    symbolic = MeanInverseCount(n, Rational(p, 100)).as_hypergeometric()
    with mpmath.workdps(40):
        looped = reductions_mpmath.mean_inverse_count(mpmath.mpf(n), mpmath.mpf(p) / 100)
        assert abs(looped - mpmath.mpf(str(symbolic.evalf(35)))) < mpmath.mpf(10) ** -32


@pytest.mark.parametrize("n", [1, 2, 57, 1000, 10**5])
def test_long_arrays_are_read_off_a_table(n: int) -> None:
    """Across the series (n p < 10^-4), the table's pieces and p near 1; against point by point."""
    p = np.unique(
        np.concatenate(
            [np.geomspace(1e-9 / n, 1, 4001), SERIES_BELOW / n * np.array([0.999, 1, 1.001])]
        )
    )
    p = p[p <= 1]
    assert p.size > DIRECT
    direct = np.concatenate(
        [mean_inverse_count(n, part) for part in np.array_split(p, p.size // DIRECT + 1)]
    )
    np.testing.assert_allclose(mean_inverse_count(n, p), direct, rtol=2e-12)


@pytest.mark.parametrize(("n", "p"), [(1000, 0.003), (10**5, 0.1), (10**6, 1e-6), (10**4, 0.9)])
def test_many_trials_against_a_long_sum(n: int, p: float) -> None:
    with mpmath.workdps(30):
        chance = mpmath.mpf(p)
        expected = float(reductions_mpmath.mean_inverse_count(mpmath.mpf(n), chance))
    assert mean_inverse_count(n, p) == pytest.approx(expected, rel=1e-12)


def test_certain_features_and_shapes() -> None:
    assert mean_inverse_count(8, 1.0) == pytest.approx(1 / 8, rel=1e-13)
    values = mean_inverse_count(8, np.array([[0.1, 0.2], [0.3, 1.0]]))
    assert values.shape == (2, 2)
    assert values[0, 1] == pytest.approx(mean_inverse_count(8, 0.2), rel=1e-14)
    assert isinstance(mean_inverse_count(8, 0.2), float)


def test_what_is_asked_for_again_is_the_callers_own() -> None:
    """Values of few frequencies are kept: whoever changes an answer changes no later one."""
    chance = np.array([0.3, 0.1, 0.02])
    first = mean_inverse_count(50, chance)
    sound = first.copy()
    first[:] = 0
    assert np.array_equal(mean_inverse_count(50, chance), sound)
    assert np.all(sound > 0)
