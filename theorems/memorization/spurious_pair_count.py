"""How many pairs of features occur only together, once.

Statement. The expected number of unordered pairs {i, j} that both appear once, in the same
row, is (n/2) [(sum_i a_i)^2 - sum_i a_i^2] with a_i = p_i (1-p_i)^(n-1).

Proof. A given row holds i and no other does with probability p_i (1-p_i)^(n-1) = a_i, and columns
are independent: a_i a_j for the pair, n rows, disjoint events. Sum over i < j.

Source. Ours. Such pairs are where memorization does not compose, `spurious-pair`.
"""

from __future__ import annotations

from sympy import Sum, Symbol

from theorems.model import d, i, n, p
from theorems.statement import Kind, Origin, Statement

ONCE_HERE = p[i] * (1 - p[i]) ** (n - 1)

STATEMENT = Statement(
    id="spurious-pair-count",
    title="Number of pairs seen only together",
    origin=Origin.DERIVED,
    kind=Kind.IDENTITY,
    quantity="expected number of pairs of features that appear once each, in the same sample",
    symbol=Symbol("E_pairs"),
    text=__doc__,
    value=n * (Sum(ONCE_HERE, (i, 1, d)) ** 2 - Sum(ONCE_HERE**2, (i, 1, d))) / 2,
    observable="pairs_seen_together_once",
)
