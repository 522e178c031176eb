"""A results document -> report.html, report.md, results.json and figures/, each file whole."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from reports.console import interval, number
from reports.figures import Drawn, drawn_figures
from reports.results import results_bytes
from reports.sections import drawn_sections, figures_of
from reports.statement_text import TESTS_SOLVER
from theorems.catalogue import catalogue
from theorems.files import write_atomically
from theorems.notation import formula_mathml, model_mathml, where_mathml

FORWARD = {
    "n": "--n",
    "d": "--d",
    "s": "--s",
    "alpha": "--alpha",
    "sigma": "--sigma",
    "beta_exponent": "--beta-exponent",
    "k": "--k",
}


def write_report(results: dict[str, Any], folder: Path) -> Path:
    """Draw and write everything.

    Args:
        results: a document of `reports.experiment.computed` or a results.json.
        folder: exists and can be written; files of these names are replaced.

    Returns:
        Path of report.html.
    """
    figures = drawn_figures(results)
    sections = drawn_sections(results)
    pages = _pages(results, figures, sections)
    (folder / "figures").mkdir(exist_ok=True)
    for figure in [*figures, *(figure for section in sections for figure in figures_of(section))]:
        write_atomically(folder / "figures" / f"{figure.name}.svg", figure.svg)
        write_atomically(folder / "figures" / f"{figure.name}.png", figure.png)
    write_atomically(folder / "results.json", results_bytes(results))
    for name, page in pages.items():
        write_atomically(folder / name, page.encode())
    return folder / "report.html"


def main_cell(results: dict[str, Any]) -> dict[str, Any]:
    """The cell nearest to the paper's own setting: alpha = 2, sigma = 0.05."""
    main = results["model"]["main_sigma"]
    cells: list[dict[str, Any]] = results["cells"]
    return min(
        cells,
        key=lambda cell: (
            abs(cell["setting"]["alpha"] - 2),
            abs(cell["setting"]["sigma"] - main),
        ),
    )


def rows_at(results: dict[str, Any], alpha: float, sigma: float) -> dict[str, dict[str, Any]]:
    """Verdict rows by id at a cell; claims that sigma does not enter come from their own cell."""
    rows: dict[str, dict[str, Any]] = {}
    for cell in results["cells"]:
        if cell["setting"]["alpha"] == alpha:
            own = cell["setting"]["sigma"] == sigma
            for row in cell["verdicts"]:
                if own or row["id"] not in rows:
                    rows[row["id"]] = row
    return rows


def _in_reading_order(rows: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    known = [name for name in catalogue if name in rows]
    return [rows[name] for name in [*known, *(name for name in rows if name not in catalogue)]]


def _summary(results: dict[str, Any]) -> str:
    counts: dict[str, int] = {}
    for cell in results["cells"]:
        for row in cell["verdicts"]:
            counts[row["verdict"]] = counts.get(row["verdict"], 0) + 1
    order = ("holds", "refuted", "vacuous", "hypothesis fails", "inconclusive")
    told = ", ".join(f"{counts[name]} {name}" for name in order if name in counts)
    refuted = "" if "refuted" in counts else " None is refuted."
    model = results["model"]
    return (
        f"{sum(counts.values())} claims judged over {len(results['cells'])} settings with "
        f"{model['runs']} draws each: {told}.{refuted}"
    )


def _command(cell: dict[str, Any]) -> str:
    options = " ".join(
        f"{FORWARD[name]} {value}" for name, value in cell["setting"].items() if name in FORWARD
    )
    return f"longtail simulate {options} --runs {cell['runs']} --seed {cell['seed']}"


def _provenance(results: dict[str, Any]) -> list[tuple[str, str]]:
    told = results["provenance"]
    model = results["model"]
    return [
        ("seed", str(model["seed"])),
        ("draws at each setting", str(model["runs"])),
        ("command", told["command"]),
        ("time", told["time"]),
        ("commit", told["commit"] or "not run from a checkout"),
        ("Python", told["python"]),
        ("platform", told["platform"]),
        ("packages", ", ".join(f"{name} {v}" for name, v in told["packages"].items())),
        ("computed in", f"{told['seconds']} s"),
    ]


def verdict_table(rows: list[dict[str, Any]]) -> str:
    """The verdict rows as a Markdown table."""
    lines = [
        "| statement | kind | origin | lower | predicted | upper | observed | slack | verdict |",
        "|---|---|---|---:|---:|---:|---:|---:|---|",
    ]
    for row in rows:
        cells = (
            f"`{row['id']}`",
            row["kind"],
            row["origin"],
            *(number(row[side]) for side in ("lower", "value", "upper")),
            _observed(row),
            number(row["slack"]),
            row["verdict"],
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _observed(row: dict[str, Any]) -> str:
    if row["observed"] is None and row["reference"] is not None:
        return f"{number(row['reference'])} (finite sum)"
    return interval(row["observed"])


def _image(figure: Drawn) -> Markup:
    data = base64.b64encode(figure.svg).decode()
    return Markup('<img alt="{}" src="data:image/svg+xml;base64,{}">').format(figure.title, data)


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


def _pages(
    results: dict[str, Any], figures: list[Drawn], sections: list[dict[str, Any]]
) -> dict[str, str]:
    environment = Environment(
        loader=PackageLoader("reports"),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    model = results["model"]
    cell = main_cell(results)
    setting = cell["setting"]
    main_rows = _in_reading_order(rows_at(results, setting["alpha"], setting["sigma"]))
    by_alpha = [rows_at(results, alpha, model["main_sigma"]) for alpha in model["alphas"]]
    context = {
        "summary": _summary(results),
        "figures": figures,
        "sections": sections,
        "image": _image,
        "number": number,
        "observed": _observed,
        "model": model,
        "setting_line": ", ".join(f"{name} = {value}" for name, value in setting.items()),
        "main_rows": main_rows,
        "main_table": verdict_table(main_rows),
        "observations": results["observations"],
        "matrix": [
            {"id": row["id"], "rows": [rows.get(row["id"]) for rows in by_alpha]}
            for row in main_rows
        ],
        "model_definitions": [(Markup(formula), meaning) for formula, meaning in model_mathml()],
        "statements": _statements(),
        "cells": [{**one, "command": _command(one)} for one in results["cells"]],
        "provenance": _provenance(results),
    }
    return {
        name: environment.get_template(name).render(context)
        for name in ("report.html", "report.md")
    }
