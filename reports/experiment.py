"""What a report computes: the Figure 1 sweep, its verdicts, the predicted curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from empirics.judging.budget import Budget
from empirics.judging.decide import decide
from empirics.judging.family import Family
from empirics.judging.verdict import Judgement, tests
from empirics.observables.needed import every_measurement, measurements_for
from empirics.observables.registry import OBSERVABLES
from empirics.running.cluster import Workers
from empirics.running.montecarlo import Sample
from reports.cached import open_store
from reports.console import progress, rounded
from reports.decided import Decision
from reports.main_setting import MainSetting
from reports.observations import PaperObservation, judged_observations, planned_intervals
from reports.records import Cell, Record, Whole
from reports.spread import Ask, claims, shared_out
from theorems.catalogue import catalogue
from theorems.certified import available, estimated
from theorems.claim import Claim
from theorems.model import sigma as noise_level
from theorems.setting import PAPER, Setting
from theorems.statement import Statement


@dataclass(frozen=True)
class Preset:
    """How much a report computes.

    Args:
        name: as on the command line.
        alphas: exponents of the power law.
        sigmas: noise levels; draws are shared by them.
        runs: draws at each alpha.
        curve_points: exponents at which predicted curves are evaluated, from the smallest
            alpha to the largest.
    """

    name: str
    alphas: tuple[float, ...]
    sigmas: tuple[float, ...]
    runs: int
    curve_points: int

    def with_runs(self, runs: int) -> Preset:
        """The preset with another number of draws."""
        return replace(self, runs=runs)

    def around(self, main: MainSetting) -> Preset:
        """The preset with the exponent and the noise level of a main setting among its own."""
        return replace(
            self,
            alphas=main.among(self.alphas),
            sigmas=tuple(sorted({*self.sigmas, main.setting.sigma})),
        )


_ALPHAS = (1.0, 1.25, 1.5, 2.0, 2.5, 3.0)
_SIGMAS = (0.0, 0.01, 0.05, 0.1, 0.2)

PRESETS = {
    "quick": Preset("quick", _ALPHAS, _SIGMAS, runs=50, curve_points=33),
    "paper": Preset(
        "paper",
        (1.0, 1.125, 1.25, 1.375, 1.5, 1.75, 2.0, 2.25, 2.5, 2.75, 3.0),
        _SIGMAS,
        runs=1000,
        curve_points=65,
    ),
}

CURVES = (
    "noiseless-loss",
    "noiseless-loss-sharp",
    "noiseless-loss-cavity",
    "recovered-fraction",
    "long-tail-error",
    "common-error",
    "variance-evolution",
    "unidentifiable-variance",
    "loss-evolution",
)
"""Statements whose predictions are drawn as lines."""

COARSE = frozenset({"noiseless-loss-cavity"})
"""Of them those that take a second each: evaluated at every fourth exponent and at those drawn."""

COARSENESS = 4

MAIN_SIGMA = PAPER.sigma
"""The noise level at which the paper compares with none."""


def depends_on_sigma(statement: Statement) -> bool:
    """Whether the claim or what it is compared with changes with sigma."""
    sides = [*statement.sides.values(), statement.scale]
    observed = OBSERVABLES.get(statement.observable or "")
    return (observed is not None and observed.depends_on_sigma) or any(
        side.has(noise_level) for side in sides
    )


class Model(Record):
    """What the sweep was run at.

    Args:
        setting: the parameters that do not change over it.
        main_alpha: with `main_sigma` the main setting.
        curve_sigma: of the predicted curves, and of what is compared with none: the main noise
            level, the paper's where that is 0.
        own_k: the common features, where their number was chosen.
    """

    preset: str
    seed: Whole
    runs: Whole
    alphas: tuple[float, ...]
    sigmas: tuple[float, ...]
    main_sigma: float
    setting: dict[str, float | int | str]
    claims_judged: Whole
    main_alpha: float = 2.0
    curve_sigma: float = MAIN_SIGMA
    own_k: Whole | None = None

    @property
    def repeats_the_paper(self) -> bool:
        """Whether n, d, s and b, which do not change, are those of the paper's Figure 1."""
        usual = PAPER.document()
        same = all(usual[name] == value for name, value in self.setting.items())
        return same and self.own_k is None


