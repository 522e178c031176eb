"""The price of memorizing everything, in closed form.

Statement. For a power law with alpha > 1, n -> infinity and d >> (n s)^(1/alpha) the value of
`price-of-memorizing` tends to

    (1 + lambda (-psi(1/alpha) - gamma)) Gamma(lambda + 1/alpha)/(Gamma(1 + lambda) Gamma(1/alpha)),

which depends on alpha and on lambda = sigma^2/tau^2 alone. It starts at 1 with slope 0, so that a
little noise does not tell memorizing from the best there is. At alpha = 2 it is
(1 + 2 ln 2 lambda) Gamma(lambda + 1/2)/(Gamma(1 + lambda) Gamma(1/2)): 1.027, 1.193, 1.790 at
lambda = 1/4, 1, 4.

Proof. Numerator: sum_i p_i E h(T_i) with h(0) = 1, h(m) = lambda/m, a = 1 - 1/alpha and v as in
`bayes-floor-law`: its integral is Gamma(a) (1 + lambda sum_{m>=1} (a)_m/(m m!)), and that series
is -psi(1-a) - gamma (`theorems.constants`: int_0^1 ((1-t)^-a - 1)/t dt). Denominator: the same
law. The slope at 0 is that of ln(1 + lambda x) - ln G(lambda), x - x = 0.
   Accuracy: (e + e_G)/(1 - e_G), e_G that of `bayes-floor-law`, and e that of the numerator, with
the same four parts. (i) v phi(v) = E G(T), G(0) = 0, G(1) = 1, G(m) = lambda m/(m-1) beyond,
which falls from 2 lambda to lambda: half of 1 + |2 lambda - 1| + lambda and lambda, max(1, 2
lambda). (ii) phi <= max(1, lambda). (iii) h'', the second difference, is 1 - 3 lambda/2 at 0 and
2 lambda/(m(m+1)(m+2)) beyond; with C = 1 + 3 lambda/2 its absolute value is at most 6
C/((m+1)(m+2)(m+3)), 3 C times the second difference of 1/(m+1), the h of lambda = 1. Exchanging
variables one at a time needs of h only this, so the part is 3 C times that of lambda = 1, whose
integral is Gamma(a) alpha. (iv) E h = lambda/n, and |v phi(v) - lambda| <= E[lambda
1{T>=2}/(T-1)] + |1 - lambda| P(T = 1) + lambda P(T = 0), with 1/(T-1) <= 2/T: together no more
than 3 (1+lambda)^2/n^2 again.

Source. Ours. That the value stands for the risk itself is the prediction of `price-of-memorizing`.
"""

from __future__ import annotations

from sympy import Integer, Max, Rational, Symbol, gamma

from theorems.conditions import STEEPER_THAN_HARMONIC
from theorems.model import NOISE_TO_SIGNAL, penalty
from theorems.noisy.noisy_law import NOISE_OVER_BIAS
from theorems.stability.bayes_floor import FLOOR, NOISY_PRIOR, TWO_SAMPLES
from theorems.stability.bayes_floor_law import (
    ERROR_OF_FLOOR,
    GROWTH,
    MASS_SHAPE,
    binomial_error,
    integral_error,
)
from theorems.stability.price_of_memorizing import PLAIN_RISK
from theorems.statement import Hypothesis, Kind, Origin, Statement

RISE = 1 + penalty * NOISE_OVER_BIAS
_AT_ONE = GROWTH.subs(penalty, 1)
_ENVELOPE = 3 * (1 + Rational(3, 2) * penalty)

ERROR_OF_RISK = (
    integral_error(gamma(MASS_SHAPE) * RISE, Max(Integer(1), 2 * penalty), Max(Integer(1), penalty))
    + _ENVELOPE * binomial_error(Integer(1)) * _AT_ONE / RISE
)

STATEMENT = Statement(
    id="price-of-memorizing-law",
    title="Law of the price of memorizing everything",
    origin=Origin.DERIVED,
    kind=Kind.PREDICTION,
    quantity="predicted risk of the minimum-norm solution over the floor of every estimator",
    symbol=Symbol("price_memorizing"),
    text=__doc__,
    value=RISE / GROWTH,
    accuracy=(ERROR_OF_RISK + ERROR_OF_FLOOR) / (1 - ERROR_OF_FLOOR),
    reference=PLAIN_RISK / FLOOR,
    hypotheses=(
        STEEPER_THAN_HARMONIC,
        NOISY_PRIOR,
        TWO_SAMPLES,
        Hypothesis(
            "the floor follows its law: its error is below 1; margin 1 - error", 1 - ERROR_OF_FLOOR
        ),
    ),
    extra=(NOISE_TO_SIGNAL,),
    uses=("bayes-floor-law",),
)
