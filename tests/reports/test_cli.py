"""The command line as a contract: documents, exit statuses, refusals."""

from __future__ import annotations

import json
import math
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import sparse

from reports.options import job_count
from theorems import memory, patience
from theorems.catalogue import catalogue

Call = Callable[..., Any]

SIDES = {
    # From the contract: which sides each statement must have (None: must be null).
    "tail-mass": {"value"},
    "tail-hit": {"value", "lower", "upper"},
    "common-only-samples": {"value", "lower"},
    "multi-tail-samples": {"value", "upper"},
    "common-identified": {"upper"},
    "recovered-fraction": {"value", "upper"},
    "noiseless-loss": {"lower", "upper"},
    "missing-mass-asymptotic": {"value"},
    "single-appearance-error": {"lower", "value"},
    "noisy-loss": {"value"},
}

OBSERVED = """
    in_distribution_loss in_distribution_bias variance_factor seen_features
    unidentified_seen_tail common_only_samples multi_tail_samples common_identified
    single_appearance_variance private_residual train_loss ood_loss_1 ood_loss_2 ood_loss_3
""".split()  # noqa: SIM905  # the contract's list, as it reads there


def test_list_gives_every_statement_in_reading_order(call: Call) -> None:
    rows = call("list", "--json").document
    assert [row["id"] for row in rows] == list(catalogue)
    assert all(set(row) == {"id", "title", "origin", "kind", "trust"} for row in rows)


def test_bounds_document_follows_the_contract(call: Call) -> None:
    called = call("bounds", "--json")
    assert called.status == 0
    assert called.err == ""
    document = called.document
    assert document["setting"] == {
        "n": 1000,
        "d": 10000,
        "s": 5.0,
        "alpha": 2.0,
        "sigma": 0.05,
        "beta_exponent": 0.1,
        "k": 17,
    }
    assert document["k"] == 17
    rows = {row["id"]: row for row in document["statements"]}
    keys = {"id", "title", "origin", "kind", "quantity", "lower", "value", "upper", "k"}
    for row in rows.values():
        assert keys | {"hypotheses"} <= set(row)
        assert all({"text", "holds", "margin"} <= set(h) for h in row["hypotheses"])
    for identifier, sides in SIDES.items():
        for side in sides:
            assert isinstance(rows[identifier][side], float | int), (identifier, side)
    assert rows["single-appearance-error"]["lower"] == pytest.approx(0.05**2, rel=1e-15)
    assert rows["noiseless-loss"]["k"] == 16


def test_bounds_follow_their_options(call: Call) -> None:
    rows = {
        row["id"]: row
        for row in call(
            "bounds", "--json", "--beta-exponent", "0", "--sigma", "0.2", "--alpha", "1.5"
        ).document["statements"]
    }
    # The figures that the theory was checked with, by simulation.
    assert rows["noiseless-loss"]["lower"] == pytest.approx(0.238111, abs=5e-7)
    assert rows["noiseless-loss"]["upper"] == pytest.approx(0.319026, abs=5e-7)
    assert rows["noiseless-loss"]["k"] == 24
    assert rows["single-appearance-error"]["lower"] == pytest.approx(0.04, rel=1e-15)


def test_more_digits_are_more_digits_of_the_same_numbers(call: Call) -> None:
    options = ("bounds", "--json", "--n", "40", "--d", "60", "--k", "3")
    plain = {row["id"]: row for row in call(*options).document["statements"]}
    text = call(*options, "--precision", "40").out
    exact = {row["id"]: row for row in json.loads(text, parse_float=str)["statements"]}
    value = exact["noiseless-loss"]["upper"]
    assert len(value.replace("0.", "").lstrip("0")) >= 39
    assert float(value) == pytest.approx(plain["noiseless-loss"]["upper"], rel=1e-13)


def test_a_wide_model_needs_no_overparameterization_but_says_so(call: Call) -> None:
    called = call("bounds", "--json", "--n", "500", "--d", "100")
    assert called.status == 0
    rows = {row["id"]: row for row in called.document["statements"]}
    for identifier in ("noiseless-rate", "price-of-proof"):
        assert not all(h["holds"] for h in rows[identifier]["hypotheses"]), identifier


def test_simulate_document_follows_the_contract(call: Call) -> None:
    called = call("simulate", "--json", "--runs", "3", "--seed", "5", "--jobs", "1")
    assert called.status == 0
    document = called.document
    assert document["runs"] == 3
    assert document["seed"] == 5
    for name in OBSERVED:
        assert {"mean", "ci_low", "ci_high", "runs"} <= set(document["observed"][name])
    verdicts = {row["id"]: row for row in document["verdicts"]}
    assert list(verdicts) == list(catalogue)
    assert all({"id", "verdict", "slack"} <= set(row) for row in verdicts.values())
    observed = document["observed"]
    loss = observed["in_distribution_bias"]["mean"] + 0.05**2 * observed["variance_factor"]["mean"]
    assert observed["in_distribution_loss"]["mean"] == pytest.approx(loss, rel=1e-8)
    ratio = observed["ood_loss_3"]["mean"] / observed["ood_loss_1"]["mean"]
    assert ratio == pytest.approx(3, rel=1e-8)


