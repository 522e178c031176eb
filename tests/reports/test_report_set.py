"""`report --set`: statements' own parameters in the leading section of a report."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reports.results import read_results

SMALL = ("--n", "60", "--d", "200", "--runs", "3", "--sections", "", "--jobs", "1")


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A report of one exponent and one noise level."""
    from dataclasses import replace

    from reports import experiment

    usual = experiment.PRESETS["quick"]
    small = replace(usual, alphas=(2.0,), sigmas=(0.05,), curve_points=2)
    monkeypatch.setitem(experiment.PRESETS, "quick", small)


@pytest.mark.usefixtures("few")
def test_every_statement_that_has_the_parameter_is_judged_there(
    call: Callable[..., Any], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    call("report", *SMALL, "--set", "delta=0.3", "--out", str(out))
    sweep = read_results(str(out / "results.json")).result("sweep")
    rows = {row.id: row for cell in sweep.cells for row in cell.verdicts}
    assert {"stability-price", "subsampled-loss"} <= rows.keys()
    assert {row.extra["delta"] for row in rows.values() if "delta" in row.extra} == {0.3}
    assert rows["subsampled-loss"].observed is not None
    page = re.sub(r"</?span[^>]*>", "", (out / "report.html").read_text())
    assert "delta = 0.3" in page
    assert "--set delta=0.3" in page
    # What is said of the page's claims by one command is what that command says.
    told = call(
        "simulate", "--n", "60", "--d", "200", "--runs", "3", "--jobs", "1", "--json",
        "--only", "subsampled-loss", "--set", "delta=0.3",
    ).document["verdicts"][0]  # fmt: skip
    ours = json.loads(rows["subsampled-loss"].model_dump_json())
    for side in ("lower", "upper"):
        # Those of a report are rounded outward.
        assert told[side] == pytest.approx(ours[side], rel=1e-12)
    assert told["observed"]["mean"] == ours["observed"]["mean"]


@pytest.mark.usefixtures("few")
def test_frequencies_of_ones_own_take_them_too(call: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "p.txt").write_text("0.5\n0.3\n0.1\n0.05\n0.02\n")
    law = ("--frequencies", str(tmp_path / "p.txt"), "--n", "40", "--runs", "3")
    out = tmp_path / "out"
    options = ("--sections", "", "--jobs", "1", "--set", "delta=0.3", "--set", "lamda=2")
    call("report", *law, *options, "--out", str(out))
    table = read_results(str(out / "results.json")).result("table")
    rows = [row for cell in table.cells for row in cell.verdicts]
    assert {row.extra["delta"] for row in rows if "delta" in row.extra} == {0.3}
    assert {row.extra["lamda"] for row in rows if "lamda" in row.extra} == {2.0}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("--set", "delta"), "--set = delta: must be NAME=NUMBER"),
        (("--set", "delta=x"), "--set = x: must be delta=NUMBER, a finite number"),
        (("--set", "delta=nan"), "--set = nan: must be delta=NUMBER, a finite number"),
        (("--set", "dleta=1"), "no statement has such a parameter; the nearest is delta"),
        (
            ("--from", "results.json", "--set", "delta=0.3"),
            "--set = delta=0.3: goes with a new report",
        ),
    ],
)
def test_refusals(
    call: Callable[..., Any], tmp_path: Path, given: tuple[str, ...], told: str
) -> None:
    called = call("report", *given, "--out", str(tmp_path / "out"))
    assert called.status == 2
    assert told in called.err
    assert called.err.count("\n") == 1
    assert not (tmp_path / "out").exists()
