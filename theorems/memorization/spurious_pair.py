"""Two features that occur only together are right together and wrong alone.

Statement. Without noise, let features i and j appear once each, in the same row l, and let
the rest z of that row lie in the row space of X (it does if the row's other features are in R).
Then Delta_i = (x_li x_lj beta*_j - beta*_i)/2 and likewise for j: the joint effect is split evenly.
The pair as it was seen costs nothing, x_li Delta_i + x_lj Delta_j = 0; alone, i costs
(beta*_i^2 + beta*_j^2)/4 on average over signs. Memorization without identifiability does not
compose. Without the condition on z the formula fails: with a third such feature in the row, the
effect is split in three. The condition is equivalent to P_ii = 1/2, by which pairs are told in
draws; otherwise P_ii < 1/2.

Proof. Columns i and j of X are x_li e_l and x_lj e_l, so v = e_i - x_li x_lj e_j has Xv = 0. Put
u = e_i + x_li x_lj e_j; row l is x_li u + z. If z lies in the row space, so does u, and
e_i = (u + v)/2 gives (I - P) e_i = v/2. Without noise Delta = -(I - P) beta*, so
Delta_i = -v'beta*/2, which is the claim; its square has mean (beta*_i^2 + beta*_j^2)/4 since the
sign x_li x_lj is fair. Next, x_li Delta_i + x_lj Delta_j = <Delta, x_li u> = 0 for u in the row
space. For the equivalence: 1 - P_ii = ||(I - P) e_i||^2 >= (e_i'v)^2/||v||^2 = 1/2, with equality
iff (I - P) e_i = v/2, that is, iff u = 2 e_i - v is in the row space, iff z is.

Source. Ours.
"""

from __future__ import annotations

from sympy import Integer, Symbol

from theorems.statement import Kind, Origin, Statement

STATEMENT = Statement(
    id="spurious-pair",
    title="A pair seen only together is right together, wrong alone",
    origin=Origin.DERIVED,
    kind=Kind.IDENTITY,
    quantity="largest deviation of Delta_i from the formula, and of the pair's own error from 0",
    symbol=Symbol("max_pair_deviation"),
    text=__doc__,
    value=Integer(0),
    observable="spurious_pair_deviation",
    tests_solver=True,
)
