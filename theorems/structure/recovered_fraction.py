"""Tail features that are seen but not identified.

Statement. E #{i > k seen, i not in R} <=
sum_{i>k} min{ 1 - (1-p_i)^n, (1 - p_i u_i)^n - (1-p_i)^n + pi_k }, and at least the expected
number of those that appear once, in a row where another feature appears that appears once too:
sum_{i>k} n h_i (1 - prod_{j!=i} (1 - h_j)), h_i = p_i (1-p_i)^(n-1).

Prediction (density evolution of peeling, as for erasure codes): with w the largest fixed
point of w = exp(-sum_{i>k} p_i e^(-n p_i w)), the number is about
sum_{i>k} (e^(-n p_i w) - e^(-n p_i)).

Proof. (Of the lower bound.) Two features that appear once each, in the same row, have columns
equal up to sign, so neither is identified. A given row holds i and no other row does with
probability h_i, independently of the other columns; n rows, disjoint events.
   (Of the upper bound.) A tail feature i that is seen but not identified is seen, and
by `alone-recovery` either [k] is not identified, an event of probability at most pi_k by
`common-identified`, or i is alone in no sample. Unseen implies alone nowhere, so
P(seen, alone nowhere) = (1 - p_i u_i)^n - (1 - p_i)^n. Sum over i.
   (The prediction is heuristic.) In a sparse random bipartite graph of rows and tail features
cycles are long. A row determines feature i, once the common features are known, if each of
its other tail features is determined by a row other than this one. Let w be the probability
of that for a row reached through i. A feature j reached through the row lies in about
Poisson(n p_j) further rows, none of which determines it with probability e^(-n p_j w).
Absence of such j from the row: w = prod_j (1 - p_j e^(-n p_j w)), in the limit of small
p_j the exponential. Feature i is seen but determined by none of its rows with probability
e^(-n p_i w) - e^(-n p_i). Peeling starts with nothing to the contrary, w = 1, hence the
largest fixed point.

Source. Ours. The paper: a fraction 1 - Theta(max{p_k/p_{>k}, p_{>k}^2 ln^2 d}) is recovered.
"""

from __future__ import annotations

from sympy import Integer, Min, Product, Sum, Symbol, exp

from theorems.conditions import TAIL_IS_RANDOM
from theorems.model import d, i, j, k, n, p, pi_k, u, w
from theorems.statement import Control, Kind, Origin, Statement

SEEN = 1 - (1 - p[i]) ** n
SEEN_NOT_ALONE = (1 - p[i] * u[i]) ** n - (1 - p[i]) ** n

ONCE_HERE = p[i] * (1 - p[i]) ** (n - 1)
NONE_ONCE_HERE = Product(1 - p[j] * (1 - p[j]) ** (n - 1), (j, 1, d))
SEEN_ONCE_TOGETHER = n * (
    Sum(ONCE_HERE, (i, k + 1, d)) - NONE_ONCE_HERE * Sum(ONCE_HERE / (1 - ONCE_HERE), (i, k + 1, d))
)
"""The tail features that appear once, in a row with another that appears once, in mean."""

BY_THOSE_TOGETHER = Control("tail_seen_once_together", SEEN_ONCE_TOGETHER, Integer(1))
"""Most unidentifiable features are of that kind: the draws tell only how many are not."""

STATEMENT = Statement(
    id="recovered-fraction",
    title="Seen but unidentifiable features",
    origin=Origin.PREDICTED,
    kind=Kind.PREDICTION,
    quantity="expected number of tail features that are seen but not identified",
    symbol=Symbol("E_U"),
    text=__doc__,
    lower=SEEN_ONCE_TOGETHER,
    value=Sum(exp(-n * p[i] * w) - exp(-n * p[i]), (i, k + 1, d)),
    upper=Sum(
        Min(SEEN, SEEN_NOT_ALONE + pi_k),
        (i, k + 1, d),
    ),
    observable="unidentified_seen_tail",
    control=BY_THOSE_TOGETHER,
    trivial_upper=Sum(SEEN, (i, k + 1, d)),
    hypotheses=(TAIL_IS_RANDOM,),
    uses=(
        "common-identified",
        "alone-recovery",
    ),
)
