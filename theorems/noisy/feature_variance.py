"""The variance of an identified coefficient, and its floor.

Statement. For i in R the estimate is unbiased with variance sigma^2 [(X'X)^+]_ii, and this is
at least sigma^2/T_i: over i in R, the least T_i [(X'X)^+]_ii is at least 1 in every draw.

Proof. beta_hat - beta* = -(I-P) beta* + X^+ xi, and e_i'(I-P) = 0 for i in R. xi is centred,
of covariance sigma^2 I and independent of X, and X^+ X^+' = (X'X)^+. Put a = X^+' e_i, so that
X'a = P e_i = e_i: its i-th line is sum_l a_l x_li = 1, a sum over the T_i rows that hold i, of
entries +-1. By Cauchy-Schwarz 1 <= T_i ||a||^2 = T_i [(X'X)^+]_ii.

Source. Ours, classical in its parts. `gauss-markov` says that no other linear unbiased estimate
does better.
"""

from __future__ import annotations

from sympy import Integer, Symbol

from theorems.statement import Kind, Origin, Statement

STATEMENT = Statement(
    id="feature-variance",
    title="Variance of an identified coefficient",
    origin=Origin.DERIVED,
    kind=Kind.LOWER,
    quantity="least T_i Var(beta_hat_i)/sigma^2 over the identified features",
    symbol=Symbol("min_T_Var"),
    text=__doc__,
    lower=Integer(1),
    observable="variance_times_appearances",
    tests_solver=True,
)
