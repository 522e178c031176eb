"""Mean squared error of the tail features that are recovered.

Statement. On the tail features of R the error is noise alone, exactly proportional to
sigma. Prediction for its mean square over these features: sigma^2 times the mean of
E[1{kappa_i>0}/kappa_i] over i > k with kappa_i > 0, kappa_i of `variance-evolution`. To first
order it is sigma^2 sum_{i>k} E[1{T_i>=1}/T_i] / sum_{i>k} P(T_i>=1).

Proof. On R, Delta = X^+ xi restricted to R, linear in xi. (The prediction is heuristic.) A
feature's estimate has variance sigma^2/kappa_i in the recursion of `variance-evolution`, and
the ratio of means stands for the mean ratio. To first order every row counts fully, Y = 1.

Source. Ours. The paper's Figure 1 shows this error roughly proportional to sigma.
"""

from __future__ import annotations

from sympy import Symbol

from theorems.conditions import INFORMATIVE_ROWS, NOISE, TAIL_IS_RANDOM
from theorems.model import d, evolution, k, sigma
from theorems.noisy.feature_errors import mean_variance
from theorems.statement import Comparison, Kind, Origin, Statement

STATEMENT = Statement(
    id="long-tail-error",
    title="Error of recovered tail features",
    origin=Origin.PREDICTED,
    kind=Kind.PREDICTION,
    quantity="mean squared error of the tail features of R",
    symbol=Symbol("MSE_tail"),
    text=__doc__,
    value=sigma**2 * evolution("tail_mean_variance"),
    observable="recovered_tail_variance",
    scale=sigma**2,
    hypotheses=(NOISE, TAIL_IS_RANDOM, INFORMATIVE_ROWS),
    comparisons=(
        Comparison("first-order", "first order", mean_variance(k + 1, d), "every row counts fully"),
    ),
    uses=("variance-evolution",),
)
