"""The fuzz campaign, shortly: part of the table of bad inputs, some processes, some documents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reports.figures import Drawn
from reports.results import Results, results_bytes
from tests.campaigns import bad_inputs, fuzz, results_fuzz


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LONGTAIL_CACHE", str(tmp_path / "cache"))


def test_the_table_is_long_and_no_input_stands_in_it_twice(tmp_path: Path) -> None:
    table = bad_inputs.calls(tmp_path)
    assert len(set(table)) == len(table)
    assert len(table) + len(bad_inputs.functions()) >= 250


def test_bad_input_gets_one_line_and_status_2(tmp_path: Path) -> None:
    table = bad_inputs.calls(tmp_path)
    count, wrong = fuzz.tried(table[::8], bad_inputs.functions(), 1)
    assert count > 120
    assert wrong == []


def test_the_campaign_sees_what_is_accepted_or_loud() -> None:
    assert fuzz.called(bad_inputs.Call(("list",))) is not None
    assert fuzz.refused(lambda: 1) == "accepted"
    assert fuzz.refused(lambda: [][1]) is not None
    assert fuzz.wrong_answer(2, "", "longtail: \x1b[31m\n") is not None
    assert fuzz.wrong_answer(2, "", "longtail: a\nb\n") is not None


@pytest.fixture(scope="module")
def sound(results: Results) -> tuple[Any, list[Drawn]]:
    """The small report as a document, and its figures."""
    document = json.loads(results_bytes(results))
    return document, results_fuzz.pictures_of(document)


def test_changed_results_are_refused_or_drawn_as_text(
    tmp_path: Path, sound: tuple[Any, list[Drawn]]
) -> None:
    became: list[str] = []
    results_fuzz.property_of(*sound, tmp_path, 8, became.append)()
    assert len(became) == 8


@pytest.mark.parametrize("text", results_fuzz.TEXTS)
def test_markup_in_every_text_of_a_document_is_shown_as_text(
    tmp_path: Path, sound: tuple[Any, list[Drawn]], text: str
) -> None:
    def everywhere(part: Any, key: str = "") -> Any:
        if isinstance(part, dict):
            return {name: everywhere(one, name) for name, one in part.items()}
        if isinstance(part, list):
            return [everywhere(one, key) for one in part]
        free = key in {"reason", "title", "quantity", "text", "label", "note", "paper", "seen"}
        return text if free or key in {"read_as", "command", "commit", "method"} else part

    document, pictures = sound
    became, wrong = results_fuzz.drawn(everywhere(document), tmp_path, pictures)
    assert (became, wrong) == ("drawn", [])


def test_the_campaign_sees_markup_that_is_obeyed() -> None:
    marker = results_fuzz.MARKER
    for page, markdown in (
        (f"<img src=x onerror={marker}()>", ""),
        (f"<a href='javascript:{marker}'>", ""),
        (f"<script>{marker}()</script>", ""),
        ("", f"text <script>{marker}()"),
        ("", f"[a](javascript:{marker})"),
        ("", f"## {marker}"),
    ):
        assert results_fuzz.believed(page, markdown), (page, markdown)
