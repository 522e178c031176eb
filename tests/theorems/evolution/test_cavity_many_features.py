"""More features than samples, all of one frequency: the loss is known without a simulation."""

import numpy as np
import pytest

from theorems.evolution.cavity import noiseless_bracket
from theorems.evolution.cavity_loops import binomial_mixture
from theorems.evolution.cavity_noise import risk_lower, risk_upper


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
