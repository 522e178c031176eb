"""The price of label privacy on a long tail.

Statement. Call a learner epsilon-label-private if changing one label, by 2 max |beta*_i| at most,
changes the probability of no event by more than the factor e^epsilon. Averaged over the signs of
beta*, for any law of the label noise, every such learner has

    E L >= sum_i p_i beta_i^2 E[1 - tanh(epsilon T_i/2)],    T_i ~ Bin(n, p_i).

epsilon -> infinity leaves the missing mass, epsilon = 0 all of sum_i p_i beta_i^2. What is seen
once or twice is kept only as far as privacy is given up.

Proof. As `stability-price`, with another bound on the distance of the laws P+ and P- of f for the
two signs of beta*_i, whose labels differ in T_i rows. Changed one at a time they give P+(A) <=
e^e P-(A) for every event, e = epsilon T_i, and the same with the two exchanged. Let A be where P+
exceeds P-: P+(A) <= e^e P-(A), and for its complement 1 - P-(A) <= e^e (1 - P+(A)). Their sum is
(P+(A) - P-(A)) (1 + e^e) <= e^e - 1, so that TV(P+, P-) <= (e^e - 1)/(e^e + 1) = tanh(epsilon
T_i/2). The rest is unchanged. A private learner is tanh(epsilon/2)-stable, but tanh(m epsilon/2)
<= m tanh(epsilon/2): the bound here is the larger one.

Checked: the minimum-norm solution of labels with Laplace noise of scale 2 max |beta*_i|/epsilon,
which is private, at epsilon = 1. Its loss, noise integrated out, is the noiseless one plus
8 max beta_i^2/epsilon^2 times the variance factor: far above the bound.

Source. Ours. Label privacy: Ghazi et al. 2021; for the distance see Kairouz, Oh, Viswanath 2015.
"""

from __future__ import annotations

from sympy import Sum, Symbol, exp

from theorems.binomial_expectation import BinomialExpectation
from theorems.model import PRIVACY, beta, d, i, n, p, privacy, stability
from theorems.noiseless.noiseless_loss import MISSING_MASS
from theorems.noiseless.noiseless_loss_sharp import ENERGY
from theorems.stability.stability_price import BOUND, T
from theorems.statement import Comparison, Kind, Origin, Statement

# 1 - tanh(x/2) = 2/(1 + e^x) without cancellation.
UNLEARNED = BinomialExpectation(2 / (1 + exp(privacy * T)), T, n, p[i])
PRIVATE_BOUND = Sum(p[i] * beta[i] ** 2 * UNLEARNED, (i, 1, d))

ONE_LABEL = 1 - 2 / (1 + exp(privacy))
"""tanh(epsilon/2)."""

STATEMENT = Statement(
    id="private-price",
    title="The price of label privacy",
    origin=Origin.DERIVED,
    kind=Kind.LOWER,
    quantity="expected loss of any label-private learner, averaged over the signs of beta*",
    symbol=Symbol("E_L_private"),
    text=__doc__,
    lower=PRIVATE_BOUND,
    observable="private_loss",
    trivial_upper=ENERGY,
    extra=(PRIVACY,),
    uses=("stability-price",),
    comparisons=(
        Comparison("missing-mass", "no privacy", MISSING_MASS, "what no learner avoids"),
        Comparison(
            "stability-price",
            "as stable learners",
            BOUND.subs(stability, ONE_LABEL),
            "`stability-price` at delta = tanh(epsilon/2), a weaker bound",
        ),
        Comparison("energy", "full privacy", ENERGY, "labels ignored"),
    ),
)
