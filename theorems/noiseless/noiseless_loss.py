"""Two-sided bound on the noiseless loss, without unspecified constants (explicit Theorem 2).

Statement. For sigma = 0 and every k with p_{k+1} < 1,

    lower = sum_i p_i (1-p_i)^n beta_i^2  (the missing mass)
    upper = sum_{i>k} p_i { beta_i^2 (1-p_i)^n + B_{>k}^2 [(1-p_i u_i)^n - (1-p_i)^n] }
            + B^2 (sum_i p_i) min(1, pi_k)

satisfy lower <= E L <= upper. It is evaluated at the best k.

Proof. L = sum_i p_i Delta_i^2, since coordinates of a test point are uncorrelated with
second moment p_i, and Delta = -(I - P) beta*.
   Lower: with probability (1-p_i)^n feature i is unseen; then beta_hat_i = 0, for X^+ y lies
in the row space, and Delta_i^2 = beta_i^2.
   Upper: let A be the event that [k] is identified. Flipping the signs of columns changes
neither A nor which features are seen or alone in a sample, so `flip-identity` holds on A, on
its complement and on these events within it. On the complement of A,
E[1{not A} L] <= B^2 (sum_i p_i) P(not A), since sum_j (I-P)_ij^2 <= 1. On A, a feature
i <= k is identified and has Delta_i = 0. A feature i > k that is unseen has
Delta_i^2 = beta_i^2; one that is alone in a sample is identified by `alone-recovery`; in the
remaining case, seen but alone nowhere, of probability (1 - p_i u_i)^n - (1 - p_i)^n at
most, (I-P)_ij = 0 for j in R, in particular for j <= k, so that
sum_j (I-P)_ij^2 beta_j^2 <= B_{>k}^2. `common-identified` bounds P(not A).

Source. Ours. The paper: Theorem 2, p_{>k} + k ln^4 d/(n^2 p_{>k}) + ..., constants unspecified.
"""

from __future__ import annotations

from sympy import Integer, Min, Sum, Symbol

from theorems.conditions import TAIL_IS_RANDOM
from theorems.model import beta, d, i, k, largest, largest_tail, mass, n, p, pi_k, u
from theorems.paper import Item, sharpens
from theorems.statement import Control, Kind, Origin, Statement
from theorems.trust import Step

UNSEEN = (1 - p[i]) ** n
MISSING_MASS = Sum(p[i] * UNSEEN * beta[i] ** 2, (i, 1, d))
UNSEEN_MASS = Sum(p[i] * UNSEEN, (i, 1, d))
"""The missing mass at equal coefficients."""

STATEMENT = Statement(
    id="noiseless-loss",
    title="Two-sided noiseless loss (Theorem 2 with constants)",
    origin=Origin.DERIVED,
    kind=Kind.TWO_SIDED,
    quantity="expected in-distribution loss without noise",
    symbol=Symbol("E_L"),
    text=__doc__,
    lower=MISSING_MASS,
    upper=Sum(
        p[i] * (beta[i] ** 2 * UNSEEN + largest_tail**2 * ((1 - p[i] * u[i]) ** n - UNSEEN)),
        (i, k + 1, d),
    )
    + largest**2 * mass * Min(Integer(1), pi_k),
    observable="in_distribution_bias",
    control=Control("missing_mass", MISSING_MASS),
    trivial_upper=largest**2 * mass,
    hypotheses=(TAIL_IS_RANDOM,),
    best_k=True,
    uses=(
        "flip-identity",
        "alone-recovery",
        "common-identified",
    ),
    paper=sharpens(Item.THEOREM_2, Item.THEOREM_3),
    steps=(
        Step(
            "L = sum_i p_i Delta_i^2: the second moments of a test point",
            "noiseless_loss.v",
            "loss_of_a_test_point",
        ),
        Step(
            "an unseen feature has Delta_i^2 = beta_i^2",
            "noiseless_loss.v",
            "unseen_error",
        ),
        Step(
            "lower <= E L",
            "noiseless_loss.v",
            "noiseless_loss_lower",
        ),
        Step(
            "flips of columns change none of the events",
            "noiseless_loss.v",
            "common_found_flip",
        ),
        Step(
            "where [k] is not identified: B^2 min(1, pi_k) at most",
            "noiseless_loss.v",
            "off_common_found",
        ),
        Step(
            "i seen but alone nowhere has probability (1 - p_i u_i)^n - (1 - p_i)^n",
            "noiseless_loss.v",
            "remaining_probability",
        ),
        Step(
            "and then sum_j (I-P)_ij^2 beta_j^2 <= B_{>k}^2",
            "noiseless_loss.v",
            "remaining_part",
        ),
        Step(
            "E L <= upper",
            "noiseless_loss.v",
            "noiseless_loss_upper",
        ),
    ),
)
