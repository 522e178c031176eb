"""The lower side of the noiseless loss beyond the missing mass: seen features that share rows.

Statement. E L >= M + S, M = sum_i p_i beta_i^2 (1-p_i)^n, S = S_1 + S_2. S_2 is the share of
features with T_i >= 2, from `cavity_tree`; S_1, that of features with T_i = 1, the largest of that
of `cavity_tree` and these two. With h_i = p_i (1-p_i)^(n-1), S_1 is for coefficients

 - ordered: n sum_i h_i p_i { b_i^2 E[(K_i/(K_i+1))^2] + sum_{j != i} h_j b_j^2 E (K_ij+2)^-2 },
   K_i and K_ij the sums of independent Bern(h_l) over l != i and l not in {i, j}, and b_i^2 the
   smallest beta_j^2, j <= i (beta_i^2 itself where coefficients fall with frequency; then,
   for beta = 1, the bracket has mean E[K_i/(K_i+1)]);
 - any: n sum_{i != j} h_i h_j p_i beta_i^2 beta_j^2/(beta_i^2 + beta_j^2 + q),
   q = sum_l h_l beta_l^2.

Proof. Unseen features contribute M. Let G be the features private to row l (in it and in
no other row), g = |G| >= 1, x their entries. A vector v on G with x'v = 0 has X v = 0, so I-P is
the identity on the orthogonal complement of x in R^G, and on G it is I - t x x' for some t,
0 <= t <= 1/g. Signs of columns do not change t, so by `flip-identity` given supports, and with
entries outside G left out, sum_{i in G} p_i E Delta_i^2 is at least

    sum_{i in G} p_i [(1-t)^2 beta_i^2 + t^2 (Q - beta_i^2)] = A - 2 t A + t^2 p_G Q,

A = sum_G p_i beta_i^2, Q = sum_G beta_i^2, p_G = sum_G p_i.
   Any: minimize each bracket over all t: beta_i^2 (Q - beta_i^2)/Q = sum_j beta_i^2 beta_j^2/Q over
j in G, j != i. Membership of G is independent, given i and j in G: E 1/Q >= 1/E Q.
   Ordered: Delta's second moments grow with each beta_j^2 (`flip-identity`), so take b for beta.
As p and b^2 fall together, A >= p_G Q/g by Chebyshev's sum inequality: the quadratic falls up to
t = A/(p_G Q) >= 1/g, so it is least at t = 1/g: A (1 - 2/g) + p_G Q/g^2. Each i is in G with
chance h_i for each of n rows, and then the others are, independently, with chance h_j.

Rounding. (K/(K+1))^2 is increasing and concave on the integers: taking all l for l != i costs at
most h_i/4, its largest increment, and a Poisson law of the same mean lowers its mean. (K+2)^-2 is
decreasing and convex: all l, and the concentrated law of `cavity_classes`, lower its mean. For
`any`, beta^2 is rounded up to a power of 2^(1/8) in the denominator.

Source. Ours.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from theorems.evolution.cavity_classes import concentrated_sum
from theorems.evolution.cavity_sums import (
    UNIT,
    energy_classes,
    first_rise,
    ordered_sums,
    product,
    unseen,
)
from theorems.evolution.cavity_tree import Trees, TreeSums

Array = NDArray[np.float64]

STEPS_PER_OCTAVE = 8
"""Of the classes of coefficients in the denominators."""

OCTAVES = 48
"""Squared coefficients that many below the largest are left out of the side for any of them."""


def _poisson_square_share(mean: float) -> float:
    """E (K/(K+1))^2 for K ~ Poisson(mean), rounded down; large means are capped."""
    mean = min(mean, 400.0)
    term, total = math.exp(-mean), 0.0
    for k in range(1, 2000):
        term *= mean / k
        total += term * (k / (k + 1)) ** 2
    return total * (1 - UNIT * (8000 + 2 * mean))


def _ordered(p: Array, energy: Array, h: Array, n: int) -> float:
    mass = float(h.sum())
    share = _poisson_square_share(mass * (1 - 4 * h.size * UNIT))
    first, seen, weight, same = ordered_sums(p, energy, h, share)
    law, _ = concentrated_sum(mass * (1 + 4 * h.size * UNIT), float(h.max()) * (1 + 16 * UNIT))
    convex = float(law @ (np.arange(law.size) + 2.0) ** -2)
    error = 1 - UNIT * (8 * h.size + 4 * law.size**2 + 64)
    # A feature and itself: subtracted, rounded up.
    pairs = seen * weight * error - same / error
    return n * (first + convex * max(0.0, pairs)) * error**2


def _any(p: Array, energy: Array, h: Array, n: int) -> float:
    scale = float(energy.max())
    if not scale > 0:
        return 0.0
    energy = energy / scale
    error = 1 - UNIT * (8 * h.size + 8 * STEPS_PER_OCTAVE * OCTAVES + 64)
    expected = product(h, energy) / error
    # By 1e-9 larger than the label says: what the logarithm may have rounded.
    top = np.exp2(np.arange(OCTAVES * STEPS_PER_OCTAVE + 1) / STEPS_PER_OCTAVE - OCTAVES)
    top *= 1 + 1e-9
    first, second = np.zeros((2, top.size))
    same = energy_classes(
        p, energy, h, STEPS_PER_OCTAVE, OCTAVES, expected * error**2, first, second
    )
    both = float(first @ (1 / (top[:, None] + top[None, :] + expected)) @ second) * error
    return n * scale * max(0.0, both - same / error) * error**2


def seen_share(p: Array, beta_squared: Array, n: int) -> float:
    """S, rounded down: what seen features add to the missing mass.

    Args:
        p: frequencies in (0, 1], non-increasing, shape (d,).
        beta_squared: squared coefficients, shape (d,).
        n: rows, at least 1.
    """
    h = p * unseen(p, n - 1)[0] if n > 1 else p
    # A chance rounded down is that of a thinned set of features, for which the proof holds too.
    if not h.max() > 0:
        return 0.0
    falls = first_rise(beta_squared) < 0
    smallest = beta_squared if falls else np.minimum.accumulate(beta_squared)
    once = max(_ordered(p, smallest, h, n), _any(p, beta_squared, h, n))
    if not beta_squared.max() > 0:
        return 0.0
    trees = Trees(TreeSums(p, beta_squared, n)).sums()
    return max(once, float(trees[1])) + float(trees[2:].sum())