class Curve(Record):
    """A statement's sides at one exponent, at the sigma of curves.

    Args:
        believed: whether its hypotheses hold there.
    """

    alpha: float
    id: str
    lower: float | None
    value: float | None
    upper: float | None
    trivial_upper: float | None
    believed: bool = True


class Sweep(Record):
    """The Figure 1 sweep: cells over alpha and sigma, curves, what the paper observes.

    Args:
        decision: how open claims were drawn for; None where all have as many draws.
    """

    model: Model
    cells: tuple[Cell, ...]
    curves: tuple[Curve, ...]
    observations: tuple[PaperObservation, ...]
    decision: Decision | None = None


def settings_of(preset: Preset, main: MainSetting) -> list[Setting]:
    """The settings of the sweep.

    Raises:
        InputError: for one outside what is allowed.
    """
    return [main.at(alpha=alpha, sigma=sigma) for alpha in preset.alphas for sigma in preset.sigmas]


def planned_tests(preset: Preset, main: MainSetting | None = None) -> int:
    """How many intervals the verdicts of the sweep may look at."""
    asked = asked_statements(settings_of(preset, main or MainSetting()))
    return sum(tests(one) for row in asked for one in row) + planned_intervals(preset.alphas)


def computed(
    preset: Preset,
    seed: int,
    workers: Workers,
    family: Family,
    main: MainSetting | None = None,
    budget: Budget | None = None,
) -> Sweep:
    """The sweep, the same for any number of workers.

    Args:
        preset: how much.
        seed: that every draw comes from.
        workers: who draws.
        family: of the tests of the whole report.
        main: the setting in the middle; None for the paper's.
        budget: to draw until claims are decided; None draws the preset's number.
    """
    main = main or MainSetting()
    settings = settings_of(preset, main)
    samples, judgements, decision = drawn_and_judged(
        settings, preset.runs, seed, workers, family, budget, main.extra
    )
    curves = _curves(preset, main, _without_noise(judgements), workers)
    unchanged = {
        name: value
        for name, value in main.setting.document().items()
        if name not in ("alpha", "sigma", "k")
    }
    return Sweep(
        model=Model(
            preset=preset.name,
            seed=seed,
            runs=preset.runs,
            alphas=preset.alphas,
            sigmas=preset.sigmas,
            main_sigma=main.setting.sigma,
            main_alpha=main.setting.alpha,
            curve_sigma=curve_sigma(main),
            own_k=main.setting.k if main.own_k else None,
            setting=unchanged,
            claims_judged=sum(len(rows) for rows in judgements),
        ),
        cells=tuple(Cell.of(*pair) for pair in zip(samples, judgements, strict=True)),
        curves=tuple(curves),
        observations=tuple(judged_observations(list(samples), family)),
        decision=decision,
    )


def asked_statements(settings: Sequence[Setting]) -> list[list[Statement]]:
    """What is judged at each setting: every statement, but once a law where sigma is not in it."""
    asked: list[list[Statement]] = []
    met: set[str] = set()
    for setting in settings:
        first = setting.law.key not in met
        met.add(setting.law.key)
        asked.append([one for one in catalogue.values() if first or depends_on_sigma(one)])
    return asked


PATIENCE = 60.0
"""Seconds at most that the enclosures of one setting are estimated to take."""


