"""Ridge's risk and the variance factors as statements: every design of tiny models, exactly."""

from collections import Counter
from fractions import Fraction
from itertools import combinations_with_replacement, pairwise, product
from math import factorial, prod

import numpy as np
import pytest
from sympy import Matrix, Rational, eye, zeros

from theorems.catalogue import catalogue
from theorems.claim import claim_at
from theorems.law import Table
from theorems.setting import Setting


def enumerated(n: int, p: list[Fraction], ridge: Fraction) -> tuple[Fraction, Fraction]:
    """F(lambda) and V_lambda, lambda > 0, exactly, over all designs."""
    d = len(p)
    rows = [r for r in product((-1, 0, 1), repeat=d) if next((x for x in r if x), 1) == 1]
    penalty = Rational(ridge.numerator, ridge.denominator)
    risk = variance = Fraction(0)
    for chosen in combinations_with_replacement(rows, n):
        gram = sum((Matrix(r) * Matrix(r).T for r in chosen), zeros(d, d))
        inverse = (gram + penalty * eye(d)).inv()
        number = factorial(n) // prod(factorial(c) for c in Counter(chosen).values())
        number *= 2 ** sum(any(row) for row in chosen)
        chance = Fraction(number)
        for row in chosen:
            for x, q in zip(row, p, strict=True):
                chance *= q / 2 if x else 1 - q
        factor = inverse * gram * inverse
        for i in range(d):
            risk += chance * p[i] * Fraction(str(penalty * inverse[i, i]))
            variance += chance * p[i] * Fraction(str(factor[i, i]))
    return risk, variance


@pytest.mark.parametrize(("n", "d"), [(1, 2), (3, 2), (2, 3)])
@pytest.mark.parametrize("ridge", [Fraction(1, 20), Fraction(1), Fraction(7)])
def test_sides_enclose_the_exact_numbers(n: int, d: int, ridge: Fraction) -> None:
    p = [Fraction(1, 2), Fraction(1, 3), Fraction(1, 7)][:d]
    risk, variance = enumerated(n, p, ridge)
    setting = Setting(law=Table([float(q) for q in p]), n=n)
    for name, exact in (("ridge-risk", risk), ("ridge-variance", variance)):
        claim = claim_at(catalogue[name], setting, extra={"lamda": float(ridge)})
        # The rounding of the fraction to a double.
        assert claim.numbers["lower"] <= float(exact) * (1 + 1e-15)
        assert float(exact) <= claim.numbers["upper"] * (1 + 1e-15)
    least = claim_at(catalogue["minimum-norm-variance"], setting).numbers["lower"]
    near_zero = enumerated(n, p, Fraction(1, 10**9))[1]
    # V_lambda rises to V_0 as lambda falls, by at most 2 lambda/x relative, x the least eigenvalue
    # above 0 of designs of this size, more than a hundredth.
    assert least <= float(near_zero) * (1 + 1e-6)


def test_limits_and_order_in_the_penalty() -> None:
    setting = Setting(n=200, d=1000, alpha=1.5, beta_exponent=0)
    bare = claim_at(catalogue["noiseless-loss-cavity"], setting).numbers
    penalties = [1e-9, 0.01, 0.1, 1.0, 10.0]
    risks = [
        claim_at(catalogue["ridge-risk"], setting, extra={"lamda": x}).numbers for x in penalties
    ]
    assert risks[0]["upper"] == pytest.approx(bare["upper"], rel=1e-6)
    assert np.all(np.diff([one["lower"] for one in risks]) > 0)
    variances = [
        claim_at(catalogue["ridge-variance"], setting, extra={"lamda": x}).numbers
        for x in penalties[1:]
    ]
    least = claim_at(catalogue["minimum-norm-variance"], setting).numbers["lower"]
    assert np.all(np.diff([one["upper"] for one in variances]) < 0)
    for one, next_one in pairwise(variances):
        assert one["lower"] <= one["upper"]
        # V_lambda falls, so a later lower side is below every earlier upper side.
        assert next_one["lower"] <= one["upper"]
    # V_0 has no upper side to contradict, but its lower one must not lose to far larger penalties.
    assert least >= variances[-1]["lower"]


def test_a_penalty_of_zero_is_refused_by_the_hypothesis() -> None:
    for name in ("ridge-risk", "ridge-variance"):
        claim = claim_at(catalogue[name], Setting(n=20, d=30), extra={"lamda": 0.0})
        assert not claim.believed
