"""Memorization scores of the one-shot samples, from paired trainings with and without them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nn.runs import RunResult


@dataclass(frozen=True)
class Scores:
    """Scores of the ten one-shot samples of one seed.

    Args:
        score: Feldman and Zhang's, per sample: is the answer right (it rounds to the target) with
            the sample in training, minus the same with its image swapped for an ordinary digit.
        level: the share of the sample's label that training on it supplied,
            (f_with - f_without) / (target - f_without), pooled over the ten by least squares:
            1 is full memorization, 0 none. This is m = 1/(1 + lambda) of the ridge model.

    """

    score: tuple[float, ...]
    level: float | None

    @property
    def mean(self) -> float:
        """Mean score of the ten samples."""
        return float(np.mean(self.score))


def right(answers: Sequence[float], targets: Sequence[float]) -> list[bool]:
    """Tell per sample whether the answer rounds to the target (targets are whole numbers)."""
    return [abs(a - t) < 0.5 for a, t in zip(answers, targets, strict=True)]


def scores(with_: RunResult, without: RunResult) -> Scores | None:
    """Score one seed; None where either training diverged.

    Both results were asked the same ten samples, with the one-shot images in place.
    """
    if with_.status != "done" or without.status != "done":
        return None
    targets = np.array(with_.probe_targets)
    held, missed = np.array(with_.probe_predictions), np.array(without.probe_predictions)
    gain = np.array(right(list(held), list(targets)), dtype=float) - np.array(
        right(list(missed), list(targets)), dtype=float
    )
    pull = targets - missed
    denominator = float(pull @ pull)
    level = float((held - missed) @ pull) / denominator if denominator > 0 else None
    return Scores(tuple(float(g) for g in gain), level)
