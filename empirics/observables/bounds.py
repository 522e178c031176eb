"""Intervals that hold a quantity in every draw, whatever is drawn.

They are what the mean of few draws, or of rare events, can be judged by.
"""

from __future__ import annotations

from collections.abc import Callable

from theorems.setting import Setting

Bounds = Callable[[Setting], tuple[float, float] | None]


def up_to(most: Callable[[Setting], float]) -> Bounds:
    """From 0 to what the setting says."""
    return lambda setting: (0.0, float(most(setting)))


SHARE: Bounds = up_to(lambda _: 1.0)
FEATURES: Bounds = up_to(lambda setting: setting.d)
TAIL_FEATURES: Bounds = up_to(lambda setting: setting.d - setting.k)
SAMPLES: Bounds = up_to(lambda setting: setting.n)
PAIRS: Bounds = up_to(lambda setting: setting.d * (setting.d - 1) / 2)


def energy(setting: Setting) -> float:
    """Sum of p_i beta*_i^2: the loss of predicting 0, and the most that can be missed."""
    return float(setting.law.p @ setting.law.beta**2)


def noiseless_loss(setting: Setting) -> float:
    """p_1 ||beta*||^2, which no draw's loss exceeds without noise.

    The loss is sum_i p_i Delta_i^2 with Delta = -(I - P) beta*, a projection of beta*, and p_1 is
    the largest p_i. One draw may lose more than predicting 0 does; the mean over signs may not.
    """
    return float(setting.law.p[0] * (setting.law.beta @ setting.law.beta))


MISSED: Bounds = up_to(energy)
LOSS: Bounds = up_to(noiseless_loss)


def loss_difference(setting: Setting) -> tuple[float, float]:
    """Of two such losses."""
    most = noiseless_loss(setting)
    return -most, most
