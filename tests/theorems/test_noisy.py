"""The noisy statements against direct sums and the figures of the theory."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from theorems.catalogue import catalogue
from theorems.claim import claim_at
from theorems.evaluate.numbers import evaluate
from theorems.model import plain_variance
from theorems.setting import Setting


def law(setting: Setting) -> tuple[list[float], list[float]]:
    weights = [i**-setting.alpha for i in range(1, setting.d + 1)]
    p = [min(1.0, setting.s * weight / math.fsum(weights)) for weight in weights]
    return p, [i**-setting.beta_exponent for i in range(1, setting.d + 1)]


def mean_inverse(n: int, p: float) -> float:
    """E[1{T>=1}/T] by its definition."""
    return math.fsum(math.comb(n, t) * p**t * (1 - p) ** (n - t) / t for t in range(1, n + 1))


@given(setting=st.from_type(Setting))
def test_noisy_loss_by_loops(setting: Setting) -> None:
    p, beta = law(setting)
    n, k, noise = setting.n, setting.k, setting.sigma**2
    assume(p[k] < 0.99)
    claim = claim_at(catalogue["noisy-loss"], setting)
    pi = claim_at(catalogue["common-identified"], setting).numbers["upper"]
    missing = math.fsum(x * (1 - x) ** n * y**2 for x, y in zip(p, beta, strict=True))
    inverse = [mean_inverse(n, x) for x in p]
    plain = math.fsum(x * value for x, value in zip(p, inverse, strict=True))
    none = math.prod(1 - x for x in p[k:])
    least = math.fsum(x * max(0, value - pi) for x, value in zip(p[:k], inverse, strict=False))
    least += math.fsum(
        x * max(0, none / (1 - x) * value - pi) for x, value in zip(p[k:], inverse[k:], strict=True)
    )
    # As in test_noiseless: sums of 40 terms, powers up to 60.
    size = 1e-9 * (max(beta) ** 2 + noise) * sum(p)
    assert claim.numbers["value"] == pytest.approx(missing + noise * plain, rel=1e-10)
    assert claim.numbers["lower"] == pytest.approx(missing + noise * least, abs=size)
    assert claim.numbers["accuracy"] >= 2 * plain * (1 - 1e-10)
    assert claim.believed == (plain <= 0.5)


@pytest.mark.parametrize(("alpha", "figure"), [(2.0, 0.0672), (2.5, 0.0312), (3.0, 0.0180)])
def test_first_order_variance_at_the_figures_of_the_theory(alpha: float, figure: float) -> None:
    plain = evaluate({"V_0": plain_variance}, Setting(alpha=alpha).parameters)["V_0"]
    assert plain == pytest.approx(figure, abs=5.1e-5)
    accuracy = claim_at(catalogue["noisy-loss"], Setting(alpha=alpha)).numbers["accuracy"]
    assert 2 * plain < accuracy < 3 * plain


@given(setting=st.from_type(Setting))
def test_single_appearance_error(setting: Setting) -> None:
    p, _ = law(setting)
    tail_free = math.prod(1 - x for x in p[setting.k :])
    assume(tail_free > 1e-6)
    claim = claim_at(catalogue["single-appearance-error"], setting)
    noise = setting.sigma**2
    assert claim.numbers["lower"] == pytest.approx(noise, rel=1e-15)
    assert claim.numbers["scale"] == pytest.approx(noise, rel=1e-15)
    assert claim.comparison("common-features") == pytest.approx(
        noise * (1 + setting.k / (setting.n * tail_free)), rel=1e-9
    )
    plain = math.fsum(x * mean_inverse(setting.n, x) for x in p)
    assert claim.comparison("first-order") == pytest.approx(noise * (1 + plain), rel=1e-10)


@pytest.mark.parametrize(("alpha", "figure"), [(1.5, 1.27), (2.0, 1.07), (2.5, 1.03)])
def test_single_appearance_error_at_the_figures_of_the_theory(alpha: float, figure: float) -> None:
    """The mean leverage is that of the recursion, whatever k is."""
    for k in (None, 100):
        claim = claim_at(catalogue["single-appearance-error"], Setting(alpha=alpha, sigma=1, k=k))
        assert claim.numbers["value"] == pytest.approx(figure, abs=6e-3)
        assert claim.believed


def test_single_appearance_error_needs_noise() -> None:
    for sigma in (0, 0.1):
        claim = claim_at(catalogue["single-appearance-error"], Setting(n=200, d=300, sigma=sigma))
        assert claim.believed == (sigma > 0)


def test_private_rows_claim_a_residual_of_zero() -> None:
    assert claim_at(catalogue["private-interpolation"], Setting()).numbers["value"] == 0
