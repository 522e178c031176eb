import math
from itertools import pairwise

import mpmath
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from theorems.evaluate.fixed_point import largest_fixed_point

EPS = 2.0**-52


@given(slope=st.floats(0, 0.99), offset=st.floats(0.001, 1))
def test_affine_maps(slope: float, offset: float) -> None:
    exact = offset / (1 - slope)
    found = largest_fixed_point(lambda x: slope * x + offset, exact + 1, EPS)
    # It stops where a step is below 4 eps: that far times 1/(1 - slope) from the fixed point.
    assert found == pytest.approx(exact, rel=10 * EPS / (1 - slope))


@given(load=st.floats(0.1, 5), n=st.integers(1, 200), p=st.floats(0.001, 0.5))
def test_density_evolution_against_a_scan_and_bisection(load: float, n: int, p: float) -> None:
    """w = exp(-load e^(-n p w)): the largest of up to three solutions."""

    def image(w: float) -> float:
        return math.exp(-load * math.exp(-n * p * w))

    found = largest_fixed_point(image, 1.0, EPS)
    grid = [at / 4000 for at in range(4001)]
    above = [low for low, high in pairwise(grid) if image(low) >= low and image(high) < high]
    assume(above)
    low, high = above[-1], above[-1] + 1 / 4000
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if image(middle) >= middle else (low, middle)
    slope = load * n * p * math.exp(-n * p * high) * high
    assume(slope < 0.99)
    assert found == pytest.approx(high, rel=20 * EPS / (1 - slope))


def test_the_largest_of_three() -> None:
    """Fixed points 0, 1/2 and 1: from above 1 it comes down to 1, from below 1 to 1/2."""

    def image(x: float) -> float:
        return x - 0.1 * x * (x - 0.5) * (x - 1)

    assert largest_fixed_point(image, 2.0, EPS) == pytest.approx(1.0, abs=1e-12)
    assert largest_fixed_point(image, 0.9, EPS) >= 0.5


def test_any_precision() -> None:
    with mpmath.workdps(50):
        found = largest_fixed_point(lambda x: mpmath.cos(1) * x + 1, mpmath.mpf(10), mpmath.eps)
        assert abs(found - 1 / (1 - mpmath.cos(1))) < mpmath.mpf(10) ** -47


def test_a_map_that_hardly_contracts_is_an_error_not_an_answer() -> None:
    """X - x^2 near its double fixed point 0 falls like 1/t: 10^4 steps do not settle it."""
    with pytest.raises(ArithmeticError, match="hardly contracts"):
        largest_fixed_point(lambda x: x - x**2 / 2, 1.0, EPS)
