"""The noiseless statements against direct sums, quadrature and the figures of the theory."""

import math

import mpmath
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from theorems.catalogue import catalogue
from theorems.claim import claim_at
from theorems.evaluate.numbers import evaluate
from theorems.setting import Setting
from theorems.statement import Kind


def law(setting: Setting) -> tuple[list[float], list[float]]:
    weights = [i**-setting.alpha for i in range(1, setting.d + 1)]
    p = [min(1.0, setting.s * weight / math.fsum(weights)) for weight in weights]
    return p, [i**-setting.beta_exponent for i in range(1, setting.d + 1)]


def sides(setting: Setting, pi: float) -> tuple[float, float]:
    """The two sides of `noiseless-loss` at the setting's k, by loops."""
    p, beta = law(setting)
    n, k = setting.n, setting.k
    none = math.prod(1 - x for x in p[k:])
    lower = math.fsum(x * (1 - x) ** n * y**2 for x, y in zip(p, beta, strict=True))
    tail = max(beta[k:]) ** 2
    upper = math.fsum(
        x * (y**2 * (1 - x) ** n + tail * ((1 - x * none / (1 - x)) ** n - (1 - x) ** n))
        for x, y in zip(p[k:], beta[k:], strict=True)
    )
    return lower, upper + max(beta) ** 2 * math.fsum(p) * min(1.0, pi)


@given(setting=st.from_type(Setting))
def test_sides_at_any_k(setting: Setting) -> None:
    p, beta = law(setting)
    assume(p[setting.k] < 0.99)
    pi = claim_at(catalogue["common-identified"], setting).numbers["upper"]
    lower, upper = sides(setting, pi)
    values = evaluate(catalogue["noiseless-loss"].sides, setting.parameters)
    # 40 terms, powers up to 60 of numbers right to 40 eps/(1 - 0.99).
    size = 1e-9 * max(beta) ** 2 * sum(p)
    assert values["lower"] == pytest.approx(lower, rel=1e-11)
    assert values["upper"] == pytest.approx(upper, abs=size)


@pytest.mark.parametrize(
    ("parameters", "lower", "upper", "k"),
    [
        ({"alpha": 2}, 0.048539, 0.053392, 16),
        ({"alpha": 1.5}, 0.238111, 0.319026, 24),
        ({"alpha": 2.5}, 0.015969, 0.016707, None),
        ({"alpha": 3}, 0.007255, 0.007441, None),
        ({"n": 10**4, "d": 10**5, "alpha": 2}, 0.015420, 0.015937, None),
    ],
)
def test_figures_of_the_theory(
    parameters: dict[str, float], lower: float, upper: float, k: int | None
) -> None:
    claim = claim_at(catalogue["noiseless-loss"], Setting(beta_exponent=0, **parameters))
    assert claim.believed
    assert claim.numbers["lower"] == pytest.approx(lower, abs=5.1e-7)
    assert claim.numbers["upper"] == pytest.approx(upper, abs=5.1e-7)
    assert k in (None, claim.k)


@settings(max_examples=25)
@given(
    n=st.integers(20, 200),
    d=st.integers(30, 120),
    s=st.floats(0.5, 6),
    alpha=st.floats(0.8, 4),
    b=st.floats(-0.5, 1),
)
def test_the_best_k_is_as_good_as_trying_all(
    n: int, d: int, s: float, alpha: float, b: float
) -> None:
    setting = Setting(n=n, d=d, s=s, alpha=alpha, beta_exponent=b)
    statement = catalogue["noiseless-loss"]
    claim = claim_at(statement, setting)
    assert claim.k is not None
    uppers = {
        k: evaluate({"upper": statement.sides["upper"]}, setting.parameters | {"k": k})["upper"]
        for k in range(1, d)
    }
    finite = [upper for upper in uppers.values() if not math.isnan(upper)]
    assert claim.numbers["upper"] == uppers[claim.k]
    # d < 512: the search evaluates every feature, so only a second dip could mislead it.
    assert claim.numbers["upper"] <= min(finite) * (1 + 1e-12)


@given(
    n=st.integers(1, 3000),
    d=st.integers(2, 3000),
    s=st.floats(0.1, 50),
    b=st.floats(-1.5, 2),
    beyond=st.floats(0.01, 3),
)
def test_the_missing_mass_is_within_the_accuracy_that_is_claimed(
    n: int, d: int, s: float, b: float, beyond: float
) -> None:
    setting = Setting(n=n, d=d, s=s, alpha=max(0.1, 1 - 2 * b) + beyond, beta_exponent=b, k=1)
    claim = claim_at(catalogue["missing-mass-asymptotic"], setting)
    assume(claim.believed and claim.numbers["accuracy"] < 1)
    p, beta = law(setting)
    exact = math.fsum(x * (1 - x) ** n * y**2 for x, y in zip(p, beta, strict=True))
    assert claim.numbers["reference"] == pytest.approx(exact, rel=1e-9)
    value = claim.numbers["value"]
    assert abs(value - exact) <= claim.numbers["accuracy"] * value * (1 + 1e-9)


@pytest.mark.parametrize("alpha", [1.3, 2.0, 3.0])
@pytest.mark.parametrize("b", [0.0, 0.1, -0.1])
def test_the_missing_mass_against_its_integral(alpha: float, b: float) -> None:
    """The incomplete Gamma function is the integral of the proof."""
    setting = Setting(n=500, d=2000, alpha=alpha, beta_exponent=b)
    value = claim_at(catalogue["missing-mass-asymptotic"], setting, digits=25)
    with mpmath.workdps(30):
        a, e = mpmath.mpf(repr(alpha)), mpmath.mpf(repr(b))
        c = 5 / mpmath.fsum(mpmath.mpf(i) ** -a for i in range(1, 2001))
        integral = mpmath.quad(
            lambda x: c * x ** (-a - 2 * e) * mpmath.exp(-500 * c * x**-a),
            [0, *(mpmath.mpf(2) ** j for j in range(-6, 11)), 2000],
        )
        assert abs(mpmath.mpf(value.exact["value"]) / integral - 1) < mpmath.mpf(10) ** -13
    assert value.numbers["value"] == pytest.approx(float(integral), rel=1e-12)


