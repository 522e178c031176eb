"""Replicates: many draws at many settings, over workers, resumed from the cache.

A draw depends on its setting, the seed and its number alone, and draws are put in order
before anything is computed from them: results are the same bytes for any number of workers.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from empirics.draws.footprint import require_draws
from empirics.judging.intervals import (
    STUDENT,
    Estimate,
    controlled_estimate,
    estimate,
    excess_estimate,
    proved_estimate,
    rare,
)
from empirics.observables.observable import Measurement, Observable
from empirics.observables.observe import Observation, observe
from empirics.observables.registry import OBSERVABLES
from empirics.running.cluster import Workers
from empirics.running.remembered import Keeper
from empirics.running.store import cell_description, cell_key, design_description
from empirics.solver.threads import one_thread
from theorems.setting import Setting

Array = NDArray[np.float64]

CONFIDENCE = 0.95
"""Of the intervals that are shown; verdicts use wider ones."""

BATCHES_PER_WORKER = 16
"""So many batches for each worker keep them busy to the end and bound what a kill costs."""

BLOCK = 32
"""Most draws in a batch on this machine: more would only make a kill dearer."""

BATCHES_PER_CLUSTER_WORKER = 4
"""The same for workers of a cluster, to whom each batch is sent, which costs some 10 ms of CPU."""

CLUSTER_ENTRIES = 256 * 5000
"""Expected non-zeros of all designs in a batch that is sent to a cluster, where `BLOCK` draws have
fewer: about half a second of draws at n = 1000, s = 5."""


@dataclass(frozen=True)
class Sample:
    """The draws of one setting, in order.

    Args:
        setting: where they were drawn; its sigma is the one that estimates are made at.
        seed: the experiment's seed.
        values: recorded quantities by `Measurement.key`, each (runs,).
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

    def draws(self, name: str, extra: Mapping[str, float] | None = None) -> Array:
        """Per-draw values of an observable, (runs,).

        Args:
            name: of the observable.
            extra: values of extra parameters, where they are not the defaults; those that the
                observable does not take are left out, so that a claim's may be given as they are.

        Raises:
            KeyError: for an unknown name, with the nearest, and for what was not measured.
        """
        return OBSERVABLES[name].values(self.values, self.setting.sigma, extra or {})

    def measured(self, observable: Observable) -> bool:
        """Whether the draws recorded it, at the default values of its parameters."""
        at = observable.measurement()
        return all(at.key(quantity) in self.values for quantity in observable.quantities)

    def rounding(self, name: str, extra: Mapping[str, float] | None = None) -> Array | None:
        """Per-draw bound on the rounding error, for a quantity that is exactly known; else None."""
        return OBSERVABLES[name].allowed(self.values, extra or {})

    def estimate(
        self,
        name: str,
        confidence: float = CONFIDENCE,
        extra: Mapping[str, float] | None = None,
    ) -> Estimate:
        """Mean and interval of an observable, by what is known of it at the setting."""
        observable = OBSERVABLES[name]
        return estimate(
            self.draws(name, extra),
            confidence,
            rate=observable.rate,
            trials=self._trials(observable),
            self_bounding=observable.self_bounding,
            bounds=observable.range(self.setting),
            smooth=not self._hidden(observable, extra or {}),
        )

    def proved(
        self,
        name: str,
        confidence: float = CONFIDENCE,
        extra: Mapping[str, float] | None = None,
    ) -> Estimate | None:
        """The same by an interval of proved coverage, however wide; None where there is none."""
        observable = OBSERVABLES[name]
        return proved_estimate(
            self.draws(name, extra),
            confidence,
            trials=self._trials(observable),
            bounds=observable.range(self.setting),
        )

    def _trials(self, observable: Observable) -> tuple[int, float] | None:
        """Of an observable that counts independent events: how many, and what each adds."""
        events = None if observable.events is None else observable.events(self.setting)
        return None if events is None else (events.trials, events.weight)

    def _hidden(self, observable: Observable, extra: Mapping[str, float]) -> bool:
        """Whether a term of the observable is rare, which the others may hide."""
        at = observable.measurement(extra)
        return any(rare(self.values[at.key(part)]) for part in observable.parts)

    def controlled(
        self,
        name: str,
        control: str,
        control_mean: float,
        coefficient: float | None = None,
        confidence: float = CONFIDENCE,
        extra: Mapping[str, float] | None = None,
    ) -> Estimate:
        """The same by an observable whose mean is known, by regression without a coefficient.

        Where the draws do not support that, an observable that is never below its control is
        estimated by the known mean and what it exceeds its control by. What is rare in the excess
        its own spread does not show, so the interval is as wide as the plain Student's one, whose
        spread holds the control's as well, where that may be believed, but never lower than
        betting proves; elsewhere it is that of betting.
        """
        observable = OBSERVABLES[name]
        values, known = self.draws(name, extra), self.draws(control, extra)
        if coefficient is None:
            hidden = self._hidden(observable, extra or {})
            found = None if hidden else controlled_estimate(values, known, control_mean, confidence)
        else:
            found = estimate(values - coefficient * known, confidence)
            found = found.shifted(coefficient * control_mean)
            found = found if math.isfinite(found.half_width) else None
        if found is not None:
            return replace(found, control=control)
        plain = self.estimate(name, confidence, extra)
        if observable.above != control or not math.isfinite(control_mean):
            return plain
        most = (observable.range(self.setting) or (0.0, math.inf))[1]
        excess = excess_estimate(values - known, most, confidence).shifted(control_mean)
        if plain.method == STUDENT:
            high = excess.mean + plain.ci_high - plain.mean
            low = max(excess.mean - plain.mean + plain.ci_low, excess.ci_low)
            excess = replace(excess, ci_low=low, ci_high=high, method=STUDENT)
        return replace(excess, control=control)


