"""The loss under noise as a law in n, with both of its constants.

Statement. For beta*_i = i^-b with alpha > 1 and alpha > 1 - 2b, n -> infinity and
d >> (n s)^(1/alpha),

    E L ~ (1/(alpha n)) (n c)^((1-2b)/alpha) Gamma(1 - (1-2b)/alpha)
          + sigma^2 C_V(alpha) c^(1/alpha) n^-(1-1/alpha),

C_V = C_M (-psi(1/alpha) - gamma), C_M = Gamma(1 - 1/alpha)/alpha. With b = 0 this is
C_M c^(1/alpha) n^-(1-1/alpha) [1 + sigma^2 (-psi(1/alpha) - gamma)]: bias and noise decay at
the same rate, their ratio depends on alpha and sigma alone, and noise overtakes bias at
sigma^2 = 1/(-psi(1/alpha) - gamma), which is 1/(2 ln 2) at alpha = 2.

Proof. (A prediction: `noisy-loss`, which is heuristic, with its two finite sums replaced by
their asymptotic form, which is proved.) Bias: `missing-mass-asymptotic`. Variance: beta* does
not enter V_0 = sum_i p_i E[1{T_i>=1}/T_i]. For T ~ Poisson(v),
E[1{T>=1}/T] = f(v) := e^-v int_0^v (e^t - 1)/t dt = e^-v (Ei(v) - gamma - ln v); put
v = n c x^-alpha in int_0^inf c x^-alpha f(n c x^-alpha) dx:
(1/(alpha n)) (n c)^(1/alpha) int_0^inf f(v) v^(-1/alpha) dv. The integral converges for
alpha > 1, since f(v) ~ v at 0 and 1/v at infinity. With a = 1/alpha and f(v) =
e^-v sum_m v^m/(m m!), termwise: sum_m Gamma(m + 1 - a)/(m m!) =
Gamma(1-a) sum_m (1-a)_m/(m m!) = Gamma(1-a) (-psi(a) - gamma).
   Accuracy, at this n and d: that of `noisy-loss`, which has the finite sums for its value, and
the distance of the law from these sums, which is evaluated itself. It tends to 0: for the bias by
`missing-mass-asymptotic`. For the variance, T is binomial and not Poisson, and 0 <= e^(-npy) -
(1-py)^n <= n p^2 y^2 e^(-npy) for n >= 4 and y in [0, 1], in the integrals int_0^1 ((1-py)^n -
(1-p)^n)/(1-y) dy = E[1{T>=1}/T] and its Poisson form, moves p E[1{T>=1}/T] by O(min(1, v^3)/n^2),
v = n p: a share O(1/n) of V_0. Sum against integral: the summand v f(v)/n rises to less than 1.3/n
and then falls, so that they differ by 1.3/n at most. The features beyond d add at most sum_{i>d} n
p_i^2, for f(v) <= v.

Source. Ours. The paper: Theta(sigma^2 k/n), Theorem 4.
"""

from __future__ import annotations

from sympy import Abs, EulerGamma, Symbol, gamma, polygamma

from theorems.conditions import STEEPER_THAN_HARMONIC
from theorems.model import alpha, b, c, n, sigma
from theorems.noiseless.missing_mass_asymptotic import SHAPE
from theorems.noiseless.noiseless_loss import MISSING_MASS
from theorems.noisy.noisy_loss import FIRST_ORDER, FIRST_ORDER_ACCURACY
from theorems.noisy.noisy_loss import VALUE as FINITE
from theorems.statement import Comparison, Control, Hypothesis, Kind, Origin, Statement

NOISE_OVER_BIAS = -polygamma(0, 1 / alpha) - EulerGamma
"""C_V/C_M: the ratio of noise to bias at b = 0 and sigma = 1."""

BIAS_CONSTANT = gamma(1 - 1 / alpha) / alpha
"""C_M."""

VARIANCE_CONSTANT = BIAS_CONSTANT * NOISE_OVER_BIAS
"""C_V."""

BIAS = (n * c) ** ((1 - 2 * b) / alpha) * gamma(SHAPE) / (alpha * n)
VARIANCE = VARIANCE_CONSTANT * c ** (1 / alpha) * n ** (1 / alpha - 1)
LAW = BIAS + sigma**2 * VARIANCE

STATEMENT = Statement(
    id="noisy-law",
    title="Law of the loss under noise",
    origin=Origin.PREDICTED,
    kind=Kind.PREDICTION,
    quantity="expected in-distribution loss, to first order in 1/n",
    symbol=Symbol("E_L"),
    text=__doc__,
    value=LAW,
    accuracy=(Abs(LAW - FINITE) + FIRST_ORDER_ACCURACY * FINITE) / LAW,
    observable="in_distribution_loss",
    control=Control("missing_mass", MISSING_MASS),
    hypotheses=(
        STEEPER_THAN_HARMONIC,
        Hypothesis("integrable: alpha > 1 - 2b; margin alpha - 1 + 2b", alpha - 1 + 2 * b),
        FIRST_ORDER,
    ),
    comparisons=(
        Comparison(
            "finite-sums",
            "finite sums",
            FINITE,
            "what it approximates, at this n and d",
        ),
    ),
    uses=(
        "noisy-loss",
        "missing-mass-asymptotic",
    ),
)
