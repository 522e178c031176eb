"""First-order variance of the estimates of a group of features.

A feature that was seen T_i >= 1 times, estimated as if the other features of its rows were
known, has variance sigma^2/T_i.
"""

from __future__ import annotations

from sympy import Expr, Sum

from theorems.expressions import MeanInverseCount
from theorems.model import i, n, p, sigma


def mean_variance(low: Expr, high: Expr) -> Expr:
    """sigma^2 sum E[1{T_i>=1}/T_i] / sum P(T_i>=1) over the features low..high."""
    inverse = Sum(MeanInverseCount(n, p[i]), (i, low, high))
    seen = Sum(1 - (1 - p[i]) ** n, (i, low, high))
    return sigma**2 * inverse / seen
