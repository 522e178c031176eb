"""The error of a feature that appears once (explicit Theorem 1).

Statement. Let i in R appear once, in row l, let z be the rest of that row and X_-l the other rows.
Given X, the variance of beta_hat_i is sigma^2 (1 + h_l), h_l = z' (X_-l' X_-l)^+ z >= 0 the
leverage of the row's other features for the remaining rows: above the noise. If they are in R too,
Delta_i = +-(xi_l - sum_{j!=i} x_lj Delta_j). Prediction: sigma^2 (1 + E h), E h the mean leverage
of a row that determines a feature, by the recursion of `variance-evolution`.

Proof. The variance is sigma^2 ||a||^2 for the least a with X'a = e_i (`feature-variance`). Line i
of that equation reads a_l x_li = 1, so a_l^2 = 1; the other lines read X_-l' a_-l = -a_l z, which
the least a_-l = -a_l X_-l^+' z solves, of squared length z' (X_-l' X_-l)^+ z. No more is needed of
the row's other features: as i is in R, a solution exists. By `private-interpolation` row l has
residual 0, sum_j x_lj Delta_j = xi_l, where each Delta_j is an error of noise alone if j is in R.
   (The prediction is heuristic.) On a tree the row tells x_li beta_i with precision Y, 1/Y = 1 + h,
so the variance is sigma^2 E[1/Y | Y > 0]. To first order E h is V_0, the sum of p_j E[1/T_j] over
the row's features j; of that, common features alone give k/N_0, the leverage of k coefficients in
N_0 = n (1 - q_k) tail-free rows.

Source. Theorem 1 of the paper ("slightly above the noise level"); variance formula ours.
"""

from __future__ import annotations

from sympy import Symbol

from theorems.conditions import INFORMATIVE_ROWS, NOISE
from theorems.model import evolution, k, n, plain_variance, sigma, tail_free
from theorems.paper import Item, sharpens
from theorems.statement import Comparison, Kind, Origin, Statement

STATEMENT = Statement(
    id="single-appearance-error",
    title="Error of a feature seen once (Theorem 1)",
    origin=Origin.PREDICTED,
    kind=Kind.PREDICTION,
    quantity="variance of the estimate of an identified feature seen once",
    symbol=Symbol("Var_single"),
    text=__doc__,
    lower=sigma**2,
    value=sigma**2 * (1 + evolution("mean_leverage")),
    observable="single_appearance_variance",
    scale=sigma**2,
    hypotheses=(NOISE, INFORMATIVE_ROWS),
    comparisons=(
        Comparison(
            "first-order",
            "first order, 1 + V_0",
            sigma**2 * (1 + plain_variance),
            "too small where features share rows",
        ),
        Comparison(
            "common-features",
            "common features alone, 1 + k/N_0",
            sigma**2 * (1 + k / (n * tail_free)),
            "leaves out what the row's other tail features cost",
        ),
    ),
    uses=("private-interpolation", "feature-variance", "variance-evolution"),
    paper=sharpens(Item.THEOREM_1),
)
