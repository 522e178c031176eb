"""Constants against quadrature and series that share nothing with their closed forms."""

import re
from functools import lru_cache

import mpmath
import numpy as np
import pytest
from sympy import lambdify

from empirics.judging.intervals import estimate
from theorems.constants import CONSTANTS, named, v, value
from theorems.errors import InputError
from theorems.model import alpha as alpha_symbol

ALPHAS = ("1.25", "1.5", "2", "3")

PINS = {
    ("C_M", "1.5"): "1.78595902313849842243712862732",
    ("C_M", "2"): "0.886226925452758013649083741671",
    ("C_M", "2.5"): "0.595676899525126840957733355329",
    ("C_M", "3"): "0.451372646475466805648429342718",
    ("C_V", "1.5"): "1.32342912445798423373745736297",
    ("C_V", "2"): "1.22857138942777610073958159236",
    ("C_V", "2.5"): "1.18192356638416132820587948837",
    ("C_V", "3"): "1.15317501388485027652501597739",
    ("sigma_star_2", "1.5"): "1.3494935166021415653101723083",
    ("sigma_star_2", "2"): "0.721347520444481703679962340501",
    ("sigma_star_2", "2.5"): "0.503989358083002822328815792214",
    ("price_factor", "1.5"): "1.11984652172218568497905093727",
    ("price_factor", "2"): "1.12837916709551257389615890312",
    ("price_of_proof", "2"): "10.3927561975966585349558164756",
    ("C_M_b", "2"): "0.744596124406408551197166694161",
    ("C_seen", "2"): "1.77245385090551602729816748334",
    ("C_nu", "2"): "0.333333333333333333333333333333",
    ("C_T", "2.5"): "0.666666666666666666666666666667",
    ("Z", "3"): "1.20205690315959428539973816151",
}


def close(one, other, digits):
    return abs(one - other) <= abs(other) * mpmath.mpf(10) ** -digits


@lru_cache
def gamma_integral(shape):
    """int_0^oo v^(shape-1) e^-v dv at v = t^(1/shape), cut where e^-v is below every digit."""
    return mpmath.quad(lambda t: mpmath.exp(-(t ** (1 / shape))), [0, 1, 120**shape]) / shape


@lru_cache
def ratio_integral(a):
    """C_V/C_M = int_0^1 (r^(1/alpha-1) - 1)/(1-r) dr: E[1{T>=1}/T] = int (E t^T - P(T=0))/t dt.

    At r = t^alpha its singularity at 0 is gone.
    """

    def integrand(t):
        if t in (0, 1):
            return a if t == 0 else a - 1
        return a * mpmath.expm1((a - 1) * mpmath.log(t)) / mpmath.expm1(a * mpmath.log(t))

    return mpmath.quad(integrand, [0, 0.5, 1])


@lru_cache
def power_integral(a):
    """int_1^oo x^-a dx at x = e^t."""
    return mpmath.quad(lambda t: mpmath.exp(-(a - 1) * t), [0, 5 / (a - 1), 120 / (a - 1)])


def alternating_zeta(a):
    alternating = mpmath.nsum(lambda i: (-1) ** (int(i) - 1) * i**-a, [1, mpmath.inf])
    return alternating / (1 - 2 ** (1 - a))


def independent(name, a):
    b = mpmath.mpf("0.1")
    c_m = gamma_integral(1 - 1 / a) / a
    price = power_integral(a) / c_m
    return {
        "C_M": lambda: c_m,
        "C_M_b": lambda: gamma_integral(1 - (1 - 2 * b) / a) / a,
        "C_V": lambda: c_m * ratio_integral(a),
        "V_over_M": lambda: ratio_integral(a),
        "sigma_star_2": lambda: 1 / ratio_integral(a),
        "C_T": lambda: power_integral(a),
        "C_nu": lambda: power_integral(2 * a),
        "C_seen": lambda: a * c_m,
        "Z": lambda: alternating_zeta(a),
        "price_factor": lambda: price,
        "price_of_proof": lambda: price * mpmath.log(10000) ** (2 * (1 - 1 / a)),
    }[name]()


@pytest.mark.parametrize("a", ALPHAS)
@pytest.mark.parametrize("name", CONSTANTS)
def test_closed_form_is_what_quadrature_and_series_give(name, a):
    with mpmath.workdps(40):
        found = value(named(name), {"alpha": float(a), "b": 0.1, "d": 10000}, 32)
        assert close(found, independent(name, mpmath.mpf(a)), 30)


@pytest.mark.parametrize(("name", "a"), PINS)
def test_thirty_digits_stay_what_they_are(name, a):
    with mpmath.workdps(40):
        found = value(named(name), {"alpha": float(a), "b": 0.1, "d": 10000}, 30)
        assert close(found, mpmath.mpf(PINS[name, a]), 29)


@pytest.mark.parametrize("a", ["0.75", "1", "1.5", "2"])
def test_variance_constant_is_its_own_definition(a):
    """The integral with Ei itself; beyond v = 100 the asymptotic series of e^-v Ei(v)."""
    with mpmath.workdps(45):
        a_exact = mpmath.mpf(a)
        integrand = lambdify((v, alpha_symbol), _integrand(), "mpmath")
        body = mpmath.quad(lambda x: integrand(x, a_exact), [0, 0.5, 2, 10, 30, 100])
        tail = mpmath.fsum(
            mpmath.factorial(m) * mpmath.mpf(100) ** (-m - 1 / a_exact) / (m + 1 / a_exact)
            for m in range(99)
        )
        found = value(named("C_V"), {"alpha": float(a)}, 40)
        assert close(found, (body + tail) / a_exact, 30)


