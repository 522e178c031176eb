"""The committed quick run: its documents draw and tabulate, and judge as their numbers say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nn import figure2, table1
from nn.estimates import over_seeds
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


def test_the_part_of_the_paper_preset_is_labelled_and_judges_nothing() -> None:
    folder = FOLDER.parent / "networks-paper-cpu"
    document = json.loads((folder / "table1.json").read_text())
    assert (document["preset"], document["device"], document["seeds"]) == ("paper", "cpu", 1)
    settings = document["settings"]
    assert (settings["epochs"], settings["preset_epochs"]) == (3, 60)
    assert (settings["samples"], settings["encoder"]) == (32000, "resnet18")
    assert {v["verdict"] for v in document["verdicts"]} == {"inconclusive"}
    assert over_seeds(table1.verdicts(document["rows"]), 1) == document["verdicts"]
    told = json.loads((folder / "provenance.json").read_text())
    assert "3 of its 60 epochs" in told["what"]
    for row in document["rows"]:
        assert f"{row['test_loss']['median']:.3g}" in told["seen"]


def test_the_pattern_of_the_paper_was_seen() -> None:
    verdicts = _document("table1")["verdicts"] + _document("figure2")["verdicts"]
    claims = [v for v in verdicts if v["origin"] == "paper"]
    assert not [v for v in claims if v["verdict"] in ("refuted", "no number")]
    held = {v["id"] for v in claims if v["verdict"] == "holds"}
    assert {"low-sum", "switch-sum", "bad-cross-channel-off", "falls-sum"} <= held
