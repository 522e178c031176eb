"""One draw of the training set -> one Observation: plain numbers, sigma left free."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from empirics.draws.training_set import training_set
from empirics.observables.observable import Measurement
from empirics.observables.registry import OBSERVABLES
from theorems.setting import Setting


@dataclass(frozen=True)
class Observation:
    """What one draw shows.

    Args:
        run: number of the draw, from 0.
        values: the per-draw quantities by `Measurement.key`; NaN where a draw has none (for
            instance no identified feature that was seen once).
    """

    run: int
    values: dict[str, float]


def observe(
    setting: Setting, seed: int, run: int, measurements: Sequence[Measurement] | None = None
) -> Observation:
    """Draw a training set and measure it.

    Args:
        setting: the linear model; sigma plays no part.
        seed: the experiment's seed, a non-negative integer.
        run: number of the draw.
        measurements: what to measure; None takes every registered group. Those that are for the
            first draws only are left out of later ones.

    Raises:
        MemoryError: the draw does not fit in memory; the message holds the estimate.
    """
    draw = training_set(setting, seed, run)
    values: dict[str, float] = {}
    for measurement in OBSERVABLES.measurements() if measurements is None else measurements:
        if measurement.wanted(run):
            values |= measurement.measured(draw)
    return Observation(run, values)
