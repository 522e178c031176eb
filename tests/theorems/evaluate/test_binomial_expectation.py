import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Integer, Max, Min, Sum, Symbol, exp

from theorems.binomial_expectation import BinomialExpectation
from theorems.evaluate.binomial_expectation import (
    FROM_ZERO,
    LEFT_OUT,
    _reach,
    binomial_expectation,
)
from theorems.evaluate.numbers import evaluate, evaluate_mpmath
from theorems.model import beta, d, i, n, p
from theorems.notation import latex, mathml
from theorems.setting import Setting

T = Symbol("T", integer=True, nonnegative=True)
delta = Symbol("delta", nonnegative=True)

ROUNDING = 1e-12
"""n log1p(-p) is right to 650 eps and each of at most some thousand factors to 2 eps; the errors
of the factors add up to far less, which the tests against exact sums show."""

probabilities = st.floats(1e-6, 0.95).map(lambda x: round(x, 6))


def forgetting(share: float):  # type: ignore[no-untyped-def]
    return lambda T, index: np.maximum(0.0, 1 - share * T)


@given(
    trials=st.integers(1, 40),
    chances=st.lists(probabilities, min_size=1, max_size=6),
    share=st.floats(0, 1),
)
def test_exact_sums(trials: int, chances: list[float], share: float) -> None:
    """Whatever the order of the chances."""
    found = binomial_expectation(
        forgetting(share),
        trials,
        lambda index: np.array(chances)[index.astype(int)],
        np.arange(len(chances), dtype=float),
    )
    for chance, value in zip(chances, found, strict=True):
        q, f = Fraction(chance), Fraction(share)
        exact = sum(
            math.comb(trials, m) * q**m * (1 - q) ** (trials - m) * max(Fraction(0), 1 - f * m)
            for m in range(trials + 1)
        )
        assert value == pytest.approx(float(exact), rel=ROUNDING, abs=2 * LEFT_OUT)


@pytest.mark.parametrize("trials", [1000, 10**5, 10**7])
@pytest.mark.parametrize("mean", [1e-9, 0.3, 20.0, 600.0, 660.0, 900.0])
@pytest.mark.parametrize("share", [0.01, 1 / 700])
def test_many_trials(trials: int, mean: float, share: float) -> None:
    """Both ways to weights, left and right of where they change over."""
    chance = mean / trials
    found = binomial_expectation(forgetting(share), trials, lambda index: chance, 0)
    with mpmath.workdps(40):
        x = mpmath.mpf(chance)
        odds, weight, exact = x / (1 - x), (1 - x) ** trials, mpmath.mpf(0)
        for m in range(min(trials, int(1 / share) + 1) + 1):
            exact += weight * max(mpmath.mpf(0), 1 - mpmath.mpf(share) * m)
            weight *= odds * (trials - m) / (m + 1)
    # From the mode the weight there has the error of scipy's, a few hundred units.
    below = trials * -math.log1p(-chance) <= FROM_ZERO
    assert found == pytest.approx(float(exact), rel=ROUNDING if below else 1e-11, abs=1e-17)


@given(mean=st.floats(1e-8, 500), trials=st.sampled_from([1000, 10**6]))
def test_what_is_left_out_is_what_is_promised(mean: float, trials: int) -> None:
    reach = _reach(mean)
    with mpmath.workdps(60):
        x = mpmath.mpf(mean) / trials
        weight, odds, kept = (1 - x) ** trials, x / (1 - x), mpmath.mpf(0)
        for m in range(min(reach, trials) + 1):
            kept += weight
            weight *= odds * (trials - m) / (m + 1)
        assert 1 - kept <= LEFT_OUT * min(1, mean)


def test_certain_features_and_features_never_seen() -> None:
    chances = np.array([1.0, 1.0, 0.5, 0.0])
    found = binomial_expectation(
        forgetting(0.1), 4, lambda index: chances[index.astype(int)], np.arange(4.0)
    )
    assert found == pytest.approx([0.6, 0.6, 0.8, 1.0], rel=1e-15)


def test_a_body_that_belongs_to_the_feature_is_evaluated_group_by_group() -> None:
    body = beta[i] ** 2 / (T + beta[i] ** 2)
    total = Sum(p[i] * BinomialExpectation(body, T, n, p[i]), (i, 1, d))
    setting = Setting(n=500, d=3000, s=40, alpha=1.1, beta_exponent=0.3)
    value = evaluate({"it": total}, setting.parameters)["it"]
    trials, chances, strengths = setting.n, setting.law.p, setting.law.beta**2
    counts = np.arange(trials + 1.0)
    log_choose = np.array([math.lgamma(trials + 1) - math.lgamma(m + 1) for m in counts])
    log_choose -= np.array([math.lgamma(trials - m + 1) for m in counts])
    exact = 0.0
    for chance, strength in zip(chances, strengths, strict=True):
        if chance == 1:
            exact += strength / (trials + strength)
            continue
        weights = np.exp(
            log_choose + counts * math.log(chance) + (trials - counts) * math.log1p(-chance)
        )
        exact += chance * float(weights @ (strength / (counts + strength)))
    # The reference's weights are right to n log n eps.
    assert value == pytest.approx(exact, rel=1e-11)


BODIES = {
    "forgotten": Max(Integer(0), 1 - delta * T),
    "private": 2 / (1 + exp(delta * T)),
    "unresolved": 1 - Min(T, Integer(1)) * (1 - delta / (Max(T, Integer(1)) + delta)),
}


@pytest.mark.parametrize("name", BODIES)
def test_two_arithmetics_agree(name: str) -> None:
    total = {"it": Sum(p[i] * BinomialExpectation(BODIES[name], T, n, p[i]), (i, 1, d))}
    for setting in (Setting(n=70, d=50), Setting(n=7, d=40, s=20, alpha=0.7)):
        parameters = setting.parameters | {"delta": 0.15}
        coarse, fine = evaluate(total, parameters), evaluate_mpmath(total, parameters, 25)
        assert coarse["it"] == pytest.approx(float(fine["it"]), rel=1e-12)


def test_is_the_plain_sum_and_is_typeset() -> None:
    node = BinomialExpectation(BODIES["forgotten"], T, n, p[i])
    plain = node.as_sum().subs({n: 3, delta: 0.5}).doit().subs(p[i], 0.25)
    assert float(plain) == pytest.approx(27 / 64 + 27 / 64 / 2, rel=1e-15)
    assert r"\mathbb{E}_{T \sim \mathrm{Bin}\left(n, {p}_{i}\right)}" in latex(node)
    assert "∼" in mathml(node)
    assert node.func(*node.args) == node
    assert node.subs(delta, 0).function.expr == 1


def test_two_features_at_once_are_refused() -> None:
    j = Symbol("j", integer=True, positive=True)
    node = BinomialExpectation(beta[j] * T, T, n, p[i])
    with pytest.raises(TypeError, match="more than one feature"):
        node.feature  # noqa: B018  # the property raises
