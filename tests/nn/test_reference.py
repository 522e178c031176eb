"""The committed quick run: its documents draw and tabulate, and judge as their numbers say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nn import figure2, table1
from reports.network_figures import figures
from reports.network_tables import caption, rows

FOLDER = Path(__file__).parents[2] / "reports" / "reference" / "networks-quick"
NAMES = ("table1", "figure2", "memorization", "linear-theory", "composition")


def _document(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
    return document


@pytest.mark.parametrize("name", NAMES)
def test_documents_draw_from_json_alone(name: str, tmp_path: Path) -> None:
    document = _document(name)
    lines = rows(document)
    assert len(lines) == len(document["rows"]) + 1
    assert len({len(line) for line in lines}) == 1
    assert f"Preset quick, {document['seeds']} seeds" in caption(document)
    drawn = figures(document, tmp_path)
    assert len(drawn) == (name != "composition")


def test_verdicts_follow_from_the_rows() -> None:
    document = _document("table1")
    assert table1.verdicts(document["rows"]) == document["verdicts"]
    document = _document("figure2")
    nines = tuple(sorted({row["nines"] for row in document["rows"]}))
    assert figure2.verdicts(document["rows"], nines) == document["verdicts"]


def test_the_pattern_of_the_paper_was_seen() -> None:
    verdicts = _document("table1")["verdicts"] + _document("figure2")["verdicts"]
    claims = [v for v in verdicts if v["origin"] == "paper"]
    assert not [v for v in claims if v["verdict"] in ("refuted", "no number")]
    held = {v["id"] for v in claims if v["verdict"] == "holds"}
    assert {"low-sum", "switch-sum", "bad-cross-channel-off", "falls-sum"} <= held
