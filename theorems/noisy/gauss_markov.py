"""On what it recovers, the memorizing solution is the best linear unbiased estimate.

Statement. For i in R no linear estimate that is unbiased for every beta* has a variance below
that of beta_hat_i. It is set beside the estimate that a careful statistician might prefer,
which trusts rows without tail features for the common coefficients, and then reads each tail
feature off one row in which it is alone: in every draw its variance over ours is at least 1,
for each feature.

Proof. (Gauss-Markov.) a'y is unbiased for every beta* iff X'a = e_i; such an a exists iff i in
R. The solutions are a_0 + ker X', with a_0 = X^+' e_i in the column space of X, orthogonal to
ker X'. So ||a||^2 = ||a_0||^2 + ||a - a_0||^2, and the variance sigma^2 ||a||^2 is least at
a_0, where a_0'y = e_i'X^+ y = beta_hat_i.
   The competitor: where the n_0 tail-free rows X_0 have column rank k, X_0^+ y_0 is unbiased on
the common features, of variance diag (X_0'X_0)^-1. If i > k is alone in row l with common part
z, then x_li (y_l - z' X_0^+ y_0) is unbiased, of variance 1 + z' (X_0'X_0)^-1 z.

Source. Gauss-Markov theorem; the comparison is ours.
"""

from __future__ import annotations

from sympy import Integer, Symbol

from theorems.statement import Kind, Origin, Statement

STATEMENT = Statement(
    id="gauss-markov",
    title="The memorizing solution is the best linear unbiased estimate",
    origin=Origin.DERIVED,
    kind=Kind.LOWER,
    quantity="least variance of the estimate from tail-free rows over that of beta_hat",
    symbol=Symbol("min_Var_ratio"),
    text=__doc__,
    lower=Integer(1),
    observable="competitor_variance_ratio",
    tests_solver=True,
)
