"""The noiseless loss of a single draw from above, by the variance of what seen features lose.

Statement. Let sigma = 0, p non-increasing, b_i = max_{j >= i} beta_j^2 (beta_i^2 itself where
coefficients fall with frequencies), a_i = p_i b_i, Q = I - P, and for m rows D_i(m) = E Q_ii,
e_i(m) = D_i(m) - (1-p_i)^m. For all 0 < N < n, 0 < eta < 1, r > 0, with probability at least
1 - eta

    L <= sum_i a_i D_i(N) + sum_i a_i^2 (1-p_i)^N e^(a_i/r)/(2r) + r ln(10/eta)
         + sqrt((10/(9 eta) - 1) v),

    v = n/(n-N) sum_i a_i^2 e_i(N) + 2 D/(1+D) n sum_i a_i^2 p_i (1-p_i)^N
        + n (sum_i a_i p_i (1-p_i)^N)^2 + 2 b_1 sum_i p_i a_i e_i(n),    D = sum_i p_i D_i(N).

D_i may be replaced by U_i of `cavity_recursion`. Evaluated is the least value over some N.

Proof. (1) Signs. Flipping the signs of columns leaves the law of X unchanged, and takes Q to FQF,
F = diag(f). So L has the law of f'Af, A = BQDQB, B = diag(beta), D = diag(p), with fair signs f
that are independent of X. Given X its mean is tr A = sum_ij p_i beta_j^2 Q_ij^2, and its variance
2 sum_{i != j} A_ij^2. The row and the column of an unseen feature are those of I in Q; with Q_s
that of the seen ones, the variance is at most 2 tr((B Q_s D Q_s B)^2) =
2 sum_ij p_i p_j (Q_s B^2 Q_s)_ij^2 <= 2 sum_i p_i^2 [(Q_s B^2 Q_s)^2]_ii, for 2 p_i p_j <=
p_i^2 + p_j^2, and (Q_s B^2 Q_s)^2 <= b_1 Q_s B^2 Q_s: at most
2 b_1 sum_ij p_i^2 b_j (Q_s)_ij^2.
   (2) Order. p and b fall together, so p_i b_j + p_j b_i <= p_i b_i + p_j b_j, and the same with
p^2. As Q is symmetric and Q^2 = Q: tr A <= Lambda = sum_i a_i Q_ii in every draw, and the variance
is at most 2 b_1 sum_{i seen} p_i a_i Q_ii, of mean 2 b_1 sum_i p_i a_i e_i(n).
   (3) Fewer rows. Q_ii falls as a row is added. So Lambda <= Lambda(m) = Z(m) + W(m), that of the
first m rows, Z over the features unseen in them, W = sum_i a_i Q_ii 1{T_i >= 1}. Then
L <= Z(m) + W(m) + C, C = f'Af - tr A of mean 0 given X, so that Var(W + C) = Var W + E Var(C | X).
   (4) Efron and Stein: Var W <= sum_l E (W - W_-l)^2, W_-l without row l. Let Q_-l = Q + v v',
v a unit vector, or 0, in the row space. A feature that row l alone holds (l's own) is unseen
without it, others are seen or not in both, and v is 0 on those: W_-l - W = G - H,
G = sum_{i not l's own} a_i v_i^2, H = sum_{i l's own} a_i Q_ii, both >= 0, so that
(G - H)^2 <= G^2 + H^2. sum_i v_i^2 <= 1, so G^2 <= sum_{i not l's own} a_i^2 v_i^2. For an own i
v_i^2 = 1 - Q_ii. Summed over l the mean of v_i^2 is m (D_i(m-1) - D_i(m)) =
m (e_i(m-1) - e_i(m)) + P(T_i = 1), so with o_i = E[Q_ii 1{T_i = 1}]

    sum_l E G^2 <= sum_i a_i^2 g_i(m),    g_i(m) = m (e_i(m-1) - e_i(m)) + o_i(m) >= 0,
    sum_l E H^2 <= sum_i a_i^2 o_i(m) + m (sum_i a_i p_i (1-p_i)^(m-1))^2,

as Q_ii <= 1 and two features are both own to a row with probability p_i p_j ((1-p_i)(1-p_j))^(m-1).
Given T_i = 1, Q_ii = x/(1+x) with E x = sum_{j != i} p_j E(Q_O)_jj, O the other rows without
column i, at most D(m-1) = sum_j p_j D_j(m-1), as a deleted column lowers the others; x/(1+x) is
concave: o_i(m) <= m p_i (1-p_i)^(m-1) D(m-1)/(1 + D(m-1)), and D falls with m.
   (5) A good m. Of the h = n - N numbers m = N+1, ..., n one has sum_i a_i^2 g_i(m) no larger than
their mean. g_i >= 0, hence g_i(m) <= (n/m) g_i(m), and their mean is at most
(n/h) [e_i(N) - e_i(n)] + (n/h) sum_m o_i(m)/m <= (n/h) e_i(N) + n p_i (1-p_i)^N D/(1+D).
With (4) Var W + E Var(C | X) <= v at that m.
   (6) By Cantelli's inequality W + C exceeds its mean by sqrt((10/(9 eta) - 1) v) with probability
at most 9 eta/10. Z is a sum of independent a_i 1{i unseen}; as in `noiseless-loss-concentration` it
exceeds its mean by sum_i a_i^2 (1-p_i)^m e^(a_i/r)/(2r) + r ln(10/eta) with probability at most
eta/10. The two means are sum_i a_i D_i(m) <= sum_i a_i D_i(N).

It is evaluated at r = max{sqrt(sum_i a_i^2 (1-p_i)^N/(2 ln(10/eta))), 2 b_1/N}.

Source. Ours; the inequality for variances is Efron's and Stein's (1981).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from theorems.errors import InputError
from theorems.evolution.cavity_inputs import check_frequencies, check_squares
from theorems.evolution.cavity_noise import SAFETY, NoiseSides
from theorems.evolution.cavity_recursion import CavityRecursion
from theorems.evolution.cavity_sums import product, unseen

Array = NDArray[np.float64]

SHARES = (0.99, 0.98, 0.96, 0.93, 0.9, 0.86, 0.8, 0.7, 0.6, 0.5)
"""Of the rows that are tried for N, falling; the search ends where the bound rises."""


def _at(
    recursion: CavityRecursion,
    row: int,
    p: Array,
    a: Array,
    square: Array,
    failure: float,
    signs: float,
) -> float:
    """The bound over b_1 at N = recursion.rows[row].

    Args:
        recursion: at no penalty.
        row: index of N on its grid, 0 < N < n.
        p: frequencies, shape (d,).
        a: over b_1, shape (d,).
        square: a^2, shape (d,).
        failure: eta.
        signs: the last term of v, over b_1^2.
    """
    n, N = recursion.n, int(recursion.rows[row])
    below, above = unseen(p, N)
    mean = product(a, above) + recursion.remainder(a, below, row)
    once = product(p, above) + recursion.remainder(p, below, row)
    spread = square * above
    variance = (
        n / (n - N) * recursion.remainder(square, below, row)
        + 2 * once / (1 + once) * n * product(spread, p)
        + n * product(a * p, above) ** 2
        + signs
    )
    logarithm = math.log(10 / failure)
    r = max(math.sqrt(float(spread.sum()) / (2 * logarithm)), 2 / N)
    # a/r <= p N/2: where it is beyond 700, (1-p)^N is 0 in doubles, and so is its product.
    tilted = product(spread, np.exp(np.minimum(a / r, 700.0))) / (2 * r)
    return mean + tilted + r * logarithm + math.sqrt((10 / (9 * failure) - 1) * variance)


def loss_of_a_draw(
    p: Array, beta_squared: Array, n: int, failure: float, *, sides: NoiseSides | None = None
) -> float:
    """The upper side of the statement, rounded outward; infinite where n = 1.

    Args:
        p: frequencies in [0, 1], non-increasing, shape (d,).
        beta_squared: squared coefficients, non-negative and finite, shape (d,).
        n: samples, at least 1.
        failure: eta, the probability with which the bound may fail, above 0 and below 1.
        sides: of the same frequencies, whose recursion is taken.

    Raises:
        InputError: for arrays or numbers that are none of these.
    """
    check_frequencies(p, n)
    check_squares(beta_squared, p)
    if not 0 < failure < 1:
        raise InputError("failure", failure, "must be above 0 and below 1")
    held = int(np.searchsorted(-p, 0.0))
    if not held or not beta_squared[:held].any():
        return 0.0
    recursion = (sides or NoiseSides(p, n)).recursion(0.0)
    p = p[:held]
    # Relative to the largest: the bound is linear in them, squares of small ones would underflow.
    largest = float(beta_squared[:held].max())
    squares = np.maximum.accumulate(beta_squared[:held][::-1])[::-1] / largest
    a = p * squares
    square = a * a
    signs = 2 * recursion.remainder(p * a, unseen(p, n)[0])
    best = math.inf
    for share in SHARES:
        row = int(np.searchsorted(recursion.rows, share * n, side="right")) - 1
        if row == recursion.rows.size - 1 or not recursion.rows[row]:
            continue
        found = _at(recursion, row, p, a, square, failure, signs)
        if found > best:
            break
        best = found
    return largest * best * (1 + SAFETY)