def _batch(
    setting: Setting, seed: int, runs: Sequence[int], measurements: Sequence[Measurement]
) -> list[Observation]:
    with one_thread():
        return [observe(setting, seed, run, measurements) for run in runs]


Found = dict[Measurement, dict[int, Observation]]
"""What is there of a design, by measurement and draw."""


@dataclass(frozen=True)
class _Batch:
    """Draws of one design that lack the same measurements."""

    design: str
    measurements: tuple[Measurement, ...]
    runs: list[int]


def _missing(found: Found, runs: int) -> dict[int, tuple[Measurement, ...]]:
    """What each draw lacks, for those that lack anything."""
    lacking = {
        run: tuple(m for m, there in found.items() if m.wanted(run) and run not in there)
        for run in range(runs)
    }
    return {run: measurements for run, measurements in lacking.items() if measurements}


def block_size(setting: Setting, draws: int, workers: int, *, clustered: bool) -> int:
    """Draws that are handed to a worker at a time.

    Args:
        setting: where to draw.
        draws: in all.
        workers: that share them.
        clustered: whether they are of a cluster, where handing over costs more.
    """
    most, batches = BLOCK, BATCHES_PER_WORKER
    if clustered:
        entries = setting.n * setting.law.entries
        most, batches = (
            max(most, int(CLUSTER_ENTRIES / max(entries, 1.0))),
            BATCHES_PER_CLUSTER_WORKER,
        )
    return max(1, min(most, draws // (batches * workers)))


def _work(
    missing: dict[str, dict[int, tuple[Measurement, ...]]],
    designs: dict[str, Setting],
    workers: int,
    *,
    clustered: bool,
) -> list[_Batch]:
    """Batches of draws of one design, each of `block_size` at most."""
    total = sum(len(runs) for runs in missing.values())
    alike: dict[tuple[str, tuple[Measurement, ...]], list[int]] = {}
    for design, lacking in missing.items():
        for run, measurements in lacking.items():
            alike.setdefault((design, measurements), []).append(run)
    batches = []
    for (design, measurements), runs in alike.items():
        size = block_size(designs[design], total, workers, clustered=clustered)
        batches += [
            _Batch(design, measurements, runs[start : start + size])
            for start in range(0, len(runs), size)
        ]
    return batches


def replicate(
    settings: Sequence[Setting],
    runs: int,
    seed: int,
    *,
    workers: Workers,
    store: Keeper | None,
    advance: Callable[[int], None] = lambda _: None,
    measurements: Sequence[Measurement] | None = None,
) -> list[Sample]:
    """Draw `runs` training sets at each setting; settings that differ in sigma share them.

    Args:
        settings: where to draw.
        runs: draws at each setting.
        seed: of the experiment.
        workers: who draws.
        store: what keeps finished draws; None keeps none.
        advance: called with the number of draws that were just finished or found.
        measurements: what to measure; None takes every registered group.

    Returns:
        One sample for each setting, in their order.

    Raises:
        MemoryError: draws do not fit in memory; the message holds the estimate, and where tables
            and entries alone are too large nothing was started.
    """
    for setting in settings:
        require_draws(setting, 1 if workers.scheduler is not None else workers.jobs)
    wanted = OBSERVABLES.measurements() if measurements is None else tuple(measurements)
    designs: dict[str, Setting] = {}
    for setting in settings:
        designs.setdefault(_design(setting, seed), setting)
    found: dict[str, Found] = {
        name: {
            m: store.load(cell_key(design, seed, m), runs) if store is not None else {}
            for m in wanted
        }
        for name, design in designs.items()
    }
    missing = {name: _missing(there, runs) for name, there in found.items()}
    for lacking in missing.values():
        advance(runs - len(lacking))

    def keep(batch: _Batch, observations: list[Observation]) -> None:
        parts = [
            (
                m,
                [
                    _part(observation, m)
                    for observation in observations
                    if m.wanted(observation.run)
                ],
            )
            for m in batch.measurements
        ]
        if store is not None:
            design = designs[batch.design]
            store.save_all(
                (cell_key(design, seed, m), cell_description(design, seed, m), part)
                for m, part in parts
            )
        for m, part in parts:
            found[batch.design][m].update({observation.run: observation for observation in part})
        advance(len(observations))

    if workers.in_process:
        for batch in _work(missing, designs, 1, clustered=False):
            keep(batch, _batch(designs[batch.design], seed, batch.runs, batch.measurements))
    elif any(missing.values()):
        clustered = workers.scheduler is not None
        with workers.engaged() as count:
            results = Parallel(return_as="generator_unordered")(
                delayed(_told_batch)(batch, designs[batch.design], seed, _codes(batch))
                for batch in _work(missing, designs, count, clustered=clustered)
            )
            for batch, observations in results:
                keep(batch, observations)
    samples = {name: _sample(design, seed, found[name], runs) for name, design in designs.items()}
    return [samples[_design(setting, seed)].at_sigma(setting) for setting in settings]


def _design(setting: Setting, seed: int) -> str:
    return json.dumps(design_description(setting, seed), sort_keys=True)


def _part(observation: Observation, measurement: Measurement) -> Observation:
    """What of an observation belongs to a measurement."""
    names = (measurement.key(quantity) for quantity in measurement.group.quantities)
    return Observation(observation.run, {name: observation.values[name] for name in names})


def _codes(batch: _Batch) -> tuple[str, ...]:
    return tuple(m.group.digest for m in batch.measurements)


def _told_batch(
    batch: _Batch, setting: Setting, seed: int, codes: tuple[str, ...]
) -> tuple[_Batch, list[Observation]]:
    # A worker of a cluster may run from another installation.
    if _codes(batch) != codes:
        raise RuntimeError(f"a worker runs code {_codes(batch)}, this process {codes}")
    return batch, _batch(setting, seed, batch.runs, batch.measurements)


def _sample(setting: Setting, seed: int, found: Found, runs: int) -> Sample:
    values: dict[str, Array] = {}
    for measurement, there in found.items():
        chosen = [run for run in range(runs) if run in there and measurement.wanted(run)]
        for quantity in measurement.group.quantities:
            column = values.setdefault(measurement.key(quantity), np.full(runs, np.nan))
            name = measurement.key(quantity)
            column[chosen] = [there[run].values[name] for run in chosen]
    return Sample(setting, seed, values)
