"""Forgetting at random: the loss of a subsample's minimum-norm solution, on both sides.

Statement. Keep each sample with probability delta, independently, and take the minimum-norm
solution of those kept. This learner is delta-stable. Without noise, for coefficients that fall
with frequency and every k with p_{k+1} < 1,

    lower = sum_i p_i beta_i^2 (1 - delta p_i)^n
    upper = sum_{i>k} p_i beta_i^2 { (1 - delta p_i)^n
                + mu_i/(1+mu_i) [(1 - delta p_i u_i)^n - (1 - delta p_i)^n] }
            + min(1, pi_k(delta)) sum_i p_i beta_i^2

satisfy lower <= E L <= upper, with mu_i of `noiseless-loss-sharp` and pi_k(delta) the bound of
`common-identified` when a sample counts with probability delta. delta = 1 is
`noiseless-loss-sharp`.

Proof. Stable: couple the two runs by keeping the same samples. They differ only if the sample
whose label differs is kept, which has probability delta.
   Both sides: which samples are kept is independent of the design, so the kept rows of the design
are as n rows each of which is put to 0 with probability 1 - delta. A kept row that holds i, or
that holds i and no other tail feature, occurs with probability delta p_i, delta p_i u_i, in each
of n independent rows; a row that is kept and tail-free has probability delta (1 - q_k), which
takes the place of 1 - q_k in the binomial law of `common-identified`. Given that a row is kept its
law is what it was, so the companions of i have the law and the mean mu_i of
`noiseless-loss-sharp`. With these three changes its proof goes through word for word.

Source. Ours.
"""

from __future__ import annotations

from sympy import Integer, Min, Product, Rational, Sum, Symbol

from theorems.conditions import TAIL_IS_RANDOM
from theorems.expressions import BinomialMean
from theorems.model import STABILITY, beta, d, i, j, k, m, n, ordered, p, q, stability, u
from theorems.noiseless.noiseless_loss_sharp import ENERGY, SPLIT
from theorems.stability.stability_law import AT_MOST_ONE, POSITIVE
from theorems.stability.stability_price import BOUND, SUBSAMPLED_MISSING_MASS
from theorems.statement import Comparison, Control, Hypothesis, Kind, Origin, Statement

UNSEEN = (1 - stability * p[i]) ** n

NOT_IDENTIFIED = (
    BinomialMean(
        Product(1 + 2 * (1 - Rational(3, 2) * p[j]) ** m, (j, 1, k)) - 1,
        m,
        n,
        Rational(2, 3) * stability * (1 - q),
    )
    / 2
)

STATEMENT = Statement(
    id="subsampled-loss",
    title="Loss of the memorized subsample",
    origin=Origin.DERIVED,
    kind=Kind.TWO_SIDED,
    quantity="expected loss of the minimum-norm solution of a share delta of the samples",
    symbol=Symbol("E_L_kept"),
    text=__doc__,
    lower=SUBSAMPLED_MISSING_MASS,
    upper=Sum(
        p[i] * beta[i] ** 2 * (UNSEEN + SPLIT * ((1 - stability * p[i] * u[i]) ** n - UNSEEN)),
        (i, k + 1, d),
    )
    + Min(Integer(1), NOT_IDENTIFIED) * ENERGY,
    observable="subsampled_loss",
    control=Control("subsampled_missing_mass", SUBSAMPLED_MISSING_MASS),
    trivial_upper=ENERGY,
    hypotheses=(
        TAIL_IS_RANDOM,
        POSITIVE,
        AT_MOST_ONE,
        Hypothesis("coefficients fall with i as frequencies do (b >= 0)", ordered, weak=True),
        Hypothesis("more than one tail feature: k < d - 1; margin d - 1 - k", d - 1 - k),
    ),
    best_k=True,
    extra=(STABILITY,),
    uses=("noiseless-loss-sharp", "common-identified"),
    comparisons=(
        Comparison("stability-price", "any learner as stable", BOUND, "`stability-price`"),
    ),
)
