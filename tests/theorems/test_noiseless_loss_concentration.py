"""The loss of a single draw: its upper side against exact laws of tiny models."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theorems.catalogue import catalogue
from theorems.claim import claim_at
from theorems.law import Table
from theorems.setting import Setting

FAILURES = (0.01, 0.05, 0.3, 0.9)


def at(setting: Setting, failure: float) -> float:
    claim = claim_at(catalogue["noiseless-loss-concentration"], setting, extra={"eta": failure})
    assert claim.numbers["level"] == 1 - failure
    return claim.numbers["upper"]


def on_the_missing_mass(setting: Setting, failure: float) -> float:
    """The part of the upper side that bounds the missing mass alone."""
    cavity = claim_at(catalogue["noiseless-loss-cavity"], setting)
    beyond = cavity.numbers["upper"] - cavity.comparison("missing-mass")
    return at(setting, failure) - 10 / (9 * failure) * beyond


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


@given(alpha=st.floats(0.3, 4), b=st.floats(-0.3, 2), n=st.integers(2, 500), d=st.integers(3, 400))
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


@pytest.mark.parametrize(("alpha", "factor"), [(1.25, 3.9), (1.5, 2.31), (2.0, 1.84), (3.0, 3.04)])
def test_over_the_mean_at_the_papers_size(alpha: float, factor: float) -> None:
    setting = Setting(alpha=alpha, beta_exponent=0)
    mean = claim_at(catalogue["noiseless-loss-concentration"], setting).comparison("mean")
    # As many digits as are given.
    assert at(setting, 0.05) / mean == pytest.approx(factor, abs=0.011)
