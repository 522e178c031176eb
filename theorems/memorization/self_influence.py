"""How much each sample is memorized, without retraining.

Statement. Let K = XX', H = KK^+ and r = y - X X^+ y. The residual of sample l at the
minimum-norm solution fitted without it is

    [K^+ y]_l/[K^+]_ll  where H_ll = 1,    r_l/(1 - H_ll)  elsewhere,

for every sample at once from one factorization. Less r_l it is the memorization score of Feldman
and Zhang for a real label: how far the prediction at the sample moves when the sample is left
out. Checked: formula less retraining is 0.

Proof. Write x for row l as a column, A for the other rows, g for their labels, a = A^+ g.
   H_ll = 1 means e_l in the column space of X, that is: x is not a combination of the other rows.
With P_A the projector on their row space, v = x - P_A x is not 0, Av = 0 and x'v = ||v||^2. So
X v/||v||^2 = e_l, and v lies in the row space of X: v/||v||^2 = X^+ e_l. For the same reasons
a + (y_l - x'a) v/||v||^2 has the residuals of a at the other rows, 0 at row l, and lies in the
row space: it is beta_hat. As v'a = 0, v'beta_hat = y_l - x'a. Now K^+ = X^+' X^+, so
[K^+]_ll = ||X^+ e_l||^2 = 1/||v||^2 and [K^+ y]_l = (X^+ e_l)'beta_hat = (y_l - x'a)/||v||^2,
whose quotient is y_l - x'a.
   H_ll < 1 means x in the row space of A. Restricted to that space A'A is invertible, with
inverse C, a = C A'g, and Sherman-Morrison for A'A + xx' gives
beta_hat = a + C x (y_l - x'a)/(1 + x'Cx). Hence r_l = (y_l - x'a)/(1 + x'Cx), and
H_ll = x'(A'A + xx')^-1 x = x'Cx/(1 + x'Cx), so that 1 - H_ll = 1/(1 + x'Cx).

Source. Classical for full rank (PRESS); the rank-deficient form is ours. Feldman and Zhang 2020
define the score and estimate it by retraining.
"""

from __future__ import annotations

from sympy import Integer, Symbol

from theorems.statement import Kind, Origin, Statement

STATEMENT = Statement(
    id="self-influence",
    title="Memorization of every sample, without retraining",
    origin=Origin.DERIVED,
    kind=Kind.IDENTITY,
    quantity="leave-one-out residual by the formula less that of retraining, largest",
    symbol=Symbol("loo_difference"),
    text=__doc__,
    value=Integer(0),
    observable="leave_one_out_difference",
    tests_solver=True,
)
