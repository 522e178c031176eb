"""The named constants of the asymptotic laws: what each stands for and its closed form.

Each is an integral or a series that some statement leaves, `definition`, and an elementary or
special function, `closed_form`; numbers come from the closed form alone, at any precision.
A closed form may be finite where its integral diverges, by analytic continuation: `lowest` says
where it is the constant, and `pole` what diverges there.

alpha = 1 is a pole of C_M but not of C_V, whose integral converges for alpha > 1/2: there its
closed form is Gamma at a pole times a zero of psi + gamma, and its value is the limit pi^2/6. What
breaks down at alpha = 1 is the bias, not the variance of a feature estimated on its own.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import mpmath
from sympy import (
    Ei,
    Eq,
    EulerGamma,
    Expr,
    Integer,
    Integral,
    Piecewise,
    Rational,
    Sum,
    Symbol,
    exp,
    gamma,
    limit,
    log,
    oo,
    zeta,
)

from theorems.errors import InputError
from theorems.evaluate.digits import DOUBLE_DIGITS, digit_count
from theorems.evaluate.numbers import evaluate_mpmath
from theorems.model import alpha, b, d, j, m
from theorems.noiseless.missing_mass_asymptotic import SHAPE
from theorems.noiseless.price_of_proof import PRICE_FACTOR
from theorems.noiseless.price_of_proof import STATEMENT as PRICE
from theorems.noisy.noisy_law import BIAS_CONSTANT, NOISE_OVER_BIAS, VARIANCE_CONSTANT
from theorems.setting import Setting

x, v = Symbol("x", positive=True), Symbol("v", positive=True)


@dataclass(frozen=True)
class Constant:
    """A constant of an asymptotic law, a function of alpha (and b or d where it says so).

    Args:
        name: as on the command line.
        meaning: the law that it belongs to.
        definition: the integral or series that it is.
        closed_form: the same in closed form.
        lowest: it is the constant for alpha > `lowest`; there the closed form has a pole.
        pole: what has its pole at alpha = `lowest`.
        why: why the closed form is the definition.
    """

    name: str
    meaning: str
    definition: Expr
    closed_form: Expr
    lowest: Expr
    pole: str
    why: str


C_M = BIAS_CONSTANT
RATIO = NOISE_OVER_BIAS
C_V = Piecewise((limit(VARIANCE_CONSTANT, alpha, 1), Eq(alpha, 1)), (VARIANCE_CONSTANT, True))
SIGMA_STAR_2 = 1 / RATIO

_GAMMA = "Gamma(1 - 1/alpha) has its pole at 0"
_BOTH = "of C_T and of C_M, whose ratio it is"
_DIGAMMA_SERIES = "psi(x) + gamma = sum_m 1/(m+1) - 1/(m+x)"

_SERIES_TERM = 1 / (m + 1 / alpha) - 1 / (m + 1)

_ALL = (
    Constant(
        "C_M",
        "missing mass, b = 0: E L ~ C_M c^(1/alpha) n^-(1-1/alpha)",
        Integral(exp(-v) * v ** (-1 / alpha), (v, 0, oo)) / alpha,
        C_M,
        Integer(1),
        _GAMMA,
        "Euler's integral; v = n c x^-alpha in the sum over features",
    ),
    Constant(
        "C_M_b",
        "missing mass, beta*_i = i^-b: E L ~ C_M_b c^((1-2b)/alpha) n^(-1+(1-2b)/alpha)",
        Integral(exp(-v) * v ** (-(1 - 2 * b) / alpha), (v, 0, oo)) / alpha,
        gamma(SHAPE) / alpha,
        1 - 2 * b,
        "Gamma(1 - (1-2b)/alpha) has its pole at 0",
        "Euler's integral; the same substitution with i^-2b = (v/(n c))^(2b/alpha)",
    ),
    Constant(
        "C_V",
        "variance factor: V ~ C_V c^(1/alpha) n^-(1-1/alpha)",
        Integral(exp(-v) * (Ei(v) - EulerGamma - log(v)) * v ** (-1 / alpha), (v, 0, oo)) / alpha,
        C_V,
        Rational(1, 2),
        "Gamma(1 - 1/alpha) has its pole at -1",
        "e^-v (Ei(v) - gamma - ln v) = E[1{T>=1}/T], T ~ Poisson(v), is sum_m e^-v v^m/(m m!); "
        "termwise sum_m (y)_m/(m m!) = -psi(1-y) - gamma at y = 1 - 1/alpha",
    ),
    Constant(
        "V_over_M",
        "C_V/C_M, the variance factor over the bias",
        Sum(_SERIES_TERM, (m, 0, oo)),
        RATIO,
        Integer(1),
        "of C_M: Gamma(1 - 1/alpha) has its pole at 0",
        _DIGAMMA_SERIES,
    ),
    Constant(
        "sigma_star_2",
        "noise variance beyond which variance exceeds bias (beta = 1)",
        1 / Sum(_SERIES_TERM, (m, 0, oo)),
        SIGMA_STAR_2,
        Integer(1),
        "1/(-psi(1/alpha) - gamma), psi(1) = -gamma",
        "C_M = sigma^2 C_V; " + _DIGAMMA_SERIES,
    ),
    Constant(
        "C_T",
        "tail mass, n p_k = L: p_{>k} ~ C_T c^(1/alpha) (L/n)^(1-1/alpha)",
        Integral(x**-alpha, (x, 1, oo)),
        1 / (alpha - 1),
        Integer(1),
        "1/(alpha - 1)",
        "the integral of a power",
    ),
    Constant(
        "C_nu",
        "nu = n sum_{i>k} p_i^2 ~ C_nu L^(2-1/alpha) c^(1/alpha) n^-(1-1/alpha)",
        Integral(x ** (-2 * alpha), (x, 1, oo)),
        1 / (2 * alpha - 1),
        Rational(1, 2),
        "1/(2 alpha - 1)",
        "the integral of a power",
    ),
    Constant(
        "C_seen",
        "features seen in n samples: ~ C_seen (n c)^(1/alpha)",
        Integral((1 - exp(-v)) * v ** (-1 - 1 / alpha), (v, 0, oo)) / alpha,
        alpha * C_M,
        Integer(1),
        _GAMMA,
        "integration by parts: d(1 - e^-v) = e^-v dv against v^(-1/alpha)",
    ),
    Constant(
        "Z",
        "normalizer of the power law as d grows: c = s/Z",
        Sum(j**-alpha, (j, 1, oo)),
        zeta(alpha),
        Integer(1),
        "zeta(alpha) has its pole at 1",
        "Riemann's series",
    ),
    Constant(
        "price_factor",
        "price-of-proof over (ln d)^(2(1-1/alpha))",
        Integral(x**-alpha, (x, 1, oo)) * alpha / Integral(exp(-v) * v ** (-1 / alpha), (v, 0, oo)),
        PRICE_FACTOR,
        Integer(1),
        _BOTH,
        "C_T/C_M: the tail mass that the paper pays over the missing mass",
    ),
    Constant(
        "price_of_proof",
        "the paper's Theorem 3 over the exact law at this d, n p_k = ln^2 d",
        Integral(x**-alpha, (x, 1, oo))
        * alpha
        * log(d) ** (2 - 2 / alpha)
        / Integral(exp(-v) * v ** (-1 / alpha), (v, 0, oo)),
        PRICE.value,
        Integer(1),
        _BOTH,
        "price_factor times the logarithms of n p_k = ln^2 d",
    ),
)

CONSTANTS: dict[str, Constant] = {constant.name: constant for constant in _ALL}


def named(name: str) -> Constant:
    """A constant by name.

    Raises:
        InputError: for an unknown name, with the nearest one.
    """
    if name not in CONSTANTS:
        near = difflib.get_close_matches(name, CONSTANTS, n=1, cutoff=0.0)[0]
        raise InputError("constant", name, f"is no constant; the nearest is {near}")
    return CONSTANTS[name]


def _above_lowest(constant: Constant, parameters: Mapping[str, float]) -> Fraction:
    """Distance of alpha from the pole. Decimals are meant as written: 1 - 2 * 0.1 is 4/5."""
    decimal = {name: Fraction(repr(float(parameters[name]))) for name in ("alpha", "b")}
    exact = Rational(decimal["b"].numerator, decimal["b"].denominator)
    lowest = constant.lowest.subs(b, exact)
    return decimal["alpha"] - Fraction(int(lowest.p), int(lowest.q))


def in_domain(constant: Constant, parameters: Mapping[str, float]) -> bool:
    """Whether the constant's definition converges.

    Raises:
        InputError: exactly at its pole, which the message names.
    """
    distance = _above_lowest(constant, parameters)
    if distance == 0:
        allowed = f"is a pole of {constant.name} ({constant.pole}); any other alpha > 0 is allowed"
        raise InputError("alpha", parameters["alpha"], allowed)
    return distance > 0


def value(constant: Constant, parameters: Mapping[str, float], digits: int = DOUBLE_DIGITS) -> Any:
    """The constant as an mpmath number, right to `digits` significant digits.

    Args:
        constant: which.
        parameters: alpha, b and d by these names; those left out are those of Figure 1. A
            double stands for the shortest decimal that prints it.
        digits: 15 to 1000.

    Raises:
        InputError: at a pole, below it, or for another number of digits.
    """
    known = Setting().parameters
    for name in parameters.keys() - known.keys():
        raise InputError(name, parameters[name], f"must be one of {', '.join(known)}")
    known |= parameters
    digits = digit_count(digits)
    if not in_domain(constant, known):
        allowed = f"must be > {constant.lowest} for {constant.name}: its definition diverges"
        raise InputError("alpha", known["alpha"], allowed)
    outputs = {"value": constant.closed_form}
    guard = 10
    coarse = evaluate_mpmath(outputs, known, digits + guard)["value"]
    while True:
        # Near a pole digits cancel: two precisions that agree have lost none that is asked for.
        guard *= 2
        fine = evaluate_mpmath(outputs, known, digits + guard)["value"]
        with mpmath.workdps(digits + 5):
            if abs(fine - coarse) <= abs(fine) * mpmath.mpf(10) ** -(digits + 2):
                break
        coarse = fine
    with mpmath.workdps(digits):
        return +fine
