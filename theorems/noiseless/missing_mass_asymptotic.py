"""The missing mass of a power law, with its constant.

Statement. For beta*_i = i^-b and alpha > 1 - 2b the missing mass
sum_i p_i (1-p_i)^n beta_i^2, the lower side of `noiseless-loss`, is asymptotically

    (1/(alpha n)) (n c)^((1-2b)/alpha) Gamma(1 - (1-2b)/alpha, n c d^-alpha),

with the upper incomplete Gamma function, which is the complete one for
d >> (n s)^(1/alpha). For b = 0 the exponent of n is -(1 - 1/alpha): the paper's rate
without its logarithm, and with its constant. Its relative error is at most the accuracy
shown, but for features with p_i > 1/2, each of which adds at most e^(-n/2).

Proof. Put f(x) = c x^(-alpha-2b) e^(-n c x^-alpha). The substitution v = n c x^-alpha
turns int_0^d f into the right-hand side. f has one maximum if alpha + 2b > 0, so
|sum_{i<=d} f(i) - int_0^d f| <= max f. In v, f = (1/n) (n c)^(-2b/alpha) v^a e^-v with
a = 1 + 2b/alpha, whose maximum is at v = a: max f = (1/n) (n c)^(-2b/alpha) a^a e^-a. Its
ratio to the integral is alpha a^a e^-a (n c)^(-1/alpha)/Gamma(...). Finally
0 <= e^(-np) - (1-p)^n <= n p^2 e^(-np) for p <= 1/2, since ln(1-p) >= -p - p^2 there; with
n p^2 = v^2/n this changes the integral by a share of at most Gamma(a + 2, .)/(n Gamma(a, .))
for a the shape. The two shares make the accuracy. Terms with p > 1/2 are below e^(-n/2).

Source. Ours.
"""

from __future__ import annotations

from sympy import Integer, Symbol, exp, uppergamma

from theorems.model import alpha, b, c, d, n
from theorems.noiseless.noiseless_loss import MISSING_MASS
from theorems.statement import Comparison, Hypothesis, Kind, Origin, Statement

SHAPE = 1 - (1 - 2 * b) / alpha
PEAK = 1 + 2 * b / alpha
CUT = n * c * d**-alpha
PARTIAL_GAMMA = uppergamma(SHAPE, CUT)

ACCURACY = (
    alpha * PEAK**PEAK * exp(-PEAK) * (n * c) ** (-1 / alpha) + uppergamma(SHAPE + 2, CUT) / n
) / PARTIAL_GAMMA

VALUE = (n * c) ** ((1 - 2 * b) / alpha) * PARTIAL_GAMMA / (alpha * n)

STATEMENT = Statement(
    id="missing-mass-asymptotic",
    title="Missing mass of a power law",
    origin=Origin.DERIVED,
    kind=Kind.PREDICTION,
    quantity="expected missing mass, the noiseless loss of unseen features",
    symbol=Symbol("E_missing"),
    text=__doc__,
    value=VALUE,
    accuracy=ACCURACY,
    reference=MISSING_MASS,
    hypotheses=(
        Hypothesis("integrable: alpha > 1 - 2b; margin alpha - 1 + 2b", alpha - 1 + 2 * b),
        Hypothesis("one maximum: alpha > -2b; margin alpha + 2b", alpha + 2 * b),
        Hypothesis("some feature is expected in a sample or more: n c > 1", n * c - Integer(1)),
    ),
    comparisons=(
        Comparison(
            "finite-sum", "finite sum", MISSING_MASS, "what it approximates, at this n and d"
        ),
    ),
)
