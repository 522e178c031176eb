"""Memorization is a level between 0 and 1, which the ridge penalty sets.

Statement. Let beta_hat minimize ||y - X beta||^2 + lambda ||beta||^2, lambda > 0. A feature
that appears once, in row l, gets the share m = 1/(1 + lambda) of what the other features of its
row leave unexplained of the label: x_li beta_hat_i = m (y_l - sum_{j!=i} x_lj beta_hat_j), in
every draw and for every label. m -> 1 as lambda -> 0, where the sample is fitted exactly
(`private-interpolation`): full memorization; m -> 0 as lambda -> infinity: none.

Proof. The gradient vanishes: X'(y - X beta_hat) = lambda beta_hat. Line i, for a feature in row l
alone: x_li r_l = lambda beta_hat_i, with r = y - X beta_hat. With x_li^2 = 1,
r_l = y_l - sum_{j!=i} x_lj beta_hat_j - x_li beta_hat_i. Put the first into the second:
(1 + lambda) x_li beta_hat_i = y_l - sum_{j!=i} x_lj beta_hat_j.

Source. Ours. The paper treats memorization as on or off, by weight decay.
"""

from __future__ import annotations

from sympy import Symbol

from theorems.model import PENALTY, penalty
from theorems.statement import Hypothesis, Kind, Origin, Statement

MEMORIZED_SHARE = 1 / (1 + penalty)

STATEMENT = Statement(
    id="memorization-level",
    title="Memorization as a level",
    origin=Origin.DERIVED,
    kind=Kind.IDENTITY,
    quantity="share that a feature seen once keeps of its label, under ridge",
    symbol=Symbol("m_level"),
    text=__doc__,
    value=MEMORIZED_SHARE,
    observable="memorized_share",
    hypotheses=(Hypothesis("penalized: lambda > 0", penalty),),
    extra=(PENALTY,),
    tests_solver=True,
)
