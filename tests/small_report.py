"""One small report, computed once in a run of the tests, by whichever process comes first."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from empirics.judging.family import Family
from empirics.running.cluster import Workers
from reports.experiment import Preset, computed, planned_tests
from reports.results import (
    FamilyRecord,
    Part,
    Results,
    provenance,
    read_results,
    results_bytes,
)
from reports.sections import sections

SMALL = Preset("quick", (1.0, 2.0, 3.0), (0.0, 0.01, 0.05), runs=12, curve_points=5)


class Counted(Family):
    """A family that counts how often an interval at its confidence is asked for."""

    looked = 0

    @property
    def confidence(self) -> float:
        object.__setattr__(self, "looked", self.looked + 1)
        return super().confidence


def computed_small() -> Results:
    """The small report, computed; every test of its family is looked at at most once."""
    family = Counted(planned_tests(SMALL))
    sweep = computed(SMALL, seed=3, workers=Workers(1), family=family)
    assert 0 < family.looked <= family.tests
    told = FamilyRecord.of(family, {"sweep": family.tests})
    parts = (Part(sections()["sweep"], sweep),)
    return Results(provenance("longtail report", 1.0), parts, told)


@pytest.fixture(scope="session")
def together(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of all processes of the run."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def once(together: Path) -> Callable[[str, Callable[[Path], object]], Path]:
    """A folder that whichever process of the run comes first fills; to be read, not changed."""

    def folder(name: str, fill: Callable[[Path], object]) -> Path:
        filled = together / name
        with FileLock(together / f"{name}.lock"):
            if not filled.exists():
                fresh = Path(tempfile.mkdtemp(dir=together))
                fill(fresh)
                fresh.rename(filled)
        return filled

    return folder


@pytest.fixture(scope="session")
def results(
    once: Callable[[str, Callable[[Path], object]], Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Results:
    """The small report."""

    def fill(folder: Path) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("LONGTAIL_CACHE", str(tmp_path_factory.mktemp("cache")))
            (folder / "results.json").write_bytes(results_bytes(computed_small()))

    return read_results(str(once("computed", fill) / "results.json"))
