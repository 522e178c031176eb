"""A sample with a feature of its own is fitted exactly, noise and all.

Statement. A row that holds a feature seen in no other sample has training residual exactly 0,
for any labels. No condition on alpha is needed.

Proof. The feature's column is +-e_l, so e_l lies in the column space of X; the residual
(I - X X^+) y is orthogonal to the column space.

Source. Ours; the paper's Theorem 4 has it for alpha = 2 + c_alpha.
"""

from __future__ import annotations

from sympy import Integer, Symbol

from theorems.statement import Kind, Origin, Statement
from theorems.trust import Step

STATEMENT = Statement(
    id="private-interpolation",
    title="A sample with a feature of its own is fitted exactly",
    origin=Origin.DERIVED,
    kind=Kind.IDENTITY,
    quantity="largest residual of a sample that holds a feature of its own, per unit of noise",
    symbol=Symbol("max_private_residual"),
    text=__doc__,
    value=Integer(0),
    observable="private_residual",
    tests_solver=True,
    steps=(
        Step(
            "the residual (I - H) y of the orthogonal projector H on the column space vanishes in "
            "a row that holds a feature of its own",
            "private_interpolation.v",
            "private_interpolation",
        ),
    ),
)
