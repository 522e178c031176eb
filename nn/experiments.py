"""Every experiment of this package: its document, its command, and where it is computed.

Imports nothing heavy, so that a command line can offer the experiments without loading torch.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nn.documents import Document
    from nn.plan import Plan


@dataclass(frozen=True)
class Experiment:
    """One experiment.

    Args:
        document: name of its result document.
        command: its name on the command line.
        title: heading in a report.
        help: what the command says of itself.
        function: module and function that compute it: from a plan, its document.
        result: name of the document's type in ``nn.results``.

    """

    document: str
    command: str
    title: str
    help: str
    function: tuple[str, str]
    result: str

    def load(self) -> Callable[..., Document]:
        """Import what computes it, torch included."""
        module, name = self.function
        computed: Callable[..., Document] = getattr(importlib.import_module(module), name)
        return computed

    def __call__(self, plan: Plan) -> Document:
        """Compute the document."""
        return self.load()(plan)

    def document_type(self) -> type[Document]:
        """Import the type of its document, which needs no torch."""
        found: type[Document] = getattr(importlib.import_module("nn.results"), self.result)
        return found


#: By document, in reading order.
EXPERIMENTS: dict[str, Experiment] = {
    experiment.document: experiment
    for experiment in (
        Experiment(
            "table1",
            "table1",
            "Table 1: one-shot images in new combinations",
            "Run Table 1: one-shot images in new combinations, weight decay off and on.",
            ("nn.table1", "table1"),
            "Table1",
        ),
        Experiment(
            "figure2",
            "figure2",
            "Figure 2: rare '9's",
            "Run Figure 2: test loss against the number of '9's in training.",
            ("nn.figure2", "figure2"),
            "Figure2",
        ),
        Experiment(
            "memorization",
            "memorization",
            "Memorization measured, as a level",
            "Measure memorization: with and without, over weight decay, and on random subsets.",
            ("nn.memorization", "memorization"),
            "MemorizationPath",
        ),
        Experiment(
            "linear-theory",
            "theory",
            "The linear theory beside networks",
            "Put the linear theory beside networks: added errors, mislabelled images.",
            ("nn.linear_theory", "theory"),
            "LinearTheory",
        ),
        Experiment(
            "composition",
            "composition",
            "Composition beyond sums",
            "Run Table 1's protocol with products and maxima as targets.",
            ("nn.composition", "composition"),
            "Composition",
        ),
    )
}
