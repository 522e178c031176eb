"""The mathematics in statements' texts, set for the page: Greek letters, indices and powers."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

GREEK = {
    "alpha": "α",
    "beta": "β",
    "gamma": "γ",
    "delta": "δ",
    "epsilon": "ε",
    "eta": "η",
    "infinity": "∞",
    "int": "∫",
    "kappa": "κ",
    "lambda": "λ",
    "mu": "μ",
    "nu": "ν",
    "phi": "φ",
    "pi": "π",
    "prod": "∏",
    "rho": "ρ",
    "sigma": "σ",
    "sum": "∑",
    "tau": "τ",
    "xi": "ξ",
    "Delta": "Δ",
    "Gamma": "Γ",
    "Lambda": "Λ",
    "Theta": "Θ",
}

_GREEK = re.compile(rf"(?<![A-Za-z`.])(?<![A-Za-z\-`]-)({'|'.join(GREEK)})(?![A-Za-z])")
"""After a hyphen only where that is a minus: not in an id nor in an option."""
_OPERATORS = ("sum", "prod", "int")
"""Words, unless an index follows."""
_SIGNS = (("->", "→"), (">=", "≥"), ("<=", "≤"), ("!=", "≠"), (">>", "≫"))
_PARENTHESES = r"\((?:[^()]|\([^()]*\))*\)"
_GROUP = (
    rf"-?(?:min|max)?{_PARENTHESES}|\{{[^{{}}]*\}}|-?[0-9]+(?:\.[0-9]+)?|-?[A-Za-zα-ω]+'?|\*|\+"
)
"""A quotient is a power only between parentheses: p^2/2 is half of p^2."""
_SUB = re.compile(
    r"(?<=[A-Za-zα-ωΑ-Ω*)\]∑∏∫])(?<![A-Za-z]{6})_(\{[^{}]*\}|\([^()]*\)|[A-Za-z]+|[0-9]+)"
)
"""No symbol has six letters: what has an underscore after so many is a name, as of a folder."""
_SUP = re.compile(rf"\^({_GROUP})")
_OPTION = re.compile(r"(?<!\S)(--?[A-Za-z][\w-]*)")
_CODE = re.compile(r"`([^`]+)`")


def typeset(text: object) -> Markup:
    """A line of text with its mathematics set; what stands between backticks is code."""
    parts = _CODE.split(str(text))
    set_parts = [
        code(part) if place % 2 else _mathematics(part) for place, part in enumerate(parts)
    ]
    return Markup("").join(set_parts)


def code(text: object) -> Markup:
    """A command or a name as it is typed; an option such as --preset stays in one piece."""
    told = _OPTION.sub(r'<span class="option">\1</span>', str(escape(text)))
    return Markup("<code>{}</code>").format(Markup(told))


def _mathematics(text: str) -> Markup:
    told = str(escape(marked(text)))
    for mark, tag in zip(MARKS, ("<sup>", "</sup>", "<sub>", "</sub>"), strict=True):
        told = told.replace(mark, tag)
    return Markup(told)


MARKS = ("\ue000", "\ue001", "\ue002", "\ue003")
"""Where a power begins and ends, and an index; no text has these characters."""


def marked(text: str) -> str:
    """The text with Greek letters and signs, and `MARKS` around powers and indices."""
    told = text
    for plain, sign in _SIGNS:
        told = told.replace(plain, sign)
    told = _GREEK.sub(
        lambda found: (
            found[1]
            if found[1] in _OPERATORS and not told.startswith("_", found.end())
            else GREEK[found[1]]
        ),
        told,
    )
    power, after_power, index, after_index = MARKS
    told = _SUP.sub(lambda found: power + _bare(found[1]) + after_power, told)
    return _SUB.sub(lambda found: index + _bare(found[1]) + after_index, told)


def _bare(group: str) -> str:
    """Without the braces; parentheses stay unless they hold a sum alone."""
    if group.startswith("{") or (group.startswith("(") and group.endswith(")")):
        return group[1:-1]
    return group


def prose(text: str) -> Markup:
    """Paragraphs, as docstrings have them: blank lines between, formulas of their own indented."""
    out = Markup("")
    for block in re.split(r"\n\s*\n", text.strip("\n")):
        if block.startswith("    "):
            lines = Markup("<br>").join(typeset(line.strip()) for line in block.splitlines())
            out += Markup('<div class="formula display">{}</div>').format(lines)
            continue
        # A line that is set in begins a new paragraph.
        for paragraph in re.split(r"\n {3}(?=\S)", block):
            joined = " ".join(line.strip() for line in paragraph.splitlines())
            out += Markup("<p>{}</p>").format(typeset(joined))
    return out
