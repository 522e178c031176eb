"""The report: its files, its figures, its way back from results.json."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from reports.figures import PANELS, drawn_figures
from reports.render import rows_at, write_report
from reports.results import results_bytes
from theorems.catalogue import catalogue

Call = Callable[..., Any]


@pytest.fixture(scope="module")
def written(results: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    write_report(results, folder)
    return folder


def test_writes_the_four_things(written: Path) -> None:
    names = {path.name for path in written.iterdir()}
    assert names == {"report.html", "report.md", "results.json", "figures"}
    figures = {path.name for path in (written / "figures").iterdir()}
    expected = {"overview", *(panel.name for panel in PANELS)}
    assert figures == {f"{name}.{kind}" for name in expected for kind in ("svg", "png")}


class _References(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.outside: list[str] = []
        self.ids: set[str] = set()
        self.links: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.ids.add(value)
            if name in ("src", "href") and value:
                if value.startswith("#"):
                    self.links.add(value[1:])
                elif not value.startswith("data:"):
                    self.outside.append(value)


def test_html_is_self_contained_and_its_links_lead_somewhere(written: Path) -> None:
    parser = _References()
    parser.feed((written / "report.html").read_text())
    assert parser.outside == []
    assert parser.links
    assert parser.links <= parser.ids


def test_html_shows_every_statement_with_formula_and_proof(written: Path) -> None:
    page = (written / "report.html").read_text()
    for identifier, statement in catalogue.items():
        assert f'<details id="{identifier}">' in page
        assert statement.title in page.replace("&#39;", "'")
    assert page.count("<math ") >= len(catalogue)


def test_markdown_shows_figures_that_exist(written: Path) -> None:
    page = (written / "report.md").read_text()
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", page)
    assert len(pictures) == len(PANELS) + 1
    assert all((written / picture).exists() for picture in pictures)


def test_no_derived_statement_is_refuted(results: dict[str, Any]) -> None:
    rows = [row for cell in results["cells"] for row in cell["verdicts"]]
    assert len(rows) == results["model"]["claims_judged"]
    assert [row["id"] for row in rows if row["verdict"] == "refuted"] == []


def test_every_number_can_be_traced(results: dict[str, Any]) -> None:
    for cell in results["cells"]:
        assert {"setting", "k", "runs", "seed"} <= set(cell)
        assert cell["seed"] == results["model"]["seed"]
    assert {"time", "commit", "command", "packages", "python"} <= set(results["provenance"])


def test_statements_that_sigma_does_not_enter_are_judged_once(results: dict[str, Any]) -> None:
    count = sum(
        row["id"] == "noiseless-loss" for cell in results["cells"] for row in cell["verdicts"]
    )
    assert count == len(results["model"]["alphas"])
    rows = rows_at(results, 2.0, 0.05)
    assert set(rows) == set(catalogue)


def test_the_papers_observations_are_judged(results: dict[str, Any]) -> None:
    assert len(results["observations"]) == 6
    for row in results["observations"]:
        assert row["verdict"] in {"holds", "inconclusive", "refuted"}
        assert row["paper"]
        assert row["read_as"]


def test_results_json_has_no_nan(results: dict[str, Any]) -> None:
    def refuse(name: str) -> float:
        raise AssertionError(f"{name} in results.json")

    again = json.loads(results_bytes(results), parse_constant=refuse)
    assert again == results


def test_drawn_again_from_results_alone_is_the_same(
    results: dict[str, Any], written: Path, tmp_path: Path, call: Call
) -> None:
    out = tmp_path / "again"
    called = call("report", "--from", str(written / "results.json"), "--out", str(out))
    assert called.status == 0
    for name in ("results.json", "report.md", "report.html", "figures/overview.svg"):
        assert (out / name).read_bytes() == (written / name).read_bytes(), name


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "must be a results.json (No such file or directory)"),
        (b'{"schema": 1, "cells": [', "must be a whole results.json; it breaks off at line 1"),
        (b"[]", "must be a results.json of longtail report"),
        (b"\xff\xfe\x00", "must be a results.json (not text)"),
        (b'{"schema": 99}', "is of schema 99; this version reads schema"),
        (b'{"schema": 1, "provenance": {}}', "must be a whole results.json; it lacks 'model'"),
    ],
)
def test_a_results_file_that_cannot_be_used_is_refused(
    tmp_path: Path, call: Call, content: bytes | None, reason: str
) -> None:
    file = tmp_path / "results.json"
    if content is not None:
        file.write_bytes(content)
    out = tmp_path / "out"
    called = call("report", "--from", str(file), "--out", str(out))
    assert called.status == 2
    (line,) = called.err.splitlines()
    assert line.startswith(f"longtail: --from = {file}: ")
    assert reason in line
    assert not out.exists()


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path, call: Call) -> None:
    file = tmp_path / "file"
    file.write_text("in the way")
    called = call("report", "--out", str(file / "report"))
    assert called.status == 2
    (line,) = called.err.splitlines()
    assert line.startswith(f"longtail: --out = {file / 'report'}: must be a folder that can be")
    assert file.read_text() == "in the way"


def test_figures_are_the_same_bytes_twice(results: dict[str, Any]) -> None:
    first, second = drawn_figures(results), drawn_figures(results)
    assert [figure.svg for figure in first] == [figure.svg for figure in second]
    assert len({figure.svg for figure in first}) == len(first)
