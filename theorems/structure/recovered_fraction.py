"""Tail features that are seen but not identified.

Statement. E #{i > k seen, i not in R} <=
sum_{i>k} min{ 1 - (1-p_i)^n, (1 - p_i u_i)^n - (1-p_i)^n + pi_k }, and at least the expected
number of those that appear once, in a row where another feature appears that appears once too:
sum_{i>k} n h_i (1 - prod_{j!=i} (1 - h_j)), h_i = p_i (1-p_i)^(n-1).

Prediction (density evolution of peeling, as for erasure codes): with w the largest fixed point
of w = prod_j (1 - g_j), g_j = p_j (1 - p_j w)^(n-1), over *every* j, and w_i = w/(1 - g_i), the
number is about sum_{i>k} ((1 - p_i w_i)^n - (1 - p_i)^n). It is never below the lower side, nor
above the number of tail features seen.

Proof. (Of the lower bound.) Two features that appear once each, in the same row, have columns
equal up to sign, so neither is identified. A given row holds i and no other row does with
probability h_i, independently of the other columns; n rows, disjoint events.
   (Of the upper bound.) A tail feature i that is seen but not identified is seen, and
by `alone-recovery` either [k] is not identified, an event of probability at most pi_k by
`common-identified`, or i is alone in no sample. Unseen implies alone nowhere, so
P(seen, alone nowhere) = (1 - p_i u_i)^n - (1 - p_i)^n. Sum over i.
   (The prediction is heuristic.) In a sparse random bipartite graph of rows and features cycles
are long. A row determines feature i if each of its other features is determined by a row other
than this one. Let w be the probability of that for a row with nothing left out. A feature j of a
row is determined by none of the n - 1 other rows with probability (1 - p_j w)^(n-1): absence of
such j from the row gives w = prod_j (1 - g_j), and w_i where i itself is left out. Feature i is
seen but determined by none of its rows with probability (1 - p_i w_i)^n - (1 - p_i)^n. Peeling
starts with nothing to the contrary, w = 1, hence the largest fixed point. Common features take
part: to sum over i > k alone would take [k] for identified.
   (That it keeps to the lower side.) As w <= 1, g_j >= h_j, so w_i <= W_i := prod_{j!=i} (1 -
h_j). x -> (1 - p x)^n is convex, so (1 - p_i w_i)^n - (1-p_i)^n >= n p_i (1-p_i)^(n-1) (1 - w_i),
which is n h_i (1 - w_i) >= n h_i (1 - W_i), the i-th term of the lower side.

Source. Ours. The paper: a fraction 1 - Theta(max{p_k/p_{>k}, p_{>k}^2 ln^2 d}) is recovered.
"""

from __future__ import annotations

from sympy import Integer, Min, Sum, Symbol

from theorems.conditions import INFORMATIVE_ROWS, TAIL_IS_RANDOM
from theorems.model import d, g, h, i, k, n, once_any, p, pi_k, u, z
from theorems.paper import Item, sharpens
from theorems.statement import Control, Kind, Origin, Statement

SEEN = 1 - (1 - p[i]) ** n
SEEN_NOT_ALONE = (1 - p[i] * u[i]) ** n - (1 - p[i]) ** n

UNDETERMINED = (z - g[i]) / (1 - g[i])
"""1 - w_i: some other feature of a row is determined by no other row."""

SEEN_ONCE_TOGETHER = n * Sum(h[i] * (once_any - h[i]) / (1 - h[i]), (i, k + 1, d))
"""The tail features that appear once, in a row with another that appears once, in mean:
(once_any - h_i)/(1 - h_i) is 1 - prod_{j!=i} (1 - h_j)."""

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
    value=Sum((1 - p[i] * (1 - UNDETERMINED)) ** n - (1 - p[i]) ** n, (i, k + 1, d)),
    upper=Sum(
        Min(SEEN, SEEN_NOT_ALONE + pi_k),
        (i, k + 1, d),
    ),
    observable="unidentified_seen_tail",
    control=BY_THOSE_TOGETHER,
    trivial_upper=Sum(SEEN, (i, k + 1, d)),
    hypotheses=(TAIL_IS_RANDOM, INFORMATIVE_ROWS),
    uses=(
        "common-identified",
        "alone-recovery",
    ),
    paper=sharpens(Item.RECOVERED_FRACTION),
)
