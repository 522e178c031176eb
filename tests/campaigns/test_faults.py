"""The faults campaign, shortly: a few kills, flips of bits, signals, disks, locks.

Its kills of a cluster's workers are in `tests.empirics.running.test_cluster`, which has a cluster.
"""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import pytest

from empirics.observables.observe import Observation
from empirics.running.store import Store
from tests.campaigns import faults

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")


def _sound(found: faults.Found) -> None:
    assert found.wrong == [], found.line()


def test_flipped_bits_are_never_believed_and_losses_are_said(tmp_path: Path) -> None:
    found = faults.flips(80, random.Random(3), tmp_path)
    assert found.tried == 80
    _sound(found)


def test_a_stopped_run_says_how_it_goes_on_and_leaves_no_child(tmp_path: Path) -> None:
    _sound(faults.stops(tmp_path, random.Random(3)))


def test_a_killed_run_resumes_to_the_same_bytes(tmp_path: Path) -> None:
    _sound(faults.kills("simulate", 1, random.Random(3), tmp_path))


def test_full_and_read_only_disks_cost_no_result(tmp_path: Path) -> None:
    found = faults.disks(tmp_path)
    assert found.tried == 4 or "may not mount" in found.notes[0]
    _sound(found)


def test_two_processes_share_a_cache_and_stale_locks_hold_nobody(tmp_path: Path) -> None:
    _sound(faults.shared(tmp_path, ("-journal",)))


def test_a_cache_that_fills_is_said_once_and_costs_no_draw(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    with Store(tmp_path, said.append) as store:

        def full(*_: object) -> None:
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error

        monkeypatch.setattr(store, "_insert", full)
        for run in range(3):
            store.save("cell", "{}", [Observation(run, {"a": 1.0})])
    (line,) = said
    assert line.startswith("no further draw is kept: ")
