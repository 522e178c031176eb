"""The common features are identified by the tail-free samples.

Statement. P([k] not in R) <= pi_k, where

    pi_k = (1/2) E_{m ~ Bin(n, (2/3)(1-q_k))} [ prod_{i<=k} (1 + 2 (1 - 3 p_i/2)^m) - 1 ].

Proof. If the tail-free rows, cut to the first k columns, have column rank k, then e_i lies
in the row space for every i <= k, for these rows vanish elsewhere. An integer matrix has
over Q at least the rank that it has over GF(3). If the rank over GF(3) is below k, some
v != 0 in GF(3)^k has <x, v> = 0 mod 3 for every tail-free row x, and -v with it: the
number of such v is at least 2. So, by Markov's inequality, the probability is at most half
their expected number.
   Fix v with support S. In a row, each v_i x_i is 0 with probability 1 - p_i and uniform on
{1, -1} otherwise; its character at a cube root of unity is 1 - p_i + p_i cos(2 pi/3) =
1 - 3 p_i/2, so P(<x, v> = 0 mod 3) = 1/3 + (2/3) r_S, r_S = prod_{i in S} (1 - 3 p_i/2).
A row with a tail feature constrains nothing, so all n independent rows allow v with
probability (q_k + (1 - q_k)(1/3 + (2/3) r_S))^n = (1 - Q + Q r_S)^n with
Q = (2/3)(1 - q_k), which is E r_S^m for m ~ Bin(n, Q). There are 2^|S| vectors of support
S; summing 2^|S| r_S^m over the non-empty S gives prod_{i<=k} (1 + 2 (1 - 3 p_i/2)^m) - 1.

Source. Ours; it makes "enough samples to determine beta_{<=k}" (Lemma 6) explicit. Matrix
Chernoff (Tropp 2012, Theorem 1.1) on the same rows gives
k e^(-n (1-q_k) p_k/k): the smallest eigenvalue of the mean is n (1-q_k) p_k, the largest
possible one of a row is its squared norm, at most k. It needs n p_k of order k ln k.
"""

from __future__ import annotations

from sympy import Integer, Symbol, exp

from theorems.model import k, n, p, pi_k, tail_free
from theorems.paper import Item, sharpens
from theorems.statement import Comparison, Kind, Origin, Statement
from theorems.trust import Step

STATEMENT = Statement(
    id="common-identified",
    title="Common features are identified",
    origin=Origin.DERIVED,
    kind=Kind.UPPER,
    quantity="probability that some common feature is not identified",
    symbol=Symbol("P_unidentified"),
    text=__doc__,
    upper=pi_k,
    observable="common_not_identified",
    trivial_upper=Integer(1),
    comparisons=(
        Comparison(
            "matrix-chernoff",
            "matrix Chernoff (Tropp 2012)",
            k * exp(-n * tail_free * p[k] / k),
            "vacuous above 1: concentration needs n p_k of order k ln k",
        ),
    ),
    paper=sharpens(Item.LEMMA_6),
    steps=(
        Step(
            "full rank over GF(3) is full rank over the rationals",
            "rank_modulo_three.v",
            "trivial_kernel_lifts",
        ),
        Step(
            "tail-free samples that allow no v but 0 identify the common features",
            "common_identified.v",
            "identified_by_tail_free_samples",
        ),
        Step(
            "a sample allows v with probability 1 - Q + Q r_S, by characters",
            "common_identified.v",
            "allowed_probability",
        ),
        Step(
            "samples are independent: the n-th power",
            "finite_model.v",
            "probability_every_sample",
        ),
        Step(
            "the sum of 2^|S| r_S^m over supports is the product over features",
            "common_identified.v",
            "sum_over_supported",
        ),
        Step(
            "the expected number of v is 2 pi_k",
            "common_identified.v",
            "expected_number_of_vectors",
        ),
        Step(
            "v and -v count twice: P([k] not in R) <= pi_k",
            "common_identified.v",
            "common_identified",
        ),
    ),
)
