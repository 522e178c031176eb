"""What the tests of the explorer read off its page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from playwright.sync_api import Page

DRAWN = "document.getElementById('explorer').dataset.drawn"

Opened = Callable[..., Iterator[Page]]


def drawn(page: Page) -> Page:
    page.wait_for_function(DRAWN)
    return page


def side(page: Page, name: str) -> float:
    """Of the setting shown, once it is evaluated."""
    drawn(page)
    cell = page.locator(f"#explorer td[data-side='{name}']")
    return float(cell.get_attribute("data-value") or "nan")


def slider(page: Page, name: str) -> Any:
    return page.locator(f"#explorer input[type='range'][aria-label='{name}, slider']")
