"""The variance factor to all orders, by belief propagation on the sparse design.

Statement. A row that holds feature i estimates it with precision Y = 1/(1 + S), where S is
the sum, over the row's other features j, of v_j = 1/(sum of T'_j independent copies of Y),
T'_j ~ Poisson(n p_j) being the appearances of j elsewhere, infinite where that sum is 0. With
the law of Y that solves this recursion (started at Y = 1) and kappa_i the sum of
T_i ~ Bin(n, p_i) copies of Y, on the identifiable features

    V = sum_i p_i E[1{kappa_i > 0}/kappa_i].

Proof. (Heuristic.) Where the graph of rows and features is a tree, eliminating the other
features of a row leaves it as an estimate of feature i with variance 1 + S, and independent
estimates add their precisions; a random sparse graph is locally a tree. P(Y > 0) solves the
equation for w of `recovered-fraction`, with the sum over every i: common features are not
assumed to be identified. The recursion is solved in Laplace space, without binning; see
`theorems.evolution.recursion`. The finite design differs by a relative
O(1/(n E Y)): with n E Y the number of rows that still tell something, at least 20 of them are
asked for. The lower side is that of `noisy-loss`, which is proved.

Source. Ours.
"""

from __future__ import annotations

from sympy import Symbol

from theorems.conditions import INFORMATIVE_ROWS, TAIL_IS_RANDOM
from theorems.model import evolution, plain_variance
from theorems.noisy.noisy_loss import LEAST_VARIANCE
from theorems.statement import Comparison, Kind, Origin, Statement

STATEMENT = Statement(
    id="variance-evolution",
    title="Variance factor by belief propagation",
    origin=Origin.PREDICTED,
    kind=Kind.PREDICTION,
    quantity="variance factor of the identified features, sum over R of p_i [(X'X)^+]_ii",
    symbol=Symbol("V_R"),
    text=__doc__,
    lower=LEAST_VARIANCE,
    value=evolution("variance_factor"),
    observable="variance_factor_identified",
    hypotheses=(TAIL_IS_RANDOM, INFORMATIVE_ROWS),
    comparisons=(
        Comparison(
            "first-order",
            "first order, V_0",
            plain_variance,
            "too small where features share rows",
        ),
    ),
    uses=(
        "recovered-fraction",
        "noisy-loss",
    ),
)
