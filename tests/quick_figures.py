"""Figures of reports that are drawn quickly, but where a test asks for what users see.

They are not laid out, so that texts may lie on one another, and their PNG is one pixel. Either
takes about as long as the rest of drawing, and only where a picture is looked at it tells more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from types import ModuleType
from typing import Any

import pytest

ONE_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c636000000002000148afa4710000000049454e44ae426082"
)

AsUsersSeeThem = Callable[[], AbstractContextManager[None]]


@pytest.fixture(scope="session", autouse=True)
def careful_figures() -> Iterator[AsUsersSeeThem]:
    """A context in which figures are drawn as users see them."""
    # Imported here: the process that hands out the tests draws nothing.
    from reports import figures

    drawn = {"lay_out": figures.lay_out, "pixels": figures.pixels}
    quick = {"lay_out": lambda _: None, "pixels": lambda _: ONE_PIXEL}
    with _patched(figures, quick):
        yield partial(_patched, figures, drawn)


@contextmanager
def _patched(module: ModuleType, functions: dict[str, Callable[[Any], Any]]) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name, function in functions.items():
            patch.setattr(module, name, function)
        yield


@pytest.fixture
def as_users_see_them(careful_figures: AsUsersSeeThem) -> Iterator[None]:
    """Figures as users see them, for a whole test."""
    with careful_figures():
        yield
