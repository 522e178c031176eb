"""Finished draws on disk, so that an interrupted run resumes and a repeated one costs nothing.

One SQLite file: its transactions survive a kill at any moment, and ten thousand draws load in
a second. Every entry carries a digest of its content; one that does not match is reported,
dropped and computed again, never believed. Only the process that collects results writes.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from empirics.observables.observable import Measurement
from empirics.observables.observe import Observation
from empirics.observables.registry import OBSERVABLES
from theorems.cache_folder import default_folder as default_folder
from theorems.setting import Setting

_NOT_THE_CONTENT = {
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
}
"""Errors that leave the file as it is: another process, the disk or permissions are at fault."""

_DAMAGE = (sqlite3.DatabaseError, UnicodeDecodeError)
"""What reading a damaged file raises; the second, where SQLite's message quotes it."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS draws (
    cell TEXT NOT NULL, run INTEGER NOT NULL, content BLOB NOT NULL, digest TEXT NOT NULL,
    PRIMARY KEY (cell, run)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS cells (cell TEXT PRIMARY KEY, description TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS kept (cell TEXT PRIMARY KEY, draws INTEGER NOT NULL);
"""

_COUNT = """
INSERT OR REPLACE INTO kept SELECT ?1, count(*) FROM draws WHERE cell = ?1
"""
"""How many draws a cell has, so that one which loses some is known by it."""


def design_description(setting: Setting, seed: int) -> dict[str, object]:
    """What identifies the training sets of a setting: everything but sigma, and the seed."""
    design = {name: value for name, value in setting.document().items() if name != "sigma"}
    return {**design, "seed": seed}


def cell_description(setting: Setting, seed: int, measurement: Measurement) -> str:
    """What identifies kept values: the training sets, the group measured on them, its code."""
    group = measurement.group
    measured = {"group": group.name, "extra": dict(measurement.extra), "code": group.digest}
    return json.dumps({**design_description(setting, seed), **measured}, sort_keys=True)


def cell_key(setting: Setting, seed: int, measurement: Measurement) -> str:
    """Short name of `cell_description`."""
    description = cell_description(setting, seed, measurement)
    return hashlib.sha256(description.encode()).hexdigest()[:32]


def is_current(description: Mapping[str, object]) -> bool:
    """Whether a cell's values are still those that the present code would measure."""
    codes = {group.name: group.digest for group in OBSERVABLES.groups}
    group = description.get("group")
    return isinstance(group, str) and codes.get(group, "") == description.get("code")


def _digest(cell: str, run: int, content: bytes) -> str:
    return hashlib.sha256(f"{cell}:{run}:".encode() + content).hexdigest()[:32]


def encode(observation: Observation) -> bytes:
    """Names in one line of JSON, then their values as little-endian doubles.

    A hundred thousand draws are read back in seconds so; as JSON they took five times longer.
    """
    names = sorted(observation.values)
    numbers = np.array([observation.values[name] for name in names], dtype="<f8")
    return json.dumps(names).encode() + b"\n" + numbers.tobytes()


@lru_cache(maxsize=64)
def _names(line: bytes) -> tuple[str, ...]:
    return tuple(json.loads(line))


def decode(run: int, content: bytes) -> Observation:
    """The inverse of `encode`; names come back sorted.

    Raises:
        ValueError: the content is not what `encode` gives.
    """
    line, _, numbers = content.partition(b"\n")
    values = np.frombuffer(numbers, dtype="<f8").tolist()
    return Observation(run, dict(zip(_names(line), values, strict=True)))


@dataclass(frozen=True)
class CachedCell:
    """One line of the cache's listing: what was drawn, how many draws, their size."""

    cell: str
    description: dict[str, object]
    draws: int
    bytes: int


class Store:
    """The cache. Use as a context manager, or call `close`.

    Args:
        folder: the cache folder; made if absent.
        report: called with one line where something was found broken.

    Raises:
        OSError: where the folder cannot be made or written.
    """

    def __init__(self, folder: Path, report: Callable[[str], None]) -> None:
        self._report = report
        self._full = False
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "draws.sqlite"
        self._connection = self._open()

    def _open(self) -> sqlite3.Connection:
        try:
            return self._connect()
        except _DAMAGE as error:
            self._move_aside(error)
            return self._connect()

    def _move_aside(self, error: Exception) -> None:
        """Report a damaged file and make room for a new one; other errors are the caller's."""
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _NOT_THE_CONTENT:
            raise OSError(f"cache {self._path}: {error}") from None
        aside = self._path.with_suffix(".corrupt")
        reason = " ".join(str(error).split())
        self._report(
            f"cache {self._path} is damaged ({reason}); moved to {aside.name}, starting anew"
        )
        self._path.replace(aside)
        for suffix in ("-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)

    def _start_anew(self, error: Exception) -> None:
        self._connection.close()
        self._move_aside(error)
        self._connection = self._connect()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=60)
        # Text that is no UTF-8 any more fails its digest, by itself.
        connection.text_factory = lambda text: text.decode(errors="replace")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.executescript(_SCHEMA)
        connection.execute("SELECT cell, run, content, digest FROM draws LIMIT 0")
        connection.execute("SELECT cell, description FROM cells LIMIT 0")
        connection.execute("SELECT cell, draws FROM kept LIMIT 0")
        return connection

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the file."""
        self._connection.close()

    def load(self, cell: str, runs: int) -> dict[int, Observation]:
        """The draws 0..runs-1 of a cell that are there and sound."""
        found: dict[int, Observation] = {}
        broken: list[int] = []
        try:
            rows = self._connection.execute(
                "SELECT run, content, digest FROM draws WHERE cell = ?", (cell,)
            ).fetchall()
        except _DAMAGE as error:
            self._start_anew(error)
            return {}
        for run, content, digest in rows:
            # A damaged entry may have become text, or another draw's: also one that is not asked
            # for, which would be lost in silence.
            if not isinstance(content, bytes) or _digest(cell, run, content) != digest:
                broken.append(run)
            elif run < runs:
                found[run] = decode(run, content)
        if not self._lost_nothing(cell, len(rows)):
            return {}
        if broken:
            self._report(
                f"cache entry of draw {', '.join(map(str, broken))} in cell {cell[:8]} does not "
                "match its digest; computed again"
            )
            self._connection.executemany(
                "DELETE FROM draws WHERE cell = ? AND run = ?", [(cell, run) for run in broken]
            )
            self._connection.execute(_COUNT, (cell,))
            self._connection.commit()
        return found

    def _lost_nothing(self, cell: str, there: int) -> bool:
        """Whether every draw of a cell that was kept is found; else that is reported.

        A damaged page may hide its entries, and a damaged key is another cell's. False where the
        file had to be moved aside.
        """
        try:
            row = self._connection.execute(
                "SELECT draws FROM kept WHERE cell = ?", (cell,)
            ).fetchone()
            kept = 0 if row is None else row[0]
            if not isinstance(kept, int) or there >= kept:
                return True
            # Pages that are wrong must not be written to.
            (told,) = self._connection.execute("PRAGMA quick_check(1)").fetchone()
            if told != "ok":
                raise sqlite3.DatabaseError(told)
            self._connection.execute(_COUNT, (cell,))
            self._connection.commit()
        except _DAMAGE as error:
            self._start_anew(error)
            return False
        self._report(
            f"cache cell {cell[:8]} has {there} of {kept} draws that were kept; the others are "
            "computed again"
        )
        return True

    def save(self, cell: str, description: str, observations: Iterable[Observation]) -> None:
        """Add draws to one cell, all or none."""
        self.save_all([(cell, description, observations)])

    def save_all(self, parts: Iterable[tuple[str, str, Iterable[Observation]]]) -> None:
        """Add draws to cells with their descriptions, all or none.

        Where the disk is full or the file cannot be written that is reported, once.
        """
        cells: list[tuple[str, str]] = []
        rows: list[tuple[str, int, bytes, str]] = []
        for cell, description, observations in parts:
            cells.append((cell, description))
            rows += [
                (cell, o.run, content, _digest(cell, o.run, content))
                for o in observations
                for content in (encode(o),)
            ]
        if self._full:
            return
        try:
            try:
                self._insert(cells, rows)
            except _DAMAGE as error:
                self._start_anew(error)
                self._insert(cells, rows)
        except OSError as error:
            # What was drawn is worth more than keeping it: the run goes on.
            self._full = True
            self._report(f"no further draw is kept: {error}")

    def _insert(
        self, cells: list[tuple[str, str]], rows: list[tuple[str, int, bytes, str]]
    ) -> None:
        with self._connection:
            self._connection.executemany("INSERT OR REPLACE INTO cells VALUES (?, ?)", cells)
            self._connection.executemany("INSERT OR REPLACE INTO draws VALUES (?, ?, ?, ?)", rows)
            self._connection.executemany(_COUNT, [(cell,) for cell, _ in cells])

    def cells(self) -> list[CachedCell]:
        """What the cache holds, largest first."""
        try:
            rows = self._connection.execute(
                "SELECT draws.cell, description, count(*),"
                " sum(length(content) + length(digest) + 40)"
                " FROM draws LEFT JOIN cells USING (cell) GROUP BY draws.cell ORDER BY 4 DESC, 1"
            ).fetchall()
            return [
                CachedCell(cell, json.loads(description or "{}"), draws, size)
                for cell, description, draws, size in rows
            ]
        except _DAMAGE as error:
            self._start_anew(error)
        except ValueError as error:
            self._report(f"cache {self._path} is damaged ({error}); clear it")
        return []

    def size(self) -> int:
        """Bytes on disk."""
        files = (self._path.with_name(self._path.name + suffix) for suffix in ("", "-wal"))
        return sum(file.stat().st_size for file in files if file.exists())

    def clear(self) -> int:
        """Remove every draw; returns how many there were."""
        try:
            (count,) = self._connection.execute("SELECT count(*) FROM draws").fetchone()
            with self._connection:
                self._connection.execute("DELETE FROM draws")
                self._connection.execute("DELETE FROM cells")
                self._connection.execute("DELETE FROM kept")
            self._connection.execute("VACUUM")
        except _DAMAGE as error:
            self._start_anew(error)
            return 0
        return int(count)
