"""An experiment's request: checked and resolved before anything is written."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from dataclasses import dataclass, replace
from pathlib import Path

from nn.documents import Head
from nn.models import Architecture
from nn.pool import resolve_device, resolve_jobs, train_all
from nn.presets import Changes, Preset, preset_named
from nn.runs import LIBRARIES, Optimizer, Run, RunResult, code_version
from nn.sources import Sources, data_folder
from nn.triples import Task
from theorems.errors import InputError


@dataclass(frozen=True)
class Plan:
    """An experiment's request, resolved and checked: nothing is written before this exists.

    Args:
        preset: sizes and settings.
        sources: where images come from.
        device: "cpu" or "cuda".
        seeds: how many.
        seed: the user's.
        folder: where runs are kept.
        jobs: processes side by side.
        quiet: show no progress.

    """

    preset: Preset
    sources: Sources
    device: str
    seeds: int
    seed: int
    folder: Path
    jobs: int
    quiet: bool = False

    def run(
        self,
        name: str,
        model: str,
        task: Task,
        optimizer: Optimizer,
        replicate: int,
    ) -> Run:
        """Specify one run of this plan."""
        return Run(
            name=f"{name}-seed{self.seed}.{replicate}",
            model=model,
            encoder=replace(self.preset.encoder, size=self.sources.size),
            task=task,
            optimizer=optimizer,
            sources=self.sources,
            seed=self.seed,
            replicate=replicate,
            device="cuda" if self.device == "cuda" else "cpu",
        )

    def title(self, model: Architecture) -> str:
        """Title of an architecture as this plan trains it."""
        return f"{model.title}{self.preset.encoder.suffix}"

    def train(self, runs: list[Run], title: str) -> dict[str, RunResult]:
        """Train runs and return their results by name, seed and replicate included."""
        results = train_all(runs, self.folder, self.jobs, title, self.quiet)
        return {result.name: result for result in results}

    def head(self, seeds: int | None = None) -> Head:
        """Return what every result document begins with.

        Args:
            seeds: how many trainings its summaries go over, None for as many as were asked for.
        """
        return Head(
            preset=self.preset.name,
            sources=self.sources.line,
            device=self.device,
            seed=self.seed,
            seeds=self.seeds if seeds is None else seeds,
            role="report: seeds and one-shot images on which no setting was chosen",
            versions={package: importlib.metadata.version(package) for package in LIBRARIES}
            | {"python": platform.python_version()},
            code=code_version(),
        )


def plan(
    preset: str = "quick",
    data: Path | None = None,
    device: str = "auto",
    seeds: int | None = None,
    seed: int = 0,
    out: Path = Path("report"),
    jobs: int | None = None,
    quiet: bool = False,
    changes: Changes | None = None,
) -> Plan:
    """Check a request and resolve it.

    Args:
        preset: name of a preset.
        data: folder with MNIST and Omniglot in torchvision's layout; else the environment
            variable LONGTAIL_DATA; else the embedded stand-ins.
        device: "auto", "cpu" or "cuda".
        seeds: how many seeds, None for the preset's.
        seed: root of every random stream.
        out: folder for results; runs are kept in ``out/nn-runs``.
        jobs: runs side by side, None for one per core.
        quiet: show no progress.
        changes: what differs from the preset; a run with other settings is another run.

    Raises:
        InputError: one line that names the option, the value and what is allowed.

    """
    chosen = (changes or Changes()).made(preset_named(preset))
    if seeds is not None and seeds < 1:
        raise InputError("seeds", seeds, "must be 1 or more")
    if seed < 0:
        raise InputError("seed", seed, "must be 0 or more")
    resolved = resolve_device(device)
    count = resolve_jobs(jobs, resolved)
    root = data_folder(data)
    if chosen.needs_data and root is None:
        raise InputError(
            "preset",
            preset,
            "needs MNIST and Omniglot; name their folder with --data DIR or LONGTAIL_DATA, get "
            "them with: longtail data download --data DIR",
        )
    sources = Sources(None, chosen.size)
    if root is not None:
        sources = Sources(root, chosen.data_size, chosen.data_images)
    there = next(p for p in (out, *out.absolute().parents) if p.exists())
    if not there.is_dir():
        raise InputError("out", there, "must be a folder, is a file")
    if not os.access(there, os.W_OK | os.X_OK):
        raise InputError("out", there, "must be a folder that can be written")
    # Other code or libraries start anew in a folder of their own, beside what they left.
    folder = out / "nn-runs" / f"{chosen.name}-{sources.slug}-{resolved}-{code_version()}"
    return Plan(
        chosen,
        sources,
        resolved,
        seeds if seeds is not None else chosen.seeds,
        seed,
        folder,
        count,
        quiet,
    )
