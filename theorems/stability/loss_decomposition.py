"""The exact price of a training residual.

Statement. For any beta_hat, however found, let r = y - X beta_hat be its residual, xi the label
noise, X_s the seen columns, D_s the diagonal of their frequencies and Delta = beta_hat - beta*.
Then

    L = sum_{i unseen} p_i Delta_i^2 + (r - xi)'(X_s D_s^-1 X_s')^+ (r - xi)
        + ||D_s^(1/2) Delta_perp||^2,

Delta_perp = Delta_s - D_s^-1 X_s'(X_s D_s^-1 X_s')^+ (xi - r), for which X_s Delta_perp = 0. The
second term is the price of the residual. It is at least sum_l (r_l - xi_l)^2/(sum_{j in sample l}
T_j/p_j). Averaged over the signs of beta*, the first is at least the missing mass for every
learner, so E L >= M + E price: what is not fitted is paid for at the rate of the frequencies of
what would explain it. The minimum-norm solution without noise has price 0; with noise, fitting xi
costs the same form, and that is when memorizing hurts.

Proof. X_s Delta_s = X beta_hat - X beta* = (y - r) - (y - xi) = xi - r. Among the vectors v with
X_s v = xi - r, D_s^-1 X_s'(X_s D_s^-1 X_s')^+ (xi - r) has the least norm v'D_s v, its square
being the price; the difference of Delta_s to it, in the kernel of X_s, is orthogonal to it in
that inner product. Pythagoras. The simple form: for one column x_j, x_j x_j' <= T_j diag(x_j^2)
by Cauchy-Schwarz over its T_j rows; so X_s D_s^-1 X_s' <= W = diag(sum_{j in l} T_j/p_j), and for
u in its range u'(X_s D_s^-1 X_s')^+ u = sup_v 2u'v - v'X_s D_s^-1 X_s'v >= sup_v 2u'v - v'Wv =
u'W^-1 u (an empty sample has u_l = 0 and counts 0). The missing mass: beta_hat and the sign of an
unseen beta*_i are independent, so E Delta_i^2 >= beta_i^2.

Checked: the largest difference of the two sides, over L, for ridge, for few steps of gradient
descent, for beta_hat = 0 and for the minimum-norm solution of noisy labels; and that the simple
form is no larger than the price.

Source. Ours.
"""

from __future__ import annotations

from sympy import Integer, Symbol

from theorems.statement import Kind, Origin, Statement

STATEMENT = Statement(
    id="loss-decomposition",
    title="The exact price of a residual",
    origin=Origin.DERIVED,
    kind=Kind.IDENTITY,
    quantity="loss less its three parts, over the loss, largest of four predictors",
    symbol=Symbol("decomposition_difference"),
    text=__doc__,
    value=Integer(0),
    observable="decomposition_difference",
    tests_solver=True,
)
