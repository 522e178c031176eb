"""The report: its files, its figures, its way back from results.json."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from filecmp import cmp
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from reports import reporting
from reports.axis import axis
from reports.results import Results, read_results, results_bytes
from reports.sections.sweep import rows_at
from reports.sweep_figures import PANELS, drawn_figures
from reports.typeset import typeset
from theorems.catalogue import catalogue

Call = Callable[..., Any]


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
        assert f'<details class="card" id="{identifier}">' in page
        title = str(typeset(statement.title))
        assert unescape(title) in unescape(page)
    assert page.count("<math ") >= len(catalogue)


def test_markdown_shows_figures_that_exist(written: Path) -> None:
    page = (written / "report.md").read_text()
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", page)
    assert len(pictures) == len(PANELS) + 1
    assert all((written / picture).exists() for picture in pictures)


def test_no_derived_statement_is_refuted(results: Results) -> None:
    sweep = results.result("sweep")
    rows = [row for cell in sweep.cells for row in cell.verdicts]
    assert len(rows) == sweep.model.claims_judged
    assert [row.id for row in rows if row.verdict == "refuted"] == []


def test_every_number_can_be_traced(results: Results) -> None:
    sweep = results.result("sweep")
    for cell in sweep.cells:
        assert cell.seed == sweep.model.seed
        assert cell.k == cell.setting["k"]
    told = results.provenance
    assert all((told.time, told.command, told.packages, told.python))


def test_statements_that_sigma_does_not_enter_are_judged_once(results: Results) -> None:
    sweep = results.result("sweep")
    count = sum(row.id == "noiseless-loss" for cell in sweep.cells for row in cell.verdicts)
    assert count == len(sweep.model.alphas)
    rows = rows_at(sweep.cells, 2.0, 0.05)
    assert set(rows) == set(catalogue)


def test_the_papers_observations_are_judged(results: Results) -> None:
    observations = results.result("sweep").observations
    assert len(observations) == 6
    for row in observations:
        # At 12 draws some are open; at this seed none is refuted.
        assert row.verdict in {"holds", "inconclusive"}
        assert row.paper
        assert row.read_as


def test_results_json_has_no_nan(results: Results) -> None:
    def refuse(name: str) -> float:
        raise AssertionError(f"{name} in results.json")

    again = json.loads(results_bytes(results), parse_constant=refuse)
    assert set(again) == {"schema", "provenance", "family", "statements", "sweep"}


@pytest.mark.usefixtures("as_users_see_them")
def test_drawn_again_from_results_alone_is_the_same(
    results: Results, written: Path, tmp_path: Path, call: Call
) -> None:
    out = tmp_path / "again"
    called = call("report", "--from", str(written / "results.json"), "--out", str(out))
    assert called.status == 0
    for name in ("results.json", "report.md", "report.html", "figures/overview.svg"):
        assert cmp(out / name, written / name, shallow=False), name


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "must be a results.json (No such file or directory)"),
        (b'{"schema": 2, "sweep": [', "must be a whole results.json; it breaks off at line 1"),
        (b"[]", "must be a results.json of longtail report"),
        (b"\xff\xfe\x00", "must be a results.json (not text)"),
        (b'{"schema": 99}', "is of schema 99; this version reads schema"),
        (b'{"schema": 2, "provenance": {}}', "must be a whole results.json; it lacks 'sweep'"),
        (b'{"schema": 2, "sweep": {}}', "must be a whole results.json; it lacks 'provenance'"),
        (b'{"schema": true}', "is of schema true; this version reads schema"),
        (b'{"schema": "2"}', 'is of schema "2"; this version reads schema'),
        (b'{"schema": 2, "moon": {}}', "must hold sections alone, not 'moon'"),
        (b'{"schema": NaN}', "must be a results.json (NaN is no number)"),
        (b"[" * 200000, "must be a results.json; it is nested too deeply"),
        (b'{"schema": 1' + b"0" * 5000 + b"}", "must be a results.json (Exceeds the limit"),
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


@pytest.mark.usefixtures("as_users_see_them")
def test_figures_are_the_same_bytes_twice(results: Results, written: Path) -> None:
    again = drawn_figures(results.result("sweep"))
    for figure in again:
        for kind, drawn in (("svg", figure.svg), ("png", figure.png)):
            same = (written / "figures" / f"{figure.name}.{kind}").read_bytes() == drawn
            assert same, (figure.name, kind)
    assert len({figure.svg for figure in again}) == len(again)


@pytest.mark.parametrize("error", [ValueError("no such verdict"), OSError(28, "disk full")])
def test_what_was_computed_outlives_a_page_that_cannot_be_drawn(
    results: Results,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
) -> None:
    def fails(results: Results, folder: Path, ___: object) -> Path:
        raise error

    monkeypatch.setattr(reporting, "write_report", fails)
    with pytest.raises(type(error)):
        reporting.drawn(results, tmp_path)
    if isinstance(error, OSError):
        assert not list(tmp_path.iterdir())
        return
    (kept,) = tmp_path.iterdir()
    assert results_bytes(read_results(str(kept))) == results_bytes(results)
    assert f"longtail report --from {kept} draws them" in capsys.readouterr().err


def test_rounding_is_drawn_as_no_distance(results: Results) -> None:
    rows = rows_at(results.result("sweep").cells, 2.0, 0.05)
    assert rows["interpolation"].value == 0
    assert rows["interpolation"].observed is not None
    assert axis(rows["interpolation"]) is None
    assert axis(rows["noiseless-loss"]) is not None
