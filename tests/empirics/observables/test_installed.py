"""A distribution from outside, really installed, with a statement and an observable of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import theorems

PROJECT = """
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[project]
name = "seen-twice"
version = "1.0"

[project.entry-points."longtail.statements"]
seen-twice = "seen_twice.claim"
misnamed = "seen_twice.misnamed"

[project.entry-points."longtail.observables"]
seen-twice = "seen_twice.observed"
broken = "seen_twice.broken"

[tool.setuptools]
packages = ["seen_twice"]
"""

CLAIM = '''
"""Few features are seen twice.

Statement. At most sum_i (n p_i)^2/2 features are seen exactly twice, on average.

Proof. Two given samples hold feature i with probability p_i^2, and there are n (n-1)/2 pairs.

Source. Ours.
"""

from sympy import Sum, Symbol

from theorems.model import d, i, n, p
from theorems.statement import Kind, Origin, Statement

STATEMENT = Statement(
    id="seen-twice",
    title="Few features are seen twice",
    origin=Origin.DERIVED,
    kind=Kind.UPPER,
    quantity="expected number of features seen exactly twice",
    symbol=Symbol("E_twice"),
    text=__doc__,
    upper=Sum((n * p[i]) ** 2 / 2, (i, 1, d)),
    observable="seen_twice",
)
'''

MISNAMED = """
from dataclasses import replace

from seen_twice.claim import STATEMENT as OTHER

STATEMENT = replace(OTHER, id="misnamed", observable="seen_twise")
"""

OBSERVED = '''
"""Counts of features seen twice."""

import numpy as np

from empirics.observables.observable import Observable


def twice(draw):
    return float(np.count_nonzero(draw.counts == 2))


OBSERVABLE = Observable.measured(
    "seen_twice", "features seen exactly twice", twice, bounds=lambda setting: (0, setting.d)
)
'''

SCRIPT = """
import json
import sys
import warnings

from typer.testing import CliRunner

from empirics.testing import assert_statement
from reports.cli import app

def longtail(*arguments):
    return CliRunner().invoke(app, arguments)

small = ("--n", "100", "--d", "500")
assert "seen-twice" in longtail("list").stdout
rows = json.loads(longtail("bounds", *small, "--json").stdout)["statements"]
upper = {row["id"]: row["upper"] for row in rows}["seen-twice"]
for jobs in ("1", "2", "1"):
    run = longtail("simulate", *small, "--runs", "24", "--jobs", jobs, "--json")
    document = json.loads(run.stdout[run.stdout.index("{"):])
    observed = document["observed"]["seen_twice"]
    verdicts = {row["id"]: row for row in document["verdicts"]}
    verdict = verdicts["seen-twice"]
    assert verdict["verdict"] == "holds", verdict
    assert verdict["upper"] == upper > observed["mean"] == verdict["observed"]["mean"] > 0
    told = verdicts["misnamed"]
    assert told["verdict"] == "inconclusive"
    assert told["reason"].endswith("there is none of this name; the nearest is seen_twice"), told
assert assert_statement("seen-twice", n=100, d=500, alpha=2, runs=24).slack > 1
print("all is well")
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The folder that pip installed the distribution into, and an environment with it."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("target")
    package = source / "seen_twice"
    package.mkdir()
    (source / "pyproject.toml").write_text(PROJECT)
    for name, text in {
        "__init__": "",
        "claim": CLAIM,
        "misnamed": MISNAMED,
        "observed": OBSERVED,
        "broken": "OBSERVABLE = 3\n",
    }.items():
        (package / f"{name}.py").write_text(text)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    command += ["--no-build-isolation", "--target", str(target), str(source)]
    subprocess.run(command, check=True, capture_output=True)
    here = str(Path(theorems.__file__).parents[1])
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(target), here]),
        "LONGTAIL_CACHE": str(target / "cache"),
        "OMP_NUM_THREADS": "1",
    }
    return target, environment


def test_it_is_listed_evaluated_simulated_and_judged(
    installed: tuple[Path, dict[str, str]],
) -> None:
    folder, environment = installed
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "all is well" in run.stdout
    told = [line for line in run.stderr.splitlines() if "was left out" in line]
    assert told
    assert "observable broken = seen_twice.broken was left out: is a int, no Obs" in told[0]
