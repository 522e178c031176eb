"""Gradient descent from zero converges to the minimum-norm solution.

Statement. Gradient descent beta_{t+1} = beta_t - eta (2/n) X'(X beta_t - y) from beta_0 = 0
with step 0 < eta < n/||X||^2 converges to X^+ y. Its error in the direction of an
eigenvector of X'X with eigenvalue lambda > 0 is contracted by 1 - 2 eta lambda/n at every
step, so ||beta_t - X^+ y||^2 = sum_lambda (1 - 2 eta lambda/n)^(2t) c_lambda^2 with c_lambda the
component of X^+ y along it, and ||beta_t - X^+ y|| <= rho^t ||X^+ y||,
rho = max_lambda |1 - 2 eta lambda/n| < 1.

Proof. X'(y - X X^+ y) = 0, so beta_{t+1} - X^+ y = (I - (2 eta/n) X'X)(beta_t - X^+ y). The
error starts at -X^+ y, in the row space, and stays there, for X'X maps the row space to
itself; there all eigenvalues lambda of X'X satisfy 0 < 2 eta lambda/n < 2.

Source. Classical; the paper uses it to replace training by (X'X)^+ X'y.
"""

from __future__ import annotations

from sympy import Integer, Symbol

from theorems.statement import Kind, Origin, Statement

STATEMENT = Statement(
    id="gd-limit",
    title="Gradient descent finds the minimum-norm solution",
    origin=Origin.DERIVED,
    kind=Kind.UPPER,
    quantity="distance of gradient descent to X^+ y over its bound, largest over the steps",
    symbol=Symbol("gd_ratio"),
    text=__doc__,
    upper=Integer(1),
    observable="gd_distance_over_bound",
    tests_solver=True,
)
