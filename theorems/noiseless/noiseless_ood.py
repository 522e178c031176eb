"""No loss on combinations of identified features.

Statement. Without noise, for every distribution of test points supported on subsets of R
the loss is exactly 0.

Proof. For i in R, e_i = P e_i, so Delta_i = -e_i'(I - P) beta* = 0; a test point x
supported on R has <Delta, x> = 0.

Source. Ours; the paper bounds this loss by the in-distribution rate.
"""

from __future__ import annotations

from sympy import Integer, Symbol

from theorems.paper import Item, sharpens
from theorems.statement import Kind, Origin, Statement
from theorems.trust import Step

STATEMENT = Statement(
    id="noiseless-ood",
    title="No loss on new combinations of identified features",
    origin=Origin.DERIVED,
    kind=Kind.IDENTITY,
    quantity="largest noiseless error of an identified feature",
    symbol=Symbol("max_error_on_R"),
    text=__doc__,
    value=Integer(0),
    observable="error_on_identified",
    tests_solver=True,
    paper=sharpens(Item.THEOREM_2, Item.THEOREM_3),
    on_combinations=True,
    steps=(
        Step(
            "e_i = P e_i for i in R, so Delta_i = 0",
            "noiseless_ood.v",
            "no_error_on_identified",
        ),
        Step(
            "<Delta, x> = 0 for every x supported on R",
            "noiseless_ood.v",
            "no_loss_on_combinations",
        ),
    ),
)
