"""Chances of a binomial count, the rarest included."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from theorems.answer import chosen_k
from theorems.catalogue import catalogue
from theorems.claim import claim_at
from theorems.evaluate.binomial_law import chance
from theorems.planning import plan_of
from theorems.setting import Setting


@given(
    trials=st.integers(3, 10**9),
    exponent=st.floats(-323, 0, exclude_max=True),
    count=st.integers(0, 3),
)
# There scipy's function raises, on the way to 1.
@example(trials=10**6, exponent=-305.0, count=0)
@example(trials=10**6, exponent=-307.9, count=1)
def test_chances_are_those_of_many_digits(trials: int, exponent: float, count: int) -> None:
    probability = 10.0**exponent
    found = float(chance(np.array([count]), trials, probability)[0])
    with mpmath.workdps(40):
        p = mpmath.mpf(probability)
        expected = mpmath.binomial(trials, count) * p**count * (1 - p) ** (trials - count)
    # Of a chance that underflows on the way nothing is asked but to be small.
    assert found == pytest.approx(float(expected), rel=1e-7, abs=1e-290)


def test_a_setting_whose_rows_all_but_surely_hold_a_tail_feature_is_evaluated() -> None:
    setting = Setting(n=10**6, d=2000, s=4153.33, alpha=0.709536, beta_exponent=0.0935876)
    statement = catalogue["noiseless-loss"]
    parameters = setting.parameters | statement.defaults
    assert chosen_k(plan_of(statement), setting, parameters) is not None
    claim = claim_at(statement, setting)
    assert claim.failed == ""
    assert 0 <= claim.numbers["lower"] <= claim.numbers["upper"]
