"""A tail feature alone in a sample is identified once the common ones are.

Statement. In every draw in which [k] is identified, so is each tail feature that is the only tail
feature of some sample.

Proof. If row x is such a sample for i, e_i = x_i (x - sum_{j<=k} x_j e_j) is a combination of
vectors of the row space.

Source. Ours; the second half of `alone-recovery`.
"""

from __future__ import annotations

from sympy import Integer, Symbol

from theorems.statement import Kind, Origin, Statement

STATEMENT = Statement(
    id="alone-identified",
    title="A feature alone in a sample is identified",
    origin=Origin.DERIVED,
    kind=Kind.IDENTITY,
    quantity="tail features alone in a sample, not identified although all common ones are",
    symbol=Symbol("N_alone_lost"),
    text=__doc__,
    value=Integer(0),
    observable="unidentified_alone_tail",
    uses=("alone-recovery",),
    tests_solver=True,
)
