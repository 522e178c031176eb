"""Figures of reports as SVG alone: their PNG is one pixel, but where a test asks for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

ONE_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c636000000002000148afa4710000000049454e44ae426082"
)


@pytest.fixture(scope="session", autouse=True)
def _drawn() -> Iterator[object]:
    """What draws them. It is imported here: who hands out the tests need not know of figures."""
    from reports import figures

    drawn = figures.pixels
    # Pixels take as long as the SVG, and only where they are looked at they tell more.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figures, "pixels", lambda _: ONE_PIXEL)
        yield drawn


@pytest.fixture
def all_pixels(monkeypatch: pytest.MonkeyPatch, _drawn: object) -> None:
    """PNG as users have it."""
    monkeypatch.setattr("reports.figures.pixels", _drawn)
