"""A statement as a LaTeX document: it compiles, and says what the statement says."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reports.latex_document import standalone, text
from reports.typeset import typeset
from theorems.catalogue import catalogue
from theorems.latex_parts import formula_rows, where_latex
from theorems.notation import formula_latex, latex

Call = Callable[..., Any]


def unbalanced(source: str) -> list[str]:
    """What is opened and not closed, or closed and not opened, in its order."""
    bare = re.sub(r"\\[{}\\]", " ", source)
    opened: list[str] = []
    for mark in re.findall(
        r"\\begin\{[^}]*\}|\\end\{[^}]*\}|\\left(?![a-z])|\\right(?![a-z])|[{}]", bare
    ):
        begun = re.fullmatch(r"\\(begin|end)(\{.*\})", mark)
        name = begun[2] if begun else {"{": "{", "}": "{"}.get(mark, r"\left")
        if mark in ("{", r"\left") or (begun and begun[1] == "begin"):
            opened.append(name)
        elif not opened or opened.pop() != name:
            return [mark]
    return opened


@pytest.mark.parametrize("identifier", list(catalogue))
def test_documents_and_formulas_are_balanced(identifier: str) -> None:
    statement = catalogue[identifier]
    document = standalone(statement)
    assert unbalanced(document) == []
    assert unbalanced(formula_latex(statement)) == []
    assert document.startswith(r"\documentclass")
    assert document.endswith(r"\end{document}")
    assert document.isascii() or set(re.sub(r"[\x00-\x7f]", "", document)) <= set("“”‘’–éö×±²")
    for hypothesis in statement.hypotheses:
        assert text(hypothesis.text) in document
    for one in where_latex(statement):
        assert one.right in document
    for _, sign, terms in formula_rows(statement):
        assert sign in document
        assert all(term in document for term in terms)
    for side in statement.sides.values():
        if side.is_Atom:
            continue
        # The terms are the side: nothing is lost where it is broken.
        assert latex(side).count(r"\sum") <= document.count(r"\sum")


def test_the_check_of_balance_sees_what_is_not() -> None:
    fine = r"\begin{a}\left( {x}_{i} \right)\{\end{a}"
    assert unbalanced(fine) == []
    for wrong in (fine.replace("{x}", "{x"), fine.replace(r"\right", ""), fine + r"\end{b}"):
        assert unbalanced(wrong) != []


def test_words_are_set_as_on_the_page() -> None:
    line = "for alpha > 2 & every k with p_{>k}^2 -> 0, n p_k >= 10 (100%) and beta*_i = i^-b"
    assert text(line) == (
        r"for \ensuremath{\alpha} \ensuremath{>} 2 \& every k with "
        r"p\textsubscript{\ensuremath{>}k}\textsuperscript{2} \ensuremath{\to} 0, "
        r"n p\textsubscript{k} \ensuremath{\geq} 10 (100\%) and "
        r"\ensuremath{\beta}\ensuremath{*}\textsubscript{i} \ensuremath{=} i\textsuperscript{-b}"
    )
    assert typeset(line) == (
        "for α &gt; 2 &amp; every k with p<sub>&gt;k</sub><sup>2</sup> → 0, n p<sub>k</sub> ≥ 10 "
        "(100%) and β*<sub>i</sub> = i<sup>-b</sup>"
    )


@pytest.mark.parametrize(
    "identifier",
    ["noiseless-loss", "price-of-memorizing", "noisy-loss-rate", "variance-evolution"],
)
def test_a_document_compiles(identifier: str, call: Call, tmp_path: Path) -> None:
    if shutil.which("pdflatex") is None:
        pytest.skip("no pdflatex on the PATH")
    called = call("show", identifier, "--latex", "--standalone")
    assert called.status == 0
    (tmp_path / "one.tex").write_text(called.out)
    ran = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "one.tex"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    told = ran.stdout.decode(errors="replace")
    assert ran.returncode == 0, told[-800:]
    wide = [float(width) for width in re.findall(r"Overfull \\hbox \(([0-9.]+)pt", told)]
    assert max(wide, default=0) < 5


def test_standalone_goes_with_latex(call: Call) -> None:
    called = call("show", "noiseless-loss", "--standalone")
    assert called.status == 2
    assert called.err == "longtail: --standalone = on: goes with --latex\n"
