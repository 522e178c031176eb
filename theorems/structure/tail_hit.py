"""Probability that a sample holds a tail feature.

Statement. q_k = P(a sample holds a tail feature) = 1 - prod_{i>k} (1 - p_i), and
1 - e^(-p_{>k}) <= q_k <= p_{>k}.

Proof. Coordinates are independent, so no tail feature is present with probability
prod_{i>k} (1 - p_i) <= e^(-p_{>k}), by 1 - x <= e^-x. The upper side is the union bound.

Source. Ours; the paper writes 1 - p_{>k} for the probability of a tail-free sample.
"""

from __future__ import annotations

from sympy import Integer, Symbol, exp

from theorems.model import q, tail_mass
from theorems.statement import Kind, Origin, Statement

STATEMENT = Statement(
    id="tail-hit",
    title="Samples with a tail feature",
    origin=Origin.DERIVED,
    kind=Kind.IDENTITY,
    quantity="probability that a sample holds a tail feature",
    symbol=Symbol("q_k"),
    text=__doc__,
    lower=1 - exp(-tail_mass),
    value=q,
    upper=tail_mass,
    observable="tail_hit_rate",
    trivial_upper=Integer(1),
)
