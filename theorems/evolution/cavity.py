"""The noiseless loss between two sides, without k: for any frequencies and coefficients.

Statement. For sigma = 0, n rows, any p and beta, and U_i of `cavity_recursion`,

    M + S <= E L <= M + sum_i gamma_i (U_i(n) - (1-p_i)^n),

M = sum_i p_i beta_i^2 (1-p_i)^n the missing mass, S of `cavity_lower`, and gamma any numbers with
p_i beta_j^2 + p_j beta_i^2 <= gamma_i + gamma_j for all i and j, for instance

 - gamma_i = p_i max_{j >= i} beta_j^2, p non-increasing: p_i beta_i^2 itself where coefficients
   fall with frequencies, and then the upper side is sum_i p_i beta_i^2 U_i(n);
 - gamma_i = beta_i^2 max{p_j : beta_j^2 <= beta_i^2}: better where a few rare features have
   large coefficients.

Proof of the upper side. Let M_ij = E (I-P)_ij^2, symmetric, with row sums D_i = E (I-P)_ii. By
`flip-identity` E L = sum_ij p_i M_ij beta_j^2. An unseen feature i has (I-P)_ij = 1{i = j}, which
contributes M, and takes (1-p_i)^n from M_ii and from the row sum. For the rest M', of row sums
D_i - (1-p_i)^n, by symmetry sum_ij p_i M'_ij beta_j^2 =
sum_ij M'_ij (p_i beta_j^2 + p_j beta_i^2)/2 <= sum_ij M'_ij (gamma_i + gamma_j)/2 =
sum_i gamma_i (D_i - (1-p_i)^n). For the first gamma let B_i be its maximum, B_i >= beta_i^2:
p_i beta_j^2 + p_j beta_i^2 <= p_i B_j + p_j B_i <= p_i B_i + p_j B_j, as p and B fall together. The
second is the same with the roles of p and beta^2 exchanged.

Second order. Let beta = 1, p_i = min(1, c i^-alpha) for all i >= 1, alpha > 1. Then
(E L - M)/M^2 -> (1 - 1/alpha)/2 as n -> infinity. Write M(m) for the missing mass at m rows,
R(m) = sum_j p_j (D_j(m) - (1-p_j)^m), and E L = M(n) + R(n).
   Lower half. K/(K+1) >= K/2 - K(K-1)/6 for every integer K >= 0, and E K(K-1) <= (E K)^2, so
S >= sum_i p_i n h_i (kappa_i/2 - kappa_i^2/6), kappa_i = sum_{j != i} h_j = M(n-1) - h_i,
h_i <= 1/n. By regular variation M(n-1) ~ M(n), and n sum_i p_i h_i ~ (1 - 1/alpha) M(n).
   Upper half. Condition on T_i.
   T_i = 1: by the bound of `cavity_recursion` and K/(K+1) <= K/2,
E[(I-P)_ii | T_i = 1] <= M(n-1)/2 + R(n-1).
   2 <= T_i = T <= n/2: in the proof there let O be the rows without i, A the features unseen in O,
N_l = K_l + y_l, K_l = |S_l cut A|, E y_l <= R(n-T). If at least T/3 of the rows have K_l = 0, give
these equal weights: the bound is at most (9/T^2) sum_l y_l, of mean at most 9 R(n-T)/T. Otherwise
at least max(2, 2T/3) rows have K_l >= 1; given A they are independent, each of chance at most
kappa = sum_{j in A} p_j, so this has chance at most 2^T E min(1, kappa)^max(2, 2T/3). Off the
event kappa > 1/64 that is at most 2^T 64^(2 - max(2, 2T/3)) E kappa^2 <= C 2^-T E kappa^2, and
E kappa^2 <= M(n-T)^2 + sum_j p_j^2 (1-p_j)^(n-T) = M(n-T)^2 + O(M(n)/n) = O(M(n)^2), since
n M(n) -> infinity. By Bernstein's inequality (terms with p_j > n^(-1/2) are unseen with chance
exp(-n^(1/2)/2) in all, the others are bounded by n^(-1/2)) P(kappa > 1/64) falls faster than any
power of n.
   Features with p_i > 1/4 (finitely many, T_i > n/2 possible): use the first n/2 rows as O, all
companions included, and T ~ Bin(n/2, p_i) of the others, as in the split: the same bounds.
   For other i, P(T_i > n/2) is exponentially small. Sum: sum_i p_i E[1{T_i>=2}/T_i] = O(M(n))
and sum_i p_i P(T_i >= 2) 2^-T_i = O(M(n)) by regular variation, so with
r = max of R(m), n/2 - 1 <= m < n,

    R(n) <= n sum_i p_i^2 (1-p_i)^(n-1) (M(n-1)/2 + R(n-1)) + C M(n) r + C M(n)^3 + o(M(n)^3)
         <= (1 - 1/alpha + o(1)) M(n)^2/2 + C' M(n) r.

Since M(m) <= C'' M(n) for such m and M(n) -> 0, R/M^2 is bounded by induction on n; then the
last term is O(M(n)^3), which is the upper half.

Source. Ours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from theorems.evolution.cavity_inputs import check_frequencies, check_squares
from theorems.evolution.cavity_lower import seen_share
from theorems.evolution.cavity_noise import NoiseSides
from theorems.evolution.cavity_recursion import Accuracy, CavityRecursion
from theorems.evolution.cavity_sums import UNIT, first_rise, product, unseen

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class NoiselessBracket:
    """Two proved sides of the noiseless loss, rounded outward.

    Attributes:
        lower, upper: of E L.
        missing_mass: M, to rounding.
        rows: numbers of rows m of the recursion, from 0 to n, shape (grid,).
        frequencies: p at the lower ends of its classes, falling, shape (classes,).
        bound: U at those frequencies and at all larger ones of the class, shape (grid, classes).
        given_appearances: bound on E[1 - P_ii | T_i = T], T = 0, 1, ..., at n rows.
    """

    lower: float
    upper: float
    missing_mass: float
    rows: NDArray[np.int64]
    frequencies: Array
    bound: Array
    given_appearances: Array


def _weights(p: Array, beta_squared: Array) -> tuple[Array, ...]:
    """The numbers gamma of the statement, each of shape (d,)."""
    if first_rise(beta_squared) < 0:
        return (p * beta_squared,)
    above = np.maximum.accumulate(beta_squared[::-1])[::-1]
    order = np.argsort(beta_squared, kind="stable")
    more_frequent = np.empty_like(p)
    more_frequent[order] = np.maximum.accumulate(p[order])
    return p * above, beta_squared * more_frequent


def noiseless_bracket(
    p: Array,
    beta_squared: Array,
    n: int,
    accuracy: Accuracy | None = None,
    *,
    sides: NoiseSides | None = None,
) -> NoiselessBracket:
    """Evaluate both sides.

    Args:
        p: frequencies in [0, 1], non-increasing, shape (d,).
        beta_squared: squared coefficients, non-negative and finite, shape (d,).
        n: samples, at least 1.
        accuracy: of the grids of the recursion.
        sides: of the same frequencies, whose recursion is taken.

    Raises:
        InputError: for arrays or numbers that are none of these.
    """
    check_frequencies(p, n)
    check_squares(beta_squared, p)
    held = int(np.searchsorted(-p, 0.0))
    p, beta_squared = p[:held], beta_squared[:held]
    if not held:
        nothing = np.zeros(0)
        return NoiselessBracket(
            0.0, 0.0, 0.0, np.array([0, n]), nothing, np.ones((2, 0)), np.ones(1)
        )
    below, above = unseen(p, n)
    energy = p * beta_squared
    least, most = product(energy, below), product(energy, above)
    summation = 1 + UNIT * (4 * held + 16)
    recursion = (
        sides.recursion(0.0) if sides is not None else CavityRecursion(p, n, accuracy=accuracy)
    )
    rest = min(recursion.remainder(gamma, below) for gamma in _weights(p, beta_squared))
    return NoiselessBracket(
        lower=(least + seen_share(p, beta_squared, n)) / summation,
        upper=(most + rest) * summation,
        missing_mass=(least + most) / 2,
        rows=recursion.rows,
        frequencies=recursion.classes.lowest,
        bound=recursion.bound,
        given_appearances=recursion.seen[-1],
    )
