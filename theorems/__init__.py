"""What is claimed: every statement about memorizing long-tail data, symbolically, with proofs.

`theorems.catalogue["noiseless-loss"]` is a statement; `theorems.register` adds one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from theorems.statement import Statement


def register(statement: Statement) -> Statement:
    """Add a statement of one's own to the catalogue, for this process.

    To have it in every process, the command line's included, name it as an entry point of the
    group `longtail.statements` instead.

    Raises:
        ValueError: where another statement has its id.
    """
    from theorems.catalogue import catalogue

    return catalogue.register(statement)


def __getattr__(name: str) -> Any:
    """The catalogue, imported when it is first asked for: sympy takes its time."""
    if name == "catalogue":
        from importlib import import_module

        return import_module("theorems.catalogue")
    raise AttributeError(f"module 'theorems' has no attribute {name!r}")