def gamma(a: mpmath.mpf) -> mpmath.mpf:
    """Gamma(1 - 1/a) by quadrature; v = x^r with r (1 - 1/a) = 1 removes the singularity at 0."""
    r = a / (a - 1)
    return r * mpmath.quad(lambda x: mpmath.exp(-(x**r)), sorted([0, 0.5, 1, 2, 80 ** (1 / r)]))


@pytest.mark.parametrize(
    ("alpha", "digits"),
    [(1.5, "1.785959"), (2.0, "0.88622693"), (2.5, "0.5956769"), (3.0, "0.45137265")],
)
def test_the_constant_of_the_bias(alpha: float, digits: str) -> None:
    """C_M = Gamma(1 - 1/alpha)/alpha is what is left of the missing mass as d grows."""
    setting = Setting(n=50, d=60, alpha=alpha, beta_exponent=0, s=1)
    claim = claim_at(catalogue["missing-mass-asymptotic"], setting)
    with mpmath.workdps(30):
        a = mpmath.mpf(alpha)
        constant = gamma(a) / a
        c = 1 / mpmath.fsum(mpmath.mpf(i) ** -a for i in range(1, 61))
        cut = 50 * c * mpmath.mpf(60) ** -a
        r = a / (a - 1)
        missing = r * mpmath.quad(lambda x: mpmath.exp(-(x**r)), [0, cut ** (1 / r)]) / a
        expected = (50 * c) ** (1 / a) / 50 * (constant - missing)
    assert float(constant) == pytest.approx(float(digits), abs=0.6 * 10 ** -len(digits[2:]))
    assert claim.numbers["value"] == pytest.approx(float(expected), rel=1e-12)


@pytest.mark.parametrize("alpha", [1.25, 1.5, 2.0, 3.0])
def test_the_price_of_the_proof(alpha: float) -> None:
    setting = Setting(n=10**6, d=10**5, alpha=alpha, beta_exponent=0.7)
    claim = claim_at(catalogue["price-of-proof"], setting)
    with mpmath.workdps(30):
        a, logarithm = mpmath.mpf(alpha), mpmath.log(10**5)
        expected = a * logarithm ** (2 * (1 - 1 / a)) / ((a - 1) * gamma(a))
    assert claim.numbers["value"] == pytest.approx(float(expected), rel=1e-12)
    # The paper's k by its definition, its tail mass and the exact loss at b = 0, by sums.
    c = 5 / math.fsum(i**-alpha for i in range(1, 10**5 + 1))
    last = (1e6 * c / math.log(1e5) ** 2) ** (1 / alpha)
    whole = math.ceil(last)
    after = math.fsum(c * i**-alpha for i in range(whole + 1, 10**5 + 1))
    before = math.fsum(c * i**-alpha for i in range(whole, 10**5 + 1))
    loss = math.fsum(
        min(1, c * i**-alpha) * (1 - min(1, c * i**-alpha)) ** 10**6 for i in range(1, 10**5 + 1)
    )
    assert after / loss <= claim.numbers["reference"] <= before / loss


@given(
    n=st.integers(1, 3000),
    d=st.integers(3, 2000),
    s=st.floats(0.1, 80),
    alpha=st.floats(1.05, 4),
)
def test_the_price_is_within_the_accuracy_that_is_claimed(
    n: int, d: int, s: float, alpha: float
) -> None:
    claim = claim_at(catalogue["price-of-proof"], Setting(n=n, d=d, s=s, alpha=alpha, k=1))
    if claim.believed:
        value, accuracy = claim.numbers["value"], claim.numbers["accuracy"]
        assert accuracy > 0
        if accuracy < 1:
            reference = claim.numbers["reference"]
            assert value * (1 - accuracy) <= reference <= value * (1 + accuracy)


def test_the_price_needs_a_common_feature_that_is_not_the_last() -> None:
    claim = claim_at(catalogue["price-of-proof"], Setting(n=3, d=4, s=6, alpha=1.04, k=1))
    failed = [hypothesis.text for hypothesis in claim.hypotheses if not hypothesis.holds]
    assert "some feature has n p_k < ln^2 d; margin d - k" in failed


def test_the_rate_of_theorem_3() -> None:
    claim = claim_at(catalogue["noiseless-rate"], Setting(alpha=2))
    assert claim.numbers["value"] == pytest.approx(5 * math.log(10**4) / math.sqrt(5000), rel=1e-14)
    assert not claim_at(catalogue["noiseless-rate"], Setting(alpha=1)).believed
    assert not claim_at(catalogue["noiseless-rate"], Setting(n=1000, d=900)).believed


@pytest.mark.parametrize(
    "identifier", ["gd-limit", "interpolation", "flip-identity", "noiseless-ood"]
)
def test_exact_statements_claim_0_or_1_everywhere(identifier: str) -> None:
    statement = catalogue[identifier]
    claim = claim_at(statement, Setting(n=3, d=5, k=2))
    if statement.kind is Kind.UPPER:
        assert claim.numbers["upper"] == 1
    else:
        assert claim.numbers["value"] == 0
    assert claim.believed
    assert claim.k is None
