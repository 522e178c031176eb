"""What takes long to make and is made once in a run of the tests, by whichever process comes first.

What makes it is imported there: the process that hands out the tests makes nothing.
"""

from __future__ import annotations

import os
import pickle
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

if TYPE_CHECKING:
    from empirics.bench.measured import SolverBenchmark
    from reports.results import Results

Once = Callable[[str, Callable[[Path], object]], Path]


@pytest.fixture(scope="session")
def together(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of all processes of the run."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def once(together: Path) -> Once:
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
def results(once: Once, tmp_path_factory: pytest.TempPathFactory) -> Results:
    """The small report."""
    from reports.results import read_results, results_bytes
    from tests.small_report import computed_small

    def fill(folder: Path) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("LONGTAIL_CACHE", str(tmp_path_factory.mktemp("cache")))
            (folder / "results.json").write_bytes(results_bytes(computed_small()))

    return read_results(str(once("computed", fill) / "results.json"))


@pytest.fixture(scope="session")
def measured(once: Once) -> SolverBenchmark:
    """The small benchmark."""
    from tests.small_benchmark import measured_small

    def fill(folder: Path) -> None:
        (folder / "measured").write_bytes(pickle.dumps(measured_small()))

    found: SolverBenchmark = pickle.loads((once("benchmark", fill) / "measured").read_bytes())
    return found
