"""Mean squared error of the common features.

Statement. Where [k] is identified with probability at least 9/10, prediction for the mean of
Delta_i^2 over i <= k: sigma^2 times the mean of E[1{kappa_i>0}/kappa_i] over i <= k, kappa_i
of `variance-evolution`. To first order it is
sigma^2 sum_{i<=k} E[1{T_i>=1}/T_i] / sum_{i<=k} P(T_i>=1).

Proof. (Heuristic.) On the event that [k] is identified the common features have no bias, and
their variance is sigma^2/kappa_i in the recursion. A row tells about its common features only
if its tail features are determined by other rows: one with a feature of its own is spent on
that feature. So kappa_i is well below T_i where tails are heavy, and the first order, which
takes T_i for it, too small. Where [k] need not be identified nothing is claimed: common
features need not be learned.

Source. Ours. The paper's Figure 1: common features are well learned unless alpha is small.
"""

from __future__ import annotations

from sympy import Integer, Rational, Symbol

from theorems.conditions import NOISE
from theorems.model import k, pi_k, sigma
from theorems.noisy.feature_errors import mean_variance
from theorems.noisy.variance_evolution import INFORMATIVE_ROWS, evolution
from theorems.statement import Comparison, Hypothesis, Kind, Origin, Statement

STATEMENT = Statement(
    id="common-error",
    title="Error of common features",
    origin=Origin.PREDICTED,
    kind=Kind.PREDICTION,
    quantity="mean squared error of the common features",
    symbol=Symbol("MSE_common"),
    text=__doc__,
    value=sigma**2 * evolution("common_mean_variance"),
    observable="common_squared_error",
    hypotheses=(
        NOISE,
        INFORMATIVE_ROWS,
        Hypothesis(
            "[k] identified, nearly surely: pi_k <= 1/10", Rational(1, 10) - pi_k, weak=True
        ),
    ),
    comparisons=(
        Comparison(
            "first-order", "first order", mean_variance(Integer(1), k), "every row counts fully"
        ),
    ),
    uses=("variance-evolution",),
)
