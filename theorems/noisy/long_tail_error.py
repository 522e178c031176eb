"""Mean squared error of the tail features that are recovered.

Statement. On the tail features of R the error is noise alone, exactly proportional to
sigma. Prediction for its mean square over these features:
sigma^2 sum_{i>k} E[1{T_i>=1}/T_i] / sum_{i>k} P(T_i>=1).

Proof. On R, Delta = X^+ xi restricted to R, linear in xi. (The prediction is heuristic.) It
takes 1/T_i for the variance of a feature seen T_i times, as `noisy-loss` does, with the same
accuracy 2 V_0, and the ratio of means for the mean ratio.

Source. Ours. The paper's Figure 1 shows this error roughly proportional to sigma.
"""

from __future__ import annotations

from sympy import Symbol

from theorems.conditions import NOISE, TAIL_IS_RANDOM
from theorems.model import d, k, plain_variance, sigma
from theorems.noisy.feature_errors import mean_variance
from theorems.statement import Kind, Origin, Statement

STATEMENT = Statement(
    id="long-tail-error",
    title="Error of recovered tail features",
    origin=Origin.DERIVED,
    kind=Kind.PREDICTION,
    quantity="mean squared error of the tail features of R",
    symbol=Symbol("MSE_tail"),
    text=__doc__,
    value=mean_variance(k + 1, d),
    accuracy=2 * plain_variance,
    observable="recovered_tail_variance",
    scale=sigma**2,
    hypotheses=(NOISE, TAIL_IS_RANDOM),
)
