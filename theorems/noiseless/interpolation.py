"""Noiseless labels are interpolated.

Statement. With sigma = 0, X beta_hat = y.

Proof. y = X beta* lies in the column space of X, and X X^+ is the projector on it.

Source. The paper: the minimum-norm solution is the model that memorizes.
"""

from __future__ import annotations

from sympy import Integer, Symbol

from theorems.statement import Kind, Origin, Statement

STATEMENT = Statement(
    id="interpolation",
    title="Noiseless labels are interpolated",
    origin=Origin.DERIVED,
    kind=Kind.IDENTITY,
    quantity="largest residual |y - X beta_hat| without noise",
    symbol=Symbol("max_residual"),
    text=__doc__,
    value=Integer(0),
    observable="interpolation_residual",
    tests_solver=True,
)
