"""Replicates: many draws at many settings, over workers, resumed from the cache.

A draw depends on its setting, the seed and its number alone, and draws are put in order
before anything is computed from them: results are the same bytes for any number of workers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from empirics.draws.footprint import require_draws
from empirics.judging.intervals import Estimate, controlled_estimate, estimate
from empirics.observables.observe import Observation, observe
from empirics.observables.registry import OBSERVABLES, ROUNDING
from empirics.running.cluster import Workers
from empirics.running.store import Store, cell_description, cell_key, code_version
from theorems.setting import Setting

Array = NDArray[np.float64]

CONFIDENCE = 0.95
"""Of the intervals that are shown; verdicts use wider ones."""

BATCHES_PER_WORKER = 16
"""So many batches for each worker keep them busy to the end and bound what a kill costs."""


@dataclass(frozen=True)
class Sample:
    """The draws of one setting, in order.

    Args:
        setting: where they were drawn; its sigma is the one that estimates are made at.
        seed: the experiment's seed.
        values: recorded quantities by name, each (runs,).
    """

    setting: Setting
    seed: int
    values: dict[str, Array] = field(repr=False)

    @property
    def runs(self) -> int:
        """Number of draws."""
        return next(iter(self.values.values())).size

    def at_sigma(self, setting: Setting) -> Sample:
        """The same draws read at another sigma."""
        if setting.at(sigma=self.setting.sigma) != self.setting:
            raise ValueError("the settings differ in more than sigma")
        return Sample(setting, self.seed, self.values)

    def draws(self, name: str) -> Array:
        """Per-draw values of an observable, (runs,).

        Raises:
            KeyError: for an unknown name.
        """
        return OBSERVABLES[name].compute(self.values, self.setting.sigma)

    def rounding(self, name: str) -> Array | None:
        """Per-draw bound on the rounding error, for a quantity that is exactly 0; else None."""
        return self.values.get(name + ROUNDING)

    def estimate(self, name: str, confidence: float = CONFIDENCE) -> Estimate:
        """Mean and interval of an observable."""
        return estimate(self.draws(name), confidence, rate=OBSERVABLES[name].rate)

    def controlled(
        self,
        name: str,
        control: str,
        control_mean: float,
        coefficient: float | None = None,
        confidence: float = CONFIDENCE,
    ) -> Estimate:
        """The same by an observable whose mean is known, by regression without a coefficient."""
        values, known = self.draws(name), self.draws(control)
        if coefficient is None:
            return controlled_estimate(values, known, control_mean, confidence)
        rest = estimate(values - coefficient * known, confidence)
        return rest.shifted(coefficient * control_mean)


def _batch(setting: Setting, seed: int, runs: Sequence[int]) -> list[Observation]:
    # One BLAS thread: more would change the order of its sums with the machine.
    with threadpool_limits(limits=1):
        return [observe(setting, seed, run) for run in runs]


def _work(missing: dict[str, list[int]], workers: int) -> list[tuple[str, list[int]]]:
    """Batches (cell, draws) of at most 32 draws, many for each worker."""
    total = sum(len(runs) for runs in missing.values())
    size = max(1, min(32, total // (BATCHES_PER_WORKER * workers)))
    return [
        (key, runs[start : start + size])
        for key, runs in missing.items()
        for start in range(0, len(runs), size)
    ]


def replicate(
    settings: Sequence[Setting],
    runs: int,
    seed: int,
    *,
    workers: Workers,
    store: Store | None,
    advance: Callable[[int], None] = lambda _: None,
) -> list[Sample]:
    """Draw `runs` training sets at each setting; settings that differ in sigma share them.

    Args:
        settings: where to draw.
        runs: draws at each setting.
        seed: of the experiment.
        workers: who draws.
        store: cache of finished draws; None keeps none.
        advance: called with the number of draws that were just finished or found.

    Returns:
        One sample for each setting, in their order.

    Raises:
        MemoryError: draws do not fit in memory; the message holds the estimate, and where tables
            and entries alone are too large nothing was started.
    """
    for setting in settings:
        require_draws(setting, 1 if workers.scheduler is not None else workers.jobs)
    designs: dict[str, Setting] = {}
    for setting in settings:
        designs.setdefault(cell_key(setting, seed), setting)
    found = {key: store.load(key, runs) if store is not None else {} for key in designs}
    for observations in found.values():
        advance(len(observations))
    missing = {key: [run for run in range(runs) if run not in found[key]] for key in designs}

    def keep(key: str, observations: list[Observation]) -> None:
        if store is not None:
            store.save(key, cell_description(designs[key], seed), observations)
        found[key].update({observation.run: observation for observation in observations})
        advance(len(observations))

    if workers.in_process:
        for key, batch in _work(missing, 1):
            keep(key, _batch(designs[key], seed, batch))
    elif any(missing.values()):
        with workers.engaged() as count:
            results = Parallel(return_as="generator_unordered")(
                delayed(_keyed_batch)(key, designs[key], seed, batch, code_version())
                for key, batch in _work(missing, count)
            )
            for key, observations in results:
                keep(key, observations)
    samples = {key: _sample(designs[key], seed, found[key], runs) for key in designs}
    return [samples[cell_key(setting, seed)].at_sigma(setting) for setting in settings]


def _keyed_batch(
    key: str, setting: Setting, seed: int, runs: Sequence[int], version: str
) -> tuple[str, list[Observation]]:
    # A worker of a cluster may run from another installation.
    if code_version() != version:
        raise RuntimeError(f"a worker runs code {code_version()}, this process {version}")
    return key, _batch(setting, seed, runs)


def _sample(setting: Setting, seed: int, found: dict[int, Observation], runs: int) -> Sample:
    # Draws that record the same quantities, all but a few, are put into place at once.
    alike: dict[tuple[str, ...], list[int]] = {}
    for run in range(runs):
        alike.setdefault(tuple(found[run].values), []).append(run)
    values = {
        name: np.full(runs, np.nan) for name in sorted({name for names in alike for name in names})
    }
    for names, chosen in alike.items():
        table = np.array([list(found[run].values.values()) for run in chosen])
        for name, column in zip(names, table.T, strict=True):
            values[name][chosen] = column
    return Sample(setting, seed, values)
