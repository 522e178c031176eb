"""The loss of a single draw is small with high probability, not only on average.

Statement. For sigma = 0, any p and beta*, and every r > 0: with probability at least 1 - eta

    L <= M + sum_i a_i^2 ((1-p_i) e^(a_i/(r n)))^n / (2r) + r ln(10/eta) + 10/(9 eta) (U - M),

a_i = p_i beta_i^2, M = sum_i a_i (1-p_i)^n the mean of the missing mass and U the upper side of
`noiseless-loss-cavity` on E L. It is evaluated at r = max{sqrt(V/(2 ln(10/eta))), 2 B^2/n},
V = sum_i a_i^2 (1-p_i)^n and B the largest |beta_i|: what is best if the exponential is 1, and no
r at which it could be large.

Proof. In every draw L >= Z, the missing mass of the draw: an unseen feature has beta_hat_i = 0
(`missing-mass-concentration`). So L - Z >= 0, of mean E L - M <= U - M, and by Markov's inequality
it exceeds 10/(9 eta) (U - M) with probability at most 9 eta/10. Z is a sum of independent a_i U_i,
U_i the indicator, of mean q_i = (1-p_i)^n, that i is unseen. For x >= 0, e^x <= 1 + x + x^2 e^x/2,
so

    E e^(Z/r) = prod_i (1 + q_i (e^(a_i/r) - 1)) <= exp(M/r + sum_i q_i a_i^2 e^(a_i/r)/(2 r^2)),

and by Markov's inequality Z exceeds M + sum_i q_i a_i^2 e^(a_i/r)/(2r) + r ln(10/eta) with
probability at most eta/10. At r >= 2 B^2/n every (1-p_i) e^(a_i/(r n)) is at most
(1-p_i) e^(p_i/2) <= 1.

Source. Ours; the exponential inequality is classical. The part of the missing mass is of smaller
order than M where alpha > 1, that of U - M is not: M^2/eta against M.
"""

from __future__ import annotations

from sympy import Max, Sum, Symbol, exp, log, sqrt

from theorems.model import FAILURE, beta, d, failure, i, largest, n, p
from theorems.noiseless.missing_mass_concentration import SPREAD
from theorems.noiseless.noiseless_loss import MISSING_MASS
from theorems.noiseless.noiseless_loss_cavity import upper_side
from theorems.noiseless.noiseless_loss_sharp import ENERGY
from theorems.statement import Comparison, Hypothesis, Kind, Origin, Statement

LOGARITHM = log(10 / failure)

SCALE = Max(sqrt(SPREAD / (2 * LOGARITHM)), 2 * largest**2 / n)
"""r: the missing mass exceeds its mean by more than t with a chance that falls as e^(-t/r)."""

LOSS = p[i] * beta[i] ** 2

STATEMENT = Statement(
    id="noiseless-loss-concentration",
    title="The loss with high probability",
    origin=Origin.DERIVED,
    kind=Kind.UPPER,
    quantity="in-distribution loss of a single draw, without noise",
    symbol=Symbol("L"),
    text=__doc__,
    upper=MISSING_MASS
    + Sum(LOSS**2 * ((1 - p[i]) * exp(LOSS / (SCALE * n))) ** n, (i, 1, d)) / (2 * SCALE)
    + SCALE * LOGARITHM
    + 10 / (9 * failure) * (upper_side() - MISSING_MASS),
    level=1 - failure,
    observable="in_distribution_bias",
    trivial_upper=ENERGY,
    hypotheses=(Hypothesis("a probability: eta < 1; margin 1 - eta", 1 - failure),),
    extra=(FAILURE,),
    uses=("missing-mass-concentration", "noiseless-loss-cavity"),
    comparisons=(
        Comparison("mean", "on average", upper_side(), "`noiseless-loss-cavity`"),
        Comparison(
            "markov", "Markov's inequality alone", upper_side() / failure, "of the mean's bound"
        ),
    ),
)
