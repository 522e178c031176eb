"""Every experiment of this package: its document, its command, and where it is computed.

Imports nothing heavy, so that a command line can offer the experiments without loading torch.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nn.plan import Plan


@dataclass(frozen=True)
class Experiment:
    """One experiment.

    Args:
        document: name of its result document.
        command: its name on the command line.
        title: heading in a report.
        help: what the command says of itself.
        function: module and function that compute it: from a plan, a document for JSON.
        in_report: whether a report that trains its networks trains this one too.

    """

    document: str
    command: str
    title: str
    help: str
    function: tuple[str, str]
    in_report: bool = True

    def load(self) -> Callable[..., dict[str, Any]]:
        """Import what computes it, torch included."""
        module, name = self.function
        computed: Callable[..., dict[str, Any]] = getattr(importlib.import_module(module), name)
        return computed

    def __call__(self, plan: Plan) -> dict[str, Any]:
        """Compute the document."""
        return self.load()(plan)


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
        ),
        Experiment(
            "figure2",
            "figure2",
            "Figure 2: rare '9's",
            "Run Figure 2: test loss against the number of '9's in training.",
            ("nn.figure2", "figure2"),
        ),
        Experiment(
            "memorization",
            "memorization",
            "Memorization measured, as a level",
            "Measure memorization: with and without, over weight decay, and on random subsets.",
            ("nn.memorization", "memorization"),
        ),
        Experiment(
            "linear-theory",
            "theory",
            "The linear theory beside networks",
            "Put the linear theory beside networks: added errors, mislabelled images.",
            ("nn.linear_theory", "theory"),
        ),
        Experiment(
            "composition",
            "composition",
            "Composition beyond sums",
            "Run Table 1's protocol with products and maxima as targets.",
            ("nn.composition", "composition"),
        ),
        Experiment(
            "parity",
            "parity",
            "An exclusive or",
            "Run Table 1's protocol with the parity of the labels' sum as target.",
            ("nn.parity", "parity"),
            in_report=False,
        ),
        Experiment(
            "influence",
            "influence",
            "The influence of each one-shot sample on each pair",
            "Change one one-shot sample at a time: exactly the pairs that hold its image break.",
            ("nn.influence", "influence"),
            in_report=False,
        ),
        Experiment(
            "rounding",
            "rounding",
            "Equal seeds that round differently",
            "Train equal seeds again, rounded differently: what that alone does to losses.",
            ("nn.rounding", "rounding"),
            in_report=False,
        ),
        Experiment(
            "ablation",
            "ablation",
            "What decides whether one-shot images compose",
            "Change one setting of a preset at a time, on tuning seeds: what decides composition.",
            ("nn.ablation", "ablation"),
            in_report=False,
        ),
    )
}
