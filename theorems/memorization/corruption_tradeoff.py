"""Memorize as far as the signal exceeds the noise.

Statement. Labels of tail samples are corrupted with probability rho by an independent centred
error of variance tau^2. The squared error of a recovered feature seen once is then, under ridge
with penalty lambda, predicted to be

    risk(lambda) = (lambda^2 beta^2 + sigma^2 + r tau^2)/(1 + lambda)^2,

beta^2 the mean of beta*_i^2 over the features seen once and r = rho p_tail|once the probability
that the label of its row is corrupted; p_tail|once, that a row in which a feature is seen once is a
tail sample, is 1 where only tail features are seen once. The risk is least at
lambda* = (sigma^2 + r tau^2)/beta^2, where it is beta^2 lambda*/(1 + lambda*): neither full
memorization (lambda = 0: sigma^2 + r tau^2) nor none (lambda = infinity: beta^2).

Proof. By `memorization-level`, were the other features of the row known,
Delta_i = +-(xi_l + corruption)/(1 + lambda) - lambda beta*_i/(1 + lambda), whose mean square is
risk(lambda). Its derivative is 2 (lambda beta^2 - sigma^2 - r tau^2)/(1 + lambda)^3, negative
below lambda* and positive above. A row that holds i > k is a tail sample; one that holds i <= k is
one with probability q_k. Feature i is seen once in proportion to h_i = p_i (1-p_i)^(n-1), hence
p_tail|once = (sum_{i>k} h_i + q_k sum_{i<=k} h_i)/sum_i h_i.
   (That they are known is heuristic.) Let companions be independent of i, with errors of their own.
Their errors add to the numerator: noise, (sigma^2 + r tau^2) V_0 at most to first order, V_0 of
`noisy-loss`, and shrinkage, lambda^2 sum_j p_j beta*_j^2 E[1{T_j>=1}/(T_j + lambda)^2], at most
lambda^2 beta^2 S with beta^2 S = sum_j p_j beta*_j^2 E[1{T_j>=1}/T_j]. They also explain part of
the label, which leaves i the penalty lambda + N in place of lambda, N the sum of
lambda/(T_j + lambda) over them, of mean lambda V_0 at most: lambda^2/(1 + lambda)^2 grows by the
factor (1 + V_0)^2 at most, 1/(1 + lambda)^2 falls by it at most. Companions have companions: taken
as a geometric series of ratio x = max(V_0, S), V_0 and S become v = V_0/(1 - x), s = S/(1 - x). So
the accuracy is (1 + v)^2 - 1 + s. Each draw gives the mean over its features seen once; the mean of
these quotients is not the quotient of means: with g_i = n h_i they differ, to first order in one
over the number of such features, by sum_i g_i^2 (beta*_i^2/beta^2 - 1)/(sum_i g_i)^2, whose
absolute terms are added. Nothing in it is fitted; that the series is geometric, and that a seen
companion is one that other rows tell of, is not proved.

Source. Ours.
"""

from __future__ import annotations

from sympy import Abs, Integer, Max, Sum, Symbol

from theorems.expressions import MeanInverseCount
from theorems.model import (
    CORRUPTED_SHARE,
    CORRUPTION,
    PENALTY,
    beta,
    corrupted_share,
    corruption,
    d,
    h,
    j,
    k,
    n,
    once_strength,
    once_total,
    p,
    penalty,
    plain_variance,
    q,
    sigma,
)
from theorems.noisy.noisy_loss import FIRST_ORDER
from theorems.statement import Comparison, Hypothesis, Kind, Origin, Statement

TAIL_SAMPLE = (Sum(h[j], (j, k + 1, d)) + q * Sum(h[j], (j, 1, k))) / once_total
"""Share of tail samples among those that show a feature that no other sample does."""

LABEL_ERROR = sigma**2 + corrupted_share * corruption**2 * TAIL_SAMPLE
BEST_PENALTY = LABEL_ERROR / once_strength
RISK = (penalty**2 * once_strength + LABEL_ERROR) / (1 + penalty) ** 2
SHRINKAGE = Sum(p[j] * beta[j] ** 2 * MeanInverseCount(n, p[j]), (j, 1, d)) / once_strength

SEEN_ONCE = Hypothesis("some feature may be seen once", once_total)

_REST = Max(Integer(0), 1 - Max(plain_variance, SHRINKAGE))
OF_QUOTIENTS = Sum(h[j] ** 2 * Abs(beta[j] ** 2 / once_strength - 1), (j, 1, d)) / once_total**2
"""How far a mean of means over few features is from the quotient of their sums' means."""
ACCURACY = (1 + plain_variance / _REST) ** 2 - 1 + SHRINKAGE / _REST + OF_QUOTIENTS

STATEMENT = Statement(
    id="corruption-tradeoff",
    title="Memorize as far as the signal exceeds the noise",
    origin=Origin.PREDICTED,
    kind=Kind.PREDICTION,
    quantity="squared error of an identified feature seen once, ridge on corrupted tail labels",
    symbol=Symbol("risk_lambda"),
    text=__doc__,
    value=RISK,
    accuracy=ACCURACY,
    observable="corrupted_single_risk",
    hypotheses=(FIRST_ORDER, SEEN_ONCE),
    comparisons=(
        Comparison(
            "best-penalty", "best penalty lambda*", BEST_PENALTY, "(sigma^2 + r tau^2)/beta^2"
        ),
        Comparison(
            "best-risk",
            "risk at lambda*",
            once_strength * BEST_PENALTY / (1 + BEST_PENALTY),
            "the least that a penalty attains",
        ),
        Comparison("full", "risk of full memorization", LABEL_ERROR, "lambda = 0"),
        Comparison("none", "risk of none", once_strength, "lambda = infinity"),
    ),
    extra=(PENALTY, CORRUPTED_SHARE, CORRUPTION),
    uses=(
        "memorization-level",
        "noisy-loss",
    ),
)
