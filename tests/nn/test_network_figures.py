"""Figures and rows from a document alone, also where runs gave no number."""

from __future__ import annotations

from pathlib import Path

import pytest

from nn.estimates import mean_of, median_of
from nn.models import OF_PAPER
from nn.results import Composition, Table1, Table1Row, Table1Settings, Table1Thresholds
from nn.table1 import verdicts
from reports.network_figures import figures
from reports.network_tables import caption, rows

REFERENCE = Path(__file__).parents[2] / "reports" / "reference" / "networks-quick"


def _table1(values: list[float | None]) -> Table1:
    losses, scores = median_of(values), mean_of(values)
    rows = tuple(
        Table1Row(
            model=model.name,
            title=model.title,
            memorizing=memorizing,
            weight_decay=0.0 if memorizing else 1.0,
            train_loss=losses,
            one_shot_loss=losses,
            test_loss=losses,
            in_distribution_loss=losses,
            same_position_loss=losses,
            one_shot_loss_without=losses,
            constant_loss=losses,
            memorization_score=scores,
            memorization_level=scores,
            memorization_by_label=(),
            diverged=(),
            paper=None,
        )
        for memorizing in (True, False)
        for model in OF_PAPER
    )
    return Table1(
        preset="quick",
        sources="none",
        device="cpu",
        seed=0,
        seeds=len(values),
        role="test",
        versions={},
        table="table1",
        settings=Table1Settings(
            samples=60,
            image_size=8,
            zipf_exponent=2.0,
            test_samples=20,
            encoder="small",
            widths=(),
            norm="group",
            optimizer="adamw",
            learning_rate=0.01,
            batch=16,
            epochs=1,
            weight_decay=(0.0, 1.0),
        ),
        thresholds=Table1Thresholds(low=0.25, bad=0.5, many=3.0, barely=0.1),
        rows=rows,
        verdicts=tuple(verdicts(rows)),
    )


@pytest.mark.parametrize("values", [[1.0, 2.0, 3.0], [1.0, None, 3.0]])
def test_same_document_same_bytes(values: list[float | None], tmp_path: Path) -> None:
    document = _table1(values)
    again = Table1.model_validate_json(document.text(), strict=True)
    assert again.text() == document.text()
    first, second = figures(document, tmp_path / "a"), figures(again, tmp_path / "b")
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]
    lines = rows(document)
    assert len(lines) == 9
    assert all(len(line) == len(lines[0]) for line in lines)
    assert "3 seeds" in caption(document)


def test_a_diverged_seed_is_no_number_anywhere() -> None:
    document = _table1([1.0, None, 3.0])
    assert {one.verdict for one in document.verdicts} == {"no number"}
    assert "no number" in rows(document)[1]


def test_a_document_without_figure(tmp_path: Path) -> None:
    text = (REFERENCE / "composition.json").read_text(encoding="utf-8")
    document = Composition.model_validate_json(text, strict=True)
    assert figures(document, tmp_path / "none") == []
    assert not (tmp_path / "none").exists()
