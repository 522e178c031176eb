"""The quantities of the theory as n grows, each with its order derived from the power law.

The regime: s fixed, d = n^delta with delta >= 1 (delta = 1 for d proportional to n), and k the
last feature with n p_k = L. Sums over features become integrals, which changes no order. Nothing
else is assumed: scale and normalizer are computed for alpha below 1 too, where the normalizer
grows with d.

`L` stands for a constant (our n p_k >= 10) or for ln^2 d (the paper): it has no power of n, and
`log_exponent` counts the logarithms that the second choice adds.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from sympy import (
    Eq,
    Expr,
    Integer,
    Integral,
    Max,
    Piecewise,
    Symbol,
    exp,
    limit,
    log,
    oo,
    simplify,
    solve,
)

from theorems.model import alpha, b, c, d, k, mass, n, p, plain_variance, q, s, tail_mass
from theorems.noiseless.noiseless_loss_rate import SECOND_TERM as THEOREM_2_SECOND
from theorems.noiseless.noiseless_rate import STATEMENT as THEOREM_3
from theorems.noisy.noisy_loss_rate import STATEMENT as THEOREM_4
from theorems.orders import Piece, as_piecewise, breakpoints, decimal, exponent, pieces
from theorems.structure.recovered_fraction_rate import FIRST_TERM as UNRECOVERED_FIRST
from theorems.structure.recovered_fraction_rate import SECOND_TERM as UNRECOVERED_SECOND

L = Symbol("L", positive=True)
delta = Symbol("delta", positive=True)
x = Symbol("x", positive=True)
ell = Symbol("ell", positive=True)


def power_integral(power: Expr, low: Expr, high: Expr) -> Expr:
    """int_low^high x^power dx away from power = -1, by sympy."""
    found = Integral(x**power, (x, low, high)).doit()
    if isinstance(found, Piecewise):
        return next(value for value, condition in found.args if condition != Eq(power, -1))
    return found


NORMALIZER = 1 + power_integral(-alpha, Integer(1), d)
SCALE = s / NORMALIZER
# All symbols are positive and the equations are of one power: no solution is spurious, and to check
# them takes sympy a second, which every report would wait for.
LAST_COMMON = solve(Eq(n * SCALE * k**-alpha, L), k, check=False)[0]
"""k from n p_k = L."""

TAIL_MASS = SCALE * power_integral(-alpha, k, d)
SECOND_MOMENT = n * SCALE**2 * power_integral(-2 * alpha, k, d)
KNEE = solve(Eq(n * SCALE * x**-alpha, 1), x, check=False)[0]
"""Where n p_i = 1: features beyond it are mostly unseen."""

MISSING_MASS = SCALE * power_integral(-alpha - 2 * b, KNEE, d)
"""Unseen features with their squared coefficients; those before the knee add no more."""

VARIANCE = power_integral(Integer(0), Integer(1), KNEE) / n + n * SCALE**2 * power_integral(
    -2 * alpha, KNEE, d
)
"""sum_i p_i E[1{T_i>=1}/T_i]: 1/n for each feature before the knee, p_i (n p_i) beyond it."""

SEEN = KNEE + n * SCALE * power_integral(-alpha, KNEE, d)


@dataclass(frozen=True)
class Quantity:
    """One quantity in the regime.

    Args:
        name: how tables call it.
        meaning: a line.
        expression: in terms of n, d, k, s, L, sigma, alpha and b.
    """

    name: str
    meaning: str
    expression: Expr

    def exponent(self, aspect: Expr = Integer(1)) -> Expr:
        """Its power of n, a function of alpha (and b); `aspect` is delta in d = n^delta."""
        return power_of_n(self.expression, aspect)

    def exponent_at(self, b_value: float, aspect: Expr = Integer(1)) -> Expr:
        """Its power of n, a function of alpha alone."""
        return _with_b(self.exponent(aspect), b_value)

    def pieces(self, b_value: float = 0.0, aspect: Expr = Integer(1)) -> list[Piece]:
        """Its power of n, range of alpha by range."""
        return pieces(self.exponent_at(b_value, aspect))

    def piecewise(self, b_value: float = 0.0, aspect: Expr = Integer(1)) -> Expr:
        """Its power of n as one Piecewise in alpha."""
        return as_piecewise(self.exponent_at(b_value, aspect))

    def breakpoints(self, b_value: float = 0.0, aspect: Expr = Integer(1)) -> list[Expr]:
        """The alphas at which its power of n changes form."""
        return breakpoints(self.exponent_at(b_value, aspect))

    def log_exponent(self) -> Expr:
        """Power of ln d for alpha > 1, if L is ln^2 d; of competing terms, each its own."""
        return log_exponent(self.expression)


# To put something into a `Max` takes sympy most of the time of a table, which asks for the same
# powers again and again.
@lru_cache(maxsize=1024)
def power_of_n(expression: Expr, aspect: Expr = Integer(1)) -> Expr:
    """The power of n that an expression of the theory is of, d = n^aspect.

    Raises:
        TypeError: for an operation whose order is not a rule of `theorems.orders`.
    """
    return exponent(in_regime(expression).subs(delta, aspect))


@lru_cache(maxsize=1024)
def _with_b(power: Expr, b_value: float) -> Expr:
    return power.subs(b, decimal(b_value))


def in_regime(expression: Expr) -> Expr:
    """The expression as a function of n alone, besides alpha, b, s, L, sigma and delta."""
    named = {
        mass: s,
        c: SCALE,
        plain_variance: VARIANCE,
        tail_mass: TAIL_MASS,
        q: TAIL_MASS,
        p[k]: L / n,
        p[k + 1]: L / n,
    }
    return expression.subs(named).subs(k, LAST_COMMON).subs(d, n**delta)


def log_exponent(expression: Expr) -> Expr:
    """Power of ln d of a product of powers, where alpha > 1: then p_{>k} is a power of L alone.

    Raises:
        TypeError: for a sum; its terms have their own.
    """
    steep = {
        tail_mass: L * (n / L) ** (1 / alpha) / n,
        q: L * (n / L) ** (1 / alpha) / n,
        p[k]: L / n,
        k: (n / L) ** (1 / alpha),
    }
    in_ell = expression.subs(steep).replace(log, lambda _: ell).subs(L, ell**2)
    return simplify(exponent(in_ell, ell))


def _rows(*rows: tuple[str, str, Expr]) -> dict[str, Quantity]:
    return {name: Quantity(name, meaning, expression) for name, meaning, expression in rows}


QUANTITIES: dict[str, Quantity] = _rows(
    ("k", "common features", k),
    ("p_k", "probability of the last common feature", p[k]),
    ("p_{>k}", "tail features per sample", tail_mass),
    ("n p_{>k}^2", "samples with two or more tail features", n * tail_mass**2),
    ("nu", "n sum_{i>k} p_i^2, repeats of tail features", SECOND_MOMENT),
    ("k/n", "common features per sample", k / n),
    ("p_k/p_{>k}", "unrecovered fraction, first term of the paper's max", UNRECOVERED_FIRST),
    (
        "p_{>k}^2 ln^2 d",
        "unrecovered fraction, second term of the paper's max",
        UNRECOVERED_SECOND,
    ),
    (
        "unrecovered, paper",
        "unrecovered fraction of the seen features, the paper's max",
        Max(UNRECOVERED_FIRST, UNRECOVERED_SECOND),
    ),
    ("missing mass", "sum_i p_i (1-p_i)^n beta_i^2", MISSING_MASS),
    ("V_0", "variance factor of features estimated on their own", VARIANCE),
    ("seen", "features seen in n samples", SEEN),
    (
        "pairs",
        "n (missing mass at b = 0)^2: pairs met only together",
        n * MISSING_MASS.subs(b, 0) ** 2,
    ),
    (
        "unrecovered, derived",
        "such pairs over the features seen",
        n * MISSING_MASS.subs(b, 0) ** 2 / SEEN,
    ),
    (
        "Theorem 2, second term",
        "k ln^4 d/(n^2 p_{>k})",
        THEOREM_2_SECOND,
    ),
    (
        "Theorem 3",
        "s (ln^2 d/(n s))^(1-1/alpha)",
        THEOREM_3.value,
    ),
    ("noise loss", "sigma^2 k/n", THEOREM_4.value),
)


def tail_mass_at_one() -> tuple[Expr, Expr]:
    """p_{>k} where the power law is harmonic, alpha = 1: as a function of k and d, and its limit.

    The limit as n grows, d = n^delta: 0 only for d proportional to n, and then like 1/ln n.
    """
    at_one = limit(TAIL_MASS, alpha, 1)
    # At alpha = 1 the exponent of k is 1, up to logarithms of L and Z.
    order = exponent(in_regime(k)).subs(alpha, 1).subs(delta, 1)
    t = Symbol("t", positive=True)
    logarithms = at_one.subs({k: n**order, d: n**delta}).subs(n, exp(t))
    return at_one, simplify(limit(logarithms.expand(force=True), t, oo))
