"""The networks section: from the committed run, from a folder, from results.json; and refusals."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from filecmp import cmp
from pathlib import Path
from typing import Any

import pytest

from nn.experiments import EXPERIMENTS, Experiment
from nn.results import Table1
from reports.network_cells import filled
from reports.network_section import (
    Documents,
    claims,
    prepared,
    read_documents,
    read_runs,
    within,
)
from reports.network_tables import rows
from reports.render import write_report
from reports.results import Results, results_bytes
from reports.section import MalformedError, Page
from reports.sections import sections
from reports.summary import headline

Call = Callable[..., Any]
TRAINED = {name: one for name, one in EXPERIMENTS.items() if one.in_report}
"""Those that a report trains; the others are shown where a run has their documents."""
REFERENCE = Path(__file__).parents[2] / "reports" / "reference" / "networks-quick"


@pytest.fixture(scope="module")
def documents() -> Documents:
    return read_documents(str(REFERENCE))


@pytest.fixture(scope="module")
def shown(documents: Documents) -> Page:
    return sections()["networks"].page(documents)


@pytest.fixture(scope="module")
def written(
    results: Results,
    documents: Documents,
    once: Callable[[str, Callable[[Path], object]], Path],
) -> Path:
    assert results.family is not None
    shown = within(documents, results.family.level)
    whole = results.having(sections()["networks"], shown)
    return once("networks", lambda folder: write_report(whole, folder))


def _parts(one: Page) -> list[Page]:
    return [one, *(inner for part in one.parts for inner in _parts(part))]


def test_every_experiment_is_a_part(documents: Documents, shown: Page) -> None:
    assert list(documents) == list(TRAINED)
    titles = [part.title for part in shown.parts]
    assert titles == [*(one.title for one in TRAINED.values()), "Verdicts on networks"]
    for part in _parts(shown)[1:]:
        assert part.rows
        assert {len(row) for row in part.rows} == {len(part.columns)}
    assert [figure.name for figure in shown.drawn()] == [
        "network-table1",
        "network-figure2",
        "network-memorization",
        "network-linear-theory",
    ]


def test_sources_are_told_as_stand_ins(written: Path, shown: Page) -> None:
    """Once in the section, and beside each item of the paper that they stand for."""
    assert shown.text.count("embedded stand-ins") == 1
    for page in ("report.md", "report.html"):
        assert (written / page).read_text().count("embedded stand-ins") == 3


def test_every_verdict_is_shown_with_its_origin(documents: Documents, shown: Page) -> None:
    table = shown.parts[-1]
    verdicts = [v for document in documents.values() for v in document.verdicts]
    assert sorted(row[0] for row in table.rows) == sorted(v.text for v in verdicts)
    patterns = [row for row in table.rows if row[1] == "the paper's pattern"]
    assert len(patterns) == len(claims(documents))
    assert table.rows[: len(patterns)] == patterns
    assert f"of the paper's {len(patterns)} patterns" in shown.text


def test_pages_show_our_numbers_beside_the_papers(written: Path, documents: Documents) -> None:
    table1 = documents["table1"]
    assert isinstance(table1, Table1)
    row = table1.rows[0]
    for page in ("report.md", "report.html"):
        text = (written / page).read_text()
        (line,) = [line for line in text.splitlines() if "0.176 / 0.0004" in line]
        assert f"{row.test_loss.median:.3g} [" in line
        assert f"{row.memorization_score.mean:.2g} [" in line
    markdown = (written / "report.md").read_text()
    for picture in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", markdown):
        assert (written / picture).exists()
    html = (written / "report.html").read_text()
    assert html.count("v-holds") > sum(
        v.verdict == "holds" for d in documents.values() for v in d.verdicts
    )


def test_networks_are_added_to_a_finished_report(
    results: Results, written: Path, tmp_path: Path, call: Call
) -> None:
    file = tmp_path / "plain.json"
    file.write_bytes(results_bytes(results))
    out = tmp_path / "out"
    called = call("report", "--from", str(file), "--networks", str(REFERENCE), "--out", str(out))
    assert called.status == 0
    for name in ("results.json", "report.md", "report.html", "figures/network-table1.svg"):
        assert cmp(out / name, written / name, shallow=False), name


@pytest.mark.parametrize(("origin", "status"), [("paper", 1), ("question", 0)])
def test_only_a_refuted_claim_of_the_paper_fails(
    results: Results,
    documents: Documents,
    tmp_path: Path,
    call: Call,
    monkeypatch: pytest.MonkeyPatch,
    origin: str,
    status: int,
) -> None:
    monkeypatch.setattr("reports.reporting.write_report", lambda _, folder, *__: folder)
    first, *rest = (
        one.model_copy(update={"verdict": "holds"}) for one in documents["table1"].verdicts
    )
    first = first.model_copy(update={"origin": origin, "verdict": "refuted"})
    table1 = documents["table1"].model_copy(update={"verdicts": (first, *rest)})
    changed = {"table1": table1}
    file = tmp_path / "results.json"
    file.write_bytes(results_bytes(results.having(sections()["networks"], changed)))
    called = call("report", "--from", str(file), "--out", str(tmp_path / "out"))
    assert called.status == status
    # What the top of the report says and the exit status come from the same list.
    assert ("No claim is refuted" in called.out) == (status == 0)
    told = headline(results.having(sections()["networks"], changed))
    assert ("1 refuted" in told.partition("questions of our own")[2]) == (origin == "question")


def _part_of_a_run(folder: Path, content: str) -> Path:
    folder.mkdir()
    (folder / "table1.json").write_text(content)
    return folder


def _of_nine_labels(text: str) -> str:
    document = json.loads(text)
    for row in document["rows"]:
        del row["memorization_by_label"][9:]
    return json.dumps(document)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text.replace('"table": "table1"', '"table": "table2"'),
        lambda text: text.replace('"verdicts"', '"judged"'),
        lambda text: text.replace('"constant_loss"', '"loss"'),
        lambda text: text.replace('"coverage": 0.9375', '"coverage": NaN', 1),
        lambda text: text.replace('"coverage": 0.9375', '"coverage": "0.9375"', 1),
        lambda text: text.replace('"seeds": 5', '"seeds": 5, "colour": "red"', 1),
        lambda text: text.replace('"verdict": "holds"', '"verdict": "perhaps"', 1),
        lambda text: text.replace('"memorizing": false', '"memorizing": true', 1),
        _of_nine_labels,
        lambda text: "[]",
        lambda text: "[" * 100_000,
    ],
    ids=[
        "cut",
        "renamed",
        "without verdicts",
        "without a column",
        "NaN",
        "a number as text",
        "a key of no document",
        "a verdict that is none",
        "rows that make no figure",
        "nine labels",
        "a list",
        "a deep list",
    ],
)
def test_a_damaged_document_is_refused(
    tmp_path: Path, call: Call, change: Callable[[str], str]
) -> None:
    whole = (REFERENCE / "table1.json").read_text()
    assert change(whole) != whole
    folder = _part_of_a_run(tmp_path / "run", change(whole))
    called = call("report", "--networks", str(folder), "--out", str(tmp_path / "out"))
    assert called.status == 2
    file = folder / "table1.json"
    expected = f"longtail: --networks = {file}: must be a whole document of longtail nn table1"
    assert called.err.splitlines() == [expected]
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["absent", "empty"])
def test_a_folder_without_documents_is_refused(tmp_path: Path, call: Call, name: str) -> None:
    (tmp_path / "empty").mkdir()
    called = call("report", "--networks", str(tmp_path / name), "--out", str(tmp_path / "out"))
    assert called.status == 2
    (line,) = called.err.splitlines()
    assert line.startswith(f"longtail: --networks = {tmp_path / name}: must be a folder with one")
    assert "table1.json, figure2.json" in line
    assert not (tmp_path / "out").exists()


def test_networks_asked_for_without_torch_are_refused(
    tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    called = call("report", "--sections", "networks", "--out", str(tmp_path / "out"))
    assert called.status == 2
    (line,) = called.err.splitlines()
    assert line.startswith("longtail: --sections = networks: torch")
    assert "make nn, or show a finished run with --networks DIR" in line
    assert not (tmp_path / "out").exists()


def test_a_preset_without_torch_leaves_the_networks_out(
    results: Results, tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    sweep = results.result("sweep")
    monkeypatch.setattr("reports.sections.sweep.computed", lambda *_: sweep)
    known = sections()
    few = [known["networks"]]
    monkeypatch.setattr("reports.reporting.chosen", lambda *_: few)
    called = call("report", "--preset", "paper", "--out", str(tmp_path / "out"))
    assert called.status == 0
    line, *progress = called.err.splitlines()
    assert all(one.startswith("figures ") for one in progress)
    assert line.startswith("longtail: the networks section is left out: torch")
    assert "make nn" in line
    assert "networks" not in json.loads((tmp_path / "out" / "results.json").read_text())


def test_data_that_are_named_and_missing_stop_it(
    tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("torch", reason="torch is not installed (make nn)")
    monkeypatch.setenv("LONGTAIL_DATA", str(tmp_path / "absent"))
    called = call("report", "--sections", "networks", "--out", str(tmp_path / "out"))
    assert called.status == 2
    (line,) = called.err.splitlines()
    assert line.startswith(f"longtail: --data = {tmp_path / 'absent'}: is not a folder")
    assert not (tmp_path / "out").exists()


def test_training_is_asked_for_as_the_report_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("torch", reason="torch is not installed (make nn)")
    monkeypatch.delenv("LONGTAIL_DATA", raising=False)
    asked: list[Any] = []

    def experiment(plan: Any) -> object:
        asked.append((plan.preset.name, plan.seed, plan.jobs, plan.folder.parents[1]))
        return object()

    monkeypatch.setattr(Experiment, "load", lambda _: experiment)
    compute = prepared((), tmp_path / "out", seed=7, jobs=3)
    assert compute is not None
    assert asked == []
    assert list(compute()) == list(TRAINED)
    assert set(asked) == {("quick", 7, 3, tmp_path / "out")}
    assert not (tmp_path / "out").exists()


def test_a_training_without_a_number_leaves_its_claim_open() -> None:
    from empirics.judging.verdict import Verdict
    from reports.sections.networks import judged_as

    assert judged_as("no number") is Verdict.INCONCLUSIVE
    assert judged_as("holds") is Verdict.HOLDS


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda part: [part], "must hold documents of table1"),
        (lambda part: {}, "must hold documents of table1"),
        (lambda part: {"table2": part["table1"]}, "must hold documents of table1"),
        (lambda part: {"figure2": part["table1"]}, "figure2: figure: Field required"),
        (
            lambda part: {"table1": part["table1"] | {"seeds": "5"}},
            "table1: seeds: Input should be a valid integer",
        ),
    ],
)
def test_a_part_of_results_that_is_none_says_where(
    documents: Documents, change: Callable[[dict[str, Any]], Any], where: str
) -> None:
    networks = sections()["networks"]
    part = networks.written(documents)
    assert networks.read(part) == documents
    with pytest.raises(MalformedError, match=re.escape(where)):
        networks.read(change(part))


def test_columns_that_say_nothing_are_left_out(documents: Documents) -> None:
    table1 = documents["table1"]
    assert isinstance(table1, Table1)
    bare = [
        row.model_copy(update={"memorization_score": None, "memorization_level": None})
        for row in table1.rows
    ]
    lines = filled(rows(table1.model_copy(update={"rows": tuple(bare)})))
    assert "memorization score" in filled(rows(table1))[0]
    assert "memorization score" not in lines[0]
    assert lines[0][-1] == "paper: test / train"
    assert all(len(line) == len(lines[0]) for line in lines)


def test_a_chapter_with_one_section_has_its_title_once(written: Path) -> None:
    headings = re.findall(r"<h\d[^>]*>([^<]*)</h\d>", (written / "report.html").read_text())
    assert headings.count("Networks") == 1


def test_each_experiment_is_of_the_first_folder_that_has_it() -> None:
    larger = REFERENCE.parent / "networks-mnist"
    found = read_runs([str(larger), str(REFERENCE)])
    assert list(found) == [name for name in EXPERIMENTS if name in found]
    # What both folders have is of the first, what one has of that one.
    presets = {name: found[name].preset for name in ("table1", "figure2", "composition")}
    assert presets == {"table1": "mnist", "figure2": "mnist", "composition": "quick"}


def test_a_report_has_the_digits_of_single_precision(documents: Documents) -> None:
    (value, *_) = documents["figure2"].content()["rows"][0]["test_loss"]["values"]
    once = within(documents, 1.0)
    (shown, *_) = once["figure2"].content()["rows"][0]["test_loss"]["values"]
    assert shown != value
    assert shown == pytest.approx(value, rel=5.1e-6)
    assert within(once, 1.0) == once
