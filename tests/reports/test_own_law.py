"""Frequencies of one's own through the command line: a power law as a table, and bad files."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from filecmp import cmp
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reports.figures import FADED
from reports.own_law_figures import drawn_own
from reports.results import read_results
from theorems.law import PowerLaw

Call = Callable[..., Any]

LAW = PowerLaw(d=400, s=3, alpha=1.5, b=0.3)
AS_OPTIONS = ("--d", "400", "--s", "3", "--alpha", "1.5", "--beta-exponent", "0.3")


@pytest.fixture
def as_files(tmp_path: Path) -> tuple[str, ...]:
    """The power law as two files, in another order than its own."""
    order = np.random.default_rng(0).permutation(LAW.d)
    frequencies, coefficients = tmp_path / "p.txt", tmp_path / "beta.npy"
    frequencies.write_text("".join(f"{float(p)!r}\n" for p in LAW.p[order]))
    np.save(coefficients, LAW.beta[order])
    return ("--frequencies", str(frequencies), "--coefficients", str(coefficients))


def _needs_power_law(row: dict[str, Any]) -> bool:
    return any(h["text"] == "the frequencies follow a power law" for h in row["hypotheses"])


def _same(one: Any, other: Any) -> bool:
    if one is None or other is None:
        return one is other
    # Sums over a table are exact, over a power law thinned within their own tolerance.
    return bool(np.isclose(one, other, rtol=1e-12, atol=1e-300))


def test_a_power_law_as_a_table_has_the_same_bounds(call: Call, as_files: tuple[str, ...]) -> None:
    common = ("bounds", "--json", "--n", "100")
    law = {row["id"]: row for row in call(*common, *AS_OPTIONS).document["statements"]}
    called = call(*common, *as_files)
    assert called.status == 0
    table = {row["id"]: row for row in called.document["statements"]}
    assert list(table) == list(law)
    compared = [name for name, row in table.items() if not _needs_power_law(row)]
    assert len(compared) > len(table) / 2
    differ = {
        (name, side)
        for name in compared
        for side in ("lower", "value", "upper", "k")
        if not _same(law[name][side], table[name][side])
    }
    # These two come from integrals of the power law and have no value on a table.
    assert differ == {("tail-mass", "lower"), ("tail-mass", "upper")}
    assert table["tail-mass"]["lower"] is table["tail-mass"]["upper"] is None


def test_a_power_law_as_a_table_has_the_same_draws_and_verdicts(
    call: Call, as_files: tuple[str, ...]
) -> None:
    common = ("simulate", "--json", "--n", "100", "--runs", "8", "--seed", "4", "--jobs", "1")
    law, table = call(*common, *AS_OPTIONS).document, call(*common, *as_files).document
    assert table["setting"]["frequencies"] == "p.txt"
    assert table["setting"]["coefficients"] == "beta.npy"
    assert table["k"] == law["k"]
    for name, seen in law["observed"].items():
        assert _same(seen["mean"], table["observed"][name]["mean"]), name
    ours = {row["id"]: row for row in table["verdicts"]}
    for row in law["verdicts"]:
        if not _needs_power_law(ours[row["id"]]):
            assert ours[row["id"]]["verdict"] == row["verdict"], row["id"]
        else:
            assert ours[row["id"]]["verdict"] == "hypothesis fails"


def test_one_draw_alone_is_the_draw_of_the_run(call: Call, as_files: tuple[str, ...]) -> None:
    model = ("--n", "60", *as_files, "--seed", "9")
    run = call("simulate", "--json", *model, "--runs", "3", "--jobs", "1").document
    draws = [call("draw", "--json", *model, "--run", str(r)).document for r in range(3)]
    assert draws[0]["setting"] == run["setting"]
    for name in ("in_distribution_loss", "seen_features", "train_loss"):
        mean = np.mean([draw["observed"][name] for draw in draws])
        # Means are told with nine digits.
        assert mean == pytest.approx(run["observed"][name]["mean"], rel=5e-9), name
    assert draws[0]["observed"] != draws[1]["observed"]
    assert call("draw", *model).out.startswith("Draw 0 of seed 9")


def test_a_report_on_a_table(call: Call, as_files: tuple[str, ...], tmp_path: Path) -> None:
    out = tmp_path / "report"
    called = call("report", *as_files, "--n", "80", "--runs", "4", "--jobs", "1", "--out", str(out))
    assert called.status == 0
    left_out = [line for line in called.err.splitlines() if "left out" in line]
    assert left_out == [
        f"longtail: section {name} is left out: it needs a power law"
        for name in ("regimes", "rates", "variance", "necessity", "memorization")
    ]
    results = json.loads((out / "results.json").read_text())
    assert set(results) == {"schema", "provenance", "family", "statements", "table"}
    assert [cell["setting"]["sigma"] for cell in results["table"]["cells"]] == [
        0.0,
        0.01,
        0.05,
        0.1,
        0.2,
    ]
    figures = {path.stem for path in (out / "figures").iterdir()}
    assert figures == {"frequencies", "loss_over_sigma"}
    own = read_results(str(out / "results.json")).result("table")
    for held, faded in ((True, False), (False, True)):
        lines = tuple(one.model_copy(update={"believed": held}) for one in own.lines)
        _, loss = drawn_own(own.model_copy(update={"lines": lines}))
        assert (f"stroke-opacity: {FADED}".encode() in loss.svg) is faded
    page = re.sub(r"</?span[^>]*>", "", (out / "report.html").read_text())
    assert "the frequencies follow a power law" in page
    assert "--frequencies p.txt" in page
    assert "--coefficients beta.npy" in page
    again = tmp_path / "again"
    assert call("report", "--from", str(out / "results.json"), "--out", str(again)).status == 0
    for name in ("report.html", "report.md", "results.json", "figures/frequencies.svg"):
        assert cmp(again / name, out / name, shallow=False), name


@pytest.mark.parametrize("command", ["bounds", "simulate", "draw", "report"])
@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("", "must hold a number a line; it is empty"),
        ("0.5\n1.5\n", "must lie in [0, 1]; it is number 2"),
        ("0.5\nnan\n", "must lie in [0, 1]; it is number 2"),
        ("0.5 0.2\n0.1 0.1\n", "must hold one number a line; line 1 is '0.5 0.2'"),
        ("0.5\n", "must be at least 2"),
        (None, "must be a file of numbers (No such file or directory)"),
    ],
    ids=["empty", "above 1", "NaN", "two columns", "one feature", "absent"],
)
def test_bad_frequencies_get_one_line(
    call: Call,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    content: str | None,
    line: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "p.txt"
    if content is not None:
        file.write_text(content)
    before = sorted(tmp_path.iterdir())
    called = call(command, "--frequencies", str(file))
    assert called.status == 2
    assert called.out == ""
    (printed,) = called.err.splitlines()
    assert printed.startswith("longtail: --frequencies = ")
    assert line in printed
    assert sorted(tmp_path.iterdir()) == before


def test_a_bad_line_among_a_million_is_named(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "p.txt"
    lines = ["0.001"] * 10**6
    lines[654320] = "0,001"
    file.write_text("\n".join(lines))
    called = call("bounds", "--frequencies", str(file))
    assert called.status == 2
    assert "must hold one number a line; line 654321 is '0,001'" in called.err


def test_coefficients_are_as_many_and_go_with_frequencies(call: Call, tmp_path: Path) -> None:
    p, beta = tmp_path / "p.txt", tmp_path / "beta.txt"
    p.write_text("0.5\n0.2\n0.1\n")
    beta.write_text("1\n2\n")
    called = call("bounds", "--frequencies", str(p), "--coefficients", str(beta))
    assert called.status == 2
    assert "must be as many as frequencies, 3" in called.err
    called = call("bounds", "--coefficients", str(beta))
    assert called.status == 2
    assert called.err == f"longtail: --coefficients = {beta}: goes with --frequencies\n"


@pytest.mark.parametrize(
    "option", [("--d", "9"), ("--s", "2"), ("--alpha", "2"), ("--beta-exponent", "0")]
)
def test_two_laws_at_once_are_refused(call: Call, tmp_path: Path, option: tuple[str, str]) -> None:
    file = tmp_path / "p.txt"
    file.write_text("0.5\n0.2\n")
    called = call("bounds", "--frequencies", str(file), *option)
    assert called.status == 2
    assert called.err == (
        f"longtail: {option[0]} = {option[1]}: describes a power law, --frequencies another law\n"
    )


def test_extra_parameters_reach_the_statements_that_have_them(call: Call) -> None:
    plain = call("bounds", "--json").document["statements"]
    other = call("bounds", "--json", "--set", "lamda=1", "--set", "rho=0.3").document["statements"]
    given = {"lamda": 1.0, "rho": 0.3}
    for one, changed in zip(plain, other, strict=True):
        own = {name: value for name, value in given.items() if name in one["extra"]}
        assert changed["extra"] == one["extra"] | own
        if not own:
            assert one == changed
    level = {row["id"]: row["value"] for row in other}["memorization-level"]
    assert level == pytest.approx(1 / 2)


def test_extra_parameters_reach_what_is_observed(call: Call) -> None:
    """Another share of corrupted labels changes claim and observation alike."""
    options = ("simulate", "--json", "--runs", "12", "--seed", "1", "--jobs", "1")
    plain = call(*options)
    other = call(*options, "--set", "rho=0.3")
    rows = [
        next(row for row in called.document["verdicts"] if row["id"] == "corruption-tradeoff")
        for called in (plain, other)
    ]
    assert rows[1]["extra"]["rho"] == 0.3
    assert rows[1]["value"] > 1.5 * rows[0]["value"]
    assert rows[1]["observed"]["mean"] > 1.5 * rows[0]["observed"]["mean"]
    assert rows[1]["verdict"] in {"holds", "inconclusive"}


@pytest.mark.parametrize("command", ["bounds", "simulate", "draw"])
@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("delte=1", "--set = delte=1: no statement has such a parameter; the nearest is delta"),
        ("delta", "--set = delta: must be NAME=NUMBER"),
        ("delta=nan", "--set = nan: must be delta=NUMBER, a finite number"),
    ],
)
def test_bad_extras_get_one_line(call: Call, command: str, text: str, line: str) -> None:
    called = call(command, "--set", text)
    assert called.status == 2
    assert called.err == f"longtail: {line}\n"


def test_a_section_that_needs_a_power_law_is_refused_when_named(
    call: Call, as_files: tuple[str, ...], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    called = call("report", *as_files, "--sections", "rates", "--out", str(out))
    assert called.status == 2
    assert called.err == (
        "longtail: --sections = rates: cannot be computed here: it needs a power law\n"
    )
    assert not out.exists()
