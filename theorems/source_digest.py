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
from pathlib import Path


def source_digest(modules: Sequence[str], libraries: Sequence[str]) -> str:
    """Digest of modules, of all that they import from their own packages, and of libraries.

    Args:
        modules: full names of modules.
        libraries: installed distributions whose versions count.

    Returns:
        16 hexadecimal digits.
    """
    digest = hashlib.sha256(" ".join(metadata.version(name) for name in libraries).encode())
    for name in sorted(imported(tuple(modules))):
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
        waiting += [part for part in _named(name) if part.partition(".")[0] in roots]
    return frozenset(found)


@lru_cache(maxsize=1024)
def _file(name: str) -> Path | None:
    """Where a module of Python source lies; None where there is none of this name."""
    try:
        spec = util.find_spec(name)
    except ModuleNotFoundError:
        return None
    if spec is None or spec.origin is None or spec.submodule_search_locations is not None:
        return None
    return Path(spec.origin)


@lru_cache(maxsize=1024)
def _named(name: str) -> tuple[str, ...]:
    """What the import statements of a module name; attributes may be among it."""
    path = _file(name)
    assert path is not None
    return tuple(_imports(ast.parse(path.read_bytes())))


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            yield from (part for other in node.orelse for part in _imports(other))
        else:
            yield from _imports(node)
