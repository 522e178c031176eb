"""Which way imports point: over the packages, over the floors of `theorems`, and in no circle."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ALLOWED = {
    "theorems": {"theorems"},
    "empirics": {"empirics", "theorems"},
    "nn": {"nn", "theorems"},
    "reports": {"reports", "nn", "empirics", "theorems"},
    "longtail": {"longtail", "reports", "nn", "empirics", "theorems"},
}
"""What each package may import, besides libraries."""

FLOORS = (
    (
        "errors",
        "cores",
        "files",
        "memory",
        "patience",
        "paper",
        "source_digest",
        "trust",
        "rocq",
        "cache_folder",
        "kept_files",
        "kinds",
        "lookup",
        "plan",
    ),
    (
        "expressions",
        "substitution",
        "binomial_expectation",
        "model",
        "orders",
        "law",
        "setting",
        "evaluate",
        "evolution",
    ),
    ("statement", "conditions", "planning", "answer"),
    ("structure", "noiseless", "noisy", "regimes.exponents", "memorization", "stability"),
    ("validity", "catalogue", "certified"),
    (
        "claim",
        # Its sheets are written from the catalogue; the rest of `rocq` is read by it.
        "rocq.inequalities",
        "book",
        "javascript_program",
        "constants",
        "notation",
        "latex_parts",
        "explore",
        "regimes",
        "",
    ),
)
"""Of `theorems`, from the ground up: a module imports nothing from a floor above its own.

A name stands for a module and all that is below it; the longest that fits counts.
"""

LATE = {
    # What a notebook shows of a statement is looked for when it is shown.
    ("theorems.statement", "theorems.explore"),
    # The catalogue is listed without what evaluates it.
    ("theorems.catalogue", "theorems.validity"),
    # A solution is certified when that is asked of it.
    ("empirics.solver.minimum_norm", "empirics.solver.certificate"),
    # Whether torch can be loaded is asked before it is.
    ("nn.requirements", "nn.vision_import"),
}
"""Imports inside a function that point upward or would close a circle, each with its reason."""


def modules() -> dict[str, Path]:
    found = {}
    for package in ALLOWED:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found[name] = path
    return found


MODULES = modules()


def imports(name: str) -> Iterator[tuple[str, bool]]:
    """Modules of ours that a module imports, and whether only inside a function."""

    def visit(node: ast.AST, late: bool) -> Iterator[tuple[str, bool]]:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            return
        if isinstance(node, ast.Import):
            yield from ((alias.name, late) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} imports relatively"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield (inner if inner in MODULES else str(node.module), late)
        inside = late or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for child in ast.iter_child_nodes(node):
            yield from visit(child, inside)

    for found, late in visit(ast.parse(MODULES[name].read_text()), False):
        if found.split(".")[0] in ALLOWED:
            yield found, late


def floor(name: str) -> int:
    inner = name.removeprefix("theorems").removeprefix(".")
    fits = [
        (len(entry), number)
        for number, entries in enumerate(FLOORS)
        for entry in entries
        if inner == entry or (entry and inner.startswith(f"{entry}."))
    ]
    assert fits, f"{name} is on no floor"
    return max(fits)[1]


@pytest.mark.parametrize("name", MODULES)
def test_packages_import_only_what_is_below_them(name: str) -> None:
    allowed = ALLOWED[name.split(".")[0]]
    assert {found.split(".")[0] for found, _ in imports(name)} <= allowed


@pytest.mark.parametrize("name", [name for name in MODULES if name.startswith("theorems")])
def test_no_module_of_theorems_imports_from_above(name: str) -> None:
    above = {
        found
        for found, _ in imports(name)
        if (name, found) not in LATE and floor(found) > floor(name)
    }
    # The package itself loads the catalogue when a statement is registered.
    assert not above - {"theorems"}


def test_late_imports_that_point_upward_are_those_listed() -> None:
    for name, found in LATE:
        assert (found, True) in set(imports(name))
        assert (found, False) not in set(imports(name))


def test_imports_make_no_circle() -> None:
    """Those inside functions count too, but for `LATE`."""
    arrows = {
        name: {found for found, _ in imports(name) if found in MODULES and found != name}
        - {found for one, found in LATE if one == name}
        for name in MODULES
    }
    done: set[str] = set()

    def follow(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " -> ".join([*path[path.index(name) :], name])
        if name in done:
            return
        for found in sorted(arrows[name]):
            follow(found, (*path, name))
        done.add(name)

    for name in arrows:
        follow(name, ())
