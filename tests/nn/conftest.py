"""What the networks chapter's tests share: one thread, and where real data may lie."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (make nn)")
torch.set_num_threads(1)

from nn.documents import Document  # noqa: E402
from nn.encoders import Encoder  # noqa: E402
from nn.presets import QUICK, Preset  # noqa: E402
from nn.runs import Optimizer, Run  # noqa: E402
from nn.sources import Sources  # noqa: E402
from nn.triples import Task  # noqa: E402
from reports import cli, network_figures  # noqa: E402
from reports.figures import Drawn  # noqa: E402

EMBEDDED = Sources(None, 8)


@dataclass(frozen=True)
class Called:
    """What a call of the command line came to."""

    status: int
    out: str
    err: str


@pytest.fixture
def call(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Called]:
    """The command line, called in this process."""

    def run(*arguments: str) -> Called:
        monkeypatch.setattr(sys, "argv", ["longtail", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            cli.main()
        captured = capsys.readouterr()
        return Called(int(left.value.code or 0), captured.out, captured.err)

    return run


@pytest.fixture(autouse=True)
def _no_data_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user's own LONGTAIL_DATA must not change what a test on embedded data sees."""
    monkeypatch.delenv("LONGTAIL_DATA", raising=False)


_DRAWN: dict[str, Drawn | None] = {}


@pytest.fixture(autouse=True)
def _documents_are_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line, the page and a test would each draw the same figure."""
    draw = network_figures.drawn

    def known(document: Document) -> Drawn | None:
        key = document.text()
        if key not in _DRAWN:
            _DRAWN[key] = draw(document)
        return _DRAWN[key]

    monkeypatch.setattr(network_figures, "drawn", known)


REAL = os.environ.get("LONGTAIL_DATA")


@pytest.fixture
def real_data() -> Path:
    if not REAL or not Path(REAL).is_dir():
        pytest.skip("LONGTAIL_DATA does not name a folder with MNIST and Omniglot")
    return Path(REAL)


def _tiny_run(**changes: Any) -> Run:
    run = Run(
        name="tiny",
        model="sum",
        encoder=Encoder("small", (8,)),
        task=Task(samples=60, tests=20),
        optimizer=Optimizer("adamw", lr=1e-2, weight_decay=0.0, epochs=3, batch=16),
        sources=EMBEDDED,
        seed=0,
        replicate=0,
    )
    return replace(run, **changes)


def _tiny_preset(preset: Preset = QUICK) -> Preset:
    return replace(
        preset,
        seeds=2,
        without=2,
        encoder=Encoder("small", (8,)),
        table1=Task(samples=60, tests=20),
        figure2=Task(samples=60, tests=20),
        nines=(4, 16),
        optimizer=replace(preset.optimizer, epochs=1, batch=32),
        sgd=replace(preset.sgd, epochs=1, batch=32),
        figure2_epochs=1,
        path={"adamw": (0.0, 1.0), "sgd": (0.0,)},
        subsets=3,
        subset_samples=60,
        corruptions=(0.0, 2.0),
    )


@pytest.fixture
def tiny_run() -> Callable[..., Run]:
    """A run small enough for a test, on the embedded sources."""
    return _tiny_run


@pytest.fixture
def tiny_preset() -> Callable[..., Preset]:
    """A preset's shape at a size that trains in seconds."""
    return _tiny_preset
