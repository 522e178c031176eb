"""No stable learner of any kind does much better than to forget at random.

Statement. For a power law with 0 < a = 1 - (1-2b)/alpha < 1, the missing mass of a subsample that
keeps each sample with probability delta, the lower side of `subsampled-loss`, exceeds the bound of
`stability-price` on every delta-stable learner by a factor that tends to

    delta^-a/R(delta) <= Gamma(a+2) <= 2    for every delta in (0, 1],

R(delta) of `stability-law`. Where the minimum-norm solution loses no more than its missing mass
to first order (the two sides of `noiseless-loss-sharp` for alpha > 1), subsampling is therefore
within that factor of the best that any stable learner can do, of whatever kind.

Proof. The limit: sum_i p_i beta_i^2 (1 - delta p_i)^n is the missing mass with delta c for c, up
to the factor 1/delta, and the missing mass goes like c^(1/alpha - 2b/alpha); so it is
delta^(-1 + (1-2b)/alpha) = delta^-a of that at delta = 1. Divide by R.
   The bound: R is linear in delta on each [1/(K+1), 1/K] (the term m = K+1 enters at delta =
1/(K+1) with weight 0), and R(1/K) = Gamma(K+1+a)/(Gamma(a+2) K!). Gautschi's inequality x^(1-s)
<= Gamma(x+1)/Gamma(x+s) at x = K + a, s = 1 - a gives Gamma(K+1+a)/K! >= (K+a)^a >= K^a, so R >=
delta^-a/Gamma(a+2) at delta = 1/K. delta^-a is convex, so between two such points it lies below
its chord, and R is the chord of its own values there. Gamma is convex with Gamma(2) = 1 and
Gamma(3) = 2, so Gamma(a+2) <= 2 for a in [0, 1].
   Accuracy: (e + e_delta)/(1 - e_delta), e_delta that of the bound in `stability-law`, and e that
of the numerator, whose phi(v) = e^(-delta v) has the same four parts: (i) half the total
variation, Gamma(q+1) delta^-q; (ii) (n c d^-alpha)^a/a; (iii) e^(-delta v) - (1 - delta p)^n <=
delta^2 (v^2/n) e^(-delta v) for delta p <= 1/2, an integral of Gamma(a+2) delta^-a/n; (iv)
e^(-delta n/2) for p > 1/2.

Source. Ours.
"""

from __future__ import annotations

from sympy import Integer, Sum, Symbol, exp, gamma

from theorems.model import STABILITY, alpha, b, c, d, i, n, stability
from theorems.stability.poisson_sums import (
    FALLING,
    LEAST_MEAN,
    NORMALIZER,
    PEAK,
    SHAPE,
    SQUARE_INTEGRABLE,
    TERM,
)
from theorems.stability.stability_law import (
    AT_MOST_ONE,
    ERROR_OF_BOUND,
    LAW,
    POSITIVE,
    SEEN_OFTEN,
)
from theorems.stability.stability_price import BOUND, SUBSAMPLED_MISSING_MASS
from theorems.statement import Comparison, Hypothesis, Kind, Origin, Statement

_STEP = TERM / NORMALIZER
_MAIN = gamma(SHAPE) * stability**-SHAPE
_FREQUENT = 2 * Sum(c * i ** (-alpha - 2 * b), (i, 1, d)) * exp(-stability * n / 2) / NORMALIZER

ERROR_OF_SUBSAMPLE = (
    _STEP * gamma(PEAK + 1) * stability**-PEAK
    + LEAST_MEAN**SHAPE / SHAPE
    + (gamma(SHAPE + 2) * stability**-SHAPE + _STEP * gamma(PEAK + 3) * stability**-PEAK) / n
    + _FREQUENT
) / _MAIN

STATEMENT = Statement(
    id="subsampling-nearly-optimal",
    title="Forgetting at random is nearly the best way to forget",
    origin=Origin.DERIVED,
    kind=Kind.PREDICTION,
    quantity="missing mass of a subsample over the bound on every learner as stable",
    symbol=Symbol("excess_of_subsampling"),
    text=__doc__,
    value=stability**-SHAPE / LAW,
    accuracy=(ERROR_OF_SUBSAMPLE + ERROR_OF_BOUND) / (1 - ERROR_OF_BOUND),
    reference=SUBSAMPLED_MISSING_MASS / BOUND,
    trivial_lower=Integer(1),
    extra=(STABILITY,),
    hypotheses=(
        SQUARE_INTEGRABLE,
        FALLING,
        Hypothesis("coefficients decay slowly: b < 1/2; margin 1 - 2b", 1 - 2 * b),
        POSITIVE,
        AT_MOST_ONE,
        SEEN_OFTEN,
        Hypothesis(
            "the bound follows its law: its error is below 1; margin 1 - error", 1 - ERROR_OF_BOUND
        ),
    ),
    uses=("stability-law", "stability-price", "subsampled-loss"),
    comparisons=(
        Comparison("largest", "for any delta", gamma(SHAPE + 2), "Gamma(a+2), 2 at most"),
    ),
)
