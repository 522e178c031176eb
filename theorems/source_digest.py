"""A digest of the code that a kept result depends on, found by following its imports.

What is kept on disk may be believed again only by the code that made it. Which code that is, is
read off the import statements, so that no list of modules has to be kept by hand.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib import metadata, util
from importlib.machinery import ModuleSpec
from pathlib import Path

_WITH_STATEMENTS = (ast.stmt, ast.ExceptHandler, ast.match_case)
"""Nodes below which there may be statements, and so imports; expressions hold none."""


def source_digest(modules: Sequence[str], libraries: Sequence[str]) -> str:
    """Digest of modules, of all that they import from their own packages, and of libraries.

    Args:
        modules: full names of modules.
        libraries: installed distributions whose versions count.

    Returns:
        16 hexadecimal digits.
    """
    digest = hashlib.sha256(" ".join(metadata.version(name) for name in libraries).encode())
    # This module finds what a result depends on; the result does not depend on how.
    for name in sorted(imported(tuple(modules)) - {__name__}):
        path = _file(name)
        if path is not None:
            digest.update(name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


@lru_cache(maxsize=32)
def imported(modules: tuple[str, ...]) -> frozenset[str]:
    """The modules and all that they import, directly or not, from the packages they are in.

    Imports inside functions count; those for type checkers alone do not, nor do packages, which
    only say what is where.
    """
    roots = {name.partition(".")[0] for name in modules} | {__name__.partition(".")[0]}
    found: set[str] = set()
    waiting = list(modules)
    while waiting:
        name = waiting.pop()
        if name in found or _file(name) is None:
            continue
        found.add(name)
        for module, names in _named(name):
            if module.partition(".")[0] not in roots:
                continue
            waiting.append(module)
            # What is taken from a module is no module, and to look for it would import that one.
            if names and _is_package(module):
                waiting += [f"{module}.{part}" for part in names]
    return frozenset(found)


@lru_cache(maxsize=1024)
def _spec(name: str) -> ModuleSpec | None:
    try:
        return util.find_spec(name)
    except ModuleNotFoundError:
        return None


def _is_package(name: str) -> bool:
    spec = _spec(name)
    return spec is not None and spec.submodule_search_locations is not None


def _file(name: str) -> Path | None:
    """Where a module of Python source lies; None where there is none of this name."""
    spec = _spec(name)
    if spec is None or spec.origin is None or _is_package(name):
        return None
    return Path(spec.origin)


@lru_cache(maxsize=1024)
def _named(name: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The modules that the import statements of a module name, each with what is taken from it."""
    path = _file(name)
    assert path is not None
    return tuple(_imports(ast.parse(path.read_bytes())))


def _imports(tree: ast.AST) -> Iterator[tuple[str, tuple[str, ...]]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, ()) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module, tuple(alias.name for alias in node.names)
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            yield from (part for other in node.orelse for part in _imports(other))
        elif isinstance(node, _WITH_STATEMENTS):
            yield from _imports(node)
