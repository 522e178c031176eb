"""How samples and features meet: against enumeration of one sample's features and of GF(3)^k."""

import math
from fractions import Fraction
from itertools import product

import mpmath
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from theorems.catalogue import catalogue
from theorems.claim import claim_at
from theorems.evaluate.binomial import binomial_mean_expm1
from theorems.evaluate.numbers import evaluate
from theorems.setting import Setting

ROUNDING = 1e-11
"""Sums of at most 2^8 products of 8 factors, and powers up to 60, of doubles."""


@st.composite
def few_features(draw: st.DrawFn, most: int = 8) -> Setting:
    d = draw(st.integers(2, most))
    return Setting(
        n=draw(st.integers(1, 60)),
        d=d,
        k=draw(st.integers(1, d - 1)),
        s=draw(st.floats(0.1, 6)),
        alpha=draw(st.floats(0.3, 4)),
    )


def law(setting: Setting) -> list[float]:
    weights = [i**-setting.alpha for i in range(1, setting.d + 1)]
    return [min(1.0, setting.s * weight / math.fsum(weights)) for weight in weights]


def samples(tail: list[float]) -> list[tuple[tuple[int, ...], float]]:
    """Which tail features a sample holds, with probability, over all subsets."""
    return [
        (held, math.prod(p if here else 1 - p for p, here in zip(tail, held, strict=True)))
        for held in product((0, 1), repeat=len(tail))
    ]


@given(setting=few_features())
def test_tail_features_of_a_sample(setting: Setting) -> None:
    tail = law(setting)[setting.k :]
    every = samples(tail)
    mean = math.fsum(sum(held) * chance for held, chance in every)
    hit = math.fsum(chance for held, chance in every if any(held))
    several = math.fsum(chance for held, chance in every if sum(held) >= 2)

    mass = claim_at(catalogue["tail-mass"], setting)
    assert mass.numbers["value"] == pytest.approx(mean, rel=ROUNDING)
    tail_hit = claim_at(catalogue["tail-hit"], setting)
    assert tail_hit.numbers["value"] == pytest.approx(hit, abs=ROUNDING)
    assert tail_hit.numbers["lower"] == pytest.approx(1 - math.exp(-mean), abs=ROUNDING)
    assert tail_hit.numbers["lower"] <= hit + ROUNDING
    assert hit <= tail_hit.numbers["upper"] + ROUNDING
    common_only = claim_at(catalogue["common-only-samples"], setting)
    assert common_only.numbers["value"] == pytest.approx(setting.n * (1 - hit), abs=60 * ROUNDING)
    if tail[0] < 0.99:
        multiple = claim_at(catalogue["multi-tail-samples"], setting)
        assert multiple.believed
        assert multiple.numbers["value"] == pytest.approx(setting.n * several, abs=1e-9)
        assert multiple.numbers["value"] >= 0
        assert multiple.numbers["upper"] == pytest.approx(setting.n * mean**2 / 2, rel=ROUNDING)
        assert multiple.numbers["value"] <= multiple.numbers["upper"] * (1 + 1e-9) + 1e-9
        # Markov's inequality: P(N_{>=2} = 0) >= 1 - n p_{>k}^2/2.
        assert (1 - several) ** setting.n >= 1 - multiple.numbers["upper"] - ROUNDING


@given(setting=few_features())
def test_features_alone_in_some_sample(setting: Setting) -> None:
    tail = law(setting)[setting.k :]
    assume(tail[0] < 0.99)
    alone = {
        held.index(1): chance for held, chance in samples(tail) if sum(held) == 1
    }  # feature -> chance of a sample with it and no other tail feature
    expected = math.fsum(1 - (1 - chance) ** setting.n for chance in alone.values())
    value = claim_at(catalogue["alone-recovery"], setting).numbers["value"]
    assert value == pytest.approx(expected, abs=1e-9)


@given(setting=st.from_type(Setting))
def test_common_only_samples_reach_the_lower_bound_with_their_level(setting: Setting) -> None:
    """Exactly, from the binomial law; and the bound is Chernoff's with delta = 1/20."""
    claim = claim_at(catalogue["common-only-samples"], setting)
    tail_free = math.prod(1 - p for p in law(setting)[setting.k :])
    mean = setting.n * tail_free
    bound = mean - math.sqrt(2 * mean * math.log(20))
    # An error e of 1 - q moves the root by sqrt(6 n e) at most.
    assert claim.numbers["lower"] == pytest.approx(bound, abs=1e-5)
    assert claim.numbers["level"] == 0.95
    reached = float(stats.binom.sf(math.ceil(bound - 1e-9) - 1, setting.n, tail_free))
    assert reached >= 0.95 - ROUNDING


