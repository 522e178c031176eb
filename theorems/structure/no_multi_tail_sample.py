"""How often no sample at all holds two tail features.

Statement. P(N_{>=2} = 0) = (1 - a_k)^n >= 1 - n p_{>k}^2/2, with a_k of `multi-tail-samples`. It
tends to 1 iff n a_k -> 0, for alpha > 2; the premise "each sample holds at most one long-tail
feature" of Theorems 4 and 5 is this event, as we read them. At n = 1000, alpha = 3, n p_k = 10 it
still fails in 2 of 5 draws: E N_{>=2} is near .6 there. The premise is a limit, and far from sure
at sizes that are simulated.

Proof. N_{>=2} ~ Bin(n, a_k) by `multi-tail-samples`; (1 - a)^n >= 1 - n a, a_k <= p_{>k}^2/2.

Source. Lemma 7 of the paper; exact law and constant are ours.
"""

from __future__ import annotations

from sympy import Integer, Max, Symbol

from theorems.conditions import TAIL_IS_RANDOM
from theorems.model import multi_tail, n, tail_mass
from theorems.statement import Comparison, Kind, Origin, Statement

STATEMENT = Statement(
    id="no-multi-tail-sample",
    title="No sample with two tail features (Lemma 7)",
    origin=Origin.DERIVED,
    kind=Kind.IDENTITY,
    quantity="probability that no training sample holds two or more tail features",
    symbol=Symbol("P_no_multi"),
    text=__doc__,
    lower=Max(Integer(0), 1 - n * tail_mass**2 / 2),
    value=(1 - multi_tail) ** n,
    observable="no_multi_tail_sample",
    trivial_upper=Integer(1),
    hypotheses=(TAIL_IS_RANDOM,),
    uses=("multi-tail-samples",),
    comparisons=(
        Comparison("multi-tail-samples", "expected number of them", n * multi_tail, "E N_{>=2}"),
    ),
)
