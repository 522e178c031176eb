"""The loss at any noise level, by belief propagation.

Statement. E L is predicted by sum_i p_i sum_j E[(I-P)_ij^2] beta_j^2 + sigma^2 (V_R +
V_not_R): the noiseless loss of `flip-identity`, and the two parts of the variance factor, of
`variance-evolution` and `unidentifiable-variance`, all from one recursion.

Proof. The identity behind it is exact: bias and variance as in `noisy-loss`, the bias by
`flip-identity`. (Its evaluation is heuristic.) E[(I-P)_ij^2] is the derivative of
a_i = 1 - P_ii when the penalty of feature j is lambda (1 - epsilon beta_j^2): the recursion
of `unidentifiable-variance` with another linear term. The lower side, the missing mass, is
that of `noiseless-loss`, which is proved.

Source. Ours.
"""

from __future__ import annotations

from sympy import Symbol

from theorems.conditions import INFORMATIVE_ROWS
from theorems.model import evolution, sigma
from theorems.noiseless.noiseless_loss import MISSING_MASS
from theorems.paper import Item, sharpens
from theorems.statement import Control, Kind, Origin, Statement

STATEMENT = Statement(
    id="loss-evolution",
    title="Loss by belief propagation",
    origin=Origin.PREDICTED,
    kind=Kind.PREDICTION,
    quantity="expected in-distribution loss",
    symbol=Symbol("E_L"),
    text=__doc__,
    lower=MISSING_MASS,
    value=evolution("noiseless_loss")
    + sigma**2 * (evolution("variance_factor") + evolution("unidentifiable_variance")),
    observable="in_distribution_loss",
    control=Control("missing_mass", MISSING_MASS),
    hypotheses=(INFORMATIVE_ROWS,),
    uses=(
        "noiseless-loss",
        "noisy-loss",
        "flip-identity",
        "variance-evolution",
        "unidentifiable-variance",
    ),
    paper=sharpens(Item.THEOREM_4),
)
