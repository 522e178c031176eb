"""One statement as text, as a JSON object, and as a program that evaluates it."""

from __future__ import annotations

from typing import Any

from theorems.catalogue import catalogue
from theorems.evaluate.program import PARAMETERS, source
from theorems.model import DEFINITIONS, definitions_in
from theorems.notation import formula_latex
from theorems.setting import Setting
from theorems.statement import Kind, Statement
from theorems.trust import Trust

TESTS_SOLVER = (
    "linear algebra, true in every draw: no simulation can refute it, and its check tests the "
    "solver"
)
"""What is said of a statement that `tests_solver`."""

_SIGNS = {"value": "=", "lower": ">=", "upper": "<="}


def described(statement: Statement) -> dict[str, Any]:
    """Everything there is to say of a statement."""
    return {
        "id": statement.id,
        "title": statement.title,
        "origin": str(statement.origin),
        "kind": str(statement.kind),
        "quantity": statement.quantity,
        "observable": statement.observable,
        "latex": formula_latex(statement),
        "formulas": {side: str(formula) for side, formula in statement.sides.items()},
        "extra": {
            part.symbol.name: {"default": float(part.default), "meaning": part.meaning}
            for part in statement.extra
        },
        "hypotheses": [hypothesis.text for hypothesis in statement.hypotheses],
        "statement": statement.claim,
        "proof": statement.proof,
        "source": statement.source,
        "uses": list(statement.uses),
        "trust": str(statement.trust),
        "conditional_on": [
            {"id": used, "trust": str(catalogue[used].trust)}
            for used in catalogue.rests_on(statement.id)
        ],
        "steps": [
            {"text": step.text, "file": step.file or None, "lemma": step.lemma or None}
            for step in statement.steps
        ],
        "tests_solver": statement.tests_solver,
        "comparisons": [
            {"name": one.name, "label": one.label, "note": one.note}
            for one in statement.comparisons
        ],
    }


def trusted(statement: Statement) -> str:
    """The statement's label, how much of its proof is checked, and what it is conditional on."""
    checked = steps_checked(statement)
    below = [f"{used} ({catalogue[used].trust})" for used in catalogue.rests_on(statement.id)]
    return f"{statement.trust}{f', {checked}' if checked else ''}" + (
        f"; conditional on {', '.join(below)}" if below else ""
    )


def steps_checked(statement: Statement) -> str:
    """How many steps of a proof in prose are machine-checked; "" where none are, or all."""
    checked = sum(step.checked for step in statement.steps)
    if not checked or statement.trust is Trust.MACHINE_CHECKED:
        return ""
    return f"{checked} of {len(statement.steps)} steps machine-checked"


def printed(statement: Statement) -> str:
    """The statement as a page of text."""
    lines = [
        f"{statement.id}: {statement.title}",
        f"{statement.origin}, {statement.kind}; {statement.quantity}",
        *([TESTS_SOLVER] if statement.tests_solver else []),
        "",
        "Statement",
        f"    {statement.claim}",
        "",
        "Formula",
    ]
    signs = _SIGNS | ({"value": "≈"} if statement.kind is Kind.PREDICTION else {})
    lines += [f"    {signs[side]} {formula}" for side, formula in statement.sides.items()]
    needed = {
        definition.name: definition
        for side in statement.sides.values()
        for definition in definitions_in(side)
    }
    if needed:
        lines += ["", "with"]
        lines += [
            f"    {definition.name}{'_i' if definition.indexed else ''} = "
            f"{DEFINITIONS[str(name)].expression}   ({definition.meaning})"
            for name, definition in reversed(needed.items())
        ]
    if statement.extra:
        lines += ["", "Parameters of its own"]
        lines += [
            f"    {part.symbol} = {part.default}   ({part.meaning})" for part in statement.extra
        ]
    lines += ["", "Hypotheses"]
    lines += [f"    {hypothesis.text}" for hypothesis in statement.hypotheses] or ["    none"]
    lines += ["", "Proof", f"    {statement.proof}", "", "Rests on"]
    lines += [f"    {identifier}" for identifier in statement.uses] or ["    no other statement"]
    lines += ["", "Trust", f"    {trusted(statement)}"]
    for step in statement.steps:
        by = f"theorems/rocq/{step.file}, {step.lemma}" if step.checked else "prose"
        lines.append(f"    - {step.text} [{by}]")
    lines += ["", "Source", f"    {statement.source}"]
    return "\n".join(lines)


def runnable(statement: Statement) -> str:
    """A Python program that evaluates the statement at the defaults of Figure 1."""
    values = Setting().parameters | statement.defaults
    extra = tuple(statement.defaults)
    arguments = ", ".join(f"{name}={values[name]}" for name in (*PARAMETERS, *extra))
    return "\n".join(
        [
            f'"""{statement.id}: {statement.title}."""',
            "from theorems.evaluate.reductions import EveryFeature",
            "",
            "globals().update(EveryFeature().namespace())",
            "",
            "",
            source(statement.sides, extra=extra),
            "",
            f"numbers = evaluate({arguments})",
            "print({side: float(number) for side, number in numbers.items()})",
        ]
    )
