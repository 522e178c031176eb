"""The small report drawn and opened, and the command line called in this process."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from reports import cli, figures
from reports.experiment import Sweep
from reports.figures import Drawn
from reports.render import write_report
from reports.results import Results
from reports.sections.sweep import SECTION as SWEEP
from reports.sweep_figures import drawn_figures
from tests.made_once import Once
from tests.quick_figures import AsUsersSeeThem

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


_DRAWN: dict[tuple[str, object], list[Drawn]] = {}


@pytest.fixture(autouse=True)
def _sweeps_are_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures of a sweep that was drawn before are those: `test_figures_are_the_same_bytes_twice`.

    The small report's would be drawn some ten times.
    """

    def known(result: Sweep) -> list[Drawn]:
        key = json.dumps(SWEEP.written(result), sort_keys=True), figures.lay_out
        if key not in _DRAWN:
            _DRAWN[key] = drawn_figures(result)
        return _DRAWN[key]

    monkeypatch.setattr("reports.sections.sweep.drawn_figures", known)


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


NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first takes about half the time of the whole browser, which has windows to draw."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's chromium, driven by playwright; without any a skip, in CI a failure."""
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
def written(results: Results, once: Once, careful_figures: AsUsersSeeThem) -> Path:
    """Folder of the small report, drawn once in a run; to be read, not changed."""

    def fill(folder: Path) -> None:
        with careful_figures():
            write_report(results, folder)

    return once("small", fill)


@pytest.fixture(scope="session")
def address(written: Path) -> str:
    """Of the small report's page."""
    return (written / "report.html").as_uri()


SECTION = re.compile(r'<section id="([a-z-]+)".*?</section>', re.DOTALL)
EMPTY = '<section style="height: 1000px"></section>'


@pytest.fixture(scope="session")
def explorer_address(written: Path, once: Once) -> str:
    """Of the small report's page with its other sections empty, which take long to lay out.

    They are a screen high: the explorer's map of regions is not computed before it is in view.
    """

    def alone(folder: Path) -> None:
        text = (written / "report.html").read_text()
        lean = SECTION.sub(lambda found: found[0] if found[1] == "explorer" else EMPTY, text)
        assert lean.count("<section id=") == 1 < text.count("<section id=")
        (folder / "report.html").write_text(lean)

    return (once("explorer", alone) / "report.html").as_uri()


@pytest.fixture
def opened(browser: Browser, address: str) -> Callable[..., Iterator[Page]]:
    """Opens the page in a window of some size, at a fragment of its address.

    What the console says or the page asks of others fails the test.
    """
    return opener(browser, address)


def opener(browser: Browser, address: str) -> Callable[..., Iterator[Page]]:
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
def explorer(browser: Browser, explorer_address: str) -> Iterator[Page]:
    """The page of the explorer alone, on a desk."""
    yield from opener(browser, explorer_address)(1400, 900)


@pytest.fixture
def phone(opened: Callable[..., Iterator[Page]]) -> Iterator[Page]:
    """The page on a phone."""
    yield from opened(390, 844)
