"""Expected number of tail features of a sample.

Statement. A sample holds p_{>k} = sum_{i>k} p_i tail features on average. Where no tail
feature is capped at 1, with c = s/Z,

    p_{>k} = c (zeta(alpha, k+1) - zeta(alpha, d+1)),

zeta the Hurwitz zeta function (harmonic numbers at alpha = 1), and

    c int_{k+1}^{d+1} x^-alpha dx <= p_{>k} <= c int_k^d x^-alpha dx.

Proof. The first line is linearity of expectation. For i > k, p_i = c i^-alpha, and
zeta(alpha, a) = sum_{m>=0} (m+a)^-alpha telescopes to the finite sum (at alpha = 1 the
difference of digamma functions does the same; for alpha < 1 the identity continues
analytically, since each shift zeta(alpha, a) - zeta(alpha, a+1) = a^-alpha does). x^-alpha
decreases, so i^-alpha lies between its integrals over [i, i+1] and over [i-1, i]; sum over
k < i <= d.

Source. The paper's p_{>k}; closed form and sandwich are ours.
"""

from __future__ import annotations

from sympy import Eq, Expr, Piecewise, Symbol, log, polygamma, zeta

from theorems.conditions import TAIL_IS_RANDOM
from theorems.model import alpha, c, d, k, tail_mass
from theorems.statement import Comparison, Kind, Origin, Statement


def _integral(low: Expr, high: Expr) -> Expr:
    """Integral of x^-alpha from low to high."""
    power = (low ** (1 - alpha) - high ** (1 - alpha)) / (alpha - 1)
    return Piecewise((log(high / low), Eq(alpha, 1)), (power, True))


CLOSED_FORM = Piecewise(
    (c * (polygamma(0, d + 1) - polygamma(0, k + 1)), Eq(alpha, 1)),
    (c * (zeta(alpha, k + 1) - zeta(alpha, d + 1)), True),
)

STATEMENT = Statement(
    id="tail-mass",
    title="Tail mass",
    origin=Origin.DERIVED,
    kind=Kind.IDENTITY,
    quantity="expected number of tail features of a sample",
    symbol=Symbol("p_tail"),
    text=__doc__,
    lower=c * _integral(k + 1, d + 1),
    value=tail_mass,
    upper=c * _integral(k, d),
    observable="tail_features_per_sample",
    hypotheses=(TAIL_IS_RANDOM,),
    comparisons=(
        Comparison(
            "hurwitz-zeta",
            "Hurwitz zeta",
            CLOSED_FORM,
            "the closed form; double precision has it for alpha >= 1",
        ),
    ),
)
