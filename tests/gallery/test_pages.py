"""The gallery's pages run, print what stands in them, and are where the README says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.gallery.pages import FOLDER, Ran, matches, pages, run, written
from theorems.catalogue import catalogue

README = (FOLDER.parents[1] / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.stem)
def test_a_page_does_what_it_says(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LONGTAIL_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "200")
    before = set(catalogue)
    ran = list(run(page, tmp_path))
    assert ran
    for one in ran:
        if one.told is not None:
            assert matches(one.told, one.printed), one.printed
    assert set(catalogue) == before
    figures = re.findall(r"!\[([^]]+)\]\(([^)]+)\)", page.read_text(encoding="utf-8"))
    for told, name in figures:
        assert len(told) > 20
        assert (FOLDER / name).stat().st_size < 150_000
        assert (tmp_path / name).exists()


WIDE = 100
"""Characters of a line that the page of a repository shows without scrolling."""


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.stem)
def test_no_block_is_wider_than_the_page_that_shows_it(page: Path) -> None:
    blocks = re.findall(r"^```\w+\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S)
    assert blocks
    assert [line for block in blocks for line in block.splitlines() if len(line) > WIDE] == []


def test_output_that_differs_is_seen() -> None:
    assert matches("a\nb\n", "a\nb\n")
    assert not matches("a\nb\n", "a\nc\n")
    assert not matches("a\n", "a\nb\n")
    assert matches("...\n3 rows; ...\n", "much\nmore\n3 rows; and 2\n")
    assert not matches("...\n3 rows; ...\n", "much\nmore\n4 rows; and 2\n")


def test_output_is_written_where_it_stood(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Page\n\n```python\nprint(1)\n```\n\n```text\n2\n```\n\nEnd.\n")
    (ran,) = run(page, tmp_path)
    assert ran == Ran("print(1)\n", "2\n", "1\n")
    assert written(page, [ran]) == page.read_text().replace("2", "1")


def test_the_list_names_every_page_and_the_readme_the_list() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"\]\(([a-z-]+\.md)\)", text)
    assert sorted(named) == sorted(page.name for page in pages())
    assert 8 <= len(named) <= 10
    assert "docs/gallery/README.md" in README
    for page in pages():
        title = page.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")
        assert f"[{title}]({page.name})" in text
