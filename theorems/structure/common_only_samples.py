"""Lemma 6: samples that use common features only.

Statement. The number N_0 of samples without a tail feature is Bin(n, 1 - q_k), exactly; so
E N_0 = n (1 - q_k), and with probability at least 1 - delta (here delta = 1/20)

    N_0 >= n (1 - q_k) - sqrt(2 n (1 - q_k) ln(1/delta)).

Proof. Samples are independent, each without a tail feature with probability 1 - q_k. The
bound is the lower Chernoff bound P(N <= (1 - t) mu) <= e^(-mu t^2/2) of a binomial with
mean mu, at t = sqrt(2 ln(1/delta)/mu); for t > 1 the bound is negative and says nothing.

Source. Lemma 6 of the paper has Theta(n (1 - p_{>k})); exact law and constant are ours.
"""

from __future__ import annotations

from sympy import Rational, Symbol, log, sqrt

from theorems.model import n, tail_free
from theorems.paper import Item, sharpens
from theorems.statement import Kind, Origin, Statement

DELTA = Rational(1, 20)

STATEMENT = Statement(
    id="common-only-samples",
    title="Samples of common features only (Lemma 6)",
    origin=Origin.DERIVED,
    kind=Kind.IDENTITY,
    quantity="number of training samples without a tail feature",
    symbol=Symbol("N_0"),
    text=__doc__,
    lower=n * tail_free - sqrt(2 * n * tail_free * log(1 / DELTA)),
    value=n * tail_free,
    level=1 - DELTA,
    observable="common_only_samples",
    paper=sharpens(Item.LEMMA_6),
)
