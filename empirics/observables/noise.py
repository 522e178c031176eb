"""What the label noise adds to the loss, given X; the draws are those of `losses`."""

from __future__ import annotations

from sympy import Symbol

from empirics.observables.losses import GROUP
from empirics.observables.observable import Observable
from theorems.model import sigma

OBSERVABLES = (
    Observable(
        "noise_loss",
        "what noise adds to the population loss, sigma^2 sum_i p_i [(X'X)^+]_ii",
        GROUP,
        sigma**2 * Symbol("variance_factor"),
    ),
)
