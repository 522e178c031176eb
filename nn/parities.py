"""Trainings whose target is the parity of the labels' sum: an exclusive or."""

from __future__ import annotations

from dataclasses import dataclass, replace

from nn import training
from nn.triples import Draw, Triples
from nn.varied import VariedRun


@dataclass(frozen=True)
class ParityRun(VariedRun):
    """A run whose target is 1 where the sum of the labels is even, and -1 where it is odd."""

    def data(self) -> Draw:
        """The draw with parities as targets."""
        draw = training.drawn(self)
        return replace(
            draw,
            train=_parities(draw.train),
            probe=_parities(draw.probe),
            tests={name: _parities(test) for name, test in draw.tests.items()},
        )


def _parities(triples: Triples) -> Triples:
    return replace(triples, target=1.0 - 2.0 * (triples.labels.sum(axis=1) % 2))
