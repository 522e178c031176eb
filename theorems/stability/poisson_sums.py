r"""How far finite sums over a power law are from the integrals that they tend to.

Every law of this chapter is of one form: sum_{i<=d} p_i beta_i^2 E h(T_i), T_i ~ Bin(n, p_i), a
function h of how often a feature was seen. With v = n c i^-alpha and T Poisson it is an integral,

    sum ~ N_0 int_0^inf v^(a-1) phi(v) dv,    N_0 = (n c)^((1-2b)/alpha)/(alpha n),
    phi(v) = E h(T), T ~ Poisson(v),    a = 1 - (1-2b)/alpha.

Here stand the parts of the relative error that the statements share; each proves in its own text
which of them it has.
"""

from __future__ import annotations

from sympy import Expr, Integer, Sum, exp, floor, gamma, log, loggamma

from theorems.model import alpha, b, c, d, i, n
from theorems.statement import Hypothesis

SHAPE = 1 - (1 - 2 * b) / alpha
"""a."""

PEAK = 1 + 2 * b / alpha
"""q = a + 1/alpha: a term of the sum is v^q phi(v) times `TERM`."""

NORMALIZER = (n * c) ** ((1 - 2 * b) / alpha) / (alpha * n)
"""N_0."""

TERM = (n * c) ** (-2 * b / alpha) / n
"""What turns v^q phi(v) into p_i beta_i^2 phi(n p_i)."""

LEAST_MEAN = n * c * d**-alpha
"""v of the last feature; what the integral has below it, the sum has not."""

SQUARE_INTEGRABLE = Hypothesis(
    "integrable: alpha > 1 - 2b; margin alpha - 1 + 2b", alpha - 1 + 2 * b
)
FALLING = Hypothesis("terms vanish for frequent features: alpha > -2b", alpha + 2 * b)


def forgetting(delta: Expr, shape: Expr = SHAPE) -> Expr:
    """R = sum_{m <= 1/delta} (1 - m delta) (shape)_m/m!, in closed form.

    With K = floor(1/delta): sum_{m<=K} (x)_m/m! = (x+1)_K/K! and m (x)_m/m! = x (x+1)_{m-1}/(m-1)!,
    so R = (x+1)_K/K! - delta x (x+2)_{K-1}/(K-1)! = (1 + x (1 - delta K)) (x+2)_{K-1}/K!.
    """
    last = floor(1 / delta)
    growth = exp(loggamma(last + 1 + shape) - loggamma(last + 1) - loggamma(shape + 2))
    return (1 + shape * (1 - delta * last)) * growth


def forgetting_error(delta: Expr) -> Expr:
    """Relative error of N_0 Gamma(a) R(delta) for sum p_i beta_i^2 E(1 - delta T_i)_+.

    `stability-law` proves it, part by part.
    """
    main = gamma(SHAPE) * forgetting(delta)
    variation = gamma(PEAK + 1) * forgetting(delta, PEAK)
    binomial = gamma(SHAPE + 2) * forgetting(delta, SHAPE + 2)
    binomial_peak = gamma(PEAK + 3) * forgetting(delta, PEAK + 3)
    step = TERM / NORMALIZER
    last = floor(1 / delta)
    rare = exp(last - n / 2 + last * log(n / (2 * last)))
    frequent = 2 * Sum(c * i ** (-alpha - 2 * b), (i, 1, d)) * rare / NORMALIZER
    return (
        step * variation
        + LEAST_MEAN**SHAPE / SHAPE
        + Integer(3) / (2 * n) * (binomial + step * binomial_peak)
        + frequent
    ) / main
