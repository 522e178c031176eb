"""A sharper two-sided bound on the noiseless loss, for coefficients ordered like frequencies.

Statement. For sigma = 0, b >= 0 and every k with p_{k+1} < 1, with
mu_i = (p_{>k} - p_i)/(1 - u_i),

    lower = sum_i p_i beta_i^2 (1-p_i)^n  (the missing mass)
    upper = sum_{i>k} p_i beta_i^2 { (1-p_i)^n
                + mu_i/(1+mu_i) [(1-p_i u_i)^n - (1-p_i)^n] }
            + min(1, pi_k) sum_i p_i beta_i^2

satisfy lower <= E L <= upper. It is evaluated at the best k.

Proof. The lower side is that of `noiseless-loss`. For the upper side it sharpens two steps
of that proof.
   First, let M_ij = (I-P)_ij^2, a symmetric matrix with row sums (I-P)_ii. By
`flip-identity`, on any event that flips of columns leave alone the loss has the mean of
sum_ij p_i M_ij beta_j^2. As p_i and beta_i^2 both fall with i,
(p_i - p_j)(beta_i^2 - beta_j^2) >= 0, that is p_i beta_j^2 + p_j beta_i^2 <=
p_i beta_i^2 + p_j beta_j^2; summed with the symmetric weights M_ij/2 this gives
sum_ij p_i M_ij beta_j^2 <= sum_i p_i beta_i^2 (I-P)_ii. So B^2 and B_{>k}^2 become beta_i^2.
   Second, on the event A that [k] is identified, (I-P)_ii is 0 for i <= k and for i > k
alone in a sample (`alone-recovery`), and 1 for i unseen. In the remaining case, i seen but alone
nowhere, take any row that holds i, and let N >= 1 be the number of its other tail features. The row
without its common features is in the row space (they are identified); it has 1 + N entries
+-1, one at i, so P_ii >= 1/(1+N) and (I-P)_ii <= N/(1+N). Given that i is seen and alone
nowhere, its rows have independent N, each with the law of N given N >= 1, of mean
mu_i = (p_{>k} - p_i)/(1 - u_i). N/(1+N) is concave in N, so Jensen's inequality gives
mu_i/(1+mu_i). For rare tails mu_i is near 1 and the factor near 1/2: a pair seen together
splits what it explains.
   Off A, (I-P)_ii <= 1, and `common-identified` bounds the probability. On A, once (I-P)_ii
is replaced by these bounds, all terms are non-negative functions of which features meet in
which rows, and dropping the restriction to A only adds to their mean.

Source. Ours. With b = 0 the first step changes nothing, the second still halves the gap.
"""

from __future__ import annotations

from sympy import Integer, Min, Sum, Symbol

from theorems.conditions import TAIL_IS_RANDOM
from theorems.model import beta, d, i, k, n, ordered, p, pi_k, tail_mass, u
from theorems.noiseless.noiseless_loss import MISSING_MASS, UNSEEN
from theorems.paper import Item, sharpens
from theorems.statement import Control, Hypothesis, Kind, Origin, Statement
from theorems.trust import Step

COMPANIONS = (tail_mass - p[i]) / (1 - u[i])
SPLIT = COMPANIONS / (1 + COMPANIONS)
ON_IDENTIFIED = Sum(
    p[i] * beta[i] ** 2 * (UNSEEN + SPLIT * ((1 - p[i] * u[i]) ** n - UNSEEN)),
    (i, k + 1, d),
)
ENERGY = Sum(p[i] * beta[i] ** 2, (i, 1, d))

STATEMENT = Statement(
    id="noiseless-loss-sharp",
    title="Two-sided noiseless loss, sharper for ordered coefficients",
    origin=Origin.DERIVED,
    kind=Kind.TWO_SIDED,
    quantity="expected in-distribution loss without noise",
    symbol=Symbol("E_L"),
    text=__doc__,
    lower=MISSING_MASS,
    upper=ON_IDENTIFIED + Min(Integer(1), pi_k) * ENERGY,
    observable="in_distribution_bias",
    control=Control("missing_mass", MISSING_MASS),
    trivial_upper=ENERGY,
    hypotheses=(
        TAIL_IS_RANDOM,
        Hypothesis("coefficients fall with i as frequencies do (b >= 0)", ordered, weak=True),
        Hypothesis("more than one tail feature: k < d - 1; margin d - 1 - k", d - 1 - k),
    ),
    best_k=True,
    uses=(
        "noiseless-loss",
        "flip-identity",
        "alone-recovery",
        "common-identified",
    ),
    paper=sharpens(Item.THEOREM_2, Item.THEOREM_3),
    steps=(
        Step(
            "lower <= E L",
            "noiseless_loss.v",
            "noiseless_loss_lower",
        ),
        Step(
            "sum_ij p_i M_ij beta_j^2 <= sum_i p_i beta_i^2 sum_j M_ij",
            "noiseless_loss_sharp.v",
            "rearrangement",
        ),
        Step(
            "a vector of the row space with 1 + N entries +-1, one at i: (I-P)_ii <= N/(1+N)",
            "noiseless_loss_sharp.v",
            "splitting",
        ),
        Step(
            "the law of N where i is seen but alone nowhere, and Jensen's inequality",
            "noiseless_loss_sharp_in_the_model.v",
            "expect_share_at_first",
        ),
        Step(
            "the cases put together: E L <= upper",
            "noiseless_loss_sharp_in_the_model.v",
            "noiseless_loss_sharp_upper",
        ),
    ),
)
