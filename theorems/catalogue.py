"""Every statement, by id, in reading order."""

from __future__ import annotations

import warnings
from importlib import import_module, metadata

from theorems.lookup import ENTRY_POINTS, ById
from theorems.lookup import UnknownStatementError as UnknownStatementError
from theorems.statement import Statement

CHAPTERS = ("structure", "noiseless", "noisy", "regimes", "memorization", "stability")
"""Packages below `theorems`, in reading order; each names its statements' modules in its own."""


class Catalogue(ById[Statement]):
    """The statements by id, in reading order; users' own are added by `register`."""

    def __init__(self) -> None:
        super().__init__()
        self._chapters: dict[str, str] = {}

    def register(self, statement: Statement) -> Statement:
        """Add a statement, if it is whole and can be evaluated.

        Raises:
            ValueError: where another statement has its id, and as `theorems.validity.check`.
        """
        from theorems.validity import check

        check(statement)
        return self.add(statement)

    def add(self, statement: Statement, chapter: str = "") -> Statement:
        """Add a statement that is known to be whole.

        Args:
            statement: what is added.
            chapter: of `CHAPTERS` that it stands in; "" for a user's own.

        Raises:
            ValueError: where another statement has its id.
        """
        if self._found.get(statement.id, statement) is not statement:
            raise ValueError(f"id = {statement.id}: another statement has this id")
        self._found[statement.id] = statement
        self._chapters[statement.id] = chapter
        return statement

    def chapter(self, identifier: str) -> str:
        """The chapter of `CHAPTERS` that a statement stands in; "" for a user's own."""
        return self._chapters.get(identifier, "")

    def is_own(self, statement: Statement) -> bool:
        """Whether this very statement stands in one of our chapters."""
        return self._found.get(statement.id) is statement and bool(self.chapter(statement.id))

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


def _add_own(to: Catalogue) -> None:
    for chapter in CHAPTERS:
        for name in import_module(f"theorems.{chapter}").STATEMENTS:
            # Ours are checked by the tests: a command that lists them need not load the evaluation.
            to.add(import_module(f"theorems.{chapter}.{name}").STATEMENT, chapter)


catalogue = Catalogue()
_add_own(catalogue)
_add_installed(catalogue)
