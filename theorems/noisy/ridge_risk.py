"""The risk of ridge between two proved sides, for any frequencies and penalty.

Statement. Let A = X'X + lambda, lambda > 0, and F(lambda) = sum_i p_i E lambda [A^-1]_ii: the risk
over tau^2 of ridge where |beta_i| = tau has fair signs or beta_i ~ N(0, tau^2) and
sigma^2 = lambda tau^2. Then F_low(lambda) <= F(lambda) <= F_up(lambda), where
F_up = sum_i p_i U_i(n) with U of the cavity recursion at lambda, and F_low takes, for each feature
and number T of its appearances, the larger of the oracle's lambda/(T + lambda) and what is left
when all is known but a tree. No k and no power law. lambda -> 0 leaves the two sides of
`noiseless-loss-cavity` for equal coefficients, the lower one cut at trees.

Proof. lambda [A^-1]_ii is the variance over tau^2 of beta_i given the training set, for
beta ~ N(0, tau^2): what is known besides only lowers it, which gives the lower side. The upper is
that of a linear estimate of beta_i from rows whose other features keep the variances nu_l, as in
`noiseless-loss-cavity`, with lambda added to each nu_l. The steps and the outward rounding stand
in `theorems.evolution.cavity_noise` and `cavity_recursion`.

Source. Ours.
"""

from __future__ import annotations

from sympy import Symbol

from theorems.expressions import Cavity
from theorems.model import NOISE_TO_SIGNAL, beta, d, mass, n, p, penalty
from theorems.noiseless.noiseless_loss import UNSEEN_MASS
from theorems.statement import Control, Hypothesis, Kind, Origin, Statement

STATEMENT = Statement(
    id="ridge-risk",
    title="Risk of ridge between two sides",
    origin=Origin.DERIVED,
    kind=Kind.TWO_SIDED,
    quantity="risk of ridge over tau^2 at its best penalty, lambda = sigma^2/tau^2",
    symbol=Symbol("F_lambda"),
    text=__doc__,
    lower=Cavity(Symbol("risk_lower"), p, beta, n, d, penalty),
    upper=Cavity(Symbol("risk_upper"), p, beta, n, d, penalty),
    observable="bayes_risk",
    control=Control("unseen_mass", UNSEEN_MASS),
    trivial_upper=mass,
    hypotheses=(Hypothesis("penalized: lambda > 0", penalty),),
    extra=(NOISE_TO_SIGNAL,),
    uses=("noiseless-loss-cavity",),
)
