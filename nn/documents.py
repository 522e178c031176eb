"""What every result document of the networks chapter is made of: frozen, typed, JSON and back.

Computing makes these from Python numbers; a report reads them strictly from a file, so that what is
damaged or of another program gets no further. What a document of before lacks has a default here,
and is not written where it was not said.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    Literal,
    NamedTuple,
    Protocol,
    TypeAlias,
    runtime_checkable,
)

from pydantic import BaseModel, ConfigDict, Field

Whole = Annotated[int, Field(ge=0, lt=2**63)]
"""A count, a seed: what 64 bits hold."""

Number: TypeAlias = Annotated[int, Field(ge=-(2**53), le=2**53)] | float
"""A finite number as it is written: the end of an interval that is cut at 1 is 1 and not 1.0."""

Word: TypeAlias = Literal["holds", "refuted", "inconclusive", "no number"]
"""A verdict on networks; "no number" where a training gave none."""

Origin: TypeAlias = Literal["paper", "question"]
"""Whether the paper claims it of networks, or we ask whether it carries over to them."""

ERROR = 0.05
"""What every interval of this package may err."""


class Part(BaseModel):
    """Part of a result document; every number is finite, and what has no name here is refused."""

    model_config = ConfigDict(
        frozen=True, allow_inf_nan=False, populate_by_name=True, extra="forbid"
    )


@runtime_checkable
class Trained(Protocol):
    """A row of trainings, some of which may have given no number."""

    @property
    def diverged(self) -> tuple[str, ...]:
        """Why, a line for each."""
        ...


class Interval(NamedTuple):
    """What was seen, with the two ends of its interval."""

    middle: float
    low: float
    high: float


def _interval(middle: float | None, low: float | None, high: float | None) -> Interval | None:
    if middle is None or low is None or high is None:
        return None
    return Interval(middle, low, high)


class Median(Part):
    """A median over seeds; None where one of the values is.

    Args:
        coverage: of the interval; below six seeds the whole range, which covers less than the rest.
    """

    median: Number | None
    ci_low: Number | None
    ci_high: Number | None
    coverage: Number | None
    values: tuple[Number | None, ...]

    @property
    def middle(self) -> float | None:
        """The median."""
        return self.median

    @property
    def interval(self) -> Interval | None:
        """All three numbers; None where there is no number or no interval."""
        return _interval(self.median, self.ci_low, self.ci_high)


class Mean(Part):
    """A mean over seeds, None where one of the values is; one value has no interval."""

    mean: Number | None
    ci_low: Number | None
    ci_high: Number | None
    standard_error: Number | None
    values: tuple[Number | None, ...]

    @property
    def middle(self) -> float | None:
        """The mean."""
        return self.mean

    @property
    def interval(self) -> Interval | None:
        """All three numbers; None where there is no number or no interval."""
        return _interval(self.mean, self.ci_low, self.ci_high)


class PatternVerdict(Part):
    """A verdict on one stated pattern.

    Args:
        id: name of the claim.
        origin: whose claim it is; of a question "refuted" is an answer, not a failure.
        verdict: in a word.
        text: what was claimed and what was seen.
        slack: how far the middle is on the claim's side, as a factor.
        error: what its interval may err.
    """

    id: str
    origin: Origin
    verdict: Word
    text: str
    slack: Number | None
    error: Number = ERROR


class Settings(Part):
    """What was trained, as numbers."""

    def told(self) -> str:
        """Every setting that was written, in words."""
        written = self.model_dump(mode="json", exclude_unset=True)
        return ", ".join(
            f"{name.replace('_', ' ')} "
            + (" and ".join(map(str, value)) if isinstance(value, list) else str(value))
            for name, value in written.items()
            if value != []
        )


class Head(Part):
    """What every document begins with.

    Args:
        preset: sizes and settings, by name.
        sources: where the images came from, in a line.
        device: "cpu" or "cuda".
        seed: that every random number comes from.
        seeds: how many trainings a summary goes over.
        role: what the seeds were used for.
        versions: of the libraries that results depend on, and of Python.
        code: digest of the sources that results depend on.
    """

    preset: str
    sources: str
    device: str
    seed: Whole
    seeds: Whole
    role: str
    versions: dict[str, str]
    code: str = ""


class Document(Head):
    """A result document, which ends with its verdicts.

    Attributes:
        kind: the experiment's, by the name of its document.
    """

    kind: ClassVar[str]

    verdicts: tuple[PatternVerdict, ...]

    @property
    def trained_with(self) -> Settings | None:
        """What was trained; None where the document does not say."""
        return None

    if TYPE_CHECKING:
        # Every kind of document has rows of its own.
        @property
        def rows(self) -> Sequence[Part]:
            """What was trained, a row for each."""

    @property
    def diverged(self) -> tuple[str, ...]:
        """Why runs gave no number, a line for each, of rows that tell it."""
        return tuple(why for row in self.rows if isinstance(row, Trained) for why in row.diverged)

    def content(self) -> dict[str, Any]:
        """As JSON's dictionaries, lists and numbers."""
        content = self.model_dump(mode="json", by_alias=True, exclude_unset=True)
        content["verdicts"] = content.pop("verdicts")
        return content

    def text(self) -> str:
        """The file."""
        return json.dumps(self.content(), allow_nan=False, indent=2) + "\n"
