"""Tail features that are seen but not identified.

Statement. E #{i > k seen, i not in R} <=
sum_{i>k} min{ 1 - (1-p_i)^n, (1 - p_i u_i)^n - (1-p_i)^n + pi_k }.

Prediction (density evolution of peeling, as for erasure codes): with w the largest fixed
point of w = exp(-sum_{i>k} p_i e^(-n p_i w)), the number is about
sum_{i>k} (e^(-n p_i w) - e^(-n p_i)).

Proof. (Of the upper bound.) A tail feature i that is seen but not identified is seen, and
by `alone-recovery` either [k] is not identified, an event of probability at most pi_k, or i
is alone in no sample. Unseen implies alone nowhere, so P(seen, alone nowhere) =
(1 - p_i u_i)^n - (1 - p_i)^n. Sum over i.
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

from sympy import Min, Sum, Symbol, exp

from theorems.conditions import TAIL_IS_RANDOM
from theorems.model import d, i, k, n, p, pi_k, u, w
from theorems.statement import Control, Kind, Origin, Statement

SEEN = 1 - (1 - p[i]) ** n
SEEN_NOT_ALONE = (1 - p[i] * u[i]) ** n - (1 - p[i]) ** n

STATEMENT = Statement(
    id="recovered-fraction",
    title="Seen but unidentifiable features",
    origin=Origin.DERIVED,
    kind=Kind.PREDICTION,
    quantity="expected number of tail features that are seen but not identified",
    symbol=Symbol("E_U"),
    text=__doc__,
    value=Sum(exp(-n * p[i] * w) - exp(-n * p[i]), (i, k + 1, d)),
    upper=Sum(
        Min(SEEN, SEEN_NOT_ALONE + pi_k),
        (i, k + 1, d),
    ),
    observable="unidentified_seen_tail",
    control=Control("seen_not_alone_tail", Sum(SEEN_NOT_ALONE, (i, k + 1, d))),
    trivial_upper=Sum(SEEN, (i, k + 1, d)),
    hypotheses=(TAIL_IS_RANDOM,),
)
