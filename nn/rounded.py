"""Trainings of which the rounding alone differs."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

import torch

from nn.training import _Training as Training
from nn.varied import VariedRun


@dataclass(frozen=True)
class RoundedRun(VariedRun):
    """A run whose rounding alone differs.

    Args:
        moved: number of the copy in which one weight, chosen by it, is moved up by one unit in
            the last place before training; None to move none.
        threads: that one training uses.
        own_kernels: torch's own convolutions instead of oneDNN's, as on another kind of CPU.

    """

    moved: int | None = None
    threads: int = 1
    own_kernels: bool = False

    def begun(self, state: Training) -> None:
        """Move one weight up by one unit in the last place."""
        if self.moved is None:
            return
        # A weight that is zero has no size; offsets begin there.
        places = [
            (weight, index)
            for weight in state.model.parameters()
            for index in torch.nonzero(weight)
        ]
        weight, index = places[int(self.stream(10, self.moved).integers(len(places)))]
        at = tuple(index)
        with torch.no_grad():
            weight[at] = torch.nextafter(weight[at], torch.full_like(weight[at], torch.inf))

    @contextmanager
    def around(self) -> Iterator[None]:
        """Run with this run's threads and kernels."""
        before = torch.get_num_threads()
        torch.set_num_threads(self.threads)
        try:
            with warnings.catch_warnings(), self._kernels():
                yield
        finally:
            torch.set_num_threads(before)

    def _kernels(self) -> AbstractContextManager[object]:
        if not self.own_kernels:
            return nullcontext()
        # Where torch has no Intel GPU it warns of a switch that these flags set along.
        warnings.filterwarnings("ignore", "TF32 acceleration", UserWarning)
        flags: AbstractContextManager[object] = torch.backends.mkldnn.flags(enabled=False)
        return flags
