"""The missing mass of a power law, with its constant.

Statement. For beta*_i = i^-b and alpha > 1 - 2b the missing mass
sum_i p_i (1-p_i)^n beta_i^2, the lower side of `noiseless-loss`, is asymptotically

    (1/(alpha n)) (n c)^((1-2b)/alpha) Gamma(1 - (1-2b)/alpha, n c d^-alpha),

with the upper incomplete Gamma function, which is the complete one for
d >> (n s)^(1/alpha). For b = 0 the exponent of n is -(1 - 1/alpha): the paper's rate
without its logarithm, and with its constant. For n >= 4 the missing mass differs from it by at
most the accuracy shown times it.

Proof. Put v = n c x^-alpha and f(x) = c x^(-alpha-2b) e^-v. The substitution turns int_0^d f into
the right-hand side. In v, f = (1/n) (n c)^(-2b/alpha) v^a e^-v with a = 1 + 2b/alpha > 0, which has
one maximum, at v = a. A function >= 0 with f(0) = 0 and one maximum has
|sum_{i<=d} f(i) - int_0^d f| <= max f = (1/n) (n c)^(-2b/alpha) a^a e^-a: its ratio to the integral
is alpha a^a e^-a (n c)^(-1/alpha)/Gamma(...), the first part of the accuracy.
   Now let q = c i^-alpha, so that p_i = min(1, q). For n >= 4 and every q >= 0

    0 <= q e^(-nq) - p_i (1-p_i)^n <= n q^3 e^(-nq).

For q <= 1/2, ln(1-q) >= -q - q^2 gives (1-q)^n >= e^(-nq) (1 - n q^2), and 1 - q <= e^-q. For q >
1/2, n q^2 >= 1, and the difference is at most q e^(-nq); it is not negative, as (1-q)^n <=
e^(-nq), or 0 where q >= 1. So sum_i f(i) exceeds the missing mass by at most sum_i g(i) with g = n
q^2 f = (1/n^2) (n c)^(-2b/alpha) v^(a+2) e^-v, which has one maximum too, at v = a + 2. Its sum is
at most its integral plus its maximum. Over the right-hand side these are Gamma(A + 2, .)/(n
Gamma(A, .)), A = 1 - (1-2b)/alpha, and alpha (a+2)^(a+2) e^-(a+2) (n c)^(-1/alpha)/(n Gamma(A,
.)): the other parts of the accuracy. Large coefficients, b < 0, are in f and g alike.

Source. Ours.
"""

from __future__ import annotations

from sympy import Expr, Integer, Symbol, exp, log, uppergamma

from theorems.model import alpha, b, c, d, n
from theorems.noiseless.noiseless_loss import MISSING_MASS
from theorems.paper import Item, sharpens
from theorems.statement import Comparison, Hypothesis, Kind, Origin, Statement

SHAPE = 1 - (1 - 2 * b) / alpha
PEAK = 1 + 2 * b / alpha
CUT = n * c * d**-alpha
PARTIAL_GAMMA = uppergamma(SHAPE, CUT)


def _peak(power: Expr) -> Expr:
    """Max v^power e^-v, times alpha (n c)^(-1/alpha): the maximum of a summand, rescaled."""
    return alpha * exp(power * log(power) - power) * (n * c) ** (-1 / alpha)


ACCURACY = (_peak(PEAK) + (uppergamma(SHAPE + 2, CUT) + _peak(PEAK + 2)) / n) / PARTIAL_GAMMA

VALUE = (n * c) ** ((1 - 2 * b) / alpha) * PARTIAL_GAMMA / (alpha * n)

FOUR_SAMPLES = Hypothesis("n >= 4; margin n - 4", n - Integer(4), weak=True)
"""Then n p^2 >= 1 wherever p > 1/2, which the comparison of (1-p)^n with e^(-np) needs."""

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
        FOUR_SAMPLES,
    ),
    comparisons=(
        Comparison(
            "finite-sum", "finite sum", MISSING_MASS, "what it approximates, at this n and d"
        ),
    ),
    paper=sharpens(Item.THEOREM_3),
)
