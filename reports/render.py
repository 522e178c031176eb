"""Results -> report.html, report.md, results.json and figures/, all of them or none."""

from __future__ import annotations

import base64
import shutil
import tempfile
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from reports import verdict_rows
from reports.console import number
from reports.figures import Drawn
from reports.markdown import as_markdown, markdown_cells
from reports.results import Provenance, Results, results_bytes
from reports.section import Page
from reports.statement_text import TESTS_SOLVER
from reports.summary import duration, headline
from theorems.catalogue import catalogue
from theorems.files import write_atomically
from theorems.notation import formula_mathml, model_mathml, where_mathml

SHOWN_LARGER = 1.15
"""A figure is drawn for print at 9 points; on a screen it may be so much larger."""


def write_report(results: Results, folder: Path) -> Path:
    """Draw and write everything; nothing is written before all of it is drawn.

    Args:
        results: computed, or of a results.json.
        folder: exists and can be written; files of these names are replaced.

    Returns:
        Path of report.html.

    Raises:
        OSError: where a file cannot be written, on a full disk say; the folder is then as before.
    """
    pages = [part.page() for part in results.parts]
    files = {name: text.encode() for name, text in _texts(results, pages).items()}
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


def _provenance(told: Provenance) -> list[tuple[str, str]]:
    return [
        ("command", told.command),
        ("time", told.time),
        ("commit", told.commit or "not run from a checkout"),
        ("Python", told.python),
        ("platform", told.platform),
        ("packages", ", ".join(f"{name} {v}" for name, v in told.packages.items())),
        ("computed in", duration(told.seconds)),
    ]


def _image(figure: Drawn) -> Markup:
    data = base64.b64encode(figure.svg).decode()
    return Markup(
        '<img alt="{}" style="max-width:{:.0f}px" src="data:image/svg+xml;base64,{}">'
    ).format(figure.title, SHOWN_LARGER * figure.width, data)


def _statements() -> list[dict[str, Any]]:
    return [
        {
            "id": statement.id,
            "title": statement.title,
            "origin": str(statement.origin),
            "kind": str(statement.kind),
            "claim": statement.claim,
            "proof": statement.proof,
            "source": statement.source,
            "uses": statement.uses,
            "tests_solver": TESTS_SOLVER if statement.tests_solver else "",
            "formulas": [Markup(formula) for formula in formula_mathml(statement)],
            "where": [(Markup(formula), meaning) for formula, meaning in where_mathml(statement)],
        }
        for statement in catalogue.values()
    ]


def _texts(results: Results, pages: list[Page]) -> dict[str, str]:
    context = {
        "summary": headline(results),
        "family": results.family,
        "pages": pages,
        "image": _image,
        "number": number,
        "slack": verdict_rows.slack,
        "seen": verdict_rows.seen,
        "command": verdict_rows.command,
        "markdown": verdict_rows.markdown,
        "claims_judged": sum(not judged.question for judged in results.verdicts()),
        "model_definitions": [(Markup(formula), meaning) for formula, meaning in model_mathml()],
        "statements": _statements(),
        "provenance": _provenance(results.provenance),
    }
    environments = {"report.html": _environment(), "report.md": _environment(finalize=as_markdown)}
    environments["report.md"].filters["cells"] = markdown_cells
    return {
        name: environment.get_template(name).render(context)
        for name, environment in environments.items()
    }


def _environment(**more: Any) -> Environment:
    """Of templates that escape what they are given, unless it is marked as their own language."""
    return Environment(
        loader=PackageLoader("reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
        **more,
    )
