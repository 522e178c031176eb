"""Drawing until decided, on numbers of known laws: how often it refutes what is true, and its bias.

    python -m tests.campaigns.calibration        # its second part

The engine itself looks and stops; only its draws are numbers of the laws of `calibration`, in place
of training sets. Half of the statements are identities, half bounds at the exact mean, which is
where a bound is hardest to judge and stopping biases most.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from sympy import Float, Symbol

from empirics.judging import decide as deciding
from empirics.judging.budget import Budget
from empirics.judging.family import Family
from empirics.judging.verdict import Verdict
from empirics.observables.observable import Events, Group, Observable
from empirics.observables.registry import OBSERVABLES, Observables
from empirics.running.cluster import Workers
from empirics.running.montecarlo import Sample
from tests.campaigns.calibration import Law, laws
from theorems.claim import Claim
from theorems.setting import Setting
from theorems.statement import Kind, Origin, Statement

Array = NDArray[np.float64]
FIRST = (20, 50)
"""Draws of the first look."""

MOST = 1600
KINDS = (Kind.IDENTITY, Kind.UPPER, Kind.LOWER)


@dataclass(frozen=True)
class Stopped:
    """What drawing until decided printed of one statement.

    Args:
        law: whose mean it is.
        kind: of the statement.
        verdict: on it, which is true.
        runs: draws at its last look.
        error: of the printed mean, in half-widths of the 95% interval that is printed with it.
        covered: whether that interval holds the truth.
    """

    law: str
    kind: Kind
    verdict: Verdict
    runs: int
    error: float
    covered: bool


def _observable(place: int, law: Law) -> Observable:
    name = f"number_{place}"
    # A term that hardly varies keeps Student's interval away.
    rare = not law.known.get("smooth", True)
    quantities = (name, f"{name}_term") if rare else (name,)
    group = Group(f"number-{place}", lambda draw: {}, quantities)
    known: dict[str, Any] = {name: law.known.get(name, False) for name in ("rate", "self_bounding")}
    if "trials" in law.known:
        trials, weight = law.known["trials"]
        known["events"] = lambda setting: Events(trials, weight)
    if "bounds" in law.known:
        bounds = law.known["bounds"]
        known["bounds"] = lambda setting: bounds
    if rare:
        known["parts"] = (f"{name}_term",)
    return Observable(name, law.name, group, **known)


def _claim(place: int, law: Law, kind: Kind, setting: Setting) -> Claim:
    side = {Kind.IDENTITY: "value", Kind.UPPER: "upper", Kind.LOWER: "lower"}[kind]
    statement = Statement(
        id=f"number-{place}",
        title=law.name,
        origin=Origin.DERIVED,
        kind=kind,
        quantity="a mean",
        symbol=Symbol("M"),
        text="A mean.\n\nStatement. It is known.\n\nProof. By choice.\n\nSource. Ours.",
        observable=f"number_{place}",
        **{side: Float(law.mean)},
    )
    return Claim(statement, setting, None, {side: law.mean, "scale": 1.0}, {}, (), {})


@contextmanager
def _numbers(known: Sequence[Law], rng: np.random.Generator) -> Iterator[None]:
    """Numbers of the laws where training sets would be drawn."""
    registry = Observables()
    for place, law in enumerate(known):
        registry.register(_observable(place, law))
    columns = [np.zeros(0) for _ in known]

    def drawn(settings: Sequence[Setting], runs: int, seed: int, **_: Any) -> list[Sample]:
        values: dict[str, Array] = {}
        for place, law in enumerate(known):
            more = runs - columns[place].size
            if more > 0:
                columns[place] = np.concatenate([columns[place], law.draw(rng, more)])
            values[f"number_{place}"] = columns[place][:runs]
            if not law.known.get("smooth", True):
                values[f"number_{place}_term"] = np.zeros(runs)
        return [Sample(setting, seed, values) for setting in settings]

    before = dict(OBSERVABLES._observables), dict(OBSERVABLES._groups)
    OBSERVABLES._observables.update(registry._observables)
    OBSERVABLES._groups.update(registry._groups)
    try:
        with patch.object(deciding, "replicate", drawn):
            yield
    finally:
        for name in registry:
            del OBSERVABLES._observables[name]
            del OBSERVABLES._groups[registry[name].group.name]
        assert (dict(OBSERVABLES._observables), dict(OBSERVABLES._groups)) == before


def report(rng: np.random.Generator) -> list[Stopped]:
    """One report on true statements, each drawn for until it is decided."""
    known, setting = laws(), Setting(n=10, d=20)
    first = int(rng.choice(FIRST))
    kinds = [KINDS[int(rng.choice(3, p=(0.5, 0.25, 0.25)))] for _ in known]
    claims = [
        _claim(place, law, kind, setting)
        for place, (law, kind) in enumerate(zip(known, kinds, strict=True))
    ]
    with _numbers(known, rng):
        found = deciding.decide(
            [setting],
            lambda: [claims],
            first=first,
            seed=0,
            budget=Budget(MOST, math.inf),
            family=Family(len(claims)),
            workers=Workers(1),
            store=None,
            measurements=(),
        )
    stopped = []
    for law, kind, judgement in zip(known, kinds, found.judgements[0], strict=True):
        seen = judgement.observed
        assert seen is not None
        half = seen.half_width
        error = (seen.mean - law.mean) / half if math.isfinite(half) and half > 0 else math.nan
        stopped.append(
            Stopped(law.name, kind, judgement.verdict, seen.runs, error, seen.contains(law.mean))
        )
    return stopped


def reports(count: int, seed: Any) -> list[list[Stopped]]:
    """So many reports."""
    rng = np.random.default_rng(seed)
    return [report(rng) for _ in range(count)]


def bias(stopped: Sequence[Stopped]) -> dict[tuple[str, Kind], tuple[float, float, float]]:
    """Bias of the printed mean in half-widths, its standard error, and how often these miss."""
    grouped: dict[tuple[str, Kind], list[Stopped]] = {}
    for one in stopped:
        if not math.isnan(one.error):
            grouped.setdefault((one.law, one.kind), []).append(one)
    return {
        key: (
            float(np.mean([one.error for one in some])),
            float(np.std([one.error for one in some]) / math.sqrt(len(some))),
            float(np.mean([not one.covered for one in some])),
        )
        for key, some in grouped.items()
    }
