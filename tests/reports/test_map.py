"""The map of the theory names every statement, once it is told, in its chapter."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from theorems.catalogue import CHAPTERS, catalogue

MAP = (Path(__file__).resolve().parents[2] / "docs" / "map.md").read_text(encoding="utf-8")

HEADINGS = {
    "structure": ("Structure",),
    "noiseless": ("The loss without noise",),
    "noisy": ("Noise",),
    "stability": ("Memorization is necessary", "The floor"),
    "memorization": ("Memorization as a level",),
    "regimes": ("Regimes",),
}
"""Where the map tells a chapter of the catalogue."""


def told_under(headings: tuple[str, ...]) -> str:
    parts = re.split(r"^## ", MAP, flags=re.M)[1:]
    return "\n".join(part for part in parts if part.startswith(headings))


def identifiers(text: str) -> set[str]:
    return set(re.findall(r"`([a-z]+(?:-[a-z]+)+|exponents|interpolation)`", text))


def test_every_chapter_is_told() -> None:
    assert set(HEADINGS) == {chapter.rpartition(".")[2] for chapter in CHAPTERS}
    headings = re.findall(r"^## (.*)", MAP, re.M)
    assert all(any(one.startswith(h) for one in headings) for hs in HEADINGS.values() for h in hs)


@pytest.mark.parametrize("chapter", HEADINGS)
def test_every_statement_is_told_in_its_chapter(chapter: str) -> None:
    modules = import_module(f"theorems.{chapter}").STATEMENTS
    expected = {import_module(f"theorems.{chapter}.{name}").STATEMENT.id for name in modules}
    assert expected <= identifiers(told_under(HEADINGS[chapter]))


def test_every_name_exists() -> None:
    assert identifiers(MAP) <= set(catalogue)


def test_predictions_and_rates_are_marked() -> None:
    """A prediction stands within a line of the word, a rate of the paper of `paper` or Theorem."""
    for statement in catalogue.values():
        around = [
            MAP[max(0, found.start() - 160) : found.end() + 160]
            for found in re.finditer(f"`{statement.id}`", MAP)
        ]
        if str(statement.origin) == "predicted":
            assert any("predict" in text for text in around), statement.id
        if str(statement.origin) == "paper":
            assert any(re.search("paper|Theorem|Lemma", text) for text in around), statement.id
