"""The algebra against what theory.md lists, and against numbers at two sizes."""

import math

import pytest
from sympy import Interval, Rational, oo, simplify

from theorems.catalogue import catalogue
from theorems.evaluate.numbers import evaluate
from theorems.model import alpha, b, k, n, plain_variance, s, tail_mass
from theorems.noiseless.noiseless_loss import MISSING_MASS
from theorems.orders import where_negative
from theorems.regimes.dominance import (
    BOUNDS,
    holds_eventually,
    missing_mass_breakpoint,
    noise_crossing,
    where_believed,
)
from theorems.regimes.quantities import QUANTITIES, delta, tail_mass_at_one
from theorems.setting import Setting

STEEP = {
    "k": 1 / alpha,
    "p_{>k}": -(1 - 1 / alpha),
    "n p_{>k}^2": 2 / alpha - 1,
    "nu": -(1 - 1 / alpha),
    "k/n": -(1 - 1 / alpha),
    "V_0": -(1 - 1 / alpha),
    "p_k/p_{>k}": -1 / alpha,
    "p_{>k}^2 ln^2 d": 2 / alpha - 2,
}


@pytest.mark.parametrize("name", STEEP)
def test_exponents_for_alpha_above_1(name):
    last = QUANTITIES[name].pieces()[-1]
    assert last.range.inf <= 1
    assert simplify(last.exponent - STEEP[name]) == 0


def test_alpha_2_and_alpha_1_come_out_of_the_algebra():
    assert where_negative(QUANTITIES["n p_{>k}^2"].exponent()) == Interval.open(2, oo)
    assert where_negative(QUANTITIES["p_{>k}"].exponent()) == Interval.open(1, oo)


def test_decaying_coefficients_move_the_breakpoint():
    assert 1 - 2 * b in missing_mass_breakpoint()
    # Growing coefficients, b = -1/2: 1 - 2b = 2.
    assert QUANTITIES["missing mass"].breakpoints(-0.5) == [1, 2]


def test_tail_mass_where_the_power_law_is_harmonic():
    _, limit = tail_mass_at_one()
    assert simplify(limit - s * (1 - 1 / delta)) == 0


def test_terms_of_the_papers_maximum_cross_at_three_halves():
    (bound,) = [bound for bound in BOUNDS if bound.id == "recovered-fraction-rate"]
    assert bound.crossings() == [Rational(3, 2)]
    assert [term for _, term, _ in bound.dominant()] == [
        "p_{>k}^2 ln^2 d",
        "p_{>k}^2 ln^2 d",
        "p_k/p_{>k}",
    ]


def test_the_two_sides_of_the_noiseless_loss_meet_above_1():
    (bound,) = [bound for bound in BOUNDS if bound.id == "noiseless-loss"]
    assert [term for _, term, _ in bound.dominant()] == ["unseen = seen, not alone", "unseen"]


def test_bounds_are_statements():
    assert {bound.id for bound in BOUNDS} <= set(catalogue)


def test_noise_overtakes_bias_at_sigma_star():
    assert noise_crossing()["sigma^2 at b = 0"].subs(alpha, 2).evalf() == pytest.approx(
        1 / (2 * math.log(2)), rel=1e-14
    )


def test_hypotheses_hold_where_the_algebra_says():
    assert where_believed(catalogue["noisy-loss-rate"]) == Interval.open(2, oo)
    assert where_believed(catalogue["noisy-loss"]) == Interval.open(1, oo)
    assert where_believed(catalogue["missing-mass-asymptotic"], 0.1) == Interval.open(
        Rational(4, 5), oo
    )
    assert holds_eventually(1 - n * tail_mass**2) == Interval.open(2, oo)
    assert holds_eventually(k - n).is_empty


@pytest.mark.parametrize("power_law", [1.5, 2.0, 3.0])
@pytest.mark.parametrize(
    ("name", "expression"),
    [
        ("k", k),
        ("p_{>k}", tail_mass),
        ("n p_{>k}^2", n * tail_mass**2),
        ("V_0", plain_variance),
        ("missing mass", MISSING_MASS),
    ],
)
def test_exponents_are_the_slopes_of_the_finite_sums(name, expression, power_law):
    """Between n and 16 n; k whole and d finite leave less than what `exponents` proves at k."""
    small, large = (
        Setting(n=size, d=100 * size, alpha=power_law, beta_exponent=0.0) for size in (2000, 32000)
    )
    values = [evaluate({"x": expression}, one.parameters)["x"] for one in (small, large)]
    slope = math.log(values[1] / values[0]) / math.log(16)
    claimed = float(QUANTITIES[name].piecewise().subs(alpha, Rational(str(power_law))))
    # k is whole to 1/k; p_{>k} is off by alpha/k, and by (k/d)^(alpha-1) for the missing end.
    relative = 2 * (power_law / small.k + (small.k / small.d) ** (power_law - 1))
    assert abs(slope - claimed) <= 2 * math.log1p(relative) / math.log(16)
