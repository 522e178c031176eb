"""The two-sided noiseless loss without k, as a statement: goals, laws, what it improves on."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from theorems.catalogue import catalogue
from theorems.claim import claim_at
from theorems.evolution.cavity import noiseless_bracket
from theorems.law import Table
from theorems.setting import Setting

CAVITY = catalogue["noiseless-loss-cavity"]


@pytest.mark.parametrize(
    ("alpha", "most", "lower", "truth"),
    # Simulated or by belief propagation, to the digits shown (b = 0).
    [
        (1.0, 1.35, 1.457, 1.699),
        (1.25, 1.11, 0.6368, 0.6618),
        (1.5, 1.03, 0.2482, 0.2502),
        (2.0, 1.01, 0.0491, 0.04915),
    ],
)
def test_how_tight_it_is(alpha: float, most: float, lower: float, truth: float) -> None:
    for b in (0.0, 0.1):
        numbers = claim_at(CAVITY, Setting(alpha=alpha, beta_exponent=b)).numbers
        assert numbers["upper"] / numbers["lower"] <= most
        if b == 0:
            assert lower <= numbers["lower"] <= truth <= numbers["upper"]


@given(
    n=st.integers(1, 400),
    d=st.integers(3, 600),
    s=st.floats(0.05, 20),
    alpha=st.floats(0.3, 4),
    b=st.floats(0, 1.5),
)
def test_it_lies_within_what_is_known(n: int, d: int, s: float, alpha: float, b: float) -> None:
    setting = Setting(n=n, d=d, s=s, alpha=alpha, beta_exponent=b)
    found = claim_at(CAVITY, setting)
    missing = found.numbers["control_mean"]
    # The side is a sum of up to d doubles, rounded outward.
    assert found.numbers["lower"] >= missing * (1 - 1e-12)
    assert found.numbers["lower"] <= found.numbers["upper"]
    assert found.numbers["upper"] <= found.numbers["trivial_upper"] * (1 + 1e-12)
    known = claim_at(catalogue["noiseless-loss"], setting).numbers
    assert found.numbers["lower"] <= known["upper"] * (1 + 1e-12)


def test_any_frequencies() -> None:
    rng = np.random.default_rng(5)
    law = Table(rng.uniform(0, 0.3, 200) ** 3, rng.normal(size=200))
    setting = Setting(law=law, n=80)
    claim = claim_at(CAVITY, setting)
    assert claim.believed
    direct = noiseless_bracket(law.p, law.beta**2, 80)
    assert (claim.numbers["lower"], claim.numbers["upper"]) == (direct.lower, direct.upper)


@settings(max_examples=10)
@given(n=st.integers(20, 10**5), alpha=st.floats(1.1, 4), s=st.floats(0.1, 20))
def test_the_second_order_lies_between_the_sides(n: int, alpha: float, s: float) -> None:
    setting = Setting(n=n, d=10 * n if n < 5000 else 50_000, s=s, alpha=alpha, beta_exponent=0)
    law = claim_at(catalogue["noiseless-second-order"], setting)
    if not law.numbers["value"] > 1e-9:
        return
    sides = claim_at(CAVITY, setting).numbers
    value, accuracy = law.numbers["value"], law.numbers["accuracy"]
    assert sides["lower"] <= value * (1 + accuracy)
    assert sides["upper"] >= value * (1 - accuracy)


@given(
    n=st.integers(1, 200),
    d=st.integers(2, 300),
    s=st.floats(0.05, 60),
    alpha=st.floats(1.01, 5),
)
@example(n=22, d=24, s=44.0397, alpha=1.5)
@example(n=2, d=4, s=23.4102, alpha=2.4782)
def test_the_second_order_claims_no_less_than_is_proved_open_above(
    n: int, d: int, s: float, alpha: float
) -> None:
    """Where samples are fewer than the common features of each, nothing near M is claimed."""
    setting = Setting(n=n, d=d, s=s, alpha=alpha, beta_exponent=0)
    law = claim_at(catalogue["noiseless-second-order"], setting)
    if law.failed or not law.numbers["accuracy"] < 1:
        return
    upper = claim_at(CAVITY, setting).numbers["upper"]
    assert law.numbers["value"] * (1 + law.numbers["accuracy"]) >= upper * (1 - 1e-12)


def test_the_limit_of_the_second_order() -> None:
    setting = Setting(n=10**5, d=10**6, alpha=2, beta_exponent=0)
    sides = claim_at(CAVITY, setting).numbers
    missing = sides["control_mean"]
    low, high = ((sides[side] - missing) / missing**2 for side in ("lower", "upper"))
    assert low <= 0.25 * 1.01
    assert high >= 0.25 * 0.99
