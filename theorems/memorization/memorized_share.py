"""How many samples are memorized: those that the others cannot replace.

Statement. Without noise the memorization score of a sample (`self-influence`) is non-zero only
where H_ll = 1, that is, where its row is no combination of the other rows. The expected share of
such samples is at least 1 - prod_i (1 - p_i (1-p_i)^(n-1)), the share of samples with a feature
of their own. Prediction: 1 - w, with w of `recovered-fraction`; it is never below that share.

Proof. Without noise r = 0, so where H_ll < 1 the leave-one-out residual r_l/(1 - H_ll) is 0 and
so is the score. A row that holds a feature of no other row is no combination of those. Given
the row, feature i is in it and in none of the other n - 1 with probability p_i (1-p_i)^(n-1),
independently over i: the share of rows with at least one such feature has the expectation
stated.
   (The prediction is heuristic.) In the tree of `recovered-fraction` a row is replaceable iff each
of its features is determined by other rows, which has probability w. As w <= 1, w = prod_i (1 -
p_i (1 - p_i w)^(n-1)) <= prod_i (1 - p_i (1-p_i)^(n-1)): the prediction keeps to the proved side.

Source. Ours. Feldman and Zhang ask which samples are memorized; this is the linear answer.
"""

from __future__ import annotations

from sympy import Integer, Symbol

from theorems.conditions import INFORMATIVE_ROWS
from theorems.model import once_any, z
from theorems.statement import Kind, Origin, Statement

STATEMENT = Statement(
    id="memorized-share",
    title="Share of samples that are memorized",
    origin=Origin.PREDICTED,
    kind=Kind.PREDICTION,
    quantity="expected share of samples that the others cannot replace",
    symbol=Symbol("share_memorized"),
    text=__doc__,
    lower=once_any,
    value=z,
    observable="memorized_samples",
    trivial_upper=Integer(1),
    hypotheses=(INFORMATIVE_ROWS,),
    uses=(
        "self-influence",
        "recovered-fraction",
    ),
)