def _claims(
    settings: Sequence[Setting], workers: Workers, extra: Mapping[str, float]
) -> list[list[Claim]]:
    """What is judged, setting by setting."""
    groups: dict[str, list[tuple[int, Ask]]] = {}
    for place, (setting, statements) in enumerate(
        zip(settings, asked_statements(settings), strict=True)
    ):
        # Also at somebody's own setting judging must not wait long for enclosures.
        certified = available() and estimated(setting, len(statements), 15) <= PATIENCE
        # Settings that differ in sigma share recursions.
        groups.setdefault(setting.law.key, []).extend(
            (place, Ask(one.id, setting, one.own(extra), certified)) for one in statements
        )
    found: list[list[Claim]] = [[] for _ in settings]
    asked = shared_out(groups.values(), workers)
    with progress("statements", sum(map(len, asked))) as advance:
        rows = claims([[ask for _, ask in group] for group in asked], workers, advance)
    order = {one.id: nth for nth, one in enumerate(catalogue.values())}
    for group, row in zip(asked, rows, strict=True):
        for (place, _), claim in zip(group, row, strict=True):
            found[place].append(claim)
    for row in found:
        row.sort(key=lambda claim: order[claim.statement.id])
    return found


def drawn_and_judged(
    settings: Sequence[Setting],
    runs: int,
    seed: int,
    workers: Workers,
    family: Family,
    budget: Budget | None,
    extra: Mapping[str, float] | None = None,
) -> tuple[Sequence[Sample], Sequence[Sequence[Judgement]], Decision | None]:
    """Draws and judgements setting by setting, and how long what was open was drawn for.

    Args:
        settings: those that differ in sigma share their draws.
        runs: draws at each; with a budget those of the first look, which the samples hold.
        seed: that every draw comes from.
        workers: who draws.
        family: of the tests of the whole report.
        budget: to draw until claims are decided; None looks once.
        extra: values of statements' own parameters; each takes its own.
    """
    needed = measurements_for(catalogue.values(), extra) if extra else ()
    with open_store() as store:
        found = decide(
            settings,
            lambda: _claims(settings, workers, extra or {}),
            first=runs,
            seed=seed,
            budget=budget,
            family=family,
            workers=workers,
            store=store,
            measurements=every_measurement(needed),
            watch=progress,
        )
    decision = None if budget is None else Decision.of(found, budget)
    return found.samples, found.judgements, decision


def curve_sigma(main: MainSetting) -> float:
    """The noise level that curves are drawn at."""
    return main.setting.sigma or MAIN_SIGMA


def _without_noise(judgements: Sequence[Sequence[Judgement]]) -> dict[tuple[str, float], Claim]:
    """Claims that are the same at every sigma, by statement and alpha: these are dear."""
    return {
        (one.claim.statement.id, one.claim.setting.alpha): one.claim
        for row in judgements
        for one in row
        if not depends_on_sigma(one.claim.statement)
        and not any(
            hypothesis.margin.has(noise_level) for hypothesis in one.claim.statement.hypotheses
        )
    }


def _curves(
    preset: Preset,
    main: MainSetting,
    known: Mapping[tuple[str, float], Claim],
    workers: Workers,
) -> list[Curve]:
    """Predictions over a grid of alpha, at the sigma of curves; those that are known are taken."""
    grid = np.unique(
        np.round(
            np.concatenate(
                [
                    np.linspace(min(preset.alphas), max(preset.alphas), preset.curve_points),
                    preset.alphas,
                ]
            ),
            6,
        )
    ).tolist()
    drawn = [
        [
            (name, alpha)
            for name in CURVES
            if name not in COARSE or not position % COARSENESS or alpha in preset.alphas
        ]
        for position, alpha in enumerate(grid)
    ]
    asked = [
        [
            Ask(
                name,
                main.at(alpha=alpha, sigma=curve_sigma(main)),
                catalogue[name].own(main.extra),
            )
            for name, alpha in row
            if (name, alpha) not in known
        ]
        for row in drawn
    ]
    with progress("predicted curves", sum(map(len, asked))) as advance:
        rows = claims(asked, workers, advance)
    found = dict(known)
    for claim in (claim for row in rows for claim in row):
        found[claim.statement.id, claim.setting.alpha] = claim
    return [_curve(found[key], key) for row in drawn for key in row]


def _curve(claim: Claim, key: tuple[str, float]) -> Curve:
    return Curve(
        id=key[0],
        alpha=key[1],
        lower=rounded(claim.number("lower")),
        value=rounded(claim.number("value")),
        upper=rounded(claim.number("upper")),
        trivial_upper=rounded(claim.number("trivial_upper")),
        believed=claim.believed,
    )
