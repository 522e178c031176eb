"""What a report computes: the Figure 1 sweep, its verdicts, the predicted curves."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from empirics.judging.verdict import Judgement, judge
from empirics.running.cluster import Workers
from empirics.running.montecarlo import Sample, replicate
from reports.console import finite, progress
from reports.observations import judged_observations
from reports.results import SCHEMA, provenance
from reports.simulation import cell_json, open_store
from theorems.catalogue import catalogue
from theorems.claim import Claim, claim_at
from theorems.model import sigma as noise_level
from theorems.setting import Setting
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
    "recovered-fraction",
    "long-tail-error",
    "common-error",
    "variance-evolution",
    "unidentifiable-variance",
    "loss-evolution",
)
"""Statements whose predictions are drawn as lines."""

MAIN_SIGMA = 0.05
"""The noise level at which the paper compares with none."""


def depends_on_sigma(statement: Statement) -> bool:
    """Whether the claim or what it is compared with changes with sigma."""
    sides = [*statement.sides.values(), statement.scale]
    return (
        any(noise_level in side.free_symbols for side in sides)
        or statement.observable == "in_distribution_loss"
    )


def computed(preset: Preset, seed: int, workers: Workers, *, command: str) -> dict[str, Any]:
    """The results of a report: a plain document, the same for any number of workers.

    Args:
        preset: how much.
        seed: that every draw comes from.
        workers: who draws.
        command: as it was called, for the provenance.
    """
    started = time.monotonic()
    settings = [
        Setting(alpha=alpha, sigma=sigma) for alpha in preset.alphas for sigma in preset.sigmas
    ]
    store = open_store()
    try:
        with progress("draws", preset.runs * len(preset.alphas)) as advance:
            samples = replicate(
                settings, preset.runs, seed, workers=workers, store=store, advance=advance
            )
    finally:
        if store is not None:
            store.close()
    judgements = _judged(samples, preset)
    with progress("predicted curves", preset.curve_points) as advance:
        curves = _curves(preset, advance)
    return {
        "schema": SCHEMA,
        "provenance": provenance(command, time.monotonic() - started),
        "model": {
            "preset": preset.name,
            "seed": seed,
            "runs": preset.runs,
            "alphas": list(preset.alphas),
            "sigmas": list(preset.sigmas),
            "main_sigma": MAIN_SIGMA,
            "setting": {
                name: value
                for name, value in Setting().document().items()
                if name not in ("alpha", "sigma", "k")
            },
            "claims_judged": sum(len(rows) for rows in judgements),
        },
        "cells": [
            cell_json(sample, rows) for sample, rows in zip(samples, judgements, strict=True)
        ],
        "curves": curves,
        "observations": judged_observations(samples),
    }


def _judged(samples: list[Sample], preset: Preset) -> list[list[Judgement]]:
    """Judgements cell by cell; a claim that sigma does not enter is judged once an alpha."""
    claims: list[list[Claim]] = []
    with progress("statements", len(samples)) as advance:
        for sample in samples:
            first = sample.setting.sigma == preset.sigmas[0]
            claims.append(
                [
                    claim_at(statement, sample.setting)
                    for statement in catalogue.values()
                    if first or depends_on_sigma(statement)
                ]
            )
            advance(1)
    total = sum(len(row) for row in claims)
    return [
        [judge(claim, sample, total) for claim in row]
        for sample, row in zip(samples, claims, strict=True)
    ]


def _curves(preset: Preset, advance: Any) -> list[dict[str, Any]]:
    """Predictions over a grid of alpha, at the main sigma."""
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
    )
    rows = []
    for position, alpha in enumerate(grid.tolist()):
        setting = Setting(alpha=alpha, sigma=MAIN_SIGMA)
        for name in CURVES:
            claim = claim_at(catalogue[name], setting)
            rows.append(
                {
                    "alpha": alpha,
                    "id": name,
                    **{
                        side: finite(claim.number(side))
                        for side in ("lower", "value", "upper", "trivial_upper")
                    },
                }
            )
        advance(1 if position < preset.curve_points else 0)
    return rows
