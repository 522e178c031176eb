"""What no estimator can do, with high probability, at worst: exact values of tiny models."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theorems.catalogue import catalogue
from theorems.claim import claim_at
from theorems.law import Table
from theorems.setting import Setting

probabilities = st.fractions(Fraction(1, 50), Fraction(19, 20), max_denominator=50)


def claimed(identifier: str, side: str, setting: Setting, **extra: float) -> float:
    return claim_at(catalogue[identifier], setting, extra=extra).numbers[side]


def table(n: int, p: list[Fraction]) -> Setting:
    return Setting(law=Table([float(x) for x in p]), n=n, k=1, sigma=0.5)


def inverse(A: list[list[Fraction]]) -> list[list[Fraction]]:
    size = len(A)
    work = [[*row, *(Fraction(int(i == j)) for j in range(size))] for i, row in enumerate(A)]
    for at in range(size):
        pivot = next(i for i in range(at, size) if work[i][at])
        work[at], work[pivot] = work[pivot], work[at]
        work[at] = [x / work[at][at] for x in work[at]]
        for other in range(size):
            if other != at and work[other][at]:
                factor = work[other][at]
                work[other] = [x - factor * y for x, y in zip(work[other], work[at], strict=True)]
    return [row[size:] for row in work]


def risks(n: int, p: list[Fraction], prior: Fraction, penalty: Fraction) -> Fraction:
    """Risk over tau^2 of ridge at a penalty, prior ratio lambda, over all designs, exactly.

    Its error is -penalty A beta + A X' xi, A = (X'X + penalty)^-1: the covariance over tau^2 is
    penalty^2 A^2 + lambda A X'X A.
    """
    d, total = len(p), Fraction(0)
    for rows in product(product((-1, 0, 1), repeat=d), repeat=n):
        chance = math.prod(
            (q / 2 if x else 1 - q for row in rows for x, q in zip(row, p, strict=True)),
            start=Fraction(1),
        )
        G = [[Fraction(sum(row[i] * row[j] for row in rows)) for j in range(d)] for i in range(d)]
        A = inverse([[G[i][j] + penalty * (i == j) for j in range(d)] for i in range(d)])
        # A G = I - penalty A.
        for i in range(d):
            square = sum((A[i][j] ** 2 for j in range(d)), Fraction(0))
            total += chance * p[i] * (penalty**2 * square + prior * (A[i][i] - penalty * square))
    return total


@pytest.mark.parametrize("strength", [Fraction(1, 10), Fraction(1), Fraction(7, 2)])
@pytest.mark.parametrize(
    ("n", "p"),
    [
        (2, [Fraction(1, 2), Fraction(1, 3)]),
        (2, [Fraction(2, 5), Fraction(1, 4), Fraction(1, 5)]),
        (3, [Fraction(1, 3), Fraction(1, 4)]),
    ],
)
def test_no_ridge_is_below_the_floor(n: int, p: list[Fraction], strength: Fraction) -> None:
    floor = claimed("bayes-floor", "lower", table(n, p), lamda=float(strength))
    at_best = risks(n, p, strength, strength)
    assert floor <= float(at_best) * (1 + 1e-13)
    # The level of memorization that goes with lambda is the best.
    for penalty in (strength / 4, strength * Fraction(9, 10), strength * 2):
        assert at_best < risks(n, p, strength, penalty)


@given(p=st.lists(probabilities, min_size=2, max_size=2), strength=st.floats(0.01, 5))
def test_the_floor_is_exact_for_one_sample_of_two_features(
    p: list[Fraction], strength: float
) -> None:
    """Then all that is seen is private and has one companion or none."""
    x = Fraction(strength)
    exact = float(risks(1, p, x, x))
    assert claimed("bayes-floor", "lower", table(1, p), lamda=strength) == pytest.approx(
        exact, rel=1e-12
    )


@given(p=st.lists(probabilities, min_size=1, max_size=1), n=st.integers(1, 5))
def test_the_floor_is_exact_for_a_single_feature(p: list[Fraction], n: int) -> None:
    # A feature that is never seen, so that there is a tail.
    setting = Setting(law=Table([float(p[0]), 0.0]), n=n, k=1)
    exact = float(risks(n, p, Fraction(1, 3), Fraction(1, 3))) if n <= 3 else None
    q = float(p[0])
    closed = q * sum(
        math.comb(n, m) * q**m * (1 - q) ** (n - m) / (3 * m + 1) for m in range(n + 1)
    )
    found = claimed("bayes-floor", "lower", setting, lamda=1 / 3)
    assert found == pytest.approx(closed, rel=1e-12)
    assert exact is None or exact == pytest.approx(closed, rel=1e-12)


@given(
    p=st.lists(st.floats(0.01, 0.6), min_size=2, max_size=9),
    n=st.integers(1, 12),
    failure=st.sampled_from([0.01, 0.05, 0.3, 0.9]),
)
def test_missing_mass_with_high_probability(p: list[float], n: int, failure: float) -> None:
    """The law of the missing mass over all sets of unseen features."""
    setting = Setting(law=Table(p), n=n, k=1)
    found = claim_at(catalogue["missing-mass-concentration"], setting, extra={"eta": failure})
    bound = found.numbers["lower"]
    below = mean = 0.0
    for size in range(len(p) + 1):
        for unseen in combinations(p, size):
            chance = math.prod((1 - q) ** n for q in unseen)
            seen = list(p)
            for q in unseen:
                seen.remove(q)
            chance *= math.prod(1 - (1 - q) ** n for q in seen)
            mean += chance * sum(unseen)
            below += chance * (sum(unseen) < bound - 1e-12)
    assert below <= failure
    assert found.numbers["level"] == 1 - failure
    assert found.comparison("mean") == pytest.approx(mean, rel=1e-9)
    spread = math.fsum(q**2 * (1 - q) ** n for q in p)
    assert bound == pytest.approx(
        mean - math.sqrt(2 * math.log(1 / failure) * spread), rel=1e-9, abs=1e-12
    )


@pytest.mark.parametrize(("alpha", "share"), [(1.25, 0.94), (1.5, 0.90), (2.0, 0.75), (3.0, 0.26)])
def test_shares_of_the_missing_mass_at_the_papers_size(alpha: float, share: float) -> None:
    found = claim_at(catalogue["missing-mass-concentration"], Setting(alpha=alpha, beta_exponent=0))
    # Two digits were given.
    assert found.numbers["lower"] / found.comparison("mean") == pytest.approx(share, abs=0.0051)


def test_the_worst_of_independent_errors() -> None:
    """E (sum of t |g|)^2 for independent standard Gaussians is what is claimed, from below."""
    for size in (1, 2, 3, 5):
        found = claimed("worst-combination", "lower", Setting(sigma=1.0), t=size)
        absolute = math.sqrt(2 / math.pi)
        assert found == pytest.approx(size + size * (size - 1) * absolute**2, rel=1e-14)


@pytest.mark.parametrize("r", [0.0, 0.3, -0.8, 1.0])
def test_correlated_gaussians_have_larger_absolute_products(r: float) -> None:
    """The closed form by quadrature over the angle, and that it grows with |r|."""
    angle = (np.arange(20000) + 0.5) * 2 * np.pi / 20000
    x, y = np.cos(angle), r * np.cos(angle) + math.sqrt(1 - r**2) * np.sin(angle)
    # E rho^2 = 2 for the radius of two independent Gaussians.
    integral = 2 * float(np.abs(x * y).mean())
    assert integral == pytest.approx(
        2 / math.pi * (math.sqrt(1 - r**2) + r * math.asin(r)), abs=1e-6
    )
    assert integral >= 2 / math.pi - 1e-6


@given(p=st.lists(probabilities, min_size=2, max_size=4), n=st.integers(1, 6))
def test_no_sample_with_two_tail_features(p: list[Fraction], n: int) -> None:
    p = sorted(p, reverse=True)
    setting = table(n, p)
    one = Fraction(0)
    for held in product((0, 1), repeat=len(p) - 1):
        if sum(held) <= 1:
            one += math.prod(
                (q if h else 1 - q for h, q in zip(held, p[1:], strict=True)), start=Fraction(1)
            )
    found = claim_at(catalogue["no-multi-tail-sample"], setting).numbers
    assert found["value"] == pytest.approx(float(one**n), rel=1e-12)
    assert found["lower"] <= found["value"] * (1 + 1e-12)


def test_the_premise_of_the_noisy_theorems_is_no_near_certainty() -> None:
    found = claim_at(catalogue["no-multi-tail-sample"], Setting(alpha=3))
    assert found.comparison("multi-tail-samples") == pytest.approx(0.59, abs=0.005)
    assert 0.5 < found.numbers["value"] < 0.6
