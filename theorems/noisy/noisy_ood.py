"""New combinations of recovered features cost the noise of each, and no more.

Statement. For x supported on R the loss, averaged over the label noise, is sigma^2 x'(X'X)^+ x.
For t features of R that each appear once, in distinct rows, with any signs, it is at least sigma^2
t. Prediction: sigma^2 t (1 + E h), as in `single-appearance-error`. The worst of the points of R
with t entries +-1 loses the square of the sum of the t largest |Delta_i|.

Proof. On R, Delta = X^+ xi, of covariance sigma^2 (X'X)^+. Let x have entries +-1 at the t
features. x'beta_hat = a'y with a = X^+'x, and X'a = Px = x. Feature i of them appears in row
l_i alone: line i of X'a = x reads a_{l_i} x_{l_i i} = x_i, so |a_{l_i}| = 1. The t rows are
distinct, hence ||a||^2 >= t, and the loss is sigma^2 ||a||^2. For the worst case: <Delta, x> is
at most the sum of |Delta_i| over the support of x, with equality for x_i = sign Delta_i.
   (The prediction is heuristic.) With random signs the loss is the sum of the t variances, each
as in `single-appearance-error`.

Source. Ours. The paper, Theorem 5: at most sigma^2 t up to constants.
"""

from __future__ import annotations

from dataclasses import replace

from sympy import Integer, Symbol

from theorems.conditions import INFORMATIVE_ROWS, NOISE
from theorems.model import COMBINED, evolution, sigma, t
from theorems.paper import Item, sharpens
from theorems.statement import Kind, Origin, Statement

STATEMENT = Statement(
    id="noisy-ood",
    title="Loss on new combinations of features seen once (Theorem 5)",
    origin=Origin.PREDICTED,
    kind=Kind.PREDICTION,
    quantity="loss at t identified features, each seen once, in distinct rows; t = 3",
    symbol=Symbol("E_L_ood"),
    text=__doc__,
    lower=sigma**2 * t,
    value=sigma**2 * t * (1 + evolution("mean_leverage")),
    observable="ood_single",
    scale=sigma**2,
    hypotheses=(NOISE, INFORMATIVE_ROWS),
    extra=(COMBINED,),
    uses=("single-appearance-error",),
    paper=sharpens(Item.THEOREM_5),
    on_combinations=True,
)


def combining(features: int) -> Statement:
    """The statement for another t, of 1, 2 and 3."""
    return replace(
        STATEMENT,
        quantity=STATEMENT.quantity.replace("t = 3", f"t = {features}"),
        extra=(replace(COMBINED, default=Integer(features)),),
    )
