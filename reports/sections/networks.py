"""The "Networks" section: what the networks chapter leaves in its documents."""

from __future__ import annotations

from typing import Any

from empirics.judging.verdict import Verdict
from nn.documents import Word
from reports import network_section
from reports.chapters import Chapter
from reports.evidence import Evidence
from reports.network_section import Documents
from reports.section import Beside, Context, Judged, Page, Planned, Section
from theorems.paper import Item, Role

REPEATS = {"figure2": Item.FIGURE_2, "table1": Item.TABLE_1}
"""What experiments repeat of the paper, by the names of their documents."""


def judged_as(word: Word) -> Verdict:
    """The verdict of a network's document; where a training gave no number nothing is decided."""
    return Verdict.INCONCLUSIVE if word == "no number" else Verdict(word)


class NetworksSection(Section[Documents]):
    """The paper's second half: trained for the report, or read from a run."""

    name = "networks"
    place = 60
    chapter = Chapter.NETWORKS
    of_the_model = False
    presets = frozenset({"paper"})
    cost = "trains its quick preset for minutes, needs torch"

    def left_out(self, context: Context) -> str | None:
        """Networks know no frequency law."""
        if not context.main.is_a_power_law:
            return "it has frequencies of its own"
        return None

    def prepared(self, context: Context) -> Planned[Documents] | None:
        """Read the run that --networks names, or see that one can be trained.

        Returns:
            None where nobody asked and torch is missing; standard error says so.
        """
        compute = network_section.prepared(
            context.networks, context.out, context.seed, context.jobs, asked=context.asked
        )
        if compute is None:
            return None
        # No test at the family's level is made here: a claim is refuted below it or stays open.
        return Planned(0, lambda family: network_section.within(compute(), family.level))

    def read(self, part: Any) -> Documents:
        """The documents, read strictly."""
        return network_section.read(part)

    def written(self, result: Documents) -> dict[str, Any]:
        """The documents as they are in their own files."""
        return {name: document.content() for name, document in result.items()}

    def verdicts(self, result: Documents) -> list[Judged]:
        """Verdicts on what the paper says of networks, and on our own questions."""
        return [
            Judged(verdict.text, judged_as(verdict.verdict), verdict.origin != "paper")
            for document in result.values()
            for verdict in document.verdicts
        ]

    def items(self) -> frozenset[Item]:
        """Those that an experiment repeats."""
        return frozenset(REPEATS.values())

    def evidence(self, result: Documents) -> list[Evidence]:
        """The paper's patterns, by the experiment that looks for them."""
        return [
            Evidence(
                REPEATS[name],
                Role.STATES,
                verdict.text,
                judged_as(verdict.verdict),
                where=f"{document.preset} preset",
                anchor=f"paper-{REPEATS[name].anchor}",
            )
            for name, document in result.items()
            if name in REPEATS
            for verdict in document.verdicts
            if verdict.origin == "paper"
        ]

    def beside(self, result: Documents) -> list[Beside]:
        """The paper's Figure 2 and Table 1, those that were repeated."""
        return [
            network_section.beside(REPEATS[name], result[name])
            for name in REPEATS
            if name in result
        ]

    def page(self, result: Documents) -> Page:
        """Each experiment as a part."""
        return network_section.section(result)


SECTION = NetworksSection()
