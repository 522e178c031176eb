"""Exact means over every design of a tiny model, for what can be enumerated."""

from __future__ import annotations

from functools import cache

import numpy as np

from tests.theorems.test_tiny_designs import designs, law
from theorems.setting import Setting

SETTINGS = (
    Setting(n=2, d=3, k=1, s=1.2, alpha=1.5, beta_exponent=0.7, sigma=0.3),
    Setting(n=4, d=2, k=1, s=0.7, alpha=2.0, beta_exponent=-0.4, sigma=0.1),
    Setting(n=3, d=3, k=2, s=0.4, alpha=0.5, beta_exponent=0.2, sigma=0.2),
)


@cache
def _means(setting: Setting) -> dict[str, float]:
    p, beta = law(setting)
    every, k = designs(setting.n, setting.d), setting.k
    chances = every.chances(p)
    tail = (every.rows[:, :, k:] != 0).sum(axis=2)
    lost = ((every.held > 0) & ~every.identified)[:, k:].sum(axis=1)
    bias = float(chances @ ((every.null @ beta) ** 2 @ p))
    variance = float(chances @ (every.variance @ p))
    known = {
        "tail-mass": chances @ tail.sum(axis=1) / setting.n,
        "tail-hit": chances @ (tail > 0).sum(axis=1) / setting.n,
        "common-only-samples": chances @ (tail == 0).sum(axis=1),
        "multi-tail-samples": chances @ (tail >= 2).sum(axis=1),
        "no-multi-tail-sample": chances @ (tail < 2).all(axis=1),
        "common-identified": chances @ ~every.identified[:, :k].all(axis=1),
        "alone-recovery": chances @ every.alone(k).sum(axis=1),
        "recovered-fraction": chances @ lost,
        "recovered-fraction-disproof": chances @ lost,
        "noiseless-loss": bias,
        "noiseless-loss-sharp": bias,
        "noiseless-loss-cavity": bias,
        "noisy-loss": bias + setting.sigma**2 * variance,
        "loss-evolution": bias + setting.sigma**2 * variance,
        "variance-evolution": chances @ ((every.variance * every.identified) @ p),
    }
    return {name: float(np.asarray(value)) for name, value in known.items()}


def exact_mean(identifier: str, setting: Setting) -> float | None:
    """The exact mean of what a statement is about; None where it is not enumerated."""
    return _means(setting).get(identifier)
