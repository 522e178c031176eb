"""What no estimator can do better.

Statement. Let the coefficients be independent N(0, tau^2), the noise N(0, sigma^2), and
lambda = sigma^2/tau^2. For every learner, of any kind,

    E L/tau^2 >= sum_i p_i E[lambda/(T_i + lambda)]
                 + sum_i p_i n h_i (1 - prod_{j != i} (1 - h_j))/((1 + lambda) (2 + lambda)),

T_i ~ Bin(n, p_i), h_i = p_i (1-p_i)^(n-1). The least possible, the Bayes risk, is
lambda sum_i p_i E[(X'X + lambda)^-1]_ii: that of ridge regression with penalty lambda, at which a
feature seen once keeps the share 1/(1 + lambda) of its label (`memorization-level`). That level of
memorization is the best of all learners, and for every test distribution at once. For linear
learners the same holds with coefficients +-tau of fair signs. lambda -> 0 leaves the missing mass
and, in the second sum, what features lose that share their only sample: without noise full
memorization is Bayes.

Proof. Given the training set, beta* has a Gaussian law of mean the ridge solution and covariance
sigma^2 (X'X + lambda)^-1, which does not depend on y. So for each test point x, and each learner,
E (f(x) - <beta*, x>)^2 >= sigma^2 x'(X'X + lambda)^-1 x, with equality for ridge: for every test
distribution, and in ours with mean sigma^2 sum_i p_i [(X'X + lambda)^-1]_ii. A linear learner's
risk depends on the second moments of beta* alone.
   The floor: let an oracle tell all other coefficients, which can only help; the posterior
variance of beta_i becomes sigma^2/(T_i + lambda), as [A^-1]_ii >= 1/A_ii says in formulas. If T_i
= 1 let it tell only those of features that are not private to the same sample, that is, in it and
nowhere else. With K such companions the label of that sample is all that is known of their K + 1
coefficients, a sum of K + 1 signed ones and noise, and the posterior variance is tau^2 (1 - 1/(K
+ 1 + lambda)) = tau^2 (K + lambda)/(K + 1 + lambda). This exceeds the value at K = 0, lambda/(1 +
lambda), by 1/((1 + lambda)(2 + lambda)) at K = 1 and by more beyond. Feature i is private to a
given sample with probability h_i, n samples, disjoint events; given that, the other columns are
independent of it and K = 0 has probability prod_{j != i} (1 - h_j).

Checked: the Bayes risk of each draw, by the trace formula, over tau^2, at lambda = 1/4.

Source. Ours; posterior of the Gaussian linear model as in any textbook.
"""

from __future__ import annotations

from sympy import Max, Product, Sum, Symbol

from theorems.binomial_expectation import BinomialExpectation
from theorems.model import NOISE_TO_SIGNAL, d, i, j, mass, n, p, penalty
from theorems.noiseless.noiseless_loss import UNSEEN_MASS
from theorems.stability.stability_price import T
from theorems.statement import Control, Hypothesis, Kind, Origin, Statement

UNRESOLVED = BinomialExpectation(
    Max(penalty, 1 - T) / Max(penalty + T, 1 - T),
    T,
    n,
    p[i],
)
"""E[lambda/(T_i + lambda)], which is P(T_i = 0) at lambda = 0: 1 - T is the larger part at T = 0
alone, and 1 there. Nothing cancels, however many samples hold the feature."""

FLOOR = Sum(p[i] * UNRESOLVED, (i, 1, d))
"""The first sum, which has a law (`bayes-floor-law`)."""

PRIVATE = p[i] * (1 - p[i]) ** (n - 1)
ALONE = Product(1 - p[j] * (1 - p[j]) ** (n - 1), (j, 1, d))
SHARED = (
    n
    * (Sum(p[i] * PRIVATE, (i, 1, d)) - ALONE * Sum(p[i] * PRIVATE / (1 - PRIVATE), (i, 1, d)))
    / ((1 + penalty) * (2 + penalty))
)

TWO_SAMPLES = Hypothesis("two samples or more: n >= 2; margin n - 2", n - 2, weak=True)
"""Then no feature is sure to be private to a sample: h_i < 1."""

NOISY_PRIOR = Hypothesis("there is noise: lambda > 0", penalty)

STATEMENT = Statement(
    id="bayes-floor",
    title="What no estimator can do better",
    origin=Origin.DERIVED,
    kind=Kind.LOWER,
    quantity="Bayes risk over tau^2, coefficients N(0, tau^2), lambda = sigma^2/tau^2",
    symbol=Symbol("E_L_Bayes"),
    text=__doc__,
    lower=FLOOR + SHARED,
    observable="bayes_risk",
    control=Control("unseen_mass", UNSEEN_MASS),
    trivial_upper=mass,
    hypotheses=(NOISY_PRIOR, TWO_SAMPLES),
    extra=(NOISE_TO_SIGNAL,),
    uses=("memorization-level",),
)
