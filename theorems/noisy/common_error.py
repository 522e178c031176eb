"""Mean squared error of the common features.

Statement. Prediction for the mean of Delta_i^2 over i <= k: sigma^2 times the mean of
E[1{kappa_i>0}/kappa_i] over i <= k, kappa_i of `variance-evolution`. To first order it is
sigma^2 sum_{i<=k} E[1{T_i>=1}/T_i]/k. It is made where the bias of common features
that are not identified, the mean of beta*_i^2 (1 - p_i w)^n over i <= k, is at most a tenth of it;
the accuracy has that share besides the 10% that are promised.

Proof. (Heuristic.) On the event that [k] is identified the common features have no bias, and
their variance is sigma^2/kappa_i in the recursion. A row tells about its common features only
if its tail features are determined by other rows: one with a feature of its own is spent on
that feature. So kappa_i is well below T_i where tails are heavy, and the first order, which
takes T_i for it, too small. Off that event a common feature has a bias,
beta*_i^2 (1 - P_ii) or so. In the picture of `recovered-fraction` feature i is determined by no row
with probability (1 - p_i w)^n, unseen with (1-p_i)^n, and then 1 - P_ii <= 1. Such an event is rare
and costs beta*_i^2/k at once: small against 1 it may be large against sigma^2. Where common
features need not be identified nothing is claimed: they need not be learned.

Source. Ours. The paper's Figure 1: common features are well learned unless alpha is small.
"""

from __future__ import annotations

from sympy import Sum, Symbol

from theorems.conditions import INFORMATIVE_ROWS, NOISE
from theorems.expressions import MeanInverseCount
from theorems.model import beta, evolution, i, k, n, p, sigma, w
from theorems.statement import PROMISED_ACCURACY, Comparison, Hypothesis, Kind, Origin, Statement

DETERMINED = Sum(1 - (1 - p[i] * w) ** n, (i, 1, k))
VALUE = sigma**2 * evolution("common_mean_variance") * DETERMINED / k
"""The recursion's mean is over features that are determined; the others have no variance."""
BIAS = Sum(beta[i] ** 2 * (1 - p[i] * w) ** n, (i, 1, k)) / k

STATEMENT = Statement(
    id="common-error",
    title="Error of common features",
    origin=Origin.PREDICTED,
    kind=Kind.PREDICTION,
    quantity="mean squared error of the common features",
    symbol=Symbol("MSE_common"),
    text=__doc__,
    value=VALUE,
    accuracy=PROMISED_ACCURACY + BIAS / VALUE,
    observable="common_squared_error",
    hypotheses=(
        NOISE,
        INFORMATIVE_ROWS,
        Hypothesis(
            "common features are identified so surely that bias matters little: at most value/10",
            VALUE / 10 - BIAS,
            weak=True,
        ),
    ),
    comparisons=(
        Comparison(
            "first-order",
            "first order",
            sigma**2 * Sum(MeanInverseCount(n, p[i]), (i, 1, k)) / k,
            "every row counts fully",
        ),
    ),
    uses=("recovered-fraction", "variance-evolution"),
)
