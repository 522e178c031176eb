"""What the features that are seen but not identified add to the variance factor.

Statement. sum_i p_i E[(X'X)^+_ii; i seen, not in R] is predicted by the recursion of
`variance-evolution` continued to the null space: to a penalty lambda -> 0 a feature answers
with variance a/lambda + b, where a = 1 - P_ii and b = [(X'X)^+]_ii. Two features that occur
only together, once, in a row of leverage h have a = 1/2 and b = (1 + h)/4 each.

Proof. (Heuristic.) Belief propagation holds for each lambda on a tree; expand in lambda. A
feature all of whose rows are null, that is Y = 0 at lambda = 0, has variance a/lambda + b
with a = 1/(1 + sum g), g = 1/A over its rows, A the sum of the a_j of the row's others, and
b = a^2 sum (1 + B)/A^2, B the sum of their b_j. b enters linearly, so that its mean given a
and g suffices. For the isolated pair A = 1 and B = h once the identified ones are counted.

Source. Ours.
"""

from __future__ import annotations

from sympy import Symbol

from theorems.conditions import INFORMATIVE_ROWS
from theorems.model import evolution
from theorems.statement import Kind, Origin, Statement

STATEMENT = Statement(
    id="unidentifiable-variance",
    title="Variance factor of what is seen but not identified",
    origin=Origin.PREDICTED,
    kind=Kind.PREDICTION,
    quantity="variance factor of the features that are seen but not identified",
    symbol=Symbol("V_not_R"),
    text=__doc__,
    value=evolution("unidentifiable_variance"),
    observable="variance_factor_unidentified",
    hypotheses=(INFORMATIVE_ROWS,),
    uses=("variance-evolution",),
)
