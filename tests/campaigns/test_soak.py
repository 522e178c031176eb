"""The soak, shortly: a few reports in one process, and what counts as a fault."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from tests.campaigns.soak import GROWTH, SWEEP_EACH, Soaked, context, soak

MIB = 2**20

pytestmark = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc")


def test_reports_leave_nothing_and_refute_nothing(tmp_path: Path) -> None:
    cache, temporary = os.environ.get("LONGTAIL_CACHE"), tempfile.gettempdir()
    found = soak(0.1, 3, tmp_path)
    assert found.memory
    assert found.judged > 50 * len(found.memory)
    assert found.left == []
    assert os.environ.get("LONGTAIL_CACHE") == cache
    assert tempfile.gettempdir() == temporary
    assert {path.name for path in (tmp_path / "cache").iterdir()} == {"draws.sqlite"}


def test_every_tenth_report_is_the_sweep_and_no_two_are_alike(tmp_path: Path) -> None:
    contexts = [context(number, 0, tmp_path) for number in range(2 * SWEEP_EACH)]
    sweeps = [number for number, one in enumerate(contexts) if one.main.is_a_power_law]
    assert sweeps == [SWEEP_EACH - 1, 2 * SWEEP_EACH - 1]
    assert len({one.seed for one in contexts}) == len(contexts)
    assert len({one.main.setting.law.key for one in contexts}) == len(contexts) - 1
    assert context(4, 0, tmp_path).seed == contexts[4].seed


def test_what_counts_as_a_fault() -> None:
    sound = Soaked([100 * MIB] * 40, [10] * 40, {}, 4000)
    assert sound.faults() == []
    steady = [int((100 + number * GROWTH * 8) * MIB) for number in range(40)]
    assert "memory grows by" in Soaked(steady, [10] * 40).faults()[0]
    # What a first report loads is no growth.
    warmed = [50 * MIB] * 10 + [100 * MIB] * 30
    assert Soaked(warmed, [10] * 40).faults() == []
    assert "open files" in Soaked([MIB] * 40, list(range(40))).faults()[0]
    assert "left behind" in Soaked([MIB], [1], left=["x.tmp"]).faults()[0]
    wrong = {number: ["claim"] for number in range(12)}
    assert "12 of 40 reports refute" in Soaked([MIB] * 40, [1] * 40, wrong).faults()[0]
    assert Soaked([MIB] * 40, [1] * 40, {3: ["claim"]}).faults() == []
