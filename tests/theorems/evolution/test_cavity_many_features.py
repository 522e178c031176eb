"""More features than samples, all of one frequency: the loss is known without a simulation."""

import numpy as np
import pytest

from theorems.errors import InputError
from theorems.evolution.cavity import noiseless_bracket
from theorems.evolution.cavity_loops import binomial_mixture
from theorems.evolution.cavity_noise import (
    minimum_norm_variance_lower,
    ridge_variance,
    risk_lower,
    risk_upper,
)


@pytest.mark.parametrize(("n", "d", "p"), [(150, 300, 0.9), (200, 260, 1.0), (90, 400, 0.8)])
def test_the_rank_alone_bounds_the_loss(n: int, d: int, p: float) -> None:
    """sum_i p (1 - P_ii) = p (d - rank) >= p (d - n); here appearances exceed what is followed."""
    frequencies = np.full(d, p)
    assert risk_upper(frequencies, n, 0.0) >= p * (d - n)
    assert noiseless_bracket(frequencies, np.ones(d), n).upper >= p * (d - n)
    # The rank is n but with a chance below n^2 times that of two equal columns of signs.
    assert risk_lower(frequencies, n, 0.0) <= p * (d - n) * (1 + 1e-9)


@pytest.mark.parametrize("chance", [0.3, 0.5, 0.9])
def test_appearances_beyond_the_last_are_counted(chance: float) -> None:
    """A constant has itself for its mean, however few values stand for it."""
    m, values = 400, np.ones(65)
    base, rest = np.empty(1), np.empty(1)
    binomial_mixture(np.array([chance]), m, values, base, rest)
    assert base[0] >= 1
    assert rest[0] >= 1 - 1e-3


@pytest.mark.parametrize(
    ("p", "n", "message"),
    [
        ([[0.5]], 1, r"p = an array of shape \(1, 1\): must have shape"),
        ([0.5, 1.5], 1, r"p\[1\] = 1.5: must be a probability"),
        ([float("nan")], 1, r"p\[0\] = nan: must be a probability"),
        ([0.2, 0.5], 1, r"p\[1\] = 0.5: must not exceed the frequency before it"),
        ([0.5], 0, "n = 0: must be an integer"),
    ],
)
def test_what_are_no_frequencies_is_refused(p: list[float], n: int, message: str) -> None:
    array = np.array(p)
    with pytest.raises(InputError, match=message):
        noiseless_bracket(array, np.ones(array.shape), n)
    for one in (risk_upper, risk_lower, ridge_variance):
        with pytest.raises(InputError, match=message):
            one(array, n, 1.0)
    with pytest.raises(InputError, match=message):
        minimum_norm_variance_lower(array, n)


@pytest.mark.parametrize("ridge", [-1.0, float("nan"), float("inf")])
def test_what_is_no_penalty_is_refused(ridge: float) -> None:
    with pytest.raises(InputError, match=f"ridge = {ridge}: must be a finite number >= 0"):
        risk_upper(np.array([0.5]), 3, ridge)


@pytest.mark.parametrize(
    ("squares", "message"),
    [
        ([1.0, 1.0], r"beta_squared = an array of shape \(2,\): must have shape \(1,\)"),
        ([-1.0], r"beta_squared\[0\] = -1.0: must be finite and >= 0"),
    ],
)
def test_what_are_no_squares_is_refused(squares: list[float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        noiseless_bracket(np.array([0.5]), np.array(squares), 3)
