"""Things by their id, with a refusal that names the nearest one."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import TypeVar

T = TypeVar("T")

ENTRY_POINTS = "longtail.statements"
"""Entry-point group by which an installed distribution adds statements: each names a
`Statement`, or a module that has one as `STATEMENT`."""


class UnknownStatementError(KeyError):
    """An id that the catalogue does not have; the message names the nearest one."""

    def __str__(self) -> str:
        return str(self.args[0])


class ById(Mapping[str, T]):
    """Statements, or what stands for them, by id and in reading order."""

    def __init__(self, found: Mapping[str, T] | None = None) -> None:
        self._found: dict[str, T] = dict(found or {})

    def __getitem__(self, identifier: str) -> T:
        if not isinstance(identifier, str):
            raise UnknownStatementError(f"ID = {identifier}: must be text")
        try:
            return self._found[identifier]
        except KeyError:
            near = difflib.get_close_matches(identifier, list(self), n=1, cutoff=0.0)
            others = [name for name in self if identifier in name and name not in near]
            others = others if identifier else []
            hint = f"; the nearest is {near[0]}" if near else ""
            if others:
                hint += f" (also {', '.join(others)})"
            raise UnknownStatementError(
                f"ID = {identifier}: is no statement of the catalogue{hint}"
            ) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)
