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
        result: module and name of its document's type; neither needs torch.
        in_report: whether a report that trains its networks trains this one too.

    """

    document: str
    command: str
    title: str
    help: str
    function: tuple[str, str]
    result: tuple[str, str]
    in_report: bool = True

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
        module, name = self.result
        found: type[Document] = getattr(importlib.import_module(module), name)
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
            ("nn.results", "Table1"),
        ),
        Experiment(
            "figure2",
            "figure2",
            "Figure 2: rare '9's",
            "Run Figure 2: test loss against the number of '9's in training.",
            ("nn.figure2", "figure2"),
            ("nn.results", "Figure2"),
        ),
        Experiment(
            "memorization",
            "memorization",
            "Memorization measured, as a level",
            "Measure memorization: with and without, over weight decay, and on random subsets.",
            ("nn.memorization", "memorization"),
            ("nn.results", "MemorizationPath"),
        ),
        Experiment(
            "linear-theory",
            "theory",
            "The linear theory beside networks",
            "Put the linear theory beside networks: added errors, mislabelled images.",
            ("nn.linear_theory", "theory"),
            ("nn.results", "LinearTheory"),
        ),
        Experiment(
            "composition",
            "composition",
            "Composition beyond sums",
            "Run Table 1's protocol with products and maxima as targets.",
            ("nn.composition", "composition"),
            ("nn.results", "Composition"),
        ),
        Experiment(
            "parity",
            "parity",
            "An exclusive or",
            "Run Table 1's protocol with the parity of the labels' sum as target.",
            ("nn.parity", "parity"),
            ("nn.study_results", "ParityStudy"),
            in_report=False,
        ),
        Experiment(
            "influence",
            "influence",
            "The influence of each one-shot sample on each pair",
            "Change one one-shot sample at a time: exactly the pairs that hold its image break.",
            ("nn.influence", "influence"),
            ("nn.study_results", "InfluenceStudy"),
            in_report=False,
        ),
        Experiment(
            "rounding",
            "rounding",
            "Equal seeds that round differently",
            "Train equal seeds again, rounded differently: what that alone does to losses.",
            ("nn.rounding", "rounding"),
            ("nn.study_results", "RoundingStudy"),
            in_report=False,
        ),
        Experiment(
            "ablation",
            "ablation",
            "What decides whether one-shot images compose",
            "Change one setting of a preset at a time, on tuning seeds: what decides composition.",
            ("nn.ablation", "ablation"),
            ("nn.study_results", "AblationStudy"),
            in_report=False,
        ),
        Experiment(
            "stability",
            "stability",
            "The price of not memorizing",
            "Train on a random part of the samples: what no stable learner can avoid.",
            ("nn.stability", "price_of_stability"),
            ("nn.study_results", "StabilityStudy"),
            in_report=False,
        ),
    )
}
