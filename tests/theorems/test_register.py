"""Statements from outside the package, as a user's own distribution adds them."""

import os
import subprocess
import sys
import warnings
from dataclasses import replace
from pathlib import Path

import pytest

import theorems
from theorems.catalogue import Catalogue, catalogue

MODULE = '''
"""Few features are seen.

Statement. At most sum_i min(1, n p_i) features are seen, on average.

Proof. A feature is seen with probability 1 - (1 - p_i)^n <= min(1, n p_i).

Source. Ours.
"""

from sympy import Integer, Min, Sum, Symbol

from theorems.model import d, i, n, p
from theorems.statement import Kind, Origin, Statement

STATEMENT = Statement(
    id="few-seen",
    title="Few features are seen",
    origin=Origin.DERIVED,
    kind=Kind.UPPER,
    quantity="expected number of features seen",
    symbol=Symbol("E_seen"),
    text=__doc__,
    upper=Sum(Min(Integer(1), n * p[i]), (i, 1, d)),
    observable="seen_features",
)
'''

SUITE = """
import json

from typer.testing import CliRunner

from empirics.testing import assert_statement
from reports.cli import app

def longtail(*arguments):
    return CliRunner().invoke(app, arguments)

def test_it_is_listed_shown_evaluated_and_judged():
    assert "few-seen" in longtail("list").stdout
    assert "min(1, n p_i)" in longtail("show", "few-seen").stdout
    small = ("--n", "100", "--d", "500")
    run = longtail("simulate", *small, "--runs", "40", "--jobs", "1", "--json")
    rows = json.loads(run.stdout[run.stdout.index("{"):])["verdicts"]
    verdict = next(row for row in rows if row["id"] == "few-seen")
    assert verdict["verdict"] == "holds"
    assert verdict["upper"] > verdict["observed"]["mean"]

def test_mine():
    assert assert_statement("few-seen", n=100, d=500, alpha=2, runs=40).slack > 1

def test_theirs():
    assert_statement("noiseless-loss", n=100, d=500, alpha=3, runs=100)
"""


@pytest.fixture
def outside(tmp_path):
    """A folder with an installed distribution that adds one statement, and its environment."""
    (tmp_path / "few_seen.py").write_text(MODULE)
    info = tmp_path / "few_seen-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: few-seen\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[longtail.statements]\nfew-seen = few_seen\n")
    here = str(Path(theorems.__file__).parents[1])
    path = os.pathsep.join([str(tmp_path), here])
    return tmp_path, {**os.environ, "PYTHONPATH": path, "LONGTAIL_CACHE": str(tmp_path / "cache")}


def test_a_suite_from_outside_uses_its_own_statement_and_ours(outside):
    folder, environment = outside
    (folder / "test_claims.py").write_text(SUITE)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)]
    run = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, cwd=folder
    )
    assert "3 passed" in run.stdout, run.stdout + run.stderr


def test_a_broken_module_from_outside_is_told_and_left_out(outside):
    folder, environment = outside
    (folder / "few_seen.py").write_text("STATEMENT = 3\n")
    command = [sys.executable, "-c", "from theorems.catalogue import catalogue; print(*catalogue)"]
    run = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True, cwd=folder
    )
    assert "noiseless-loss" in run.stdout
    assert "few-seen = few_seen was left out: is a int, no Statement" in run.stderr


def test_registering_twice_is_refused_unless_it_is_the_same():
    mine = Catalogue()
    statement = catalogue["tail-mass"]
    assert mine.register(statement) is statement
    assert mine.register(statement) is statement
    with pytest.raises(ValueError, match="id = tail-mass: another statement has this id"):
        mine.register(replace(statement, title="Another"))


def test_the_package_registers(monkeypatch):
    statement = replace(catalogue["tail-mass"], id="tail-mass-of-mine")
    monkeypatch.setattr(catalogue, "_found", dict(catalogue._found))
    assert theorems.register(statement) is statement
    assert catalogue["tail-mass-of-mine"] is statement


def test_the_catalogue_itself_loads_without_a_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(Catalogue()) == 0 < len(catalogue)
