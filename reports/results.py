"""results.json: everything a report shows, and the way back from the file."""

from __future__ import annotations

import copy
import json
import platform
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from empirics.judging.family import METHOD, Family
from reports.compact import hoisted, restored
from reports.records import Record, Whole, document
from reports.section import Judged, MalformedError, Page, Section, read_record
from reports.sections import leading, sections
from theorems.certified import available
from theorems.errors import InputError
from theorems.files import require_readable

SCHEMA = 2
"""Of results.json; a file of another schema is refused, not guessed at."""

_PACKAGES = ("longtail", "numpy", "scipy", "sympy", "mpmath", "joblib", "matplotlib")

BALLS = "python-flint"


class Provenance(Record):
    """When, where from and with what results were computed.

    Args:
        seconds: that it took, all sections together.
    """

    time: str
    command: str
    commit: str | None
    python: str
    platform: str
    packages: dict[str, str]
    seconds: float


class FamilyRecord(Record):
    """The tests that share one error.

    Args:
        error: probability that any true claim is refuted, at most.
        method: how it is shared.
        tests: intervals looked at, all sections together.
        level: what each of them may err.
        sections: how many of them are whose.
    """

    error: float
    method: str
    tests: Whole
    level: float
    sections: dict[str, Whole]

    @classmethod
    def of(cls, family: Family, sections: dict[str, int]) -> FamilyRecord:
        """The record of a family."""
        return cls(
            error=family.error,
            method=METHOD,
            tests=family.tests,
            level=family.level,
            sections={name: tests for name, tests in sections.items() if tests},
        )


@dataclass(frozen=True)
class Part:
    """A section with its result."""

    section: Section[Any]
    result: Any

    def verdicts(self) -> list[Judged]:
        """What it judged."""
        return list(self.section.verdicts(self.result))

    def page(self) -> Page:
        """As it is shown."""
        return self.section.page(self.result)


@dataclass(frozen=True)
class Results:
    """Everything that a report shows.

    Args:
        provenance: where it comes from.
        parts: the sections with their results, in the report's order.
        family: of all their tests; None in a file of before there was one.
    """

    provenance: Provenance
    parts: tuple[Part, ...]
    family: FamilyRecord | None = None

    def verdicts(self) -> list[Judged]:
        """Every verdict of every section: what the headline and the exit status come from."""
        return [judged for part in self.parts for judged in part.verdicts()]

    def result(self, name: str) -> Any:
        """The result of a section.

        Raises:
            KeyError: where it is not there.
        """
        return {part.section.name: part.result for part in self.parts}[name]

    @property
    def certified(self) -> bool:
        """Whether sides were enclosed by ball arithmetic where they can be."""
        return BALLS in self.provenance.packages

    def having(self, section: Section[Any], result: Any) -> Results:
        """With another result of a section, in its place."""
        others = [part for part in self.parts if part.section.name != section.name]
        parts = sorted([*others, Part(section, result)], key=lambda part: part.section.place)
        return Results(self.provenance, tuple(parts), self.family)


def provenance(command: str, seconds: float) -> Provenance:
    """When, where from and with what a result was computed."""
    return Provenance(
        time=datetime.now(UTC).isoformat(timespec="seconds"),
        command=command,
        commit=_commit(),
        python=platform.python_version(),
        platform=f"{platform.system()} {platform.machine()}",
        packages={name: metadata.version(name) for name in _PACKAGES} | _ball_arithmetic(),
        seconds=round(seconds, 1),
    )


def _ball_arithmetic() -> dict[str, str]:
    """What encloses the sides of claims, where it is installed."""
    return {BALLS: metadata.version(BALLS)} if available() else {}


def _commit() -> str | None:
    """The commit of the checkout that the code runs from; None outside one."""
    here = Path(__file__).resolve().parent
    try:
        described = subprocess.run(
            ["git", "-C", str(here), "describe", "--always", "--dirty", "--abbrev=12"],
            capture_output=True,
            text=True,
            check=True,
            timeout=10,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return described.stdout.strip() or None


def results_bytes(results: Results) -> bytes:
    """results.json as bytes."""
    whole = {
        "schema": SCHEMA,
        "provenance": document(results.provenance),
        **({} if results.family is None else {"family": document(results.family)}),
        # Results are shared with whoever wrote them: what is thinned out is a copy.
        **hoisted(
            {
                part.section.name: copy.deepcopy(part.section.written(part.result))
                for part in results.parts
            }
        ),
    }
    text = json.dumps(whole, separators=(",", ":"), allow_nan=False, ensure_ascii=False)
    return f"{text}\n".encode()


def read_results(name: str, option: str = "from") -> Results:
    """A results.json.

    Args:
        name: of the file.
        option: that named it, for the message.

    Raises:
        InputError: where the file is absent, truncated, no results file, of another version, or
            holds anything that this one would not have written.
    """
    whole = _read(name, option)
    if not isinstance(whole, dict) or "schema" not in whole:
        raise InputError(option, name, "must be a results.json of longtail report")
    schema = whole.pop("schema")
    if type(schema) is not int or schema != SCHEMA:
        told = json.dumps(schema)[:40]
        raise InputError(option, name, f"is of schema {told}; this version reads schema {SCHEMA}")
    known = sections()
    whole = restored(whole)
    unknown = [key for key in whole if key not in {"provenance", "family"} | known.keys()]
    if unknown:
        raise InputError(option, name, f"must hold sections alone, not {unknown[0][:40]!r}")
    if "provenance" not in whole:
        raise InputError(option, name, "must be a whole results.json; it lacks 'provenance'")
    if not any(section.name in whole for section in leading()):
        needed = " or ".join(repr(section.name) for section in leading())
        raise InputError(option, name, f"must be a whole results.json; it lacks {needed}")
    where = "provenance"
    try:
        origin = read_record(Provenance, whole["provenance"])
        family = None
        if "family" in whole:
            where = "family"
            family = read_record(FamilyRecord, whole["family"])
        parts = []
        for where, section in known.items():
            if where in whole:
                parts.append(Part(section, section.read(whole[where])))
    except MalformedError as error:
        raise InputError(option, name, f"cannot be read at {where}: {error}") from None
    return Results(origin, tuple(parts), family)


def _read(name: str, option: str) -> Any:
    """A file's JSON.

    Raises:
        InputError: for what is none.
    """
    try:
        require_readable(Path(name))
        content = Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not text"
        raise InputError(option, name, f"must be a results.json ({reason})") from None
    try:
        return json.loads(content, parse_constant=_refused)
    except json.JSONDecodeError as error:
        raise InputError(
            option, name, f"must be a whole results.json; it breaks off at line {error.lineno}"
        ) from None
    except RecursionError:
        raise InputError(option, name, "must be a results.json; it is nested too deeply") from None
    except ValueError as error:
        raise InputError(option, name, f"must be a results.json ({error})") from None


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is no number")
