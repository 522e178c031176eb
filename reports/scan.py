"""A scan of random settings for claims that simulation refutes: `python -m reports.scan`.

Every statement is evaluated at settings drawn over the whole box that the command line allows (up
to n = 500 and d = 3000), simulated, and judged. It works in two stages, so that few draws at each
setting suffice and no true claim is refuted by chance. The first looks for suspects, at 5% for each
setting. The second draws each suspect's setting afresh, with another seed and many more draws, and
judges the suspected claims alone, at 5% for all of them together: only what is refuted there is
reported.

Each setting comes from the seed and its number, so a scan may be stopped and goes on where it was:
what is known is kept in a file of one JSON object a line.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from theorems.law import PowerLaw
from theorems.setting import Setting

LARGEST_N = 500
LARGEST_D = 3000
SETTINGS = 3000
RUNS = 12
"""Draws at each setting of the first stage: enough for the regression on a control variate."""

CONFIRMING = 20
"""As many times more draws in the second stage."""

SECOND_STREAM = 1
"""Its seeds are the next ones: draws of the second stage are not those of the first."""


def random_setting(seed: int, number: int) -> Setting:
    """One setting of the box, the same for the same seed and number.

    n and d are log-uniform from 1 to 500 and from 2 to 3000, s from .05 to 50; alpha is uniform
    from .1 to 5 or one of the exponents where something breaks, b uniform from -1 to 2 or 0 or .1,
    sigma 0, .05 or log-uniform from .01 to 3; k is the default one in 40% of settings, else
    log-uniform from 1 to d - 1.
    """
    rng = np.random.default_rng(np.random.SeedSequence(entropy=seed, spawn_key=(number,)))

    def log_uniform(low: float, high: float) -> float:
        return float(math.exp(rng.uniform(math.log(low), math.log(high))))

    def mixed(special: Sequence[float], other: float) -> float:
        chosen = int(rng.integers(2 * len(special)))
        return float(special[chosen]) if chosen < len(special) else other

    d = round(log_uniform(2, LARGEST_D))
    return Setting(
        n=round(log_uniform(1, LARGEST_N)),
        sigma=round(mixed((0.0, 0.05), log_uniform(0.01, 3)), 4),
        k=None if rng.uniform() < 0.4 else min(round(log_uniform(1, d)), d - 1),
        law=PowerLaw(
            d=d,
            s=round(log_uniform(0.05, 50), 4),
            alpha=round(mixed((1.0, 1.5, 2.0), rng.uniform(0.1, 5)), 4),
            b=round(mixed((0.0, 0.1), rng.uniform(-1, 2)), 4),
        ),
    )