@given(setting=few_features(most=12))
def test_hurwitz_zeta_and_integrals_of_the_tail_mass(setting: Setting) -> None:
    p = law(setting)
    claim = claim_at(catalogue["tail-mass"], setting)
    assume(p[setting.k] < 1)
    assume(abs(setting.alpha - 1) > 0.01)
    with mpmath.workdps(30):
        exponent = mpmath.mpf(setting.alpha)
        c = setting.s / mpmath.fsum(mpmath.mpf(i) ** -exponent for i in range(1, setting.d + 1))

        def integral(low: int, high: int) -> float:
            return float(c * mpmath.quad(lambda x: x**-exponent, [low, high]))

        closed = float(
            c * (mpmath.zeta(exponent, setting.k + 1) - mpmath.zeta(exponent, setting.d + 1))
        )
    mass = claim.numbers["value"]
    assert closed == pytest.approx(mass, rel=ROUNDING)
    if setting.alpha > 1:
        # Both zetas are at most alpha/(alpha - 1) (k+1)^(1-alpha); their difference cancels.
        size = setting.alpha / (setting.alpha - 1) * float(c)
        assert claim.comparison("hurwitz-zeta") == pytest.approx(mass, abs=1e-13 * size)
    low, high = integral(setting.k + 1, setting.d + 1), integral(setting.k, setting.d)
    assert claim.numbers["lower"] == pytest.approx(low, rel=1e-11)
    assert claim.numbers["upper"] == pytest.approx(high, rel=1e-11)
    assert claim.numbers["lower"] <= mass * (1 + ROUNDING)
    assert mass <= claim.numbers["upper"] * (1 + ROUNDING)


def test_tail_mass_at_alpha_1_is_a_difference_of_harmonic_numbers() -> None:
    claim = claim_at(catalogue["tail-mass"], Setting(n=50, d=300, k=20, alpha=1, s=2))
    harmonic = [sum(Fraction(1, i) for i in range(1, last + 1)) for last in (20, 300)]
    expected = float(2 * (harmonic[1] - harmonic[0]) / harmonic[1])
    assert claim.numbers["value"] == pytest.approx(expected, rel=1e-13)
    assert claim.comparison("hurwitz-zeta") == pytest.approx(expected, rel=1e-13)
    assert claim.numbers["lower"] == pytest.approx(
        2 / float(harmonic[1]) * math.log(301 / 21), rel=1e-13
    )
    assert claim.numbers["upper"] == pytest.approx(
        2 / float(harmonic[1]) * math.log(300 / 20), rel=1e-13
    )


def half_expected_kernel(common: list[float], hit: float, n: int) -> float:
    """Half the expected number of v != 0 in GF(3)^k with <x, v> = 0 mod 3 on tail-free rows."""
    k = len(common)
    rows = [
        (x, math.prod((1 - p) if entry == 0 else p / 2 for entry, p in zip(x, common, strict=True)))
        for x in product((-1, 0, 1), repeat=k)
    ]
    total = 0.0
    for v in product((0, 1, 2), repeat=k):
        if any(v):
            kept = math.fsum(
                chance
                for x, chance in rows
                if sum(a * b for a, b in zip(x, v, strict=True)) % 3 == 0
            )
            total += (hit + (1 - hit) * kept) ** n
    return total / 2


@given(setting=few_features(most=5))
def test_common_identified_counts_the_kernel_over_gf3(setting: Setting) -> None:
    p = law(setting)
    hit = 1 - math.prod(1 - x for x in p[setting.k :])
    expected = half_expected_kernel(p[: setting.k], hit, setting.n)
    upper = claim_at(catalogue["common-identified"], setting).numbers["upper"]
    # Where p_i > 2/3 terms of both signs cancel: their absolute values sum to 3^k at most.
    assert upper == pytest.approx(expected, rel=ROUNDING, abs=3**setting.k * 1e-13)
    assert upper >= 0


def test_a_feature_with_p_two_thirds() -> None:
    """1 - 3p/2 = 0: its m-th power is 1 at m = 0, so pi_1 = P(no tail-free row)-like (1-Q)^n."""
    setting = Setting(n=10, d=2, s=1, alpha=1, k=1)
    assert law(setting)[0] == 2 / 3
    upper = claim_at(catalogue["common-identified"], setting).numbers["upper"]
    assert upper == pytest.approx((1 - 2 / 3 * 2 / 3) ** 10, rel=1e-13)


def bound(p: list[float], hit: float, n: int) -> float:
    """pi_k for any p, by the library's evaluation of binomial means."""
    return 0.5 * binomial_mean_expm1(
        lambda m: np.log1p(2 * (1 - 1.5 * np.array(p)) ** m).sum(axis=1, keepdims=True),
        n,
        2 / 3 * (1 - hit),
    )


