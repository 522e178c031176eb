"""Trainings in which one thing differs from a plain run that no field of ``Run`` names.

A plain run and all that it rests on stay as they are, to the byte, and so do the trainings that are
kept of it: what is varied here is laid over its draw, its model or its surroundings.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from nn import training
from nn.checkpoint import load_result, save_result
from nn.runs import LIBRARIES, Run, RunResult
from nn.training import _Training as Training
from nn.triples import Draw
from theorems.source_digest import source_digest

Varied = TypeVar("Varied", bound="VariedRun")


@cache
def _code(module: str) -> str:
    return source_digest((module,), LIBRARIES)


@dataclass(frozen=True)
class VariedRun(Run):
    """A run with one thing varied; this one varies nothing."""

    @property
    def fingerprint(self) -> str:
        """Digest of the configuration, of what is varied and of the code that varies it."""
        text = f"{type(self).__name__} {super().fingerprint} {_code(type(self).__module__)}"
        return hashlib.sha256(text.encode()).hexdigest()

    def data(self) -> Draw:
        """What is trained on and tested."""
        return training.drawn(self)

    def begun(self, state: Training) -> None:
        """Vary what is trained, before its first step."""

    def around(self) -> AbstractContextManager[object]:
        """What the training runs in."""
        return nullcontext()

    def stream(self, *key: int) -> np.random.Generator:
        """Random numbers that no plain run of this seed uses; its streams have keys 0 to 2."""
        entropy = self.streams()["draw"].entropy
        return np.random.default_rng(np.random.SeedSequence(entropy, spawn_key=(3, *key)))


def varied(kind: type[Varied], run: Run, name: str, **what: Any) -> Varied:
    """Return a run as another one, varied, under the name that is put before its seed.

    Args:
        kind: what can be varied.
        run: the plain one.
        name: of the varied one; ``run.name`` ends in the seed.
        what: is varied, the fields that ``kind`` has besides a plain run's.

    """
    plain = {field.name: getattr(run, field.name) for field in fields(Run)}
    seed = run.name.rpartition("-")[2]
    return kind(**plain | {"name": f"{name}-{seed}"}, **what)


def train(run: Run, folder: Path, on_epoch: Callable[[], None] = lambda: None) -> RunResult:
    """Train a run, plain or varied; see ``nn.training.train``.

    Raises:
        InputError: a file in ``folder`` belongs to another configuration, or data are damaged.

    """
    if not isinstance(run, VariedRun) or load_result(folder, run) is not None:
        return training.train(run, folder, on_epoch)
    with run.around():
        state = Training(run, run.data())
        run.begun(state)
        result = state.finish(folder, on_epoch)
    save_result(folder, run, result)
    return result
