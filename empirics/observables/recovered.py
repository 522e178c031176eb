"""The variance factor of the identifiable features alone: many draws, and large ones.

Of a draw only its factorization is needed, and neither its null space, which at alpha = 1 holds
most of the seen features, nor a solution.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from empirics.draws.training_set import training_set
from empirics.running.cluster import Workers
from empirics.running.montecarlo import Sample
from empirics.solver.minimum_norm import factor
from theorems.setting import Setting

Array = NDArray[np.float64]

BATCHES = 8
"""Parts that the draws at one setting are cut into, for the workers to share."""


def identified_variance(setting: Setting, seed: int, run: int) -> float:
    """Sum over R of p_i [(X'X)^+]_ii in the draw of this number.

    Args:
        setting: the linear model; sigma and k play no part.
        seed: of the experiment.
        run: number of the draw.
    """
    draw = training_set(setting, seed, run)
    factorization, _ = factor(draw.columns)
    R = factorization.identifiable
    # A NaN on R would be a defect and must show.
    return float(draw.p[R] @ factorization.identified_variance[R])


def _batch(position: int, setting: Setting, seed: int, runs: Sequence[int]) -> tuple[int, Array]:
    # One BLAS thread: more would change the order of its sums with the machine.
    with threadpool_limits(limits=1):
        values = [identified_variance(setting, seed, run) for run in runs]
    return position, np.array(values)


def identified_samples(
    cells: Sequence[tuple[Setting, int]],
    seed: int,
    *,
    workers: Workers,
    advance: Callable[[int], None] = lambda _: None,
) -> list[Sample]:
    """Draws of `variance_factor_identified`, the same for any number of workers.

    Args:
        cells: settings, each with the number of its draws; the dearest first keeps all workers
            busy to the end.
        seed: of the experiment.
        workers: who draws.
        advance: called with the number of draws that were just finished.

    Returns:
        One sample for each cell, in their order, with this observable alone.
    """
    work = [
        (position, setting, seed, range(start, min(start + size, runs)))
        for position, (setting, runs) in enumerate(cells)
        for size in (-(-runs // BATCHES),)
        for start in range(0, runs, size)
    ]
    parts: list[list[Array]] = [[] for _ in cells]

    def keep(position: int, values: Array) -> None:
        parts[position].append(values)
        advance(values.size)

    if workers.in_process:
        for one in work:
            keep(*_batch(*one))
    else:
        with workers.engaged():
            results = Parallel(return_as="generator", pre_dispatch="all", batch_size=1)(
                delayed(_batch)(*one) for one in work
            )
            for position, values in results:
                keep(position, values)
    return [
        Sample(setting, seed, {"variance_factor_identified": np.concatenate(values)})
        for (setting, _), values in zip(cells, parts, strict=True)
    ]
