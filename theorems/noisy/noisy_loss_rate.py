"""Theorem 4: the order of the loss under noise.

Statement. For alpha = 2 + c_alpha the test loss is Theta(sigma^2 k/n), and a sample with a feature
that appears only there has zero training loss.

Checked: the power of n of what noise adds to the loss, sigma^2 V, over a sweep, and the range of
observed over rate. Not the loss itself: it has a bias that sigma does not change and that falls
like k/n too, so that at a fixed sigma the sweep would judge the bias, and no constant serves all
sigma. The second half is no rate: `private-interpolation` has it for every alpha, exactly. Left
unspecified: the constant and n p_k.

Proof. In the paper. `noisy-loss`: bias plus sigma^2 V, V ~ C_V c^(1/alpha) n^-(1-1/alpha), and
k/n = (c/L)^(1/alpha) n^-(1-1/alpha) at n p_k = L.

Source. Theorem 4 of the paper.
"""

from __future__ import annotations

from sympy import Symbol

from theorems.conditions import NOISE, ONE_TAIL_FEATURE
from theorems.model import k, n, plain_variance, sigma
from theorems.noisy.noisy_loss import STATEMENT as DERIVED
from theorems.paper import Item, states
from theorems.statement import Comparison, Kind, Origin, Statement

STATEMENT = Statement(
    id="noisy-loss-rate",
    title="Order of the loss under noise (Theorem 4)",
    origin=Origin.PAPER,
    kind=Kind.RATE,
    quantity="what noise adds to the expected in-distribution loss, up to constants",
    symbol=Symbol("E_L_noise"),
    text=__doc__,
    value=sigma**2 * k / n,
    observable="noise_loss",
    hypotheses=(NOISE, ONE_TAIL_FEATURE),
    comparisons=(
        Comparison(
            DERIVED.id,
            "noisy-loss, without its bias",
            sigma**2 * plain_variance,
            "what noise adds, to first order",
        ),
    ),
    sharpened_by=DERIVED.id,
    paper=states(Item.THEOREM_4),
)
