"""What a section of the report is: what it computes, what it claims, how it is shown.

A section is one module below `reports.sections` with a `SECTION`; the command line, the pages and
the exit status meet it by that name alone. `verdicts` cannot be left out (the class could not be
made), so that what a section refutes always reaches the headline and the exit status.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from empirics.judging.budget import Budget
from empirics.judging.family import Family
from empirics.judging.verdict import Verdict
from empirics.running.cluster import Workers
from reports.chapters import Chapter
from reports.evidence import Evidence
from reports.figures import Drawn
from reports.main_setting import MainSetting
from reports.records import Cell, VerdictRow, document
from reports.simulated import Simulated
from theorems.paper import Item


@dataclass(frozen=True)
class Context:
    """What a report is computed with.

    Args:
        preset: how much, by name.
        seed: that every random number comes from.
        workers: who draws.
        jobs: trainings side by side.
        out: the report's folder.
        runs: draws at each setting of the sweep; None for the preset's.
        main: the setting in the middle; the paper's, or the user's own.
        networks: folders of finished runs of `longtail nn`.
        asked: whether sections were named, or are the preset's.
        budget: to draw until the claims of the leading section are decided; None looks once.
    """

    preset: str
    seed: int
    workers: Workers
    jobs: int = 1
    out: Path = Path("report")
    runs: int | None = None
    main: MainSetting = field(default_factory=MainSetting)
    networks: tuple[str, ...] = ()
    asked: bool = False
    budget: Budget | None = None


@dataclass(frozen=True)
class Judged:
    """A verdict that a section comes to.

    Args:
        what: the claim, such as a statement's id with its setting.
        verdict: on it.
        question: asked by us and claimed by nobody: "refuted" is then an answer, no failure.
    """

    what: str
    verdict: Verdict
    question: bool = False


@dataclass(frozen=True)
class Page:
    """A section as it is shown.

    Args:
        title: its heading.
        text: below it.
        columns: heads of its table.
        rows: of text; under a head "verdict" a verdict, maybe with ": " and a reason.
        notes: below the table.
        figures: above the table.
        parts: sections of its own.
        template: of its own, NAME.md, that is shown `view`; None for all the above.
        view: what that template shows.
        finding: what comes out, in a sentence or two; its chapter begins with it.
    """

    title: str
    text: str = ""
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    notes: Sequence[str] = ()
    figures: Sequence[Drawn] = ()
    parts: Sequence[Page] = ()
    template: str | None = None
    view: Any = None
    finding: str = ""

    def drawn(self) -> list[Drawn]:
        """Its figures, those of its parts included."""
        return [*self.figures, *(figure for part in self.parts for figure in part.drawn())]


@dataclass(frozen=True)
class Judgements:
    """Every statement at the main setting, and along a parameter.

    Args:
        main: the cell at the main setting.
        rows: every statement there, in reading order.
        along: the parameter, as it is written.
        over: the same at each of its values.
        cells: everything that was drawn.
        tests: that share its error; a results file without a family has its section's claims.
        options: of `longtail report` for its main setting; "" at the paper's.
        own_k: whether its k was chosen, and not that of each setting.
    """

    main: Cell
    rows: list[VerdictRow]
    along: str
    over: tuple[tuple[float, Mapping[str, VerdictRow]], ...]
    cells: tuple[Cell, ...]
    tests: int
    options: str = ""
    own_k: bool = False


@dataclass(frozen=True)
class RateVerdict:
    """A verdict on a rate over n, and why."""

    verdict: Verdict
    told: str


@dataclass(frozen=True)
class Beside:
    """A figure or table of the paper, ours beside it.

    Args:
        item: of the paper.
        setting: of the paper, then ours; where they are the same, and where not.
        columns: heads of the table; under "verdict" a verdict.
        rows: of text.
        notes: why what does not agree does not.
    """

    item: Item
    setting: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()


Result = TypeVar("Result")


@dataclass(frozen=True)
class Planned(Generic[Result]):
    """A section that is ready to be computed.

    Args:
        tests: intervals that its verdicts may look at; all sections of a report share one error,
            so it has to be known before any of them is judged.
        compute: what computes it, judged as part of a family.
    """

    tests: int
    compute: Callable[[Family], Result]


class MalformedError(ValueError):
    """A part of a results document that cannot be read; the message says where and why."""


class Section(ABC, Generic[Result]):
    """One section of the report.

    Attributes:
        name: its key in results.json and in --sections.
        place: sections are shown in this order.
        presets: that compute it when no section is named.
        cost: a remark for --help.
        chapter: of the page that it stands in.
        of_the_model: whether it is about the linear model, and so depends on the main setting.
    """

    name: ClassVar[str]
    place: ClassVar[int]
    presets: ClassVar[frozenset[str]] = frozenset({"quick", "paper"})
    cost: ClassVar[str] = ""
    chapter: ClassVar[Chapter] = Chapter.FURTHER
    of_the_model: ClassVar[bool] = True

    def left_out(self, context: Context) -> str | None:  # noqa: ARG002  # here nothing is missing
        """Why it cannot be computed here, in one line; None where it can."""
        return None

    @abstractmethod
    def prepared(self, context: Context) -> Planned[Result] | None:
        """Check what it needs; what is returned then computes it, and says how many tests it makes.

        Returns:
            None where it is left out after all, which it has then said on standard error.

        Raises:
            InputError: for what the user has to mend, before anything is computed.
        """

    @abstractmethod
    def read(self, part: Any) -> Result:
        """Its result, from its part of results.json.

        Raises:
            MalformedError: where that is not what `written` gave.
        """

    @abstractmethod
    def written(self, result: Result) -> Any:
        """The result as its part of results.json."""

    @abstractmethod
    def verdicts(self, result: Result) -> Sequence[Judged]:
        """Every verdict in it; () says that it judges nothing."""

    def items(self) -> frozenset[Item]:
        """The paper's items that it judges."""
        return frozenset()

    def evidence(self, result: Result) -> Sequence[Evidence]:  # noqa: ARG002  # most judge none
        """What the result says of the paper's items."""
        return ()

    def headline(self, result: Result) -> Sequence[str]:  # noqa: ARG002  # most have none
        """News of the result for the top of the report, in sentences."""
        return ()

    def judgements(self, result: Result) -> Judgements | None:  # noqa: ARG002  # leading ones have
        """Every statement at the main setting and along a parameter; None of most sections."""
        return None

    def sweeps(self, result: Result) -> Mapping[tuple[str, float], RateVerdict]:  # noqa: ARG002
        """Verdicts on rates over a sweep of n, by statement and exponent."""
        return {}

    def simulated(self, result: Result) -> Sequence[Simulated]:  # noqa: ARG002  # most draw elsewhere
        """What was drawn of statements' quantities at power laws, for the explorer's points."""
        return ()

    def beside(self, result: Result) -> Sequence[Beside]:  # noqa: ARG002  # most repeat nothing
        """What the paper shows, ours beside it."""
        return ()

    @abstractmethod
    def page(self, result: Result) -> Page:
        """The result as it is shown, figures drawn."""


Kept = TypeVar("Kept", bound=BaseModel)


class RecordSection(Section[Kept]):
    """A section whose result is a record, which knows its own way to JSON and back.

    Attributes:
        record: type of the result.
    """

    record: type[Kept]

    def read(self, part: Any) -> Kept:
        """The record, read strictly: a number is a number, not text that looks like one."""
        return read_record(self.record, part)

    def written(self, result: Kept) -> Any:
        """The record as JSON."""
        return document(result)


def read_record(record: type[Kept], part: Any) -> Kept:
    """A record from JSON.

    Raises:
        MalformedError: with the place and the reason of the first thing that is wrong.
    """
    try:
        return record.model_validate_json(json.dumps(part, allow_nan=False), strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        raise MalformedError(f"{place}: {first['msg']}" if place else first["msg"]) from None
    except ValueError as error:
        raise MalformedError(str(error)) from None


def of_a_power_law(context: Context) -> str | None:
    """Why a section on power laws is left out: the frequencies are the user's own."""
    return None if context.main.is_a_power_law else "it needs a power law"
