"""One small report, computed once, and the command line called in this process."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from filelock import FileLock

from empirics.judging.family import Family
from empirics.running.cluster import Workers
from reports import cli
from reports.experiment import Preset, computed, planned_tests
from reports.render import write_report
from reports.results import (
    FamilyRecord,
    Part,
    Results,
    provenance,
    read_results,
    results_bytes,
)
from reports.sections import sections

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@dataclass(frozen=True)
class Called:
    """What a call of the command line came to."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Standard output as one JSON document."""
        return json.loads(self.out)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LONGTAIL_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def call(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Called]:
    def run(*arguments: str) -> Called:
        monkeypatch.setattr(sys, "argv", ["longtail", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as exit_info:
            cli.main()
        captured = capsys.readouterr()
        code = exit_info.value.code
        return Called(code if isinstance(code, int) else 0, captured.out, captured.err)

    return run


SMALL = Preset("quick", (1.0, 1.5, 2.0, 3.0), (0.0, 0.01, 0.05), runs=12, curve_points=5)


class Counted(Family):
    """A family that counts how often an interval at its confidence is asked for."""

    looked = 0

    @property
    def confidence(self) -> float:
        object.__setattr__(self, "looked", self.looked + 1)
        return super().confidence


@pytest.fixture(scope="session")
def counted() -> Callable[[int], Counted]:
    return Counted


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
    together: Path,
    tmp_path_factory: pytest.TempPathFactory,
    counted: Callable[[int], Counted],
) -> Results:
    """The small report, computed by whichever process of the run comes first."""
    kept = together / "small.json"
    with FileLock(kept.with_suffix(".lock")):
        if kept.exists():
            return read_results(str(kept))
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("LONGTAIL_CACHE", str(tmp_path_factory.mktemp("cache")))
            family = counted(planned_tests(SMALL))
            sweep = computed(SMALL, seed=3, workers=Workers(1), family=family)
        assert 0 < family.looked <= family.tests
        told = FamilyRecord.of(family, {"sweep": family.tests})
        parts = (Part(sections()["sweep"], sweep),)
        made = Results(provenance("longtail report", 1.0), parts, told)
        kept.write_bytes(results_bytes(made))
        return made


NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's chromium, driven by playwright; without it a skip, in CI a failure."""
    from playwright.sync_api import sync_playwright

    path = next((path for path in map(shutil.which, NAMES) if path), None)
    if path is None:
        why = f"no browser: none of {', '.join(NAMES)} is on the PATH"
        if os.environ.get("CI"):
            pytest.fail(why)
        pytest.skip(why)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def written(results: Results, once: Callable[[str, Callable[[Path], object]], Path]) -> Path:
    """Folder of the small report, drawn once in a run; to be read, not changed."""
    return once("small", lambda folder: write_report(results, folder))


@pytest.fixture(scope="session")
def address(written: Path) -> str:
    """Of the small report's page."""
    return (written / "report.html").as_uri()


@pytest.fixture
def opened(browser: Browser, address: str) -> Callable[..., Iterator[Page]]:
    """Opens the page in a window of some size, at a fragment of its address.

    What the console says or the page asks of others fails the test.
    """

    def open_page(width: int, height: int, fragment: str = "") -> Iterator[Page]:
        context = browser.new_context(viewport={"width": width, "height": height})
        one = context.new_page()
        heard: list[str] = []
        one.on("console", lambda message: heard.append(message.text))
        one.on("pageerror", lambda error: heard.append(str(error)))
        one.on("request", lambda request: heard.append(request.url))
        one.goto(address + fragment)
        yield one
        context.close()
        # The explorer's workers are made of the page itself.
        own = (address, "data:", "blob:")
        assert [said for said in heard if not said.startswith(own)] == []

    return open_page


@pytest.fixture
def page(opened: Callable[..., Iterator[Page]]) -> Iterator[Page]:
    """The page on a desk."""
    yield from opened(1400, 900)


@pytest.fixture
def phone(opened: Callable[..., Iterator[Page]]) -> Iterator[Page]:
    """The page on a phone."""
    yield from opened(390, 844)