def _integrand():
    (integral,) = CONSTANTS["C_V"].definition.atoms(type(CONSTANTS["C_nu"].definition))
    return integral.function


def test_alpha_one_is_no_pole_of_the_variance_constant():
    with mpmath.workdps(40):
        assert close(value(named("C_V"), {"alpha": 1.0}, 30), mpmath.pi**2 / 6, 29)
        near = value(named("C_V"), {"alpha": 1 + 2.0**-52}, 30)
        assert close(near, mpmath.pi**2 / 6, 15)


@pytest.mark.parametrize(
    ("name", "a", "message"),
    [
        ("C_M", 1.0, "alpha = 1.0: is a pole of C_M (Gamma(1 - 1/alpha) has its pole at 0)"),
        ("C_M_b", 0.8, "alpha = 0.8: is a pole of C_M_b (Gamma(1 - (1-2b)/alpha) has its pole"),
        ("C_V", 0.5, "alpha = 0.5: is a pole of C_V (Gamma(1 - 1/alpha) has its pole at -1)"),
        ("Z", 1.0, "alpha = 1.0: is a pole of Z (zeta(alpha) has its pole at 1)"),
        ("sigma_star_2", 1.0, "alpha = 1.0: is a pole of sigma_star_2"),
        ("C_nu", 0.5, "alpha = 0.5: is a pole of C_nu (1/(2 alpha - 1))"),
        ("C_M", 0.75, "alpha = 0.75: must be > 1 for C_M: its definition diverges"),
    ],
)
def test_poles_are_refused_by_name(name, a, message):
    with pytest.raises(InputError, match=re.escape(message)) as caught:
        value(named(name), {"alpha": a, "b": 0.1})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("digits", [14, 1001, 15.5, "nan", "many", -3, True])
def test_other_precisions_are_refused(digits):
    with pytest.raises(InputError, match=r"precision = .*: must be an integer from 15 to 1000"):
        value(named("C_M"), {"alpha": 2.0}, digits)


def test_an_unknown_parameter_is_refused():
    with pytest.raises(InputError, match=r"alhpa = 2.0: must be one of n, d, s, alpha"):
        value(named("C_M"), {"alhpa": 2.0})


def test_a_thousand_digits_end_as_they_should():
    with mpmath.workdps(1010):
        found = value(named("C_M"), {"alpha": 2.0}, 1000)
        assert close(found, mpmath.sqrt(mpmath.pi) / 2, 999)


def test_unknown_constant_names_the_nearest():
    with pytest.raises(InputError, match="constant = C_N: is no constant; the nearest is C_"):
        named("C_N")


MONTE_CARLO_ALPHAS = (1.25, 1.5, 2.0, 2.5, 3.0)
CONFIDENCE = 1 - 1e-6
POINTS = 10**6


def monte_carlo(a, rng):
    """Draws whose means are C_M and C_V: Poisson numbers of appearances at random frequencies.

    With T ~ Poisson(v), C_M = (1/alpha) int P(T=0) v^(-1/alpha) dv and C_V has E[1{T>=1}/T] for
    P(T=0). A quotient v of Gamma variables of shapes 1-1/alpha and 1/alpha has the density
    v^(-1/alpha)/((1+v) c), c = B(1-1/alpha, 1/alpha) = pi/sin(pi/alpha), so that (1+v) c/alpha
    weights a draw.
    """
    odds = rng.gamma(1 - 1 / a, 1, POINTS) / rng.gamma(1 / a, 1, POINTS)
    # Beyond v = 10^9 the count is v to 5 digits; numpy's generator needs it bounded.
    appearances = rng.poisson(np.minimum(odds, 1e9))
    weight = (1 + odds) * np.pi / np.sin(np.pi / a) / a
    inverse = np.where(odds < 1e9, 1 / np.maximum(appearances, 1), 1 / np.maximum(odds, 1))
    return weight * (appearances == 0), weight * inverse * (appearances > 0)


@pytest.mark.parametrize("a", MONTE_CARLO_ALPHAS)
def test_monte_carlo_intervals_contain_the_constants(a):
    """Student intervals from 10^6 seeded draws at confidence 1 - 10^-6, ten of them.

    A seed chosen blindly fails with probability 10^-5. The half-widths are below 2%, so
    that a constant that is off by 4% is found.
    """
    rng = np.random.default_rng(np.random.SeedSequence(entropy=4, spawn_key=(round(100 * a),)))
    for name, draws in zip(("C_M", "C_V"), monte_carlo(a, rng), strict=True):
        found = estimate(draws, CONFIDENCE)
        assert found.half_width < 0.02 * found.mean
        assert found.ci_low <= float(value(named(name), {"alpha": a})) <= found.ci_high


def test_monte_carlo_tells_a_constant_that_is_off_by_two_percent():
    rng = np.random.default_rng(5)
    for name, draws in zip(("C_M", "C_V"), monte_carlo(2.0, rng), strict=True):
        found = estimate(draws, CONFIDENCE)
        right = float(value(named(name), {"alpha": 2.0}))
        assert not found.ci_low <= 1.02 * right <= found.ci_high
        assert not found.ci_low <= 0.98 * right <= found.ci_high
