"""How many pairs of features occur only together, once.

Statement. The expected number of unordered pairs {i, j} that both appear once, in the same
row, is (n/2) [(sum_i h_i)^2 - sum_i h_i^2] with h_i = p_i (1-p_i)^(n-1).

Proof. A given row holds i and no other does with probability p_i (1-p_i)^(n-1) = h_i, and columns
are independent: h_i h_j for the pair, n rows, disjoint events. Sum over i < j. It is evaluated as
(n/2) sum_i h_i (sum_j h_j - h_i), which does not cancel to a negative number where one feature
alone can be seen once.

Source. Ours. Such pairs are where memorization does not compose, `spurious-pair`.
"""

from __future__ import annotations

from sympy import Integer, Max, Sum, Symbol

from theorems.model import d, h, i, n, once_total
from theorems.statement import Kind, Origin, Statement

STATEMENT = Statement(
    id="spurious-pair-count",
    title="Number of pairs seen only together",
    origin=Origin.DERIVED,
    kind=Kind.IDENTITY,
    quantity="expected number of pairs of features that appear once each, in the same sample",
    symbol=Symbol("E_pairs"),
    text=__doc__,
    value=n * Sum(h[i] * Max(Integer(0), once_total - h[i]), (i, 1, d)) / 2,
    observable="pairs_seen_together_once",
)
