"""The price of not memorizing, as a law of delta alone.

Statement. For a power law with beta*_i = i^-b, a = 1 - (1-2b)/alpha > 0, n -> infinity and
d >> (n s)^(1/alpha), the bound of `stability-price` is R(delta) times the missing mass,

    R(delta) = sum_{m <= 1/delta} (1 - m delta) (a)_m/m!
             = (a+1)_K/K! - delta a (a+2)_{K-1}/(K-1)!,    K = floor(1/delta).

It depends on neither n nor s. Near delta = 1 it is 1 + (1 - delta) a, and at delta = 1/2, where
what was seen once is half forgotten, 1 + a/2: forgetting outright all that was seen once costs
the factor 1 + a in all, which is 2 - 1/alpha at b = 0. For small delta R ~ delta^-a/Gamma(a+2).

Proof. With v = n c x^-alpha the m-th term of the bound is (1 - m delta) N_0 int_0^inf v^(a-1)
e^-v v^m/m! dv = (1 - m delta) N_0 Gamma(a+m)/m!, N_0 = (n c)^((1-2b)/alpha)/(alpha n); divided by
that of m = 0, (1 - m delta) (a)_m/m!. The closed form: sum_{m<=K} (a)_m/m! = (a+1)_K/K!, and m
(a)_m/m! = a (a+1)_{m-1}/(m-1)!. The two terms share the factor (a+2)_{K-1}/K!: R = (1 + a (1 -
delta K)) Gamma(K+1+a)/(Gamma(a+2) K!), and Gamma(K+1+a)/K! ~ K^a. What is seen once and forgotten
adds (a)_1/1! = a to the 1 of what is unseen.
   Accuracy, at finite n. Let phi(v) = E(1 - delta T)_+, T ~ Poisson(v), which falls, and phi_n(p)
the same for T ~ Bin(n, p). (i) Sum against integral: f(i) exceeds the integral of f over [i-1, i]
by the positive variation of f there at most, and falls below it by the negative one. f is v^q
phi(v) times (n c)^(-2b/alpha)/n, q = 1 + 2b/alpha > 0, which begins and ends at 0, so that both
are at most half its total variation; int |d(v^q phi)| <= q int v^(q-1) phi + int v^q |phi'| = 2 q
int v^(q-1) phi = 2 Gamma(q+1) R_q, R_q being R with q for a. (ii) The features beyond d: phi <=
1, so int_0^w v^(a-1) phi <= w^a/a, w = n c d^-alpha. (iii) Binomial against Poisson: (1 - delta
m)_+ is convex, so phi_n(p) <= phi(n p), since a Bernoulli law is below the Poisson law of its
mean in convex order. For p <= 1/2, ln(1-p) >= -p - p^2 gives P(Bin(n, p) = m) >= P(Poisson(v) =
m) (1 - m(m-1)/(2n) - v^2/n), v = n p; as m(m-1) Gamma(x+m) <= Gamma(x+m+2) the deficit has the
integral (3/(2n)) Gamma(a+2) R_{a+2} at most, and its sum exceeds its integral by the maxima of
its terms, max v^r e^-v <= Gamma(r+1). (iv) Features with c i^-alpha > 1/2, capped or not:
phi_n(p) <= phi(n/2) <= P(Poisson(n/2) <= K) <= e^(K-n/2) (n/(2K))^K by Chernoff, for the sum and
for f. The accuracy is (e_delta + e_1)/(1 - e_1), e_delta the sum of these shares for the bound
and e_1 that for the missing mass, delta = 1.

Source. Ours.
"""

from __future__ import annotations

from sympy import Integer, Symbol, gamma

from theorems.model import STABILITY, n, stability
from theorems.noiseless.noiseless_loss import MISSING_MASS
from theorems.stability.poisson_sums import (
    FALLING,
    SHAPE,
    SQUARE_INTEGRABLE,
    forgetting,
    forgetting_error,
)
from theorems.stability.stability_price import BOUND
from theorems.statement import Comparison, Hypothesis, Kind, Origin, Statement

LAW = forgetting(stability)

ERROR_OF_BOUND = forgetting_error(stability)
ERROR_OF_MISSING_MASS = forgetting_error(Integer(1))

POSITIVE = Hypothesis("labels are used: delta > 0", stability)
AT_MOST_ONE = Hypothesis("delta <= 1; margin 1 - delta", 1 - stability, weak=True)
SEEN_OFTEN = Hypothesis(
    "samples suffice to be forgotten: n delta > 2; margin n delta - 2", n * stability - 2
)

STATEMENT = Statement(
    id="stability-law",
    title="Law of the price of not memorizing",
    origin=Origin.DERIVED,
    kind=Kind.PREDICTION,
    quantity="bound on the loss of delta-stable learners over the missing mass",
    symbol=Symbol("R_delta"),
    text=__doc__,
    value=LAW,
    accuracy=(ERROR_OF_BOUND + ERROR_OF_MISSING_MASS) / (1 - ERROR_OF_MISSING_MASS),
    reference=BOUND / MISSING_MASS,
    trivial_lower=Integer(1),
    extra=(STABILITY,),
    hypotheses=(
        SQUARE_INTEGRABLE,
        FALLING,
        POSITIVE,
        AT_MOST_ONE,
        SEEN_OFTEN,
        Hypothesis(
            "the missing mass follows its law: its error is below 1; margin 1 - error",
            1 - ERROR_OF_MISSING_MASS,
        ),
    ),
    uses=("stability-price",),
    comparisons=(
        Comparison(
            "small-delta",
            "small delta",
            stability**-SHAPE / gamma(SHAPE + 2),
            "delta^-a/Gamma(a+2), never above the law",
        ),
        Comparison(
            "forgetting-what-was-seen-once",
            "forgetting all that was seen once",
            1 + SHAPE,
            "2 - 1/alpha at b = 0",
        ),
    ),
)
