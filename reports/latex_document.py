"""A statement as a LaTeX document that compiles: formula, definitions, hypotheses, proof.

The formulas are printed from the symbolic expressions; the words are those of the statement's
module, their mathematics set as on the page.
"""

from __future__ import annotations

import re

from reports.statement_text import TESTS_SOLVER, trusted
from reports.typeset import GREEK, MARKS, marked
from theorems.latex_parts import Defined, formula_rows, model_latex, where_latex
from theorems.notation import latex
from theorems.statement import Kind, Origin, Statement

_SPECIAL = {character: rf"\{character}" for character in "#$%&_{}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}

_OTHERWISE = {"epsilon", "infinity", "int", "prod", "sum"}
"""Letters and signs of the page that LaTeX calls by another name, or that are signs here."""

_MATHEMATICS = {
    **dict(zip("<>|*+=", "<>|*+=", strict=True)),
    "→": r"\to",
    "≥": r"\geq",
    "≤": r"\leq",
    "≠": r"\neq",
    "≫": r"\gg",
    "∞": r"\infty",
    "∫": r"\int",
    "∏": r"\prod",
    "∑": r"\sum",
    "ε": r"\varepsilon",
    **{letter: rf"\{name}" for name, letter in GREEK.items() if name not in _OTHERWISE},
}

_MARKS = dict(zip(MARKS, (r"\textsuperscript{", "}", r"\textsubscript{", "}"), strict=True))

_CHARACTERS = (
    _SPECIAL | _MARKS | {one: rf"\ensuremath{{{told}}}" for one, told in _MATHEMATICS.items()}
)

_RELATION = {
    Kind.IDENTITY: "It is an identity.",
    Kind.PREDICTION: r"It is a prediction: $\approx$ is within the accuracy that it claims.",
    Kind.RATE: r"It is a rate: $\asymp$ and $\lesssim$ hide constants that do not depend on $n$.",
}

_MODEL = r"""Let $X \in \{-1, 0, 1\}^{n \times d}$ have independent entries, that in column $i$
being non-zero with probability $p_i$ and then a fair sign. Labels are $y = X\beta^* + \sigma\xi$
with independent standard normal $\xi$, and $\hat\beta = X^+ y$ is the solution of least norm. The
features $1, \dots, k$ are common, the others rare; $R$ is the set of features that $X$ identifies,
$\Delta = \hat\beta - \beta^*$, and $L = \sum_i p_i \Delta_i^2$."""

_LONG = 90
"""A side with more characters is broken before its terms."""

_FITTING = r"""\newsavebox{\formulabox}
\newcommand{\fitting}[1]{\sbox{\formulabox}{$\displaystyle #1$}%
  \ifdim\wd\formulabox>.85\linewidth\resizebox{.85\linewidth}{!}{\usebox{\formulabox}}%
  \else\usebox{\formulabox}\fi}"""
"""Sets a formula smaller where it is wider than the text: nothing in it can be broken."""


def standalone(statement: Statement) -> str:
    """The document.

    Args:
        statement: of the catalogue, or one's own.
    """
    parts = [
        r"\documentclass[a4paper]{article}",
        r"\usepackage[T1]{fontenc}",
        r"\usepackage[utf8]{inputenc}",
        r"\usepackage{amsmath,amssymb,amsthm,graphicx}",
        r"\usepackage[margin=2.5cm]{geometry}",
        r"\newtheorem*{statement}{Statement}",
        _FITTING,
        r"\allowdisplaybreaks",
        r"\emergencystretch=3em",
        r"\begin{document}",
        rf"\section*{{{text(statement.title)}}}",
        rf"\noindent\texttt{{{text(statement.id)}}}: {text(statement.quantity)}. "
        + _RELATION.get(statement.kind, ""),
        r"\subsection*{The model}",
        _MODEL,
        *_definitions("By default", model_latex()),
        r"\subsection*{The statement}",
        r"\begin{statement}",
        *_hypotheses(statement),
        r"\begin{align*}",
        " \\\\\n".join(_side(left, sign, terms) for left, sign, terms in formula_rows(statement)),
        r"\end{align*}",
        r"\end{statement}",
        *_definitions("where", where_latex(statement)),
        *_extras(statement),
        r"\subsection*{In words}",
        _prose(statement.claim),
    ]
    if statement.proof:
        parts += [r"\begin{proof}", _prose(statement.proof), r"\end{proof}"]
    if statement.tests_solver:
        parts.append(f"It is {text(TESTS_SOLVER)}.")
    parts += [
        r"\bigskip\noindent\small " + text(f"{_origin(statement)} {trusted(statement)}.").strip(),
        text(statement.source),
        r"\end{document}",
    ]
    return "\n".join(parts)


def text(line: str) -> str:
    """A line of words with its mathematics, as LaTeX's text mode takes it."""
    return "".join(_CHARACTERS.get(character, character) for character in marked(line))


def _origin(statement: Statement) -> str:
    whose = "From the paper" if statement.origin is Origin.PAPER else "Ours"
    return f"{whose}, {statement.kind}."


def _side(left: str, sign: str, terms: list[str]) -> str:
    if sum(map(len, terms)) <= _LONG:
        return f"{left} & {sign} {' '.join(terms)}"
    return f"{left} & {sign} " + " \\\\\n & \\qquad ".join(map(_fitting, terms))


def _fitting(formula: str) -> str:
    return rf"\fitting{{{formula}}}"


def _definitions(begin: str, defined: list[Defined]) -> list[str]:
    if not defined:
        return []
    rows = [
        f"\\item $\\displaystyle {one.left} = {_fitting(one.right)}$\\quad ({text(one.meaning)})"
        for one in defined
    ]
    return [rf"\noindent {begin}", r"\begin{itemize}", *rows, r"\end{itemize}"]


def _hypotheses(statement: Statement) -> list[str]:
    if not statement.hypotheses:
        return ["In this model"]
    rows = [rf"\item {text(one.text)}" for one in statement.hypotheses]
    return ["Assume", r"\begin{itemize}", *rows, r"\end{itemize}", "Then"]


def _extras(statement: Statement) -> list[str]:
    if not statement.extra:
        return []
    rows = [
        rf"\item ${latex(part.symbol)} = {latex(part.default)}$ unless given: "
        rf"{text(part.meaning)}"
        for part in statement.extra
    ]
    return [r"\noindent Parameters of its own", r"\begin{itemize}", *rows, r"\end{itemize}"]


def _prose(paragraphs: str) -> str:
    """Paragraphs as docstrings have them: blank lines between, formulas of their own indented."""
    out = []
    for block in re.split(r"\n\s*\n", paragraphs.strip("\n")):
        if block.startswith("    "):
            lines = r" \\ ".join(text(line.strip()) for line in block.splitlines())
            out.append(f"\\begin{{quote}}\n{lines}\n\\end{{quote}}")
            continue
        for paragraph in re.split(r"\n {3}(?=\S)", block):
            joined = " ".join(line.strip() for line in paragraph.splitlines())
            parts = re.split(r"`([^`]+)`", joined)
            out.append(
                "".join(
                    rf"\texttt{{{text(part)}}}" if place % 2 else text(part)
                    for place, part in enumerate(parts)
                )
            )
    return "\n\n".join(out)
