"""The laws of the chapter: brackets, accuracies that hold, limits, monotonicity."""

from __future__ import annotations

import math

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import zeta

from theorems.catalogue import catalogue
from theorems.claim import Claim, claim_at
from theorems.evaluate.numbers import evaluate, evaluate_mpmath
from theorems.evaluate.reductions import ThinnedFeatures
from theorems.law import Table
from theorems.noiseless.noiseless_loss import UNSEEN_MASS
from theorems.noiseless.noiseless_loss_sharp import ENERGY
from theorems.setting import Setting
from theorems.stability.bayes_floor import FLOOR
from theorems.stability.stability_law import LAW
from theorems.stability.stability_price import BOUND
from theorems.structure.recovered_fraction_disproof import LOST
from theorems.structure.recovered_fraction_rate import STATEMENT as RATE

LAWS = (
    "stability-law",
    "subsampling-nearly-optimal",
    "bayes-floor-law",
    "price-of-memorizing-law",
)

EXTRAS = {
    "stability-law": "delta",
    "subsampling-nearly-optimal": "delta",
    "bayes-floor-law": "lamda",
    "price-of-memorizing-law": "lamda",
}


def claim(identifier: str, setting: Setting, **extra: float) -> Claim:
    return claim_at(catalogue[identifier], setting, extra=extra)


def in_series(a: float, delta: float) -> float:
    """R by its definition, a plain sum."""
    terms, total = 1.0, 0.0
    for m in range(int(1 / delta + 1e-9) + 1):
        total += (1 - m * delta) * terms
        terms *= (a + m) / (m + 1)
    return total


@given(a=st.floats(0.05, 3), delta=st.floats(0.01, 1) | st.sampled_from([1, 0.5, 0.25, 0.2, 0.1]))
def test_the_closed_form_is_the_series(a: float, delta: float) -> None:
    # alpha = 2: a = 1/2 + b.
    setting = Setting(alpha=2, beta_exponent=a - 0.5)
    found = evaluate({"R": LAW}, setting.parameters | {"delta": delta})["R"]
    assert found == pytest.approx(in_series(a, delta), rel=1e-11)


@given(a=st.floats(0.01, 0.99), delta=st.floats(0.002, 1))
def test_subsampling_is_within_the_claimed_factor(a: float, delta: float) -> None:
    setting = Setting(alpha=2, beta_exponent=a - 0.5)
    R = evaluate({"R": LAW}, setting.parameters | {"delta": delta})["R"]
    excess = delta**-a / R
    assert 1 - 1e-12 <= excess <= math.gamma(a + 2) * (1 + 1e-12)
    assert math.gamma(a + 2) <= 2


@pytest.mark.parametrize(
    ("alpha", "delta", "bound", "law"),
    [
        (2.0, 0.5, 1.2500, 1.25),
        (2.0, 0.1, 2.4668, 2.4668),
        (1.5, 0.5, 1.1701, 1.1667),
        (3.0, 0.1, 3.2545, 3.2545),
    ],
)
def test_figures_of_an_independent_check(
    alpha: float, delta: float, bound: float, law: float
) -> None:
    setting = Setting(n=10**5, d=10**7, s=5, alpha=alpha, beta_exponent=0)
    found = claim("stability-law", setting, delta=delta)
    # Four decimals were given.
    assert found.numbers["reference"] == pytest.approx(bound, abs=5.1e-5)
    # The finite sum stands beside the law where only it was given.
    assert found.numbers["value"] == pytest.approx(law, abs=1e-3 if alpha == 3 else 5.1e-5)


@pytest.mark.parametrize(
    ("alpha", "delta", "bound", "thinned"),
    [(2.0, 0.5, 1.301, 1.517), (2.0, 0.1, 2.92, 3.99), (1.5, 0.5, 1.248, 1.407)],
)
def test_figures_at_the_papers_setting(
    alpha: float, delta: float, bound: float, thinned: float
) -> None:
    setting = Setting(alpha=alpha)
    price = claim("stability-price", setting, delta=delta)
    kept = claim("subsampled-loss", setting, delta=delta)
    missing = price.comparison("missing-mass")
    assert price.numbers["lower"] / missing == pytest.approx(bound, abs=6e-3)
    assert kept.numbers["lower"] / missing == pytest.approx(thinned, abs=6e-3)


