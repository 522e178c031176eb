"""Lemma 7: samples with two or more tail features.

Statement. The number N_{>=2} of samples with at least two tail features is Bin(n, a_k),
a_k = 1 - prod_{i>k} (1 - p_i) (1 + sum_{i>k} p_i/(1 - p_i)) <= p_{>k}^2/2. Hence
E N_{>=2} <= n p_{>k}^2/2 and P(N_{>=2} = 0) >= 1 - n p_{>k}^2/2.

With n p_k fixed up to powers of ln n, n p_{>k}^2 = n^(2/alpha - 1 + o(1)), which tends to 0
iff alpha > 2: hence the paper's alpha = 2 + c_alpha.

Proof. No tail feature: prod (1 - p_i); exactly the tail feature i: the same product times
p_i/(1 - p_i). Their sum is 1 - a_k. The number of tail features of a sample being N,
1{N >= 2} <= N (N-1)/2, whose mean is sum_{i<j} p_i p_j <= p_{>k}^2/2. Markov's inequality
gives the last claim.

Source. Lemma 7 of the paper ("most samples hold at most one long-tail feature"); exact law
and constant are ours.
"""

from __future__ import annotations

from sympy import Symbol

from theorems.conditions import TAIL_IS_RANDOM
from theorems.model import multi_tail, n, tail_mass
from theorems.paper import Item, sharpens
from theorems.statement import Control, Kind, Origin, Statement

STATEMENT = Statement(
    id="multi-tail-samples",
    title="Samples with two or more tail features (Lemma 7)",
    origin=Origin.DERIVED,
    kind=Kind.IDENTITY,
    quantity="expected number of training samples with two or more tail features",
    symbol=Symbol("E_N_2"),
    text=__doc__,
    value=n * multi_tail,
    upper=n * tail_mass**2 / 2,
    observable="multi_tail_samples",
    control=Control("tail_features_per_sample", tail_mass),
    trivial_upper=n,
    hypotheses=(TAIL_IS_RANDOM,),
    paper=sharpens(Item.LEMMA_7),
)
