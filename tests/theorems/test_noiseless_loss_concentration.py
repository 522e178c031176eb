"""The loss of a single draw: its upper side against exact laws of tiny models."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theorems.catalogue import catalogue
from theorems.claim import Claim, claim_at
from theorems.evolution.cavity_concentration import loss_of_a_draw
from theorems.law import Table
from theorems.setting import Setting

FAILURES = (0.01, 0.05, 0.3, 0.9)


def claimed(setting: Setting, failure: float) -> Claim:
    claim = claim_at(catalogue["noiseless-loss-concentration"], setting, extra={"eta": failure})
    assert claim.numbers["level"] == 1 - failure
    return claim


def at(setting: Setting, failure: float) -> float:
    return claimed(setting, failure).numbers["upper"]


def on_the_missing_mass(setting: Setting, failure: float) -> float:
    """The part of the first bound that bounds the missing mass alone."""
    cavity = claim_at(catalogue["noiseless-loss-cavity"], setting)
    beyond = cavity.numbers["upper"] - cavity.comparison("missing-mass")
    first = claimed(setting, failure).comparison("mean-of-the-seen")
    return first - 10 / (9 * failure) * beyond


@given(
    p=st.lists(st.floats(0.01, 0.99), min_size=2, max_size=9),
    n=st.integers(1, 12),
    failure=st.sampled_from(FAILURES),
    coefficient=st.floats(0.1, 20),
)
def test_missing_mass_by_its_exact_law(
    p: list[float], n: int, failure: float, coefficient: float
) -> None:
    """Over all sets of unseen features, at the share of eta that the proof gives to it."""
    setting = Setting(law=Table(p, [coefficient] * len(p)), n=n, k=1)
    bound = on_the_missing_mass(setting, failure)
    above = 0.0
    for unseen in itertools.product((False, True), repeat=len(p)):
        loss = coefficient**2 * math.fsum(itertools.compress(p, unseen))
        chances = ((1 - q) ** n if u else 1 - (1 - q) ** n for q, u in zip(p, unseen, strict=True))
        above += math.prod(chances) * (loss > bound * (1 + 1e-12))
    assert above <= failure / 10


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize(
    ("n", "d", "alpha", "s", "b"),
    [(2, 3, 1.0, 1.0, 0.0), (2, 4, 1.5, 0.8, 0.4), (3, 3, 2.0, 1.2, 0.1)],
)
def test_loss_by_every_design_of_a_tiny_model(
    n: int, d: int, alpha: float, s: float, b: float, failure: float
) -> None:
    weights = np.arange(1, d + 1.0) ** -alpha
    p = np.minimum(1.0, s * weights / weights.sum())
    beta = np.arange(1, d + 1.0) ** -b
    bound = at(Setting(n=n, d=d, alpha=alpha, s=s, beta_exponent=b, k=1), failure)
    above = 0.0
    for cells in itertools.product((-1, 0, 1), repeat=n * d):
        X = np.array(cells, dtype=float).reshape(n, d)
        lost = beta - np.linalg.pinv(X) @ (X @ beta)
        above += np.prod(np.where(X == 0, 1 - p, p / 2)) * (p @ lost**2 > bound)
    assert above <= failure


@settings(max_examples=15)
@given(alpha=st.floats(0.3, 4), b=st.floats(-0.3, 2), n=st.integers(2, 90), d=st.integers(3, 90))
def test_the_formula_written_out(alpha: float, b: float, n: int, d: int) -> None:
    failure, setting = 0.05, Setting(n=n, d=d, s=1.5, alpha=alpha, beta_exponent=b, k=1)
    weights = np.arange(1, d + 1.0) ** -alpha
    p = np.minimum(1.0, 1.5 * weights / weights.sum())
    beta = np.arange(1, d + 1.0) ** -b
    a, unseen = p * beta**2, (1 - p) ** n
    spread, most = math.fsum(a**2 * unseen), max(beta[0], beta[-1])
    r = max(math.sqrt(spread / (2 * math.log(10 / failure))), 2 * most**2 / n)
    tilted = math.fsum(a**2 * unseen * np.exp(a / r)) / (2 * r)
    expected = math.fsum(a * unseen) + tilted + r * math.log(10 / failure)
    assert on_the_missing_mass(setting, failure) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("alpha", "factor"), [(1.0, 1.47), (1.25, 1.47), (1.5, 1.58), (2.0, 1.84), (3.0, 3.03)]
)
def test_over_the_mean_at_the_papers_size(alpha: float, factor: float) -> None:
    setting = Setting(alpha=alpha, beta_exponent=0)
    mean = claim_at(catalogue["noiseless-loss-concentration"], setting).comparison("mean")
    # As many digits as are given.
    assert at(setting, 0.05) / mean == pytest.approx(factor, abs=0.011)


@pytest.mark.parametrize(("alpha", "b"), [(1.2, 0.3), (3.0, 0.0), (1.0, -0.4)])
@pytest.mark.parametrize("failure", [0.05, 0.9])
def test_it_is_the_less_of_two_bounds(alpha: float, b: float, failure: float) -> None:
    setting = Setting(n=60, d=90, s=1.5, alpha=alpha, beta_exponent=b, k=1)
    claim, law = claimed(setting, failure), setting.law
    both = claim.comparison("mean-of-the-seen"), loss_of_a_draw(law.p, law.beta**2, 60, failure)
    assert claim.numbers["upper"] == pytest.approx(min(both), rel=1e-12)
