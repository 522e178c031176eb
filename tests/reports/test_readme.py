"""What the README says exists, works and is up to date."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typer.main

from reports import cli, memorization
from reports.experiment import PRESETS
from reports.readme import TABLES, with_tables
from reports.results import read_results
from reports.sections import regimes
from theorems.catalogue import catalogue

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
REFERENCE = ROOT / "reports" / "reference" / "results.json"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.M | re.S)


def commands() -> list[list[str]]:
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    return [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("longtail ")]


def test_there_are_commands() -> None:
    assert len(commands()) >= 7


@pytest.mark.parametrize("arguments", commands(), ids=" ".join)
def test_every_command_and_option_exists(arguments: list[str]) -> None:
    command: Any = typer.main.get_command(cli.app)
    name, *rest = arguments
    while hasattr(command, "commands"):
        assert name in command.commands
        command = command.commands[name]
        if hasattr(command, "commands"):
            name, *rest = rest
    options = {option for parameter in command.params for option in parameter.opts}
    for argument in rest:
        if argument.startswith("--"):
            assert argument in options


def test_the_tour_runs_in_its_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: Callable[..., Any]
) -> None:
    """From an empty folder, as a new user has it: a line may use what one before it left.

    Its reports sweep over fewer exponents, noises and sizes here.
    """
    monkeypatch.chdir(tmp_path)
    fewer = replace(PRESETS["quick"], alphas=(2.0,), sigmas=(0.05,), curve_points=3)
    monkeypatch.setitem(PRESETS, "quick", fewer)
    monkeypatch.setitem(regimes.PHASE_NS, "quick", (100, 1000))
    monkeypatch.setattr(regimes, "PHASE_ALPHAS", (1.0, 2.0))
    monkeypatch.setattr(memorization, "RUNS", 12)
    monkeypatch.setattr(memorization, "LAW", ((0.1, 4),))
    tour = re.search(r"^## A five-minute tour\n+```sh\n(.*?)^```", README, re.M | re.S)
    assert tour is not None
    lines = tour.group(1).splitlines()
    assert len(lines) >= 10
    for line in lines:
        program, *arguments = shlex.split(line, comments=True)
        assert program == "longtail"
        called = call(*arguments)
        assert called.status == 0, line + "\n" + called.err
        assert called.out.strip(), line
    assert (tmp_path / "mine" / "report.html").stat().st_size > 10**5


@pytest.mark.parametrize("block", blocks("python"))
def test_every_python_block_runs(
    block: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: Callable[..., Any]
) -> None:
    monkeypatch.chdir(tmp_path)
    before = set(catalogue)
    docstring = re.match(r'"""(.*?)"""', block, re.S)
    scope: dict[str, Any] = {"__doc__": docstring.group(1) if docstring else None}
    try:
        exec(compile(block, "README.md", "exec"), scope)
    finally:
        for added in set(catalogue) - before:
            catalogue._found.pop(added)
    if "save_npz" in block:
        diagnoses = [arguments for arguments in commands() if arguments[0] == "diagnose"]
        assert len(diagnoses) == 2
        assert all(call(*arguments).status == 0 for arguments in diagnoses)
        assert {"features.csv", "samples.csv"} <= {path.name for path in tmp_path.iterdir()}


def test_every_path_exists() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert links
    for link in links:
        assert (ROOT / link).exists(), link
    targets = re.findall(r"^make (\w+)", "\n".join(blocks("sh")), re.M)
    makefile = (ROOT / "Makefile").read_text()
    assert {"report", "test"} <= set(targets)
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.M), target


def test_every_statement_named_exists() -> None:
    shown = re.findall(r"longtail show ([a-z-]+)", README)
    assert shown
    assert set(shown) <= set(catalogue)


def test_the_verdict_table_is_that_of_the_reference_run() -> None:
    results = read_results(str(REFERENCE))
    assert with_tables(README, results) == README
    for table in TABLES.values():
        assert table(results) in README


def test_the_reference_run_judges_what_the_catalogue_has() -> None:
    """Where a statement is newer, the run is to be made again: `make reference`."""
    results = read_results(str(REFERENCE))
    judged = {row.id for cell in results.result("sweep").cells for row in cell.verdicts}
    assert judged == set(catalogue)
