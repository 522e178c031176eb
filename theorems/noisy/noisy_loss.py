"""The loss under noise: bias plus variance, and what the variance is to first order.

Statement. E L = bias + sigma^2 V: the noiseless loss, and V = E sum_i p_i [(X'X)^+]_ii.
V >= sum_i p_i E[1{i in R}/T_i], which is at least
sum_{i<=k} p_i (M_i - pi_k)_+ + sum_{i>k} p_i (u_i M_i - pi_k)_+ with M_i = E[1{T_i>=1}/T_i].
Prediction: the missing mass for the bias and
V_0 = sum_i p_i E[1{T_i >= 1}/T_i] for V, with

    E[1{T>=1}/T] = n p (1-p)^(n-1) 3F2(1, 1, 1-n; 2, 2; -p/(1-p)),  T ~ Bin(n, p).

Proof. Delta = -(I-P) beta* + X^+ xi with xi independent of X, centred, of covariance
sigma^2 I, and X^+ X^+' = (X'X)^+. For i in R, beta_hat_i is unbiased whatever beta* is, and
its noise part is linear in xi, of variance at least sigma^2/T_i (`feature-variance`).
   For i > k, given T_i = t >= 1, i is alone in one of its rows with probability
1 - (1 - u_i)^t >= u_i, and it is then in R (`alone-recovery`) unless [k] is not identified,
which has probability at most pi_k (`common-identified`); the latter alone matters for i <= k.
1/T_i <= 1 gives the explicit bound.
   Missing mass <= bias is the lower side of `noiseless-loss`. The 3F2 series is
sum_t P(T=t)/t, term by term.
   (The prediction is heuristic.) It lets every feature be estimated as if the others of its rows
were known. They are not: their own errors add V_0 to the unit noise of a row, on average, so V is
V_0 (1 + V_0 + ...): hence the accuracy 2 V_0, the first neglected term and as much again for the
later ones of a series of ratio V_0 <= 1/2. `variance-evolution` sums that series. The bias, in the
picture of `recovered-fraction`, exceeds the missing mass by sum_i p_i beta_i^2 ((1 - p_i w)^n -
(1-p_i)^n) at most, features that are seen and determined by no row: that over the value is in the
accuracy too, and where rows determine little there is none.

Source. Ours. The paper: Theta(sigma^2 k/n), Theorem 4.
"""

from __future__ import annotations

from sympy import Integer, Max, Rational, Sum, Symbol

from theorems.conditions import TAIL_IS_RANDOM
from theorems.expressions import MeanInverseCount
from theorems.model import beta, d, i, k, n, p, pi_k, plain_variance, sigma, u, w
from theorems.noiseless.noiseless_loss import MISSING_MASS
from theorems.paper import Item, sharpens
from theorems.statement import Control, Hypothesis, Kind, Origin, Statement

MEAN_INVERSE = MeanInverseCount(n, p[i])
LEAST_VARIANCE = Sum(p[i] * Max(Integer(0), MEAN_INVERSE - pi_k), (i, 1, k)) + Sum(
    p[i] * Max(Integer(0), u[i] * MEAN_INVERSE - pi_k), (i, k + 1, d)
)

FIRST_ORDER = Hypothesis(
    "first order suffices: V_0 <= 1/2; margin 1/2 - V_0",
    Rational(1, 2) - plain_variance,
    weak=True,
)

VALUE = MISSING_MASS + sigma**2 * plain_variance
UNDETERMINED = Sum(
    p[i] * beta[i] ** 2 * ((1 - p[i] * w) ** n - (1 - p[i]) ** n),
    (i, 1, d),
)
FIRST_ORDER_ACCURACY = 2 * plain_variance + UNDETERMINED / VALUE

STATEMENT = Statement(
    id="noisy-loss",
    title="Loss under noise",
    origin=Origin.PREDICTED,
    kind=Kind.PREDICTION,
    quantity="expected in-distribution loss",
    symbol=Symbol("E_L"),
    text=__doc__,
    lower=MISSING_MASS + sigma**2 * LEAST_VARIANCE,
    value=VALUE,
    accuracy=FIRST_ORDER_ACCURACY,
    observable="in_distribution_loss",
    control=Control("missing_mass", MISSING_MASS),
    hypotheses=(
        TAIL_IS_RANDOM,
        FIRST_ORDER,
    ),
    uses=(
        "noiseless-loss",
        "recovered-fraction",
        "alone-recovery",
        "common-identified",
        "feature-variance",
    ),
    paper=sharpens(Item.THEOREM_4),
)
