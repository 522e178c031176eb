"""Ridge and the noise of the minimum-norm solution between proved sides, as statements."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theorems.catalogue import catalogue
from theorems.claim import Claim, claim_at
from theorems.law import Table
from theorems.setting import Setting

ROUNDING = 1e-10
"""Of eigenvalues of integer matrices of this size, and sums over 3^6 designs."""


def claimed(identifier: str, setting: Setting, **extra: float) -> Claim:
    return claim_at(catalogue[identifier], setting, extra=extra)


def exact(n: int, p: list[float], ridge: float) -> tuple[float, float]:
    """F(lambda) and V_lambda over all designs; at lambda = 0 of the minimum-norm solution."""
    q, risk, variance = np.array(p), 0.0, 0.0
    for entries in product((-1, 0, 1), repeat=n * len(p)):
        X = np.array(entries, dtype=float).reshape(n, len(p))
        chance = float(np.prod(np.where(X != 0, q / 2, 1 - q)))
        gram = X.T @ X
        inverse = np.linalg.pinv(gram + ridge * np.eye(len(p)))
        risk += chance * float(q @ np.diag(np.eye(len(p)) - inverse @ gram))
        variance += chance * float(q @ np.diag(inverse @ gram @ inverse))
    return risk, variance


@settings(max_examples=25)
@given(
    size=st.sampled_from([(1, 2), (2, 2), (3, 2), (1, 4), (2, 3)]),
    chances=st.lists(st.floats(1e-3, 1), min_size=4, max_size=4),
    ridge=st.floats(1e-2, 20),
)
def test_every_design_of_a_tiny_model(
    size: tuple[int, int], chances: list[float], ridge: float
) -> None:
    n, d = size
    p = sorted(chances[:d], reverse=True)
    setting = Setting(law=Table(p), n=n, k=1)
    risk, variance = exact(n, p, ridge)
    for identifier, truth in (("ridge-risk", risk), ("ridge-variance", variance)):
        numbers = claimed(identifier, setting, lamda=ridge).numbers
        assert numbers["lower"] <= truth + ROUNDING * (1 + truth)
        assert truth <= numbers["upper"] + ROUNDING * (1 + truth)
    least = claimed("minimum-norm-variance", setting).numbers["lower"]
    assert least <= exact(n, p, 0.0)[1] + ROUNDING


@given(
    p=st.lists(st.floats(0.01, 0.99), min_size=2, max_size=5),
    ridge=st.floats(0.01, 5),
)
def test_one_sample_in_closed_form(p: list[float], ridge: float) -> None:
    """With K features in the sample, X'X has the eigenvalue K once."""
    risk = variance = least = 0.0
    for held in product((0, 1), repeat=len(p)):
        chance = math.prod(q if h else 1 - q for q, h in zip(p, held, strict=True))
        K = sum(held)
        mean = sum(q for q, h in zip(p, held, strict=True) if h) / K if K else 0.0
        risk += chance * (sum(p) - mean * K / (K + ridge))
        variance += chance * mean * K / (K + ridge) ** 2
        least += chance * mean / K if K else 0.0
    setting = Setting(law=Table(p), n=1, k=1)
    found = claimed("ridge-risk", setting, lamda=ridge).numbers
    assert found["lower"] <= risk * (1 + ROUNDING)
    assert risk <= found["upper"] * (1 + ROUNDING)
    found = claimed("ridge-variance", setting, lamda=ridge).numbers
    assert found["lower"] <= variance * (1 + ROUNDING)
    assert variance <= found["upper"] * (1 + ROUNDING)
    assert claimed("minimum-norm-variance", setting).numbers["lower"] <= least * (1 + ROUNDING)


@pytest.mark.parametrize("alpha", [1.25, 2.0])
def test_limits_in_lambda(alpha: float) -> None:
    """At 0 the noiseless loss, at infinity the mass; the noise factor falls to 0."""
    setting = Setting(n=200, d=2000, alpha=alpha, beta_exponent=0)
    noiseless = claimed("noiseless-loss-cavity", setting).numbers
    near = claimed("ridge-risk", setting, lamda=1e-9).numbers
    assert near["upper"] == pytest.approx(noiseless["upper"], rel=1e-6)
    assert noiseless["control_mean"] <= near["lower"] <= noiseless["lower"] * (1 + 1e-6)
    far = claimed("ridge-risk", setting, lamda=1e9).numbers
    assert far["lower"] == pytest.approx(far["trivial_upper"], rel=1e-6)
    assert claimed("ridge-variance", setting, lamda=1e9).numbers["upper"] < 1e-6
    nothing = claimed("ridge-variance", setting, lamda=0)
    assert not nothing.believed
    assert math.isnan(nothing.numbers["upper"])


@settings(max_examples=10)
@given(
    n=st.integers(2, 200), alpha=st.floats(0.6, 3), s=st.floats(0.1, 10), ridge=st.floats(0.01, 20)
)
def test_order_of_the_sides(n: int, alpha: float, s: float, ridge: float) -> None:
    """F grows and V_lambda falls with lambda, and the floor of every estimator is no higher."""
    setting = Setting(n=n, d=150, alpha=alpha, s=s)
    one, two = (claimed("ridge-risk", setting, lamda=x * ridge).numbers for x in (1, 2))
    assert one["lower"] <= one["upper"]
    assert one["lower"] <= two["lower"] * (1 + 1e-9)
    # Upper sides have grids of their own, within a hundredth.
    assert one["upper"] <= two["upper"] * 1.01
    floor = claimed("bayes-floor", setting, lamda=ridge).numbers["lower"]
    assert floor <= one["upper"]
    one, two = (claimed("ridge-variance", setting, lamda=x * ridge).numbers for x in (1, 2))
    assert two["lower"] <= one["upper"]
    assert one["lower"] <= one["upper"]


@pytest.mark.parametrize(
    ("alpha", "before", "lower", "observed"),
    # The lower side of `noisy-loss`; what was known of this one; V observed on R.
    [(1.25, 0.0, 0.276, 0.786), (1.5, 0.097, 0.180, 0.273), (2.0, 0.0589, 0.0658, 0.0726)],
)
def test_it_improves_on_the_side_with_k(
    alpha: float, before: float, lower: float, observed: float
) -> None:
    claim = claimed("minimum-norm-variance", Setting(alpha=alpha, beta_exponent=0))
    assert claim.comparison("with-k") == pytest.approx(before, abs=0.001)
    assert lower < claim.numbers["lower"] < observed


def test_ridge_as_it_was_simulated() -> None:
    """alpha 1.25, lambda 1: the risk of ridge is .9594, standard error .0034."""
    claim = claimed("ridge-risk", Setting(alpha=1.25, beta_exponent=0), lamda=1.0)
    assert claim.numbers["lower"] < 0.9594 < claim.numbers["upper"]
    # The upper side was .963, with rows sampled to half a hundredth.
    assert claim.numbers["upper"] == pytest.approx(0.963, rel=0.005)
