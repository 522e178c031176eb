"""The seam of the report's sections: found, judged, read back strictly."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from empirics.judging.intervals import Estimate
from empirics.judging.verdict import Verdict
from reports import observations, verdict_rows
from reports.console import print_table
from reports.results import Part, Results, read_results, results_bytes
from reports.section import Judged, RecordSection
from reports.sections import sections
from reports.summary import headline, refuted
from theorems.errors import InputError

Call = Callable[..., Any]
REFERENCE = Path(__file__).parents[2] / "reports" / "reference" / "results.json"


@pytest.fixture(scope="module")
def reference() -> Results:
    return read_results(str(REFERENCE))


def test_sections_have_their_own_names_and_places() -> None:
    found = sections().values()
    assert {"sweep", "table", "regimes", "rates", "variance", "memorization"} <= set(sections())
    assert len({section.place for section in found}) == len(found)


def test_a_section_without_verdicts_cannot_be_made() -> None:
    class Forgetful(RecordSection[Any]):
        name = "forgetful"
        place = 99

        def prepared(self, context: Any) -> Any: ...

        def page(self, result: Any) -> Any: ...

    with pytest.raises(TypeError, match="verdicts"):
        Forgetful()  # type: ignore[abstract]


def _paths(part: Any, *where: Any) -> list[tuple[Any, ...]]:
    """Where a part of a results document holds a verdict."""
    if isinstance(part, dict):
        own = [where] if isinstance(part.get("verdict"), str) else []
        return own + [path for key, one in part.items() for path in _paths(one, *where, key)]
    if isinstance(part, list):
        return [path for place, one in enumerate(part) for path in _paths(one, *where, place)]
    return []


@pytest.mark.parametrize("name", ["sweep", "rates", "variance", "memorization", "networks"])
def test_every_refuted_verdict_reaches_the_headline_and_the_status(
    reference: Results, name: str
) -> None:
    assert refuted(reference) == []
    assert "No claim is refuted" in headline(reference)
    section = sections()[name]
    document = section.written(reference.result(name))
    rng = np.random.default_rng(0)
    paths = [
        path
        for path in _paths(document)
        if name != "networks" or _at(document, path)["origin"] == "paper"
    ]
    assert paths
    for place in rng.choice(len(paths), size=min(8, len(paths)), replace=False):
        changed = copy.deepcopy(document)
        _at(changed, paths[place])["verdict"] = "refuted"
        results = reference.having(section, section.read(changed))
        assert refuted(results), paths[place]
        assert "No claim is refuted" not in headline(results)
        assert "Refuted: " in headline(results)


def _at(part: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        part = part[step]
    return part


def test_questions_are_counted_apart(reference: Results) -> None:
    told = headline(reference)
    assert "Of 47 questions of our own" in told
    assert "4 refuted" in told.partition("questions of our own")[2]


def test_reading_and_writing_are_inverse(reference: Results) -> None:
    # Told apart by pytest, two files of a megabyte take minutes.
    same = results_bytes(reference) == REFERENCE.read_bytes()
    assert same


def _changes() -> list[tuple[str, Callable[[dict[str, Any]], Any]]]:
    def cell(document: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = document["sweep"]["cells"][0]
        return found

    return [
        ("sweep.cells.0.k", lambda d: cell(d).pop("k")),
        ("sweep.cells.0.seed", lambda d: cell(d).update(seed="3")),
        ("sweep.cells.0.runs", lambda d: cell(d).update(runs=10**30)),
        ("sweep.cells.0.runs", lambda d: cell(d).update(runs=-1)),
        ("sweep.cells.0.verdicts", lambda d: cell(d).update(verdicts=None)),
        ("verdict", lambda d: cell(d)["verdicts"][0].update(verdict="true")),
        ("sweep", lambda d: cell(d)["verdicts"][0].update(verdict=[[]])),
        ("holds", lambda d: cell(d)["verdicts"][0]["hypotheses"][0].update(holds=1)),
        ("slack", lambda d: cell(d)["verdicts"][0].update(slack="much")),
        ("sweep", lambda d: cell(d)["verdicts"][0].update(reason="\ud800")),
        ("sweep.model.alphas", lambda d: d["sweep"]["model"].update(alphas=["2"])),
        ("sweep.curves", lambda d: d["sweep"].update(curves={})),
        ("provenance", lambda d: d.update(provenance=[])),
        ("provenance", lambda d: d["provenance"].update(seconds="1")),
    ]


@pytest.mark.parametrize(("place", "change"), _changes())
def test_malformed_results_are_refused_before_anything_is_written(
    results: Results, tmp_path: Path, call: Call, place: str, change: Callable[[Any], Any]
) -> None:
    document = json.loads(results_bytes(results))
    change(document)
    file, out = tmp_path / "results.json", tmp_path / "out"
    file.write_text(json.dumps(document))
    called = call("report", "--from", str(file), "--out", str(out))
    assert called.status == 2
    assert called.out == ""
    (line,) = called.err.splitlines()
    assert line.startswith(f"longtail: --from = {file}: cannot be read at ")
    assert place.rpartition(".")[2] in line
    assert not out.exists()


@pytest.mark.parametrize("number", ["1e999", "-1e999"])
def test_an_infinite_number_is_refused(
    results: Results, tmp_path: Path, call: Call, number: str
) -> None:
    text = results_bytes(results).decode()
    assert '"slack":' in text
    start = text.index('"slack":') + len('"slack":')
    end = text.index(",", start)
    file = tmp_path / "results.json"
    file.write_text(text[:start] + number + text[end:])
    called = call("report", "--from", str(file), "--out", str(tmp_path / "out"))
    assert called.status == 2
    assert not (tmp_path / "out").exists()


def test_what_cannot_be_drawn_leaves_no_trace(results: Results, tmp_path: Path, call: Call) -> None:
    document = json.loads(results_bytes(results))
    document["sweep"]["cells"] = []
    file, out = tmp_path / "results.json", tmp_path / "out"
    file.write_text(json.dumps(document))
    called = call("report", "--from", str(file), "--out", str(out))
    assert called.status == 2
    assert "holds what cannot be drawn" in called.err
    assert not out.exists()


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (1.1, 1.9, Verdict.HOLDS),
        (1.0, 2.0, Verdict.HOLDS),
        (0.9, 1.9, Verdict.INCONCLUSIVE),
        (1.9, 2.1, Verdict.INCONCLUSIVE),
        (2.1, 2.2, Verdict.REFUTED),
        (0.1, 0.9, Verdict.REFUTED),
        (float("nan"), float("nan"), Verdict.INCONCLUSIVE),
    ],
)
def test_an_observation_holds_inside_and_is_refuted_outside(
    low: float, high: float, verdict: Verdict
) -> None:
    seen = Estimate((low + high) / 2, low, high, 9, 0.99)
    assert observations._within(seen, 1.0, 2.0) is verdict


def test_a_refuted_observation_of_the_paper_reaches_the_status(results: Results) -> None:
    sweep = results.result("sweep")
    first, *rest = sweep.observations
    wrong = first.model_copy(update={"verdict": Verdict.REFUTED})
    changed = sweep.model_copy(update={"observations": (wrong, *rest)})
    section = sections()["sweep"]
    before = refuted(results)
    after = refuted(replace(results, parts=(Part(section, changed),)))
    assert [one for one in after if one not in before] == [Judged(first.paper, Verdict.REFUTED)]


@pytest.mark.parametrize(
    ("slack", "shown"),
    [(None, "–"), (-25.0, "–"), (4.9e15, "> 1000"), (1e-7, "< 0.001"), (1.25, "1.25")],
)
def test_a_slack_that_says_nothing_is_not_shown(slack: float | None, shown: str) -> None:
    assert verdict_rows.slack(slack) == shown


def test_a_failed_hypothesis_is_told_once() -> None:
    assert verdict_rows.told("hypothesis fails", "fails: k > 3") == "hypothesis fails: k > 3"


def test_a_narrow_terminal_breaks_lines_between_words_only(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from rich.console import Console

    monkeypatch.setattr(Console, "is_terminal", property(lambda _: True))
    monkeypatch.setenv("COLUMNS", "40")
    formula = "n**(1 - 1/alpha)*gamma(1 - 1/alpha)"
    row = ("noiseless-second-order-statement", "0.88622692545276", formula, "why it is so")
    print_table("Title", ("id", "value", "formula", "why"), [row])
    out = capsys.readouterr().out
    for word in ("noiseless-second-order-statement", "0.88622692545276", "n**(1", "gamma(1"):
        assert word in out
    assert max(len(line) for line in out.splitlines()) <= 40


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        read_results(str(tmp_path / "absent.json"))
