"""The error of a feature that appears once (explicit Theorem 1).

Statement. Let i in R appear once, in row l, whose other features are in R too. Then
Delta_i = +-(xi_l - sum_{j!=i} x_lj Delta_j), and given X its variance is sigma^2 (1 + h_l),
h_l >= 0 the leverage of the row's other features for the remaining rows: above the noise.
Prediction: 1 + k/N_0, the part of h_l that the common features give.

Proof. By `private-interpolation` row l has residual 0: sum_j x_lj Delta_j = xi_l, which is
the first claim. The other rows do not hold i, and beta_hat on them is their own
least-squares solution on the coordinates of R other than i: it does not depend on xi_l. So
the two terms are independent, and Var = sigma^2 + sigma^2 z' C z with z the rest of the row
and sigma^2 C the covariance of the estimates.
   (The prediction is heuristic.) The N_0 tail-free rows estimate k coefficients; a row's
leverage is k/N_0 on average. The row's other tail features add what they cost on average,
sum_j p_j E[1/T_j] =: V_0, to first order: hence the accuracy 2 V_0, the first neglected
term and as much again for the later ones of a series of ratio V_0 <= 1/2.

Source. Theorem 1 of the paper ("slightly above the noise level"); variance formula ours.
"""

from __future__ import annotations

from sympy import Symbol

from theorems.conditions import NOISE
from theorems.model import k, n, plain_variance, q, sigma
from theorems.noisy.variance_evolution import evolution
from theorems.statement import Comparison, Hypothesis, Kind, Origin, Statement

STATEMENT = Statement(
    id="single-appearance-error",
    title="Error of a feature seen once (Theorem 1)",
    origin=Origin.PREDICTED,
    kind=Kind.PREDICTION,
    quantity="variance of the estimate of an identified feature seen once",
    symbol=Symbol("Var_single"),
    text=__doc__,
    lower=sigma**2,
    value=sigma**2 * (1 + k / (n * (1 - q))),
    accuracy=2 * plain_variance,
    observable="single_appearance_variance",
    scale=sigma**2,
    hypotheses=(
        NOISE,
        Hypothesis(
            "tail-free samples outnumber common features twofold: n (1 - q_k) >= 2 k",
            n * (1 - q) - 2 * k,
            weak=True,
        ),
    ),
    comparisons=(
        Comparison(
            "belief-propagation",
            "belief propagation",
            sigma**2 * (1 + evolution("mean_leverage")),
            "the whole leverage of the row's other features, not the common ones' alone",
        ),
    ),
    uses=("private-interpolation",),
)
