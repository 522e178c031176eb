"""results.json as a file: small, described by a published schema, compared with another one."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from empirics.judging.verdict import Verdict
from reports.compact import hoisted, restored
from reports.results import Part, Results, read_results, results_bytes
from reports.schema import PATH, schema, schema_bytes

Call = Callable[..., Any]

REFERENCE = Path(__file__).parents[2] / "reports" / "reference" / "results.json"


@pytest.fixture(scope="module")
def written(results: Results, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("results") / "results.json"
    path.write_bytes(results_bytes(results))
    return path


def test_the_published_schema_is_current() -> None:
    assert PATH.read_bytes() == schema_bytes(), "run python -m reports.schema"


def test_a_results_file_follows_the_schema(written: Path) -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    validator = jsonschema.Draft202012Validator(schema())
    document = json.loads(written.read_bytes())
    validator.validate(document)
    document["sweep"]["cells"][0]["verdicts"][0]["verdict"] = "true"
    assert not validator.is_valid(document)


def test_what_is_thinned_out_comes_back(results: Results, written: Path) -> None:
    again = read_results(str(written))
    assert again.parts == results.parts
    assert results_bytes(again) == written.read_bytes()


def test_thinning_takes_much_away_and_nothing_that_differs(results: Results) -> None:
    whole = {part.section.name: part.section.written(part.result) for part in results.parts}
    thin = hoisted(copy.deepcopy(whole))
    assert len(json.dumps(thin)) < 0.65 * len(json.dumps(whole))
    assert restored(copy.deepcopy(thin)) == whole
    row = whole["sweep"]["cells"][1]["verdicts"][0]
    row["title"] += ", of another version"
    thin = hoisted(copy.deepcopy(whole))
    assert thin["sweep"]["cells"][1]["verdicts"][0]["title"] == row["title"]
    assert restored(thin) == whole


def test_a_file_with_everything_in_every_row_is_read_too(
    results: Results, written: Path, tmp_path: Path
) -> None:
    """As files of this schema were once written."""
    document = json.loads(written.read_bytes())
    head = {name: document.pop(name) for name in ("schema", "provenance")}
    path = tmp_path / "whole.json"
    path.write_text(json.dumps({**head, **restored(document)}))
    assert read_results(str(path)).parts == results.parts


def test_the_committed_run_is_small() -> None:
    assert REFERENCE.stat().st_size < 2**20


def test_a_report_is_the_same_as_itself(written: Path, call: Call) -> None:
    called = call("compare", str(written), str(written))
    assert called.status == 0
    assert "0 verdicts and 0 numbers moved" in called.out


@pytest.fixture
def moved(results: Results, tmp_path: Path) -> Path:
    """With a verdict, a number and a claim changed."""
    (part,) = results.parts
    sweep = part.result
    cell = sweep.cells[0]
    first, second, *rest = cell.verdicts
    changed = [
        first.model_copy(update={"verdict": Verdict.REFUTED}),
        second.model_copy(update={"value": 2 * second.value}),
        *rest[1:],
    ]
    cells = (cell.model_copy(update={"verdicts": tuple(changed)}), *sweep.cells[1:])
    other = Part(part.section, sweep.model_copy(update={"cells": cells}))
    path = tmp_path / "moved.json"
    path.write_bytes(results_bytes(replace(results, parts=(other,))))
    return path


def test_what_moved_is_told_by_statement_and_cell(
    results: Results, written: Path, moved: Path, call: Call
) -> None:
    called = call("compare", str(written), str(moved), "--json")
    assert called.status == 4
    found = called.document
    (part,) = results.parts
    first, second, third = part.result.cells[0].verdicts[:3]
    (verdict,) = found["verdicts"]
    assert verdict["what"].startswith(f"{first.id} at alpha = 1, sigma = 0")
    assert (verdict["a"], verdict["b"]) == (str(first.verdict), "refuted")
    (number,) = found["numbers"]
    assert number["what"].startswith(f"{second.id} at alpha = 1")
    assert (number["name"], number["relative"]) == ("value", 0.5)
    (lost,) = found["only_a"]
    assert lost.startswith(f"sweep: {third.id} at alpha = 1")
    assert found["only_b"] == []
    assert found["same"] is False
    told = call("compare", str(written), str(moved))
    assert told.status == 4
    assert "1 verdicts and 1 numbers moved; 1 claims in A alone" in told.out


def test_rounding_of_another_machine_is_no_difference(results: Results, written: Path) -> None:
    from reports.compare import SAME, Row, _moved

    row = Row("s", "w", "holds", {"value": 1.0})
    near, far = 1 + SAME / 2, 1 + 2 * SAME
    assert list(_moved(row, replace(row, numbers={"value": near}))) == []
    assert [one.name for one in _moved(row, replace(row, numbers={"value": far}))] == ["value"]


def test_compare_refuses_what_is_no_report(written: Path, tmp_path: Path, call: Call) -> None:
    called = call("compare", str(written), str(tmp_path / "none.json"))
    assert called.status == 2
    (line,) = called.err.splitlines()
    assert line.startswith("longtail: B = ")
