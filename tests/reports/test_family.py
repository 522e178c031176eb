"""One error for a whole report: planned before anything is judged, told, and kept by networks."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from empirics.judging.family import FAMILY_ERROR, Family
from empirics.judging.verdict import Verdict
from empirics.judging.verdict import tests as counted_tests
from empirics.running.cluster import Workers
from reports import reporting
from reports.network_section import Documents, read_documents, within
from reports.results import Results, read_results, results_bytes
from reports.section import Context
from reports.sections import sections
from reports.summary import headline, refuted
from theorems.catalogue import catalogue
from theorems.statement import Kind

NETWORKS = Path(__file__).parents[2] / "reports" / "reference" / "networks-quick"


@given(st.integers(1, 10**6))
def test_all_tests_together_err_no_more_than_the_family(count: int) -> None:
    family = Family(count)
    assert family.tests * family.level == pytest.approx(FAMILY_ERROR)


def test_what_looks_at_no_interval_costs_no_test() -> None:
    counted = {name: counted_tests(statement) for name, statement in catalogue.items()}
    assert counted["interpolation"] == 0  # in every draw, up to rounding
    assert counted["missing-mass-concentration"] == 2  # its mean, and how many draws reach it
    for name, statement in catalogue.items():
        if statement.kind is Kind.RATE or statement.observable is None:
            assert counted[name] == 0


def _computed(names: str | None) -> Results:
    """The results of a report whose sections compute nothing."""
    context = Context("quick", 0, Workers(1), asked=names is not None)
    computing = reporting.prepared(names, context)
    seen: list[Family] = []

    def compute(family: Family) -> None:
        seen.append(family)

    stubs = [(section, type(planned)(planned.tests, compute)) for section, planned in computing]
    results = reporting.computed(stubs, "longtail report")
    assert len(set(seen)) == 1
    assert seen[0].tests == sum(planned.tests for _, planned in computing)
    return results


def test_every_section_is_judged_in_one_family_and_a_part_in_a_smaller() -> None:
    whole, part = _computed(None).family, _computed("variance").family
    assert whole is not None
    assert part is not None
    assert set(whole.sections) == {"sweep", "rates", "variance", "memorization", "necessity"}
    assert set(part.sections) == {"sweep", "variance"}
    assert sum(whole.sections.values()) == whole.tests > part.tests
    assert whole.level * whole.tests == pytest.approx(0.05)


def test_family_level_and_method_are_told(results: Results, written: Path) -> None:
    assert results.family is not None
    told = json.loads((written / "results.json").read_text())["family"]
    assert told["method"] == "Bonferroni"
    assert told["level"] * told["tests"] == pytest.approx(told["error"])
    for page in ("report.md", "report.html"):
        text = (written / page).read_text()
        assert f"over {results.family.tests} planned tests" in text
        assert "Bonferroni" in text
    assert results_bytes(read_results(str(written / "results.json"))) == results_bytes(results)


@cache
def _read() -> Documents:
    return read_documents(str(NETWORKS))


def _documents(**changed: Any) -> Documents:
    documents = _read()
    table1 = documents["table1"]
    place = [one.origin for one in table1.verdicts].index("paper")
    verdicts = list(table1.verdicts)
    verdicts[place] = verdicts[place].model_copy(update={"verdict": "refuted", **changed})
    return documents | {"table1": table1.model_copy(update={"verdicts": tuple(verdicts)})}


def test_five_seeds_refute_nothing_at_the_level_of_a_report(
    results: Results, tmp_path: Path, call: Callable[..., Any]
) -> None:
    for name, document in _documents().items():
        (tmp_path / f"{name}.json").write_text(document.text())
    file, out = tmp_path / "results.json", tmp_path / "out"
    file.write_bytes(results_bytes(results))
    called = call("report", "--from", str(file), "--networks", str(tmp_path), "--out", str(out))
    assert called.status == 0
    assert "No claim is refuted" in called.out
    assert "alone refuted at 5%" in (out / "report.md").read_text()


def test_a_pattern_of_networks_that_errs_rarely_enough_is_refuted(results: Results) -> None:
    assert results.family is not None
    level = results.family.level
    section = sections()["networks"]
    for error, expected in ((level / 2, True), (level * 2, False)):
        documents = within(_documents(error=error), level)
        found = refuted(results.having(section, documents))
        assert [one.verdict for one in found] == ([Verdict.REFUTED] if expected else [])
        assert ("No claim is refuted" in headline(results.having(section, documents))) != expected


def test_questions_stay_answered() -> None:
    documents = _documents(origin="question")
    assert within(documents, 1e-9)["table1"].verdicts == documents["table1"].verdicts
