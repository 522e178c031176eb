"""Results -> report.html, report.md, results.json and figures/, all of them or none."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from empirics.judging.verdict import Verdict
from empirics.running.cluster import Workers
from reports import verdict_rows
from reports.console import interval, number, progress
from reports.dependencies import dependencies
from reports.explorer.fragment import explorer
from reports.inline_figures import inline
from reports.markdown import as_markdown, markdown_cells
from reports.page import report_page
from reports.results import Part, Provenance, Results, results_bytes
from reports.section import Page
from reports.spread import IN_PROCESS, spread
from reports.summary import duration, headline
from reports.typeset import code, prose, typeset
from theorems.catalogue import catalogue
from theorems.files import write_atomically
from theorems.notation import model_mathml
from theorems.statement import Origin
from theorems.trust import Trust


def write_report(results: Results, folder: Path, workers: Workers = IN_PROCESS) -> Path:
    """Draw and write everything; nothing is written before all of it is drawn.

    Args:
        results: computed, or of a results.json.
        folder: exists and can be written; files of these names are replaced.
        workers: who draws the figures.

    Returns:
        Path of report.html.

    Raises:
        OSError: where a file cannot be written, on a full disk say; the folder is then as before.
    """
    with progress("figures", len(results.parts)) as advance:
        found = spread(Part.page, results.parts, workers, lambda _: advance(1))
    drawn = {part.section.name: page for part, page in zip(results.parts, found, strict=True)}
    pages = list(drawn.values())
    files = {name: text.encode() for name, text in _texts(results, drawn).items()}
    files["results.json"] = results_bytes(results)
    for figure in (figure for page in pages for figure in page.drawn()):
        files[f"figures/{figure.name}.svg"] = figure.svg
        files[f"figures/{figure.name}.png"] = figure.png
    _place(files, folder)
    return folder / "report.html"


def _place(files: dict[str, bytes], folder: Path) -> None:
    """Write all files beside their places, then move them there: a full disk changes nothing."""
    staging = Path(tempfile.mkdtemp(dir=folder, prefix=".", suffix=".tmp"))
    try:
        for name, content in files.items():
            write_atomically(staging / name, content)
        for name in files:
            (folder / name).parent.mkdir(exist_ok=True)
            (staging / name).replace(folder / name)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _provenance(told: Provenance, setting: str) -> list[tuple[str, str]]:
    return [
        ("command", told.command),
        ("main setting", setting),
        ("time", told.time),
        ("commit", told.commit or "not run from a checkout"),
        ("Python", told.python),
        ("platform", told.platform),
        ("packages", ", ".join(f"{name} {v}" for name, v in told.packages.items())),
        ("computed in", duration(told.seconds)),
    ]


def _texts(results: Results, drawn: Mapping[str, Page]) -> dict[str, str]:
    page = report_page(results, drawn)
    simulated = [one for part in results.parts for one in part.section.simulated(part.result)]
    context = {
        "summary": headline(results),
        "family": results.family,
        "pages": list(drawn.values()),
        "page": page,
        "explorer": explorer(page.judgements, simulated),
        "claims_judged": sum(not judged.question for judged in results.verdicts()),
        "model_definitions": [(Markup(formula), meaning) for formula, meaning in model_mathml()],
        "graph": dependencies(),
        "trust_counts": {
            str(label): count
            for label in Trust
            if (count := sum(one.trust is label for one in catalogue.values()))
        },
        "verdicts": [str(verdict) for verdict in Verdict],
        "origins": [str(origin) for origin in Origin],
        "provenance": _provenance(results.provenance, page.setting),
    }
    return {
        name: environment.get_template(name).render(context)
        for name, environment in _environments().items()
    }


@cache
def _environments() -> dict[str, Environment]:
    """What the two texts are made with, by their names; templates are compiled once."""
    markdown = _environment(finalize=as_markdown)
    markdown.filters["cells"] = markdown_cells
    return {"report.html": _environment(), "report.md": markdown}


def _environment(**more: Any) -> Environment:
    """Of templates that escape what they are given, unless it is marked as their own language."""
    environment = Environment(
        loader=PackageLoader("reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        **more,
    )
    environment.filters |= {"set": typeset, "prose": prose, "code": code}
    # Macros that are imported see these alone.
    environment.globals |= {
        "image": inline,
        "number": number,
        "interval": interval,
        "slack": verdict_rows.slack,
        "seen": verdict_rows.seen,
        "why": verdict_rows.why,
        "interval_told": verdict_rows.interval_told,
        "command": verdict_rows.command,
        "markdown": verdict_rows.markdown,
    }
    return environment
