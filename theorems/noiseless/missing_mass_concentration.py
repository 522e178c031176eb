"""The missing mass is there in nearly every draw, not only on average.

Statement. In every draw and for any label noise the loss of the minimum-norm solution is at least
the missing mass of the draw, the sum of p_i beta_i^2 over the unseen features; and with
probability at least 1 - eta that is at least

    M - sqrt(2 ln(1/eta) sum_i p_i^2 beta_i^4 (1-p_i)^n),    M = sum_i p_i beta_i^2 (1-p_i)^n.

Proof. An unseen feature has beta_hat_i = 0, hence Delta_i^2 = beta_i^2
(`noiseless-loss`). Columns are independent,
so the missing mass is a sum of independent a_i U_i, a_i = p_i beta_i^2 >= 0, U_i the indicator
that i is unseen, of mean q_i = (1-p_i)^n. For x >= 0, e^-x <= 1 - x + x^2/2 and so E e^(-s a_i
U_i) <= exp(-s a_i q_i + s^2 a_i^2 q_i/2) for s > 0. By Markov's inequality the probability that
the sum is M - t or less is at most exp(-s t + s^2 v/2), v = sum_i a_i^2 q_i; at s = t/v it is
exp(-t^2/(2v)), which is eta at t = sqrt(2 v ln(1/eta)).

Source. Ours; the one-sided exponential inequality is classical (Maurer 2003). Concentration of the
missing mass is due to McAllester and Ortiz 2003 for sampling with one feature a sample.
"""

from __future__ import annotations

from sympy import Sum, Symbol, log, sqrt

from theorems.model import FAILURE, beta, d, failure, i, p
from theorems.noiseless.noiseless_loss import MISSING_MASS, UNSEEN
from theorems.statement import Comparison, Hypothesis, Kind, Origin, Statement

SPREAD = Sum(p[i] ** 2 * beta[i] ** 4 * UNSEEN, (i, 1, d))

STATEMENT = Statement(
    id="missing-mass-concentration",
    title="The missing mass with high probability",
    origin=Origin.DERIVED,
    kind=Kind.LOWER,
    quantity="in-distribution loss of a single draw, without noise",
    symbol=Symbol("L"),
    text=__doc__,
    lower=MISSING_MASS - sqrt(2 * log(1 / failure) * SPREAD),
    level=1 - failure,
    observable="in_distribution_bias",
    hypotheses=(Hypothesis("a probability: eta < 1; margin 1 - eta", 1 - failure),),
    extra=(FAILURE,),
    uses=("noiseless-loss",),
    comparisons=(Comparison("mean", "on average", MISSING_MASS, "`noiseless-loss`"),),
)
