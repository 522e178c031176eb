import math
from itertools import pairwise

import mpmath
import pytest
from sympy import Rational, log, simplify

from theorems.catalogue import catalogue
from theorems.claim import claim_at
from theorems.evaluate.numbers import evaluate, evaluate_mpmath
from theorems.model import alpha, b, plain_variance, sigma
from theorems.noisy.noisy_law import (
    BIAS,
    BIAS_CONSTANT,
    NOISE_OVER_BIAS,
    VARIANCE,
    VARIANCE_CONSTANT,
)
from theorems.setting import Setting


def mean_inverse(v):
    """E[1{T >= 1}/T] for T ~ Poisson(v), by its own series: no Ei, no cancellation."""
    return v * mpmath.exp(-v) * mpmath.hyp2f2(1, 1, 2, 2, v)


@pytest.mark.parametrize("power", ["1.5", "2", "3"])
def test_constants_agree_with_quadrature_to_30_digits(power):
    at = Setting(alpha=float(power)).parameters
    exact = evaluate_mpmath({"C_M": BIAS_CONSTANT, "C_V": VARIANCE_CONSTANT}, at, 32)
    with mpmath.workdps(45):
        a = 1 / mpmath.mpf(power)
        # v^-a dv = dx/(1 - a) with v = x^(1/(1-a)): no singularity is left.
        root = 1 / (1 - a)
        cut = mpmath.mpf(120)
        edges = [v ** (1 - a) for v in (0, 1, 4, 16, 40, 80, cut)]
        bias = a * root * mpmath.quad(lambda x: mpmath.exp(-(x**root)), edges)
        inner = root * mpmath.quad(lambda x: mean_inverse(x**root), edges)
        # Beyond the cut f is its asymptotic series sum_m m!/v^(m+1), good to e^-120 there.
        tail = mpmath.fsum(mpmath.factorial(m) * cut ** (-m - a) / (m + a) for m in range(100))
        assert abs(exact["C_M"] - bias) < mpmath.mpf(10) ** -30
        assert abs(exact["C_V"] - a * (inner + tail)) < mpmath.mpf(10) ** -30


def test_ratio_of_noise_to_bias_at_two_is_two_log_two():
    assert simplify(NOISE_OVER_BIAS.subs(alpha, 2) - 2 * log(2)) == 0


def test_without_decay_both_parts_have_one_rate():
    ratio = (VARIANCE / BIAS).subs(b, 0)
    assert simplify(ratio - NOISE_OVER_BIAS) == 0


@pytest.mark.parametrize("decay", [0.0, 0.1, -0.2])
def test_law_is_the_limit_of_the_finite_sums(decay):
    claims = [
        claim_at(
            catalogue["noisy-law"],
            Setting(n=n, d=10**6, alpha=2.5, sigma=0.7, beta_exponent=decay),
        )
        for n in (10**3, 10**5)
    ]
    errors = [abs(claim.comparison("finite-sums") / claim.numbers["value"] - 1) for claim in claims]
    accuracies = [claim.numbers["accuracy"] for claim in claims]
    assert errors[1] < errors[0] / 4
    assert accuracies[1] < accuracies[0] / 4
    assert all(error < accuracy for error, accuracy in zip(errors, accuracies, strict=True))


@pytest.mark.parametrize("power", [1.3, 1.6, 2.0, 3.0])
def test_sum_and_integral_differ_by_the_largest_summand(power):
    for n in (300, 3000):
        at = Setting(n=n, d=10**6, alpha=power)
        parts = {"sum": plain_variance, "integral": VARIANCE}
        numbers = evaluate(parts, at.parameters)
        beyond = n * 5.0**2 * 10.0 ** (6 * (1 - 2 * power)) / (2 * power - 1)
        # Binomial against Poisson moves a summand of at most 1.3/n by less than itself.
        assert abs(numbers["sum"] - numbers["integral"]) < 2 * 1.3 / n + beyond


def test_summand_of_the_variance_has_one_maximum_below_its_bound():
    grid = [mpmath.mpf(j) / 10 for j in range(1, 400)]
    values = [v * mean_inverse(v) for v in grid]
    assert max(values) < mpmath.mpf(13) / 10
    rising = [second > first for first, second in pairwise(values)]
    assert rising == sorted(rising, reverse=True)


def test_harmonic_tails_are_refused_not_evaluated_to_infinity():
    claim = claim_at(catalogue["noisy-law"], Setting(alpha=1))
    assert not claim.believed
    assert math.isnan(claim.numbers["value"])
    assert next(h for h in claim.hypotheses if not h.holds).margin == 0


def test_crossover_is_where_the_law_doubles_the_bias():
    level = (1 / NOISE_OVER_BIAS).subs(alpha, Rational(2))
    law = (
        (BIAS + sigma**2 * VARIANCE).subs(b, 0).subs(alpha, 2).subs(sigma, level ** Rational(1, 2))
    )
    assert simplify(law / BIAS.subs(b, 0).subs(alpha, 2)) == 2
