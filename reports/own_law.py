"""Frequencies of one's own: what a report computes for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from empirics.judging.budget import Budget
from empirics.judging.family import Family
from empirics.running.cluster import Workers
from reports.console import finite
from reports.decided import Decision
from reports.experiment import drawn_and_judged
from reports.main_setting import MainSetting
from reports.records import Cell, Record, Whole
from theorems.catalogue import catalogue
from theorems.claim import claim_at
from theorems.law import Table
from theorems.setting import Setting

RANKS = 400
"""Points of the rank-frequency curve, spread over ranks evenly on a logarithmic scale."""

LINES = ("noiseless-loss", "noiseless-loss-sharp", "loss-evolution")
"""Statements whose sides are drawn over sigma."""


class RankedFeature(Record):
    """A feature by its rank, from 1: frequency and coefficient."""

    rank: Whole
    p: float
    beta: float


class SidesAtSigma(Record):
    """A statement's sides at one noise level.

    Args:
        believed: whether its hypotheses hold there.
    """

    sigma: float
    id: str
    lower: float | None
    value: float | None
    upper: float | None
    believed: bool = True


class OwnLaw(Record):
    """A table of frequencies, thinned for drawing, and a cell for each noise level.

    Args:
        name, digest: of the table.
        expected_entries: non-zeros of a sample on average.
        ranked: features of some ranks.
        cells: one for each noise level.
        decision: how open claims were drawn for; None where all have as many draws.
    """

    name: str
    digest: str
    d: Whole
    n: Whole
    expected_entries: float
    main_sigma: float
    ranked: tuple[RankedFeature, ...]
    lines: tuple[SidesAtSigma, ...]
    cells: tuple[Cell, ...]
    decision: Decision | None = None


def own_settings(main: MainSetting, sigmas: Sequence[float]) -> list[Setting]:
    """The table at each noise level, its own among them; draws are shared by them.

    Args:
        main: the setting of the table.
        sigmas: noise levels.
    """
    return [main.at(sigma=sigma) for sigma in sorted({*sigmas, main.setting.sigma})]


def computed_own(
    settings: Sequence[Setting],
    main_sigma: float,
    runs: int,
    seed: int,
    workers: Workers,
    family: Family,
    budget: Budget | None = None,
    extra: Mapping[str, float] | None = None,
) -> OwnLaw:
    """Draw and judge at each noise level.

    Args:
        settings: of `own_settings`.
        main_sigma: the noise level of the main setting.
        runs: draws.
        seed: that every draw comes from.
        workers: who draws.
        family: of the tests of the whole report.
        budget: to draw until claims are decided; None looks once.
        extra: values of statements' own parameters; each takes its own.
    """
    table, n = settings[0].law, settings[0].n
    assert isinstance(table, Table)
    samples, judgements, decision = drawn_and_judged(
        settings, runs, seed, workers, family, budget, extra
    )
    ranks = np.unique(np.geomspace(1, table.d, min(RANKS, table.d)).astype(int))
    return OwnLaw(
        name=table.name,
        digest=table.digest,
        d=table.d,
        n=n,
        expected_entries=table.entries,
        main_sigma=main_sigma,
        ranked=tuple(
            RankedFeature(rank=rank, p=float(table.p[rank - 1]), beta=float(table.beta[rank - 1]))
            for rank in ranks.tolist()
        ),
        lines=tuple(_sides(name, setting) for setting in settings for name in LINES),
        cells=tuple(Cell.of(*pair) for pair in zip(samples, judgements, strict=True)),
        decision=decision,
    )


def _sides(name: str, setting: Setting) -> SidesAtSigma:
    claim = claim_at(catalogue[name], setting)
    return SidesAtSigma(
        sigma=setting.sigma,
        id=name,
        lower=finite(claim.number("lower")),
        value=finite(claim.number("value")),
        upper=finite(claim.number("upper")),
        believed=claim.believed,
    )


def at_main(own: OwnLaw) -> Cell:
    """The cell at the main noise level."""
    return min(own.cells, key=lambda cell: abs(cell.sigma - own.main_sigma))
