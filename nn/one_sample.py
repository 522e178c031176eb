"""Trainings of a sum that differ in one sample, tested on every pair of one-shot images."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from nn import training
from nn.triples import Draw, Index, Triples, combine
from nn.varied import VariedRun

#: Test samples for each pair of one-shot images: each arrangement in three channels ten times.
TESTS_PER_PAIR = 60
#: The pairs of ten one-shot images.
PAIRS: tuple[tuple[int, int], ...] = tuple(itertools.combinations(range(10), 2))
#: By how much a corrupted label is off, toward the middle of 0 to 9.
LABEL_ERROR = 3

Change = Literal["none", "swapped", "corrupted", "placebo"]


@dataclass(frozen=True)
class OneSampleRun(VariedRun):
    """A sum whose training differs in one sample, tested on every pair of one-shot images.

    All changes leave how often each digit and each label occurs, the other samples, their order
    and the initial weights as they are.

    Args:
        change: "swapped": the one-shot image gives way to an ordinary training image of the same
            label; "corrupted": the sample's target is off by ``LABEL_ERROR``; "placebo": an
            ordinary image of an ordinary sample gives way to another of the same label.
        which: 0 to 9; of a placebo, its number.

    """

    change: Change = "none"
    which: int = 0

    def data(self) -> Draw:
        """The draw with one sample changed, and tests "pair-i-j"."""
        draw = training.drawn(self)
        return replace(
            draw,
            train=self._changed(draw),
            tests={"in_distribution": draw.tests["in_distribution"]} | self._pairs(draw),
        )

    def _changed(self, draw: Draw) -> Triples:
        train = draw.train
        images, target = train.images.copy(), train.target.copy()
        row, label = int(draw.probe_rows[self.which]), self.which
        ordinary = images < one_shot_start(draw)
        rng = self.stream(("none", "swapped", "corrupted", "placebo").index(self.change), label)
        if self.change == "corrupted":
            target[row] += LABEL_ERROR if label < 5 else -LABEL_ERROR
        elif self.change == "swapped":
            channel = int(np.flatnonzero(~ordinary[row])[0])
            images[row, channel] = rng.choice(images[ordinary & (train.labels == label)])
        elif self.change == "placebo":
            plain = np.setdiff1d(np.arange(len(target)), draw.probe_rows)
            row, channel = int(rng.choice(plain)), int(rng.integers(3))
            same = images[ordinary & (train.labels == train.labels[row, channel])]
            images[row, channel] = rng.choice(same[same != images[row, channel]])
        return replace(train, images=images, target=target)

    def _pairs(self, draw: Draw) -> dict[str, Triples]:
        """Tests of each pair, beside the same digits and in the same places for all of them."""
        digits = draw.tests["in_distribution"]
        count = min(TESTS_PER_PAIR, len(digits.target))
        rows = np.arange(count)
        places: Index = np.array(list(itertools.permutations(range(3), 2)))[rows % 6]
        out = {}
        for pair in PAIRS:
            images, labels = digits.images[:count].copy(), digits.labels[:count].copy()
            for place, which in zip(places.T, pair, strict=True):
                images[rows, place] = one_shot_start(draw) + which
                labels[rows, place] = which
            out[pair_test(*pair)] = Triples(images, labels, combine(labels, self.task.target))
        return out


def one_shot_start(draw: Draw) -> int:
    """Index of the first one-shot image in the pool of a draw that trains on all ten."""
    return len(draw.pool) - 10


def pair_test(i: int, j: int) -> str:
    """Name of the test of a pair of one-shot images."""
    return f"pair-{min(i, j)}-{max(i, j)}"
