"""`longtail report`: which sections, their results, the files, the last lines."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from empirics.judging.family import Family
from empirics.running.cluster import Workers
from reports.console import warn
from reports.experiment import PRESETS
from reports.render import write_report
from reports.results import (
    FamilyRecord,
    Part,
    Results,
    provenance,
    read_results,
    results_bytes,
)
from reports.section import Context, Planned, Section
from reports.sections import chosen, leading, sections
from reports.spread import IN_PROCESS
from theorems.errors import InputError
from theorems.files import write_atomically

Computing = list[tuple[Section[Any], Planned[Any]]]


def preset_named(name: str) -> str:
    """A preset's name.

    Raises:
        InputError: for one that is none.
    """
    if name not in PRESETS:
        raise InputError("preset", name, f"must be one of {', '.join(PRESETS)}")
    return name


def prepared(names: str | None, context: Context) -> Computing:
    """The sections of a report, each with what computes it; the user's input is checked.

    Raises:
        InputError: for a section that is none or that was named and cannot be computed here.
    """
    asked = chosen(names, context.preset)
    if context.networks:
        networks = sections()["networks"]
        asked = sorted({*asked, networks}, key=lambda section: section.place)
    computing: Computing = []
    for section in [*leading(), *asked]:
        reason = section.left_out(context)
        if reason is None:
            planned = section.prepared(context)
            if planned is not None:
                computing.append((section, planned))
        elif section in asked:
            if context.asked and names is not None:
                raise InputError("sections", section.name, f"cannot be computed here: {reason}")
            warn(f"section {section.name} is left out: {reason}")
    return computing


def computed(computing: Computing, command: str) -> Results:
    """Every section's result, all judged as one family, with the time that all of them took."""
    started = time.monotonic()
    family = Family(sum(planned.tests for _, planned in computing))
    parts = tuple(Part(section, planned.compute(family)) for section, planned in computing)
    told = FamilyRecord.of(family, {section.name: planned.tests for section, planned in computing})
    return Results(provenance(command, time.monotonic() - started), parts, told)


def drawn(results: Results, folder: Path, workers: Workers = IN_PROCESS) -> Path:
    """The report of what was just computed; where it cannot be drawn, its results are kept.

    Raises:
        Exception: what the drawing raised; standard error says where the results are.
    """
    try:
        return write_report(results, folder, workers)
    except Exception as error:
        # A folder that cannot be written stays as it is.
        if not isinstance(error, OSError):
            kept = folder / "results.json"
            write_atomically(kept, results_bytes(results))
            warn(f"the results are in {kept}; longtail report --from {kept} draws them")
        raise


def read_again(source: str, networks: Sequence[str]) -> Results:
    """The results of a file, with the networks of other runs where folders are given.

    Raises:
        InputError: for a file or a folder that cannot be read.
    """
    results = read_results(source)
    if not networks:
        return results
    from reports.network_section import read_runs, within

    documents = read_runs(networks)
    if results.family is not None:
        documents = within(documents, results.family.level)
    return results.having(sections()["networks"], documents)


def drawn_again(
    results: Results, source: str, folder: Callable[[], Path], workers: Workers = IN_PROCESS
) -> Path:
    """The report of a file; what cannot be drawn is the file's fault and leaves no trace.

    Raises:
        InputError: where the numbers of the file make no page.
    """
    out = folder()
    try:
        return write_report(results, out, workers)
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        reason = f"{type(error).__name__}: {error}"
        if not any(out.iterdir()):
            out.rmdir()
        raise InputError("from", source, f"holds what cannot be drawn ({reason})") from None


def program() -> str:
    """The command as the user can call it: by its name where that finds it, else by its path."""
    here = Path(sys.argv[0])
    found = shutil.which("longtail")
    if found is not None and here.exists() and Path(found).resolve() == here.resolve():
        return "longtail"
    beside = Path(sys.executable).parent / "longtail"
    path = here if here.name == "longtail" and here.exists() else beside
    try:
        return str(path.absolute().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