def test_forgetting_what_was_seen_once_costs_two_minus_one_over_alpha() -> None:
    for alpha in (1.25, 1.5, 2.0, 3.0):
        law = claim("stability-law", Setting(alpha=alpha, beta_exponent=0))
        assert law.comparison("forgetting-what-was-seen-once") == pytest.approx(2 - 1 / alpha)
        near = claim("stability-law", Setting(alpha=alpha, beta_exponent=0), delta=0.999)
        assert near.numbers["value"] == pytest.approx(1 + 0.001 * (1 - 1 / alpha), rel=1e-12)


@settings(max_examples=60)
@given(
    identifier=st.sampled_from(LAWS),
    n=st.integers(2, 2000),
    d=st.integers(2, 20000),
    s=st.floats(0.05, 30),
    alpha=st.floats(1.02, 5),
    b=st.floats(-0.4, 0.45),
    extra=st.floats(0.02, 1) | st.floats(1, 8),
)
def test_the_accuracies_hold(
    identifier: str, n: int, d: int, s: float, alpha: float, b: float, extra: float
) -> None:
    """Where its hypotheses hold, a law is right to within what it proves."""
    setting = Setting(n=n, d=d, s=s, alpha=alpha, beta_exponent=b, k=1)
    found = claim(identifier, setting, **{EXTRAS[identifier]: extra})
    if found.believed:
        value, exact = found.numbers["value"], found.numbers["reference"]
        assert abs(exact - value) <= found.numbers["accuracy"] * value * (1 + 1e-9)


@pytest.mark.parametrize("identifier", LAWS)
def test_the_accuracies_tend_to_zero(identifier: str) -> None:
    found = [
        claim(identifier, Setting(n=n, d=100 * n, alpha=2.5, beta_exponent=0)).numbers["accuracy"]
        for n in (10**3, 10**4)
    ]
    # Like n^-(1/alpha) or faster: 10^-0.4 = 0.4.
    assert found[1] < 0.45 * found[0] < 0.2


@pytest.mark.parametrize("setting", [Setting(), Setting(alpha=1), Setting(n=50, d=70, s=9)])
def test_limits(setting: Setting) -> None:
    values = evaluate({"M": claim_missing(), "E": ENERGY}, setting.parameters)
    price = {
        delta: claim("stability-price", setting, delta=delta).numbers["lower"]
        for delta in (0.0, 1.0, 5.0)
    }
    assert price[0.0] == pytest.approx(values["E"], rel=1e-13)
    assert price[1.0] == pytest.approx(values["M"], rel=1e-12)
    assert price[5.0] == price[1.0]
    private = {
        epsilon: claim("private-price", setting, epsilon=epsilon).numbers["lower"]
        for epsilon in (0.0, 60.0)
    }
    assert private[0.0] == pytest.approx(values["E"], rel=1e-13)
    assert private[60.0] == pytest.approx(values["M"], rel=1e-12)


def claim_missing():  # type: ignore[no-untyped-def]
    return catalogue["noiseless-loss"].lower


@pytest.mark.parametrize("setting", [Setting(), Setting(n=300, d=2000, alpha=1.25, s=8)])
def test_monotone(setting: Setting) -> None:
    deltas = [0.001, 0.01, 0.1, 0.3, 0.5, 0.9, 1.0]
    prices = [claim("stability-price", setting, delta=x).numbers["lower"] for x in deltas]
    assert prices == sorted(prices, reverse=True)
    for side in ("lower", "upper"):
        kept = [claim("subsampled-loss", setting, delta=x).numbers[side] for x in deltas]
        assert kept == sorted(kept, reverse=True)
    for x in deltas:
        sides = claim("subsampled-loss", setting, delta=x).numbers
        assert sides["lower"] <= sides["upper"] * (1 + 1e-12)
    for x, low in zip(deltas, prices, strict=True):
        assert low <= claim("subsampled-loss", setting, delta=x).numbers["lower"] * (1 + 1e-12)
    epsilons = [0.01, 0.1, 1.0, 3.0, 10.0]
    private = [claim("private-price", setting, epsilon=x) for x in epsilons]
    lower = [one.numbers["lower"] for one in private]
    assert lower == sorted(lower, reverse=True)
    assert all(one.comparison("stability-price") <= one.numbers["lower"] for one in private)
    strengths = [0.01, 0.1, 0.25, 1.0, 4.0, 16.0]
    floors = [claim("bayes-floor", setting, lamda=x).numbers["lower"] for x in strengths]
    assert floors == sorted(floors)
    more = [claim("bayes-floor", setting.at(n=size)).numbers["lower"] for size in (100, 300, 900)]
    assert more == sorted(more, reverse=True)


