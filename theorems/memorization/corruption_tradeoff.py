"""Memorize as far as the signal exceeds the noise.

Statement. Labels of tail samples are corrupted with probability rho by an independent centred
error of variance tau^2. The squared error of a recovered feature seen once is then, under ridge
with penalty lambda, predicted to be

    risk(lambda) = (lambda^2 beta^2 + sigma^2 + rho tau^2)/(1 + lambda)^2,

beta^2 the mean of beta*_i^2 over the features seen once. It is least at
lambda* = (sigma^2 + rho tau^2)/beta^2, where it is beta^2 lambda*/(1 + lambda*): neither full
memorization (lambda = 0: sigma^2 + rho tau^2) nor none (lambda = infinity: beta^2).

Proof. By `memorization-level`, were the other features of the row known,
Delta_i = +-(xi_l + corruption)/(1 + lambda) - lambda beta*_i/(1 + lambda), whose mean square is
risk(lambda). Its derivative is 2 (lambda beta^2 - sigma^2 - rho tau^2)/(1 + lambda)^3, negative
below lambda* and positive above.
   (That they are known is heuristic.) Their errors add to the numerator: noise
(sigma^2 + rho tau^2) V_0 at most, as in `noisy-loss`, and shrinkage
lambda^2 sum_j p_j beta*_j^2 E[1{T_j>=1}/(T_j + lambda)^2], at most lambda^2 times
sum_j p_j beta*_j^2 E[1{T_j>=1}/T_j]. The accuracy is twice the larger share, for the first
neglected term and as much again for the later ones.

Source. Ours.
"""

from __future__ import annotations

from sympy import Max, Sum, Symbol

from theorems.expressions import MeanInverseCount
from theorems.model import (
    CORRUPTED_SHARE,
    CORRUPTION,
    PENALTY,
    beta,
    corrupted_share,
    corruption,
    d,
    j,
    n,
    once_strength,
    p,
    penalty,
    plain_variance,
    sigma,
)
from theorems.noisy.noisy_loss import FIRST_ORDER
from theorems.statement import Comparison, Kind, Origin, Statement

LABEL_ERROR = sigma**2 + corrupted_share * corruption**2
BEST_PENALTY = LABEL_ERROR / once_strength
RISK = (penalty**2 * once_strength + LABEL_ERROR) / (1 + penalty) ** 2
SHRINKAGE = Sum(p[j] * beta[j] ** 2 * MeanInverseCount(n, p[j]), (j, 1, d)) / once_strength

STATEMENT = Statement(
    id="corruption-tradeoff",
    title="Memorize as far as the signal exceeds the noise",
    origin=Origin.PREDICTED,
    kind=Kind.PREDICTION,
    quantity="squared error of an identified feature seen once, ridge on corrupted tail labels",
    symbol=Symbol("risk_lambda"),
    text=__doc__,
    value=RISK,
    accuracy=2 * Max(plain_variance, SHRINKAGE),
    observable="corrupted_single_risk",
    hypotheses=(FIRST_ORDER,),
    comparisons=(
        Comparison(
            "best-penalty", "best penalty lambda*", BEST_PENALTY, "(sigma^2 + rho tau^2)/beta^2"
        ),
        Comparison(
            "best-risk",
            "risk at lambda*",
            once_strength * BEST_PENALTY / (1 + BEST_PENALTY),
            "the least that a penalty attains",
        ),
        Comparison("full", "risk of full memorization", LABEL_ERROR, "lambda = 0"),
        Comparison("none", "risk of none", once_strength, "lambda = infinity"),
    ),
    extra=(PENALTY, CORRUPTED_SHARE, CORRUPTION),
    uses=(
        "memorization-level",
        "noisy-loss",
    ),
)
