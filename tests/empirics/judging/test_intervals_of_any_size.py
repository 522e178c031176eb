"""Intervals of draws whose squares no double holds, or that vanish: those of draws of size one."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest

from empirics.judging.intervals import (
    Estimate,
    controlled_estimate,
    estimate,
    of_size_one,
    skewness,
)

CONFIDENCE = 0.999
RNG = np.random.default_rng(0)
CONTROL = RNG.exponential(size=60)
DRAWS = 3 * CONTROL + RNG.exponential(size=60)


@pytest.fixture(autouse=True)
def _loud() -> None:
    warnings.simplefilter("error")


def _numbers(found: Estimate | None) -> tuple[float, float, float]:
    assert found is not None
    assert found.ci_low < found.mean < found.ci_high
    return found.mean, found.ci_low, found.ci_high


@pytest.mark.parametrize("exponent", [-1000, -600, -1, 0, 3, 600, 1000])
def test_intervals_have_the_size_of_their_draws(exponent: int) -> None:
    factor = math.ldexp(1.0, exponent)
    plain = _numbers(estimate(DRAWS, CONFIDENCE))
    found = _numbers(estimate(DRAWS * factor, CONFIDENCE))
    assert found == pytest.approx([factor * end for end in plain], rel=1e-14, abs=0)
    assert skewness(DRAWS * factor) == pytest.approx(skewness(DRAWS), rel=1e-14)


@pytest.mark.parametrize("of_control", [-600, 0, 600])
@pytest.mark.parametrize("exponent", [-600, 0, 600])
def test_so_have_those_by_a_control(exponent: int, of_control: int) -> None:
    factor, other = math.ldexp(1.0, exponent), math.ldexp(1.0, of_control)
    plain = _numbers(controlled_estimate(DRAWS, CONTROL, 1.0, CONFIDENCE))
    found = _numbers(controlled_estimate(DRAWS * factor, CONTROL * other, other, CONFIDENCE))
    assert found == pytest.approx([factor * end for end in plain], rel=1e-13, abs=0)


def test_no_digit_is_lost_and_zeros_stay() -> None:
    unit, size = of_size_one(DRAWS * 1e300)
    assert (unit * size == DRAWS * 1e300).all()
    assert 0.5 <= unit.max() < 1
    for values in (np.zeros(3), np.empty(0), np.array([1.0, math.inf])):
        unit, size = of_size_one(values)
        assert size == 1
        assert (unit == values).all()
    unit, size = of_size_one(np.array([np.finfo(float).max, 5e-324]))
    assert math.isfinite(size)
    assert 1 <= unit[0] < 2