def test_subsampling_at_one_is_the_noiseless_loss() -> None:
    for setting in (Setting(), Setting(alpha=1.5, n=400)):
        whole = claim("noiseless-loss-sharp", setting)
        kept = claim("subsampled-loss", setting, delta=1)
        for side in ("lower", "upper"):
            assert kept.numbers[side] == pytest.approx(whole.numbers[side], rel=1e-12)


@pytest.mark.parametrize("delta", [0.3, 0.01])
def test_sums_against_high_precision(delta: float) -> None:
    setting = Setting(n=60, d=90, alpha=1.3, s=6)
    sums = {"price": BOUND}
    coarse = evaluate(sums, setting.parameters | {"delta": delta})
    fine = evaluate_mpmath(sums, setting.parameters | {"delta": delta}, 30)
    assert coarse["price"] == pytest.approx(float(fine["price"]), rel=1e-13)


def test_the_floor_without_noise_is_the_missing_mass() -> None:
    parameters = Setting().parameters
    values = evaluate({"floor": FLOOR, "unseen": UNSEEN_MASS}, parameters | {"lamda": 0.0})
    assert values["floor"] == pytest.approx(values["unseen"], rel=1e-13)


@pytest.mark.parametrize(("strength", "price"), [(0.25, 1.027), (1.0, 1.193), (4.0, 1.790)])
def test_price_of_memorizing_at_alpha_two(strength: float, price: float) -> None:
    found = claim("price-of-memorizing-law", Setting(), lamda=strength).numbers["value"]
    assert found == pytest.approx(price, abs=5.1e-4)
    with mpmath.workdps(30):
        x = mpmath.mpf(strength)
        closed = (1 + 2 * mpmath.log(2) * x) * mpmath.gamma(x + 0.5)
        closed /= mpmath.gamma(1 + x) * mpmath.sqrt(mpmath.pi)
    assert found == pytest.approx(float(closed), rel=1e-13)


def test_laws_need_a_power_law_and_bounds_do_not() -> None:
    setting = Setting(law=Table([0.5, 0.2, 0.1, 0.01], [1.0, 0.5, 2.0, 1.0]), n=10, k=1)
    for identifier in LAWS:
        assert not claim(identifier, setting).believed
    for identifier in ("stability-price", "private-price", "bayes-floor", "price-of-memorizing"):
        found = claim(identifier, setting)
        assert math.isfinite(found.numbers["lower"])
        assert not any("power law" in one.text for one in found.hypotheses)


@pytest.mark.parametrize("alpha", [1.25, 1.5, 1.75])
def test_more_is_lost_than_the_rate_allows(alpha: float) -> None:
    """The share in the limit M/alpha, and its quotient by the rate, growing with the exponent."""
    quotient, limit = [], []
    sizes = [10**exponent for exponent in (12, 18, 24)]
    for n in sizes:
        # Beyond the sizes that a setting may have: n p_k = 10.
        k = int((n / (10 * float(zeta(alpha)))) ** (1 / alpha))
        parameters = {"n": float(n), "d": 1e30, "s": 1.0, "alpha": alpha, "b": 0.0, "sigma": 0.0}
        outputs = {"lost": LOST, "rate": RATE.value, "M": UNSEEN_MASS}
        found = evaluate(outputs, parameters | {"k": float(k)}, features=ThinnedFeatures())
        quotient.append(found["lost"] / found["rate"])
        limit.append(found["lost"] * alpha / found["M"])
    power = min(2 / alpha - 1, 1 - 1 / alpha)
    # Tail features alone lose their partners among the common ones seen once: a share of e^-10.
    assert limit == pytest.approx([1, 1, 1], abs=0.05)
    for at in (0, 1):
        growth = math.log(quotient[at + 1] / quotient[at]) / math.log(sizes[at + 1] / sizes[at])
        # n p_k = 10 and d are fixed, so no logarithm slows it down; before the larger of the two
        # parts of the rate takes over it is faster.
        assert growth > power - 0.01
    assert claim("recovered-fraction-disproof", Setting(alpha=alpha)).comparison(
        "exponent"
    ) == pytest.approx(power)
