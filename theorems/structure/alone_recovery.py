"""Tail features that are the only tail feature of some sample.

Statement. For i > k, P(i is in no sample without another tail feature) = (1 - p_i u_i)^n,
u_i = prod_{j>k, j!=i} (1 - p_j); so on average sum_{i>k} (1 - (1 - p_i u_i)^n) tail
features are alone in some sample. If [k] is identified and i is alone in some sample, then
i is identified.

Proof. A sample holds i and no other tail feature with probability p_i u_i, independently of
the other samples. If row x is such a sample, e_i = x_i (x - sum_{j<=k} x_j e_j) is a
combination of vectors of the row space.

Source. Ours; the mechanism of the paper's recovered features.
"""

from __future__ import annotations

from sympy import Sum, Symbol

from theorems.conditions import TAIL_IS_RANDOM
from theorems.model import d, i, k, n, p, u
from theorems.statement import Kind, Origin, Statement
from theorems.trust import Step

STATEMENT = Statement(
    id="alone-recovery",
    title="Features alone in a sample",
    origin=Origin.DERIVED,
    kind=Kind.IDENTITY,
    quantity="expected number of tail features that are alone in some sample",
    symbol=Symbol("E_alone"),
    text=__doc__,
    value=Sum(1 - (1 - p[i] * u[i]) ** n, (i, k + 1, d)),
    observable="alone_tail",
    hypotheses=(TAIL_IS_RANDOM,),
    steps=(
        Step(
            "a sample holds i and no other tail feature with probability p_i u_i",
            "noiseless_loss.v",
            "alone_probability",
        ),
        Step(
            "samples are independent: (1 - p_i u_i)^n",
            "noiseless_loss.v",
            "not_alone_probability",
        ),
        Step(
            "the expected number, feature by feature",
            "noiseless_loss.v",
            "expected_number_alone",
        ),
        Step(
            "with [k] identified, a feature alone in a sample is identified",
            "noiseless_loss.v",
            "alone_recovery",
        ),
    ),
)
