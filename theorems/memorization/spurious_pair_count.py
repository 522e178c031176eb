"""How many pairs of features occur only together, once.

Statement. The expected number of unordered pairs {i, j} that both appear once, in the same
row, is n sum_(i<j) h_i h_j with h_i = p_i (1-p_i)^(n-1).

Proof. A given row holds i and no other does with probability p_i (1-p_i)^(n-1) = h_i, and columns
are independent: h_i h_j for the pair, n rows, disjoint events. Sum over i < j. It is evaluated as
that, sum_j h_j sum_(i<j) h_i, and not as (n/2) [(sum_i h_i)^2 - sum_i h_i^2], of which rounding
leaves nothing where one feature alone can be seen once.

Source. Ours. Such pairs are where memorization does not compose, `spurious-pair`.
"""

from __future__ import annotations

from sympy import Symbol

from theorems.expressions import PairSum
from theorems.model import d, h, i, n
from theorems.statement import Kind, Origin, Statement

STATEMENT = Statement(
    id="spurious-pair-count",
    title="Number of pairs seen only together",
    origin=Origin.DERIVED,
    kind=Kind.IDENTITY,
    quantity="expected number of pairs of features that appear once each, in the same sample",
    symbol=Symbol("E_pairs"),
    text=__doc__,
    value=n * PairSum(h[i], (i, 1, d)),
    observable="pairs_seen_together_once",
)
