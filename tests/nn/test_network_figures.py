"""Figures and rows from a document alone, also where runs gave no number."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nn.estimates import mean_of, median_of
from nn.models import OF_PAPER
from nn.table1 import verdicts
from reports.network_figures import figures
from reports.network_tables import caption, rows


def _table1(values: list[float | None]) -> dict[str, Any]:
    out = []
    for memorizing in (True, False):
        for model in OF_PAPER:
            losses = {
                key: median_of(values)
                for key in (
                    "train_loss",
                    "one_shot_loss",
                    "test_loss",
                    "in_distribution_loss",
                    "same_position_loss",
                    "constant_loss",
                )
            }
            scores = {key: mean_of(values) for key in ("memorization_score", "memorization_level")}
            out.append(
                {"model": model.name, "title": model.title, "memorizing": memorizing}
                | {"weight_decay": 0.0 if memorizing else 1.0, "paper": None}
                | losses
                | scores
            )
    return {
        "table": "table1",
        "preset": "quick",
        "sources": "none",
        "seeds": len(values),
        "rows": out,
        "verdicts": verdicts(out),
    }


@pytest.mark.parametrize("values", [[1.0, 2.0, 3.0], [1.0, None, 3.0]])
def test_same_document_same_bytes(values: list[float | None], tmp_path: Path) -> None:
    document = json.loads(json.dumps(_table1(values), allow_nan=False))
    first, second = figures(document, tmp_path / "a"), figures(document, tmp_path / "b")
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]
    lines = rows(document)
    assert len(lines) == 9
    assert all(len(line) == len(lines[0]) for line in lines)
    assert "3 seeds" in caption(document)


def test_a_diverged_seed_is_no_number_anywhere() -> None:
    document = _table1([1.0, None, 3.0])
    assert {v["verdict"] for v in document["verdicts"]} == {"no number"}
    assert "no number" in rows(document)[1]


def test_a_document_without_figure(tmp_path: Path) -> None:
    assert figures({"table": "composition", "rows": []}, tmp_path / "none") == []
    assert not (tmp_path / "none").exists()
