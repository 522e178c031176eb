"""The variance factor of ridge between two proved sides.

Statement. With F of `ridge-risk`, V_lambda = sum_i p_i E[A^-1 X'X A^-1]_ii, the factor of sigma^2
in the noisy loss of ridge, satisfies for lambda > 0

    (F_low(mu) - F_up(lambda))/(mu - lambda) <= V_lambda   for every mu > lambda,
    V_lambda <= (F_up(lambda) - F_low(mu))/(lambda - mu)   for every 0 <= mu < lambda.

The sides shown are the best over a few mu. No k, no power law, and no alpha > 2.

Proof. For an eigenvalue x of X'X, lambda/(x + lambda) is concave in lambda with slope
x/(x + lambda)^2: so F is concave with slope V_lambda, and a slope of a concave function lies
between those of chords to its right and to its left. At lambda = 0 there is no chord to the left,
and no upper side is claimed.

Source. Ours.
"""

from __future__ import annotations

from sympy import Symbol

from theorems.expressions import Cavity
from theorems.model import PENALTY, beta, d, mass, n, p, penalty
from theorems.statement import Hypothesis, Kind, Origin, Statement

STATEMENT = Statement(
    id="ridge-variance",
    title="Variance factor of ridge between two sides",
    origin=Origin.DERIVED,
    kind=Kind.TWO_SIDED,
    quantity="variance factor of ridge, sum_i p_i [A^-1 X'X A^-1]_ii",
    symbol=Symbol("V_lambda"),
    text=__doc__,
    lower=Cavity(Symbol("ridge_variance_lower"), p, beta, n, d, penalty),
    upper=Cavity(Symbol("ridge_variance_upper"), p, beta, n, d, penalty),
    observable="ridge_variance_factor",
    # x/(x + lambda)^2 is at most 1/(4 lambda).
    trivial_upper=mass / (4 * penalty),
    hypotheses=(Hypothesis("penalized: lambda > 0", penalty),),
    extra=(PENALTY,),
    uses=("ridge-risk",),
)
