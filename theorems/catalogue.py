"""Every statement, by id, in reading order."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from importlib import import_module, metadata

from theorems.lookup import ENTRY_POINTS, ById
from theorems.lookup import UnknownStatementError as UnknownStatementError
from theorems.statement import Statement

CHAPTERS = ("structure", "noiseless", "noisy", "regimes", "memorization", "stability")
"""Packages below `theorems`, in reading order; each names its statements' modules in its own."""


class Catalogue(ById[Statement]):
    """The statements by id, in reading order; users' own are added by `register`.

    Ours are built when they are first asked for: all of them take a second, and many a command
    wants a few.

    Args:
        chapters: of `CHAPTERS`, of each of ours that it has, by id, in reading order.
    """

    def __init__(self, chapters: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self._chapters = dict(chapters or {})

    def __getitem__(self, identifier: str) -> Statement:
        # A key that is no text is refused below.
        chapter = self.chapter(identifier) if isinstance(identifier, str) else ""
        if chapter and identifier not in self._found:
            module = import_module(f"theorems.{chapter}.{identifier.replace('-', '_')}")
            # Ours are checked by the tests: who asks for them need not load the evaluation.
            self._found[identifier] = module.STATEMENT
        return super().__getitem__(identifier)

    def __iter__(self) -> Iterator[str]:
        yield from self._chapters
        yield from (identifier for identifier in self._found if identifier not in self._chapters)

    def __len__(self) -> int:
        return len(self._chapters.keys() | self._found.keys())

    def register(self, statement: Statement) -> Statement:
        """Add a statement, if it is whole and can be evaluated.

        Raises:
            ValueError: where another statement has its id, and as `theorems.validity.check`.
        """
        from theorems.validity import check

        check(statement)
        if self.get(statement.id, statement) is not statement:
            raise ValueError(f"id = {statement.id}: another statement has this id")
        self._found[statement.id] = statement
        return statement

    def chapter(self, identifier: str) -> str:
        """The chapter of `CHAPTERS` that a statement stands in; "" for a user's own."""
        return self._chapters.get(identifier, "")

    def is_own(self, statement: Statement) -> bool:
        """Whether this very statement stands in one of our chapters."""
        return bool(self.chapter(statement.id)) and self[statement.id] is statement

    def rests_on(self, identifier: str) -> tuple[str, ...]:
        """The statements that a statement's proof rests on, directly or through others.

        Returns:
            Their ids, each after those that it rests on itself.

        Raises:
            UnknownStatementError: where one of them is no statement.
            ValueError: where a proof rests on itself; the message has the circle.
        """
        found: dict[str, None] = {}

        def follow(one: str, path: tuple[str, ...]) -> None:
            if one in path:
                circle = " -> ".join([*path[path.index(one) :], one])
                raise ValueError(f"{one}: its proof rests on itself: {circle}")
            for used in self[one].uses:
                if used not in found:
                    follow(used, (*path, one))
                    found[used] = None

        follow(identifier, ())
        return tuple(found)


def _add_installed(to: Catalogue) -> None:
    """The statements that other distributions declare; one that cannot be loaded is told."""
    for entry in sorted(metadata.entry_points(group=ENTRY_POINTS), key=lambda entry: entry.name):
        try:
            found = entry.load()
            statement = getattr(found, "STATEMENT", found)
            if not isinstance(statement, Statement):
                raise TypeError(f"is a {type(statement).__name__}, no Statement")
            to.register(statement)
        except Exception as error:
            # Whatever a stranger's module raises must not take the catalogue along.
            message = f"statement {entry.name} = {entry.value} was left out: {error}"
            warnings.warn(message, RuntimeWarning, stacklevel=2)


def _own() -> dict[str, str]:
    return {
        module.replace("_", "-"): chapter
        for chapter in CHAPTERS
        for module in import_module(f"theorems.{chapter}").STATEMENTS
    }


catalogue = Catalogue(_own())
_add_installed(catalogue)