def test_without_noise_recovered_combinations_cost_nothing(call: Call) -> None:
    observed = call("simulate", "--json", "--runs", "2", "--sigma", "0", "--jobs", "1").document[
        "observed"
    ]
    for name in ("ood_loss_1", "ood_loss_2", "ood_loss_3"):
        assert abs(observed[name]["mean"]) < 1e-20


def test_same_seed_same_bytes_other_seed_other_bytes(call: Call) -> None:
    options = ("simulate", "--json", "--runs", "6", "--n", "200", "--d", "2000")
    one = call(*options, "--seed", "1", "--jobs", "1").out
    assert one == call(*options, "--seed", "1", "--jobs", "1").out
    assert one != call(*options, "--seed", "2", "--jobs", "1").out


@pytest.mark.parametrize("command", ["bounds", "simulate"])
@pytest.mark.parametrize(
    ("option", "value", "allowed"),
    [
        ("--n", "0", "must be an integer from 1 to"),
        ("--n", "2.5", "must be an integer from 1 to"),
        ("--n", "many", "must be an integer from 1 to"),
        ("--d", "-3", "must be an integer from 1 to"),
        ("--d", "1", "must be at least 2"),
        ("--k", "0", "must be an integer from 1 to"),
        ("--k", "10000", "must be an integer from 1 to d - 1 = 9999"),
        ("--k", "20000", "must be an integer from 1 to d - 1 = 9999"),
        ("--s", "0", "must be a finite number > 0"),
        ("--s", "-1", "must be a finite number > 0"),
        ("--alpha", "0", "must be a finite number > 0"),
        ("--alpha", "nan", "must be a finite number > 0"),
        ("--alpha", "inf", "must be a finite number > 0"),
        ("--sigma", "-0.1", "must be a finite number >= 0"),
        ("--beta-exponent", "nan", "must be a finite number"),
    ],
)
def test_bad_model_options_get_one_line(
    call: Call, command: str, option: str, value: str, allowed: str
) -> None:
    called = call(command, option, value)
    assert called.status == 2
    assert called.out == ""
    (line,) = called.err.splitlines()
    assert line.startswith(f"longtail: {option} = {value}: ")
    assert allowed in line


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("simulate", "--runs", "0"), "--runs = 0: must be an integer from 1 to"),
        (("simulate", "--seed", "-1"), "--seed = -1: must be an integer from 0 to"),
        (("simulate", "--jobs", "none"), "--jobs = none: must be an integer from 1 to"),
        (("bounds", "--precision", "14"), "--precision = 14: must be an integer from 15 to 1000"),
        (("bounds", "--precision", "1001"), "--precision = 1001: must be an integer from 15"),
        (("show", "noiseless-los"), "the nearest is noiseless-loss"),
        (("report", "--preset", "huge"), "--preset = huge: must be one of quick, paper"),
        (("report", "--runs", "-1"), "--runs = -1: must be an integer from 1 to"),
        (("report", "--backend", "spark"), "--backend = spark: must be one of loky, dask"),
        (("simulate", "--backend", "dask"), "--scheduler = none: must be given with"),
        (("report", "--scheduler", "tcp://x:1"), "--scheduler = tcp://x:1: goes with"),
        (("frobnicate",), "No such command 'frobnicate'"),
        (("bounds", "--frob"), "No such option: --frob"),
    ],
)
def test_other_bad_input_gets_one_line(
    call: Call,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    line: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    called = call(*arguments)
    assert called.status == 2
    assert called.out == ""
    (printed,) = called.err.splitlines()
    assert line in printed
    assert list(tmp_path.iterdir()) == []


def test_a_refuted_claim_is_exit_status_one(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    import reports.simulation as simulation

    # Without the sides, beyond which a value is not believed.
    twice = 2 * catalogue["tail-mass"].sides["value"]
    wrong = replace(catalogue["tail-mass"], value=twice, lower=None, upper=None)
    monkeypatch.setattr(simulation, "catalogue", {"tail-mass": wrong})
    # Fewer than 20 draws give no interval that could refute.
    called = call("simulate", "--json", "--runs", "24", "--jobs", "1")
    assert called.status == 1
    assert called.document["verdicts"][0]["verdict"] == "refuted"


def test_every_statement_can_be_shown(call: Call) -> None:
    for identifier, statement in catalogue.items():
        text = call("show", identifier).out
        assert statement.title in text
        assert "Proof" in text
        assert call("show", identifier, "--latex").out.strip()


def test_the_printed_program_evaluates_the_statement(call: Call, tmp_path: Path) -> None:
    for identifier in ("noiseless-loss", "noisy-loss", "recovered-fraction"):
        program = tmp_path / "program.py"
        program.write_text(call("show", identifier, "--python").out)
        done = subprocess.run(
            [sys.executable, str(program)], capture_output=True, text=True, check=True
        )
        printed = eval(done.stdout, {"np": __import__("numpy"), "nan": math.nan})
        rows = {
            row["id"]: row for row in call("bounds", "--json", "--k", "17").document["statements"]
        }
        for side, value in printed.items():
            # The best k of noiseless-loss is 16, the program is at k = 17.
            if not (identifier == "noiseless-loss" and side == "upper"):
                assert float(value) == pytest.approx(rows[identifier][side], rel=1e-12)


def test_the_cache_is_listed_measured_and_cleared(call: Call) -> None:
    assert call("cache", "list", "--json").document == []
    call("simulate", "--runs", "3", "--n", "50", "--d", "200", "--jobs", "1")
    # A cell for each group of observables.
    cells = call("cache", "list", "--json").document
    assert len({cell["group"] for cell in cells}) == len(cells) > 1
    for cell in cells:
        assert (cell["n"], cell["draws"], cell["current"]) == (50, 3, True)
    size = call("cache", "size", "--json").document
    assert size["draws"] == 3 * len(cells)
    assert size["bytes"] > sum(cell["bytes"] for cell in cells)
    assert call("cache", "clear").out == f"{size['draws']} draws removed\n"
    assert call("cache", "list", "--json").document == []


def test_help_imports_nothing_heavy() -> None:
    loaded = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, reports.cli; print([m for m in ('sympy', 'scipy', 'numpy', 'matplotlib') "
            "if m in sys.modules])",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert loaded.stdout.strip() == "[]"


def test_what_cannot_fit_in_memory_is_refused_in_one_line(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "_FREELY", 0)
    monkeypatch.setattr(memory, "available", lambda: 1e5)
    called = call("simulate", "--n", "100", "--d", "5000")
    assert called.status == 2
    assert called.out == ""
    (line,) = [line for line in called.err.splitlines() if line.startswith("longtail: ")]
    assert "d = 5000: " in line
    assert re.search(r"needs about .* GiB; allowed is the memory available, .* GiB", line)


@pytest.mark.parametrize(
    "command",
    [
        ("simulate", "--n", "200", "--d", "2000", "--alpha", "1", "--runs", "3", "--jobs", "1"),
        ("draw", "--n", "200", "--d", "2000", "--alpha", "1"),
    ],
)
def test_what_takes_too_long_is_refused_in_one_line(
    command: tuple[str, ...], call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "_FREELY", 0.0)
    monkeypatch.setenv(patience.LIMIT, "1e-15")
    called = call(*command)
    assert called.status == 2
    assert called.out == ""
    (line,) = [line for line in called.err.splitlines() if line.startswith("longtail: ")]
    assert re.search(
        r"would take about .* minutes of one core \(.*\) and .* GiB; allowed are 1e-15 minutes; "
        r"instead: .*, or LONGTAIL_MINUTES=1 to go on$",
        line,
    )
    monkeypatch.setenv(patience.LIMIT, "long")
    called = call(*command)
    assert called.status == 2
    assert "longtail: LONGTAIL_MINUTES = long: must be a number > 0, of minutes" in called.err


def test_a_diagnosis_that_takes_too_long_is_refused_in_one_line(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No integers: nothing can be proved in place of what is refused.
    X = sparse.csr_array(0.1 * (np.ones((40, 30)) + np.eye(40, 30)))
    sparse.save_npz(tmp_path / "X.npz", X)
    monkeypatch.setattr(patience, "_FREELY", 0.0)
    monkeypatch.setenv(patience.LIMIT, "1e-15")
    called = call("diagnose", str(tmp_path / "X.npz"))
    assert called.status == 2
    assert called.out == ""
    assert "longtail: the factorization of 30 features that are not in small blocks would" in (
        called.err
    )


def test_what_is_refused_before_it_starts_is_one_line(call: Call) -> None:
    done = call("simulate", "--n", "1000000000", "--runs", "2", "--only", "tail-mass")
    assert done.status == 2
    assert done.err.count("\n") == 1
    assert done.err.startswith("longtail: n = 1000000000, d = 10000: ")


def test_workers_are_as_many_as_cores_may_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LOKY_MAX_CPU_COUNT", raising=False)
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    assert 1 <= job_count(None) <= (usable or 1)
    monkeypatch.setenv("LOKY_MAX_CPU_COUNT", "1")
    assert (job_count(None), job_count("3")) == (1, 3)


@pytest.mark.parametrize("text", ["abc", "0", "-1", "1.5", "2.0", "1e3", ""])
def test_a_bad_limit_of_cores_is_one_line(
    text: str, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOKY_MAX_CPU_COUNT", text)
    done = call("simulate", "--runs", "2", "--only", "tail-mass")
    assert (done.status, done.out) == (2, "")
    assert done.err == f"longtail: LOKY_MAX_CPU_COUNT = {text}: must be an integer >= 1\n"
