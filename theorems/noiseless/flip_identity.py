"""Signs of the coefficients do not matter, on average.

Statement. Without noise, E Delta_i^2 = sum_j E[(I-P)_ij^2] beta*_j^2 for every i, exactly.
Hence E Delta_i^2 <= B^2 E(1 - P_ii) <= B^2 P(i not in R), and the expected loss is the same
for beta* with any signs: the loss with the signs given minus the loss with random signs has
mean 0, which is what is checked, by an interval that is narrow against the missing mass, the part
of the loss that no sign can change.

Proof. Delta = -(I - P) beta*. Let F be diagonal with entries +-1. X and XF have the same
law, for columns have independent fair signs; the projector of XF is FPF. So
E Delta_i^2 = E (F (I-P) F beta*)_i^2 = E ((I-P) F beta*)_i^2 for every fixed F. Average over
uniform F: cross terms vanish, and sum_j (I-P)_ij^2 beta*_j^2 is left. With
sum_j (I-P)_ij^2 = (I-P)_ii, a projector's diagonal entry, which is at most 1 and is 0 for i
in R, the bounds follow.

Source. Ours.
"""

from __future__ import annotations

from sympy import Integer, Symbol

from theorems.noiseless.noiseless_loss import MISSING_MASS
from theorems.statement import Kind, Origin, Statement
from theorems.trust import Step

STATEMENT = Statement(
    id="flip-identity",
    title="Signs of the coefficients do not matter",
    origin=Origin.DERIVED,
    kind=Kind.IDENTITY,
    quantity="noiseless loss minus the same with random signs of beta*",
    symbol=Symbol("flip_difference"),
    text=__doc__,
    value=Integer(0),
    observable="flip_difference",
    trivial_lower=None,
    unit=MISSING_MASS,
    steps=(
        Step(
            "the projector on the row space exists, and that of XF is FPF",
            "row_projector.v",
            "row_projector_of_flip",
        ),
        Step(
            "flips of columns leave the law of X alone",
            "finite_model.v",
            "expect_flip",
        ),
        Step(
            "over uniform F cross terms vanish",
            "flip_identity.v",
            "mean_square_of_signed_sum",
        ),
        Step(
            "the identity, on every event that flips leave alone",
            "flip_identity.v",
            "flip_identity",
        ),
        Step(
            "E Delta_i^2 <= B^2 E(1 - P_ii)",
            "flip_identity.v",
            "error_at_most_diagonal",
        ),
        Step(
            "E Delta_i^2 <= B^2 P(i not in R)",
            "flip_identity.v",
            "error_at_most_unidentified",
        ),
        Step(
            "the loss has the same mean for coefficients with any signs",
            "flip_identity.v",
            "signs_do_not_matter",
        ),
    ),
)
