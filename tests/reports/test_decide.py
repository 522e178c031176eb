"""`simulate --decide` and `report --decide`: documents, pages, refusals."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from reports.results import read_results, results_bytes
from reports.schema import schema
from reports.sections import sections

SMALL = ("--n", "60", "--d", "300", "--s", "3", "--alpha", "2.5", "--runs", "20", "--seed", "3")
ONLY = ("--only", "tail-mass,noiseless-loss,noiseless-rate,noisy-ood-rate")
FEW = (*SMALL, *ONLY, "--decide", "--budget", "400")


def test_what_is_decided_is_told_with_its_draws(call: Callable[..., Any]) -> None:
    document = call("simulate", *FEW, "--jobs", "1", "--json").document
    looks = document["decision"]["looks"]
    assert [look["runs"] for look in looks] == [20 * 2**number for number in range(len(looks))]
    assert len(looks) > 1
    assert (document["decision"]["draws"], document["decision"]["seconds"]) == (400, None)
    rows = {row["id"]: row for row in document["verdicts"]}
    assert rows["tail-mass"]["verdict"] == rows["noiseless-loss"]["verdict"] == "holds"
    assert 20 < rows["tail-mass"]["observed"]["runs"] <= looks[-1]["runs"]
    assert max(row["observed"]["runs"] for row in rows.values()) == looks[-1]["runs"]
    assert rows["noiseless-rate"]["observed"]["runs"] == document["runs"] == 20
    plain = call("simulate", *SMALL, *ONLY, "--jobs", "1", "--json").document
    assert plain["observed"] == document["observed"]
    assert "decision" not in plain


@pytest.mark.workers
def test_the_same_bytes_for_any_workers_and_from_the_cache(
    call: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = call("simulate", *FEW, "--jobs", "1", "--json")
    again = call("simulate", *FEW, "--jobs", "1", "--json")
    monkeypatch.setenv("LONGTAIL_CACHE", str(tmp_path / "other"))
    two = call("simulate", *FEW, "--jobs", "2", "--json")
    assert one.out == again.out == two.out


def test_the_table_tells_the_looks_and_what_stays_open(call: Callable[..., Any]) -> None:
    called = call("simulate", *SMALL, *ONLY, "--decide", "--most", "20", "--jobs", "1")
    assert "Drawn until decided: " in called.out
    assert "the budget of 20 draws is spent" in called.out
    assert "draws" in called.out.split("tail-mass")[1].split("noiseless-loss")[0]


def test_a_report_draws_until_decided(
    call: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("p.txt").write_text("0.5\n0.3\n0.1\n0.05\n0.02\n")
    arguments = ("report", "--frequencies", "p.txt", "--n", "60", "--runs", "20", "--sections", "")
    plain = call(*arguments, "--jobs", "1", "--out", "plain")
    called = call(*arguments, "--decide", "--budget", "640", "--jobs", "1", "--out", "decided")
    assert (plain.status, called.status) == (0, 0)
    assert "Drawn until decided: " in called.out
    document = json.loads(Path("decided/results.json").read_text())
    Draft202012Validator(schema()).validate(document)
    assert document["table"]["decision"]["looks"][0]["runs"] == 20
    assert "Drawn until decided" in Path("decided/report.md").read_text()
    assert "Drawn until decided" in Path("decided/report.html").read_text()
    before, after = (read_results(f"{name}/results.json") for name in ("plain", "decided"))
    open_rows = [
        sum(one.verdict == "inconclusive" for one in results.verdicts())
        for results in (before, after)
    ]
    assert open_rows[1] < open_rows[0]
    assert results_bytes(after) == Path("decided/results.json").read_bytes()
    assert set(sections()["table"].written(before.result("table"))) >= {"decision"}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("simulate", "--decide", "--budget", "0"), "--budget = 0: must be a number of draws"),
        (("simulate", "--decide", "--budget=-1s"), "--budget = -1s: must be a number of draws"),
        (("simulate", "--decide", "--most", "x"), "--budget = x: must be a number of draws"),
        (
            ("simulate", "--decide", "--budget", "30"),
            "--budget = 30: must be at least the 50 draws of the first look",
        ),
        (("simulate", "--budget", "300"), "--budget = 300: goes with drawing until decided"),
        (("report", "--budget", "300"), "--budget = 300: goes with drawing until decided"),
        (
            ("report", "--decide", "--runs", "70", "--budget", "60"),
            "--budget = 60: must be at least the 70 draws of the first look",
        ),
        (("report", "--decide", "--from", "x.json"), "--decide = True: goes with a new report"),
        (("report", "--budget", "90", "--from", "x.json"), "--budget = 90: goes with"),
    ],
)
def test_budgets_that_are_none_are_refused(
    call: Callable[..., Any], arguments: tuple[str, ...], told: str
) -> None:
    called = call(*arguments)
    assert called.status == 2
    assert called.err.startswith(f"longtail: {told}")
    assert called.err.count("\n") == 1
