"""Theorem 4: the order of the loss under noise.

Statement. For alpha = 2 + c_alpha the test loss is Theta(sigma^2 k/n), and a sample with a feature
that appears only there has zero training loss.

Checked: the power of n of the loss, over a sweep at fixed sigma, and the range of observed over
rate. The second half is no rate: `private-interpolation` has it for every alpha, exactly. Left
unspecified: the constant, n p_k, and how it depends on sigma. It must: the loss has a bias that
sigma does not change and that falls like k/n too, so observed over rate grows like 1/sigma^2 as
sigma falls, and no constant serves all sigma.

Proof. In the paper. `noisy-loss`: bias plus sigma^2 V, V ~ C_V c^(1/alpha) n^-(1-1/alpha), and
k/n = (c/L)^(1/alpha) n^-(1-1/alpha) at n p_k = L.

Source. Theorem 4 of the paper.
"""

from __future__ import annotations

from sympy import Symbol

from theorems.conditions import NOISE, ONE_TAIL_FEATURE
from theorems.model import k, n, sigma
from theorems.noisy.noisy_loss import STATEMENT as DERIVED
from theorems.paper import Item, states
from theorems.statement import Comparison, Kind, Origin, Statement

STATEMENT = Statement(
    id="noisy-loss-rate",
    title="Order of the loss under noise (Theorem 4)",
    origin=Origin.PAPER,
    kind=Kind.RATE,
    quantity="expected in-distribution loss, up to constants",
    symbol=Symbol("E_L"),
    text=__doc__,
    value=sigma**2 * k / n,
    observable="in_distribution_loss",
    hypotheses=(NOISE, ONE_TAIL_FEATURE),
    comparisons=(Comparison("noisy-loss", "noisy-loss", DERIVED.value, "bias and variance apart"),),
    sharpened_by="noisy-loss",
    paper=states(Item.THEOREM_4),
)
