"""Trainings on a random part of the samples, with one-shot labels that a fair coin chose."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from nn import training
from nn.one_sample import one_shot_start
from nn.triples import Draw, Target, Triples, combine
from nn.varied import VariedRun

#: What is left out: the ten one-shot samples alone, or any.
Sampled = Literal["one-shot", "all"]

SHOTS = 10
#: Of labels: a one-shot image's is one of two that are as far on either side of it.
MIDDLE = (SHOTS - 1) / 2


@dataclass(frozen=True)
class KeptRun(VariedRun):
    """A run that keeps each sample with one probability; each one-shot image's label is fair.

    Image i has the label i or 9 - i, by a coin that seed and replicate alone choose: the two signs
    of a coefficient (i - 4.5) in the theory. Of the one-shot samples exactly ``tenths`` are kept,
    each with the same probability, spread evenly over the sizes of these coefficients, so that
    replicates differ less; of the others the same share, rounded down. So each label is revealed
    with no more than that probability, which is what delta-stable asks of one label.

    Args:
        tenths: of the samples that are kept, 0 to 10.
        sampled: which can be left out.

    """

    tenths: int = SHOTS
    sampled: Sampled = "one-shot"

    def data(self) -> Draw:
        """The draw with fair labels, and only what is kept."""
        draw = training.drawn(self)
        start, labels = one_shot_start(draw), self.labels()
        return replace(
            draw,
            train=_labelled(draw.train, start, labels, self.task.target),
            probe=_labelled(draw.probe, start, labels, self.task.target),
            tests={
                name: _labelled(test, start, labels, self.task.target)
                for name, test in draw.tests.items()
            },
            kept=self._kept(draw),
        )

    def labels(self) -> npt.NDArray[np.int64]:
        """Label of each one-shot image, shape (10,)."""
        plain = np.arange(SHOTS)
        return np.where(self.stream(0).random(SHOTS) < 0.5, plain, SHOTS - 1 - plain)

    def _kept(self, draw: Draw) -> npt.NDArray[np.bool_]:
        rng = self.stream(1)
        others = rng.permutation(np.setdiff1d(np.arange(len(draw.kept)), draw.probe_rows))
        # A systematic sample, its start random, of images in the order of their sizes.
        order = np.lexsort((rng.random(SHOTS), np.abs(np.arange(SHOTS) - MIDDLE)))
        passed = (rng.integers(SHOTS) + self.tenths * np.arange(SHOTS + 1)) // SHOTS
        shots = draw.probe_rows[order]
        kept = draw.kept.copy()
        kept[shots[np.diff(passed) == 0]] = False
        if self.sampled == "all":
            kept[others[len(others) * self.tenths // SHOTS :]] = False
        return kept


def _labelled(
    triples: Triples, start: int, shot_labels: npt.NDArray[np.int64], target: Target
) -> Triples:
    """Samples with other labels of the one-shot images, which begin at ``start`` in the pool."""
    shot = triples.images >= start
    labels = triples.labels.copy()
    labels[shot] = shot_labels[triples.images[shot] - start]
    return Triples(triples.images, labels, combine(labels, target))
