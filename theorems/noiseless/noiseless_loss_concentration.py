"""The loss of a single draw is small with high probability, not only on average.

Statement. For sigma = 0, any p and beta*, and every r > 0: with probability at least 1 - eta

    L <= M + sum_i a_i^2 ((1-p_i) e^(a_i/(r n)))^n / (2r) + r ln(10/eta) + 10/(9 eta) (U - M),

a_i = p_i beta_i^2, M = sum_i a_i (1-p_i)^n the mean of the missing mass and U the upper side of
`noiseless-loss-cavity` on E L. It is evaluated at r = max{sqrt(V/(2 ln(10/eta))), 2 B^2/n},
V = sum_i a_i^2 (1-p_i)^n and B the largest |beta_i|: what is best if the exponential is 1, and no
r at which it could be large. And, where coefficients fall with frequencies, for all 0 < N < n

    L <= U(N) + sum_i a_i^2 ((1-p_i) e^(a_i/(r N)))^N / (2r) + r ln(10/eta)
         + sqrt((10/(9 eta) - 1) v),

U(N) = sum_i a_i U_i(N) the bound on E L with N rows and v one on a variance,

    v = n/(n-N) sum_i a_i^2 e_i(N) + 2 D/(1+D) n sum_i a_i^2 p_i (1-p_i)^N
        + n (sum_i a_i p_i (1-p_i)^N)^2 + 2 B^2 sum_i p_i a_i e_i(n),

e_i(m) = U_i(m) - (1-p_i)^m, D = sum_i p_i U_i(N). It is L_up, evaluated at the best N of some, with
max_{j >= i} beta_j^2 for beta_i^2 where coefficients do not fall. The less of the two is claimed.

Proof. In every draw L >= Z, the missing mass of the draw: an unseen feature has beta_hat_i = 0
(`missing-mass-concentration`). So L - Z >= 0, of mean E L - M <= U - M, and by Markov's inequality
it exceeds 10/(9 eta) (U - M) with probability at most 9 eta/10. Z is the sum of a_i over the unseen
features, each unseen with probability q_i = (1-p_i)^n, independently. For x >= 0,
e^x <= 1 + x + x^2 e^x/2, so

    E e^(Z/r) = prod_i (1 + q_i (e^(a_i/r) - 1)) <= exp(M/r + sum_i q_i a_i^2 e^(a_i/r)/(2 r^2)),

and by Markov's inequality Z exceeds M + sum_i q_i a_i^2 e^(a_i/r)/(2r) + r ln(10/eta) with
probability at most eta/10. At r >= 2 B^2/n every (1-p_i) e^(a_i/(r n)) is at most
(1-p_i) e^(p_i/2) <= 1.
   The second, with Q = I - P; the steps in full stand in `theorems.evolution.cavity_concentration`.
Flips of columns make L a quadratic form in fair signs that are independent of X; its mean given X
is at most sum_i a_i Q_ii by the rearrangement of `noiseless-loss-sharp`, its variance on average
at most the last term of v. sum_i a_i Q_ii falls as a row is added, so it is at most that of the
first m rows, for each m of N+1, ..., n: a missing mass, to which the above applies, and
W = sum_{i seen} a_i Q_ii. By Efron's and Stein's inequality Var W is at most the sum over rows of
the mean squared change of W when a row is left out. A row takes v v', |v| <= 1, from Q: the change
is at most sum_i a_i v_i^2 for features that other rows hold as well, of square at most
sum_i a_i^2 v_i^2, against a_i Q_ii for those that it alone holds. The v_i^2 of all rows add up to
m times what D_i(m-1) = E Q_ii loses by the m-th row, and for one of these m that is at most
n/(n-N) e_i(N) and what features add that are seen once. The rest is Cantelli's inequality.

Source. Ours; the exponential inequality is classical, the other Efron's and Stein's (1981). For
alpha > 1 the part of the missing mass is of smaller order than M. The first bound adds M^2/eta to
it, in order, the second M^2 and, at the best N, M (n eta)^(-1/3).
"""

from __future__ import annotations

from sympy import Max, Min, Sum, Symbol, exp, log, sqrt

from theorems.expressions import Cavity
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

MARKOV = (
    MISSING_MASS
    + Sum(LOSS**2 * ((1 - p[i]) * exp(LOSS / (SCALE * n))) ** n, (i, 1, d)) / (2 * SCALE)
    + SCALE * LOGARITHM
    + 10 / (9 * failure) * (upper_side() - MISSING_MASS)
)
"""What seen features lose is bounded by its mean alone."""

CHEBYSHEV = Cavity(Symbol("single_draw_upper"), p, beta, n, d, failure)
"""It is bounded by its mean and its variance."""

STATEMENT = Statement(
    id="noiseless-loss-concentration",
    title="The loss with high probability",
    origin=Origin.DERIVED,
    kind=Kind.UPPER,
    quantity="in-distribution loss of a single draw, without noise",
    symbol=Symbol("L"),
    text=__doc__,
    upper=Min(MARKOV, CHEBYSHEV),
    level=1 - failure,
    observable="in_distribution_bias",
    trivial_upper=ENERGY,
    hypotheses=(Hypothesis("a probability: eta < 1; margin 1 - eta", 1 - failure),),
    extra=(FAILURE,),
    uses=("missing-mass-concentration", "noiseless-loss-cavity", "noiseless-loss-sharp"),
    comparisons=(
        Comparison("mean", "on average", upper_side(), "`noiseless-loss-cavity`"),
        Comparison(
            "mean-of-the-seen",
            "by the mean of what seen features lose",
            MARKOV,
            "the first of the two bounds",
        ),
        Comparison(
            "markov", "Markov's inequality alone", upper_side() / failure, "of the mean's bound"
        ),
    ),
)
