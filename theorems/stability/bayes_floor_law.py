"""The floor of every estimator as a law of the noise-to-signal ratio.

Statement. For a power law with alpha > 1, n -> infinity and d >> (n s)^(1/alpha), the floor
sum_i p_i E[lambda/(T_i + lambda)] of `bayes-floor` is asymptotically

    C_M c^(1/alpha) n^-(1-1/alpha) G(lambda),
    G(lambda) = Gamma(1+lambda) Gamma(1/alpha)/Gamma(lambda + 1/alpha),

C_M = Gamma(1-1/alpha)/alpha: the missing mass times a factor that depends on lambda and alpha
alone. G(0) = 1, and its slope there is -psi(1/alpha) - gamma = C_V/C_M: a little noise costs the
best estimator exactly what `noisy-law` predicts that it costs the memorizing one. For large
lambda G grows like Gamma(1/alpha) lambda^(1-1/alpha).

Proof. Put a = 1 - 1/alpha and v = n c x^-alpha: the sum becomes (n c)^(1/alpha)/(alpha n) times
int_0^inf v^(a-1) phi(v) dv, phi(v) = E[lambda/(T + lambda)], T ~ Poisson(v). Termwise
int v^(a-1) e^-v v^m/m! dv = Gamma(a+m)/m!, and sum_m (a)_m/m! lambda/(lambda + m) =
2F1(a, lambda; lambda+1; 1) = Gamma(lambda+1) Gamma(1-a)/Gamma(lambda+1-a) by Gauss, since
1 - a > 0. The slope: d/dlambda of ln G at 0 is psi(1) - psi(1/alpha).
   Accuracy, at finite n, with h(m) = lambda/(m + lambda). (i) Sum against integral: the total
variation of v phi(v)/n. v phi(v) = E G(T) with G(m) = m h(m-1), which goes from 0 to 1 at m = 1
and from there monotonically to lambda; as int_0^inf P(Poisson(v) = m) dv = 1, the variation of E
G(T) in v is at most that of G, 1 + |1 - lambda|. Over x it goes from lambda to 0, so neither its
positive nor its negative part exceeds (1 + |1 - lambda| + lambda)/2 = max(1, lambda) (see
`stability-law`). (ii) Features beyond d: phi <= 1, w^a/a with w = n c d^-alpha. (iii) Binomial
against Poisson: exchange the n Bernoulli variables for Poisson ones of their means one at a time.
Each changes E h, h convex, by at most (p^2/2) E h''(S), h'' the second difference, which falls,
and S the sum of the others; E h''(S) is at most that for S Poisson, as h'' is convex: in all (n
p^2/2) phi''((n-1) p). Its integral is, by parts twice, a (a+1)/(2n) (n/(n-1))^(a+2) of the main
term; against its sum v^3 phi''(v) = E H(T), H(m) = m(m-1)(m-2) h''(m-3), goes up by at most H(3)
= 12/((1+lambda)(2+lambda)). (iv) Capped features, c i^-alpha > 1, at most c^(1/alpha) of them: E
h is lambda/(n + lambda) there, and v phi(v) - lambda for v >= n is at most lambda |1 - lambda|
E[1{T>=1}/(T-1+lambda)] + lambda e^-n in absolute value, E[1{T>=1}/T] <= 2/v; together no more
than 3 (1+lambda)^2/n^2.

Source. Ours.
"""

from __future__ import annotations

from sympy import Expr, Integer, Max, Symbol, floor, gamma

from theorems.conditions import STEEPER_THAN_HARMONIC
from theorems.model import NOISE_TO_SIGNAL, alpha, b, c, n, penalty
from theorems.noiseless.noiseless_loss import UNSEEN_MASS
from theorems.noisy.noisy_law import NOISE_OVER_BIAS
from theorems.stability.bayes_floor import FLOOR, NOISY_PRIOR, TWO_SAMPLES
from theorems.stability.poisson_sums import LEAST_MEAN, NORMALIZER, SHAPE
from theorems.statement import Comparison, Kind, Origin, Statement

MASS_SHAPE = SHAPE.subs(b, 0)
"""a = 1 - 1/alpha."""

MASS_NORMALIZER = NORMALIZER.subs(b, 0)

GROWTH = gamma(1 + penalty) * gamma(1 / alpha) / gamma(penalty + 1 / alpha)
"""G(lambda)."""

LAW_OF_UNSEEN = MASS_NORMALIZER * gamma(MASS_SHAPE)
"""The missing mass, for equal coefficients."""


def integral_error(main: Expr, rise: Expr, largest: Expr) -> Expr:
    """Parts (i), (ii) and (iv) of the accuracy, over the main term.

    Args:
        main: the integral, int v^(a-1) phi(v) dv.
        rise: bound on the positive and on the negative variation of v phi(v).
        largest: bound on phi(v).
    """
    capped = floor(c ** (1 / alpha)) * 3 * (1 + penalty) ** 2 / n
    return (
        (rise + capped) / (n * MASS_NORMALIZER) + largest * LEAST_MEAN**MASS_SHAPE / MASS_SHAPE
    ) / main


def binomial_error(strength: Expr) -> Expr:
    """Part (iii), over int v^(a-1) phi(v) dv, where phi is that of this lambda."""
    # TWO_SAMPLES fails at n = 1, where the quotient would have no value.
    inner = n / Max(n - 1, Integer(1))
    variation = 12 / ((1 + strength) * (2 + strength))
    return MASS_SHAPE * (MASS_SHAPE + 1) / (2 * n) * inner ** (MASS_SHAPE + 2) + (
        inner**3
        * variation
        / (2 * n**2 * MASS_NORMALIZER * gamma(MASS_SHAPE) * GROWTH.subs(penalty, strength))
    )


ERROR_OF_FLOOR = integral_error(
    gamma(MASS_SHAPE) * GROWTH, Max(Integer(1), penalty), Integer(1)
) + binomial_error(penalty)

STATEMENT = Statement(
    id="bayes-floor-law",
    title="Law of the floor of every estimator",
    origin=Origin.DERIVED,
    kind=Kind.PREDICTION,
    quantity="floor of every estimator over tau^2, lambda = sigma^2/tau^2",
    symbol=Symbol("floor"),
    text=__doc__,
    value=LAW_OF_UNSEEN * GROWTH,
    accuracy=ERROR_OF_FLOOR,
    reference=FLOOR,
    hypotheses=(STEEPER_THAN_HARMONIC, NOISY_PRIOR, TWO_SAMPLES),
    extra=(NOISE_TO_SIGNAL,),
    uses=("bayes-floor",),
    comparisons=(
        Comparison("missing-mass", "without noise", UNSEEN_MASS, "lambda = 0, at this n and d"),
        Comparison("growth", "growth by noise", GROWTH, "G(lambda)"),
        Comparison("slope", "its slope at lambda = 0", NOISE_OVER_BIAS, "C_V/C_M"),
    ),
)
