"""The sections of the report, found by their modules: each has one `SECTION`."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from typing import Any

from reports.section import Section
from theorems.errors import InputError


@cache
def sections() -> dict[str, Section[Any]]:
    """Every section by its name, in the report's order."""
    found: list[Section[Any]] = [
        import_module(f"{__name__}.{module.name}").SECTION
        for module in pkgutil.iter_modules(__path__)
    ]
    found.sort(key=lambda section: section.place)
    return {section.name: section for section in found}


def leading() -> list[Section[Any]]:
    """What every report begins with, whatever was asked for."""
    return [section for section in sections().values() if section.place < FIRST_TO_CHOOSE]


FIRST_TO_CHOOSE = 10
"""Sections of a lower place are in every report whose law they are for."""


def chosen(text: str | None, preset: str) -> list[Section[Any]]:
    """The sections asked for besides the leading ones, in the report's order.

    Args:
        text: names separated by commas; None takes the preset's.
        preset: by name.

    Raises:
        InputError: for a name that is none.
    """
    optional = {
        name: section for name, section in sections().items() if section.place >= FIRST_TO_CHOOSE
    }
    if text is None:
        return [section for section in optional.values() if preset in section.presets]
    asked = [name.strip() for name in text.split(",") if name.strip()]
    for name in asked:
        if name not in optional:
            raise InputError("sections", name, f"must be among {', '.join(optional)}")
    return [section for name, section in optional.items() if name in asked]
