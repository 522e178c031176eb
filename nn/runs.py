"""One training run: what it is, by value, and what it gave.

A run is named by everything that can change its result, so that a finished run is never done
twice, a killed one resumes, and a checkpoint of another configuration is recognized.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import Any, Literal

import numpy as np

from nn.encoders import Encoder
from nn.sources import Role, Sources
from nn.triples import Task
from theorems.source_digest import source_digest

#: Whose versions a result depends on: they draw, shape and read the images, and train.
LIBRARIES = ("torch", "torchvision", "numpy", "scikit-learn", "matplotlib", "pillow")
_ROLES = {"report": 0, "tuning": 1}


@cache
def code_version() -> str:
    """Digest of the sources and the libraries that a result depends on."""
    return source_digest(("nn.training",), LIBRARIES)


@dataclass(frozen=True)
class Focus:
    """Short epochs on what is not learned yet.

    An epoch goes through the samples that were answered worst when they were last seen, and
    through some of the others, so that they are not forgotten and their errors not out of date. A
    sample never seen counts as worst of all: the first epochs go through everything. A sample
    that is the only one of its kind is met in every epoch until it is learned, at the cost of a
    few samples and not of all.

    Args:
        worst: how many of the worst.
        others: how many of the others, drawn afresh for each epoch.

    """

    worst: int
    others: int


@dataclass(frozen=True)
class Optimizer:
    """How a run is trained.

    Args:
        name: "sgd" (weight decay added to the gradient) or "adamw" (decoupled).
        lr: peak learning rate; it warms up over the first epoch-twentieth and falls as a cosine.
        weight_decay: on every parameter, as torch's optimizers do by default.
        epochs: passes over the training samples, short ones where there is a focus.
        batch: samples per step.
        momentum: of SGD.
        clip: largest norm of a gradient, None for no limit.
        focus: which samples an epoch goes through, None for all.

    """

    name: Literal["sgd", "adamw"]
    lr: float
    weight_decay: float
    epochs: int
    batch: int
    momentum: float = 0.9
    clip: float | None = 5.0
    focus: Focus | None = None


@dataclass(frozen=True)
class Run:
    """Everything that determines a run's result.

    Args:
        name: readable, unique among the runs of a preset; the file name of its result.
        model: name of an architecture of ``nn.models``.
        encoder: how its encoders are built.
        task: what is drawn.
        optimizer: how it is trained.
        sources: where images come from.
        seed: what the user asked for; ``replicate`` counts runs under it.
        role: "report", or "tuning" for runs that chose settings and were thrown away.
        device: "cpu" or "cuda"; CUDA computes encoders in bf16, so results differ.

    """

    name: str
    model: str
    encoder: Encoder
    task: Task
    optimizer: Optimizer
    sources: Sources
    seed: int
    replicate: int
    role: Role = "report"
    device: Literal["cpu", "cuda"] = "cpu"

    @property
    def fingerprint(self) -> str:
        """Digest of the configuration and the code, without the name and the data's path."""
        content = asdict(self) | {"code": code_version()}
        del content["name"]
        content["sources"] = {"slug": self.sources.slug, "size": self.sources.size}
        if self.sources.train_images is not None:
            content["sources"]["train_images"] = self.sources.train_images
        text = json.dumps(content, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def streams(self) -> dict[str, np.random.SeedSequence]:
        """Independent seeds for the draw, the initial weights and the order of samples.

        Runs that share seed and replicate share all three, whatever their model or weight decay:
        comparisons are paired.
        """
        root = np.random.SeedSequence([_ROLES[self.role], self.seed, self.replicate])
        return dict(zip(("draw", "weights", "order"), root.spawn(3), strict=True))


@dataclass(frozen=True)
class RunResult:
    """What a run gave.

    Args:
        name: the run's.
        fingerprint: the run's.
        status: "done" or "diverged" (then ``why`` says when, and ``losses`` is empty).
        why: one line, empty where done.
        losses: mean squared errors by name: "train", "one_shot" and the test sets'.
        baselines: for each of them, the error of always predicting the training mean.
        probe_targets: targets of the ten one-shot training samples.
        probe_predictions: the model's answers there.
        correct: for the subsampled estimator: per training sample "1" where the answer rounds to
            the target, else "0"; empty otherwise.

    """

    name: str
    fingerprint: str
    status: Literal["done", "diverged"]
    why: str = ""
    losses: dict[str, float] = field(default_factory=dict)
    baselines: dict[str, float] = field(default_factory=dict)
    probe_targets: tuple[float, ...] = ()
    probe_predictions: tuple[float, ...] = ()
    correct: str = ""

    def loss(self, name: str) -> float | None:
        """Return a loss, None where the run diverged (never a number that is none)."""
        value = self.losses.get(name)
        return value if value is not None and math.isfinite(value) else None

    def to_json(self) -> str:
        """Serialize, one line."""
        return json.dumps(asdict(self), sort_keys=True, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> RunResult:
        """Read back what ``to_json`` wrote."""
        content: dict[str, Any] = json.loads(text)
        for key in ("probe_targets", "probe_predictions"):
            content[key] = tuple(content[key])
        return cls(**content)
