"""The machine-checked core: that it is proved, that a hole is seen, and who says what it checks."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sympy import Integer, Symbol

from theorems.catalogue import catalogue
from theorems.rocq import inequalities
from theorems.rocq.proofs import (
    SOURCES,
    UnprovedError,
    check_numbers,
    modules,
    named,
    without_comments,
)
from theorems.statement import Kind, Origin, Statement
from theorems.trust import Step, Trust

ROOT = Path(__file__).parents[2]

STATED = {name: named((SOURCES / f"{name}.v").read_text()) for name in modules()}

HOLES = {
    "Lemma hole : 1 = 2.\nProof. Admitted.\n": "Admitted is not a proof",
    "Axiom hole : 1 = 2.\n": "Axiom is not a proof",
    "Lemma hole : 1 = 2.\nProof. admit. Qed.\n": "admit is not a proof",
    "Hypothesis h : 1 = 2.\nLemma hole : 1 = 2.\nProof. exact h. Qed.\n": "something is assumed",
    "Lemma hole : 1 = 2.\nProof. by []. Qed.\n": "hole.v: ",
}
"""Sources of what is not proved, and what is said of each."""


NUMBERS = (
    "From Coq Require Import Reals.\nFrom Interval Require Import Tactic.\nOpen Scope R_scope.\n"
)


def rocq() -> None:
    if shutil.which("coqc") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("coqc is not installed: the machine-checked core was not checked")
        pytest.skip("coqc is not installed: make proofs was not run")


def proofs(*options: str) -> subprocess.CompletedProcess[str]:
    script = str(SOURCES / "proofs.py")
    return subprocess.run(
        [sys.executable, script, *options], capture_output=True, text=True, check=False, cwd=ROOT
    )


def test_what_is_whole_is_proved(tmp_path: Path) -> None:
    """The way of the core with a small file; the core and its numbers are `make proofs`, in CI."""
    rocq()
    (tmp_path / "_CoqProject").write_text("-R . longtail\nwhole.v\n")
    (tmp_path / "whole.v").write_text("Lemma whole : 1 = 1. Proof. reflexivity. Qed.\n")
    done = proofs("--sources", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert done.stdout == "whole.v: 1 results, no axiom\n"


def test_ci_proves_the_whole_core() -> None:
    commands = (ROOT / ".ci" / "run").read_text().splitlines()
    assert "make proofs" in commands
    assert "set -euo pipefail" in commands


def test_the_inequalities_are_of_the_statement_and_its_enclosures() -> None:
    assert inequalities.FILE.read_text() == inequalities.source()


NO_INEQUALITIES = {
    "Lemma wrong : 0.7071068 <= sqrt (1 / 2) <= 0.7071069.\nProof. interval. Qed.\n": "wrong.v: ",
    "Section S. Hypothesis h : sqrt 2 <= 1.\nLemma wrong : sqrt 2 <= 1. Proof. exact h. Qed.\n"
    "End S. Definition other := wrong.\nHypothesis h : sqrt 2 <= 1.\n"
    "Lemma so : sqrt 2 <= 1. Proof. exact h. Qed.\n": "something is assumed: wrong.h",
}
"""Sources that prove no inequality, and what is said of each; the root of 1/2 is .70710678."""


@pytest.mark.parametrize("source", NO_INEQUALITIES)
def test_a_wrong_inequality_is_refused(source: str, tmp_path: Path) -> None:
    rocq()
    (tmp_path / "wrong.v").write_text(NUMBERS + source)
    with pytest.raises(UnprovedError, match=f"^{NO_INEQUALITIES[source]}"):
        check_numbers(tmp_path)


@pytest.mark.parametrize("source", HOLES)
def test_a_hole_is_refused(source: str, tmp_path: Path) -> None:
    rocq()
    (tmp_path / "_CoqProject").write_text("-R . longtail\nhole.v\n")
    (tmp_path / "hole.v").write_text(source)
    done = proofs("--sources", str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.startswith(HOLES[source]) or HOLES[source] in done.stderr
    assert done.stderr.count("\n") == 1


def test_without_rocq_one_line_says_so(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(SOURCES / "proofs.py")],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": str(tmp_path)},
    )
    assert done.returncode == 1
    assert done.stderr.startswith("coqc is not installed")
    assert done.stderr.count("\n") == 1


def test_a_comment_is_no_hole_and_states_nothing() -> None:
    source = "(* Lemma a (* nested *) Admitted. *)\nLemma b : True. Proof. by []. Qed.\n"
    assert "Admitted" not in without_comments(source)
    assert named(source) == ("b",)


@pytest.mark.parametrize("identifier", [one.id for one in catalogue.values() if one.steps])
def test_every_step_names_a_result_that_is_there(identifier: str) -> None:
    for step in catalogue[identifier].steps:
        if step.checked:
            assert step.lemma in STATED[step.file.removesuffix(".v")], step


def test_what_is_listed_is_machine_checked() -> None:
    labels = {one.id for one in catalogue.values() if one.trust is Trust.MACHINE_CHECKED}
    assert labels >= {
        "private-interpolation",
        "noiseless-ood",
        "flip-identity",
        "common-identified",
        "alone-recovery",
        "noiseless-loss",
    }
    for one in catalogue.values():
        assert (one.trust is Trust.PAPER) == (one.origin is Origin.PAPER)
        assert (one.trust is Trust.PREDICTED) == (one.origin is Origin.PREDICTED)


def statement(origin: Origin, *steps: Step) -> Statement:
    text = "Statement. It is so.\n\nProof. It is seen.\n\nSource. Ours.\n"
    return Statement(
        id="so",
        title="So",
        origin=origin,
        kind=Kind.IDENTITY,
        quantity="it",
        symbol=Symbol("it"),
        text=text,
        value=Integer(0),
        steps=steps,
    )


def test_one_step_in_prose_leaves_the_statement_proved_in_prose() -> None:
    checked, prose = Step("one", "projector.v", "diagonal_le1"), Step("two")
    assert statement(Origin.DERIVED, checked).trust is Trust.MACHINE_CHECKED
    assert statement(Origin.DERIVED, checked, prose).trust is Trust.PROSE
    assert statement(Origin.DERIVED).trust is Trust.PROSE
    assert statement(Origin.PREDICTED).trust is Trust.PREDICTED
    with pytest.raises(ValueError, match="only what is derived has a proof"):
        statement(Origin.PREDICTED, checked)


def test_a_step_names_file_and_lemma_together() -> None:
    with pytest.raises(ValueError, match="file and lemma are given together"):
        Step("one", "projector.v")
    with pytest.raises(ValueError, match=r"must be a name in \.v"):
        Step("one", "projector", "diagonal_le1")