@pytest.mark.parametrize(
    ("p", "hit", "n", "figure"),
    [
        (np.linspace(0.5, 0.03, 10), 0.0, 100, 0.0478),
        (np.linspace(0.5, 0.1, 30), 0.3, 60, 0.0326),
    ],
)
def test_common_identified_at_the_figures_of_the_theory(
    p: np.ndarray, hit: float, n: int, figure: float
) -> None:
    value = bound(list(p), hit, n)
    assert value == pytest.approx(figure, abs=5e-5)
    with mpmath.workdps(30):
        Q = mpmath.mpf(2) / 3 * (1 - mpmath.mpf(hit))
        exact = mpmath.fsum(
            mpmath.binomial(n, m)
            * Q**m
            * (1 - Q) ** (n - m)
            * (mpmath.fprod(1 + 2 * (1 - mpmath.mpf(1.5) * x) ** m for x in map(float, p)) - 1)
            for m in range(n + 1)
        )
    assert value == pytest.approx(float(exact / 2), rel=1e-12)


def test_matrix_chernoff_is_vacuous_at_the_papers_setting_while_ours_is_not() -> None:
    claim = claim_at(catalogue["common-identified"], Setting())
    assert claim.numbers["upper"] < 2e-4
    assert claim.comparison("matrix-chernoff") > 1


@given(setting=st.from_type(Setting))
def test_recovered_fraction(setting: Setting) -> None:
    p = law(setting)
    assume(p[setting.k] < 0.99)
    n, tail = setting.n, law(setting)[setting.k :]
    claim = claim_at(catalogue["recovered-fraction"], setting)

    def missed(w: float) -> list[float]:
        return [x * (1 - x * w) ** (n - 1) for x in p]

    def gap(w: float) -> float:
        return math.prod(1 - g for g in missed(w)) - w

    # The largest zero of gap: above it gap < 0. Scan down for a sign change, then bisect.
    steps = 2000
    high = 1.0
    if gap(1.0) < 0:
        low = next(at / steps for at in range(steps - 1, -1, -1) if gap(at / steps) >= 0)
        high = low + 1 / steps
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if gap(middle) >= 0 else (low, middle)
    w = high
    rest = [w / (1 - g) if g < 1 else 0.0 for g in missed(w)[setting.k :]]
    value = math.fsum((1 - x * y) ** n - (1 - x) ** n for x, y in zip(tail, rest, strict=True))
    slope = abs(gap(w) - gap(w - 1e-6)) / 1e-6
    assume(slope > 1e-3)  # elsewhere the zero itself is not determined to more digits
    if claim.believed:
        # Both ways know w to some 10^-15/slope, and |d value/dw| <= n p_{>k}.
        assert claim.numbers["value"] == pytest.approx(value, abs=1e-10 + 1e-14 * n / slope)
    lower, upper = claim.numbers["lower"], claim.numbers["upper"]
    # What is printed is within the proved sides, believed or not.
    assert math.isnan(claim.numbers["value"]) or lower <= claim.numbers["value"] <= upper

    none = math.prod(1 - x for x in tail)
    pi = claim_at(catalogue["common-identified"], setting).numbers["upper"]
    upper = math.fsum(
        min(1 - (1 - x) ** n, (1 - x * none / (1 - x)) ** n - (1 - x) ** n + pi) for x in tail
    )
    assert claim.numbers["upper"] == pytest.approx(upper, rel=1e-9, abs=1e-9)
    assert claim.numbers["trivial_upper"] == pytest.approx(
        math.fsum(1 - (1 - x) ** n for x in tail), rel=1e-9
    )


@pytest.mark.parametrize(
    ("alpha", "figure", "digit"), [(1.5, 57.9, 0.05), (1.25, 351, 0.5), (2, 2.4, 0.05)]
)
def test_recovered_fraction_at_the_figures_of_the_theory(
    alpha: float, figure: float, digit: float
) -> None:
    claim = claim_at(catalogue["recovered-fraction"], Setting(alpha=alpha))
    assert claim.numbers["value"] == pytest.approx(figure, abs=digit)


def test_multi_tail_samples_turn_at_alpha_2() -> None:
    """n p_{>k}^2 with n p_k = 10 grows like n^(2/alpha - 1): the exponent changes sign at 2."""
    statement = catalogue["multi-tail-samples"]
    assert statement.upper is not None
    for alpha in (1.5, 2.0, 3.0):
        sizes = [
            evaluate({"x": statement.upper}, Setting(n=n, d=10**7, alpha=alpha).parameters)["x"]
            for n in (10**5, 4 * 10**5)
        ]
        exponent = math.log(sizes[1] / sizes[0]) / math.log(4)
        # k is rounded down to an integer >= 34, which moves p_{>k}^2 by (1 + 1/34)^(2 alpha - 2)
        # = 1.13 at most and the exponent by ln 1.13/ln 4 = 0.09.
        assert exponent == pytest.approx(2 / alpha - 1, abs=0.09)
