"""Mean squared error of the common features.

Statement. Prediction for the mean of Delta_i^2 over i <= k:
(sigma^2/w) sum_{i<=k} E[1{T_i>=1}/T_i] / sum_{i<=k} P(T_i>=1), with w of
`recovered-fraction`.

Proof. (Heuristic.) On the event that [k] is identified the common features have no bias. A
row tells about its common features only if its tail features are determined by other rows,
which has probability w; a row with a feature of its own is spent on that feature. So T_i
counts for w T_i, and the variance is 1/(w T_i) to first order, with the accuracy 2 V_0 of
`noisy-loss`. Where that is no accuracy at all, common features need not be learned.

Source. Ours. The paper's Figure 1: common features are well learned unless alpha is small.
"""

from __future__ import annotations

from sympy import Integer, Symbol

from theorems.conditions import NOISE
from theorems.model import k, plain_variance, w
from theorems.noisy.feature_errors import mean_variance
from theorems.statement import Kind, Origin, Statement

STATEMENT = Statement(
    id="common-error",
    title="Error of common features",
    origin=Origin.DERIVED,
    kind=Kind.PREDICTION,
    quantity="mean squared error of the common features",
    symbol=Symbol("MSE_common"),
    text=__doc__,
    value=mean_variance(Integer(1), k) / w,
    accuracy=2 * plain_variance,
    observable="common_squared_error",
    hypotheses=(NOISE,),
)
