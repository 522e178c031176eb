"""`longtail cache`: what is kept on disk, how large it is, and its removal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from empirics.running.store import Store, default_folder, is_current
from reports.console import print_json, print_table, warn
from theorems import kept_files
from theorems.errors import InputError


@contextmanager
def open_store() -> Iterator[Store | None]:
    """The user's cache; without one (a folder that cannot be written) nothing is kept."""
    try:
        store = Store(default_folder(), warn)
    except OSError as error:
        warn(f"no cache is kept: {error}")
        yield None
        return
    with store:
        yield store


def _opened() -> Store:
    folder = default_folder()
    try:
        return Store(folder, warn)
    except OSError as error:
        raise InputError(
            "cache", folder, f"must be a folder that can be written ({error})"
        ) from None


def listed() -> list[dict[str, Any]]:
    """Every cell of the cache, largest first."""
    with _opened() as store:
        return [
            {
                "cell": cell.cell,
                **cell.description,
                "current": is_current(cell.description),
                "draws": cell.draws,
                "bytes": cell.bytes,
            }
            for cell in store.cells()
        ]


def measured() -> dict[str, Any]:
    """Where the cache is, its cells, draws and bytes on disk."""
    with _opened() as store:
        cells = store.cells()
        return {
            "folder": str(default_folder()),
            "cells": len(cells),
            "draws": sum(cell.draws for cell in cells),
            "bytes": store.size(),
        }


def cleared() -> int:
    """Remove every draw, and what else is kept; how many draws there were."""
    kept_files.clear()
    with _opened() as store:
        return store.clear()


def print_cache(rows: list[dict[str, Any]], *, as_json: bool) -> None:
    """The listing as JSON or a table."""
    if as_json:
        print_json(rows)
        return
    names = ("group", "n", "d", "s", "alpha", "beta_exponent", "k", "seed", "draws", "bytes")
    print_table(
        "Cached draws",
        (*names, "code"),
        [
            (*(str(row.get(name, "?")) for name in names), "" if row["current"] else "another")
            for row in rows
        ],
    )


def print_size(measure: dict[str, Any], *, as_json: bool) -> None:
    """The measure as JSON or a table."""
    if as_json:
        print_json(measure)
    else:
        print_table("Cache", tuple(measure), [tuple(str(value) for value in measure.values())])
