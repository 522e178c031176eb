"""The committed runs: their documents draw and tabulate, and judge as their numbers say."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from nn import figure2, influence, rounding, table1
from nn.estimates import over_seeds
from nn.experiments import EXPERIMENTS
from nn.study_records import Ablation, Influence, Parity, Rounding
from reports.network_figures import figures
from reports.network_tables import caption, rows

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
REFERENCE = Path(__file__).parents[2] / "reports" / "reference"
#: Runs of the quick preset: on embedded stand-ins, and on MNIST and Omniglot.
QUICK = ("networks-quick", "networks-real-quick")
DOCUMENTS = [path for folder in QUICK for path in sorted((REFERENCE / folder).glob("*.json"))]
DOCUMENTS = [path for path in DOCUMENTS if path.stem in EXPERIMENTS]


def _document(folder: str, name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((REFERENCE / folder / f"{name}.json").read_text())
    return document


def test_every_experiment_was_run() -> None:
    trained = {name for name, experiment in EXPERIMENTS.items() if experiment.in_report}
    assert {path.stem for path in DOCUMENTS if path.parent.name == QUICK[0]} == trained
    assert {path.stem for path in DOCUMENTS if path.parent.name == QUICK[1]} >= {
        "table1",
        "figure2",
    }


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_documents_draw_from_json_alone(path: Path, tmp_path: Path) -> None:
    document = _document(path.parent.name, path.stem)
    lines = rows(document)
    assert len(lines) == len(document["rows"]) + 1
    assert len({len(line) for line in lines}) == 1
    assert f"Preset quick, {document['seeds']} seeds" in caption(document)
    drawn = figures(document, tmp_path)
    assert len(drawn) == (path.stem not in ("composition", "parity"))


@pytest.mark.parametrize("folder", QUICK)
def test_verdicts_follow_from_the_rows(folder: str) -> None:
    document = _document(folder, "table1")
    assert table1.verdicts(document["rows"]) == document["verdicts"]
    document = _document(folder, "figure2")
    nines = tuple(sorted({row["nines"] for row in document["rows"]}))
    assert figure2.verdicts(document["rows"], nines) == document["verdicts"]


def test_the_real_run_says_what_it_saw() -> None:
    for name in ("table1", "figure2"):
        assert _document(QUICK[1], name)["sources"].startswith("MNIST (1200 training images) and")
    told = json.loads((REFERENCE / QUICK[1] / "provenance.json").read_text())
    for row in _document(QUICK[1], "table1")["rows"]:
        if row["model"] in ("sum", "cross-channel"):
            assert f"{row['test_loss']['median']:.3g}" in told["seen"]


def test_the_part_of_the_paper_preset_is_labelled_and_judges_nothing() -> None:
    folder = REFERENCE / "networks-paper-cpu"
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


def test_the_mnist_preset_is_told_as_it_was() -> None:
    folder = "networks-mnist"
    document = _document(folder, "table1")
    assert (document["preset"], document["seeds"]) == ("mnist", 3)
    assert table1.verdicts(document["rows"]) == document["verdicts"]
    found = Counter(one["verdict"] for one in document["verdicts"])
    assert found == {"holds": 5, "inconclusive": 2, "refuted": 1}
    rows = _document(folder, "figure2")["rows"]
    losses = {(row["model"], row["nines"]): f"{row['test_loss']['median']:.3g}" for row in rows}
    for key in [("sum", 10), ("sum", 2560), ("cross-channel", 10), ("cross-channel", 2560)]:
        assert losses[key].removesuffix(".0") in README
    told = json.loads((REFERENCE / folder / "provenance.json").read_text())
    assert len(document["rows"]) == 8
    for row in document["rows"]:
        assert row["title"].endswith(", 1/8 width")
        assert f"{row['test_loss']['median']:.3g}" in told["seen"]
        assert f"{row['test_loss']['median']:.3g}".lstrip("0") in README


@pytest.mark.parametrize("folder", QUICK)
def test_the_pattern_of_the_paper_was_seen(folder: str) -> None:
    verdicts = _document(folder, "table1")["verdicts"] + _document(folder, "figure2")["verdicts"]
    claims = [v for v in verdicts if v["origin"] == "paper"]
    assert not [v for v in claims if v["verdict"] in ("refuted", "no number")]
    held = {v["id"] for v in claims if v["verdict"] == "holds"}
    assert {"low-sum", "switch-linear", "falls-sum"} <= held
    assert held & {"bad-cross-channel-off", "bad-cross-channel-on"}


def test_the_influence_of_samples_is_told_as_it_was() -> None:
    document = Influence.model_validate(_document(QUICK[1], "influence"))
    assert (document.preset, document.seeds) == ("quick", 3)
    assert influence.verdicts(document.rows) == document.verdicts
    told = json.loads((REFERENCE / QUICK[1] / "provenance.json").read_text())
    said = told["studies"]["influence"]["seen"]
    swapped, corrupted, placebo = document.rows
    for row in (swapped, corrupted):
        seen = (row.own_before, row.own_after, row.other_change, row.other_size, row.separation)
        for one in seen:
            assert one is not None
            assert f"{one.median:.3g}" in said
    assert f"{placebo.other_size.median:.3g}" in said
    for one in (swapped.own_before, swapped.own_after, corrupted.own_after, swapped.separation):
        assert one is not None
        assert f"{one.median:.3g}".lstrip("0") in README
    for size in (swapped.other_size, corrupted.other_size, placebo.other_size):
        assert f"{size.median:.2f}".lstrip("0") in README
    words = {one.id: one.verdict for one in document.verdicts}
    assert [name for name, word in words.items() if word != "holds"] == [
        "exactly-its-own-swapped-sum"
    ]


def test_rounding_is_told_as_it_was() -> None:
    document = Rounding.model_validate(_document(QUICK[1], "rounding"))
    assert rounding.verdicts(document.rows, document.seeds) == document.verdicts
    off, on = document.rows
    table = _document(QUICK[1], "table1")["rows"]
    # The plain trainings are Table 1's, to the last digit.
    for row, memorizing in ((off, True), (on, False)):
        (losses,) = [
            r["test_loss"]["values"]
            for r in table
            if r["model"] == "sum" and r["memorizing"] == memorizing
        ]
        assert row.ways[0].losses == tuple(losses)
    told = json.loads((REFERENCE / QUICK[1] / "provenance.json").read_text())
    said = told["studies"]["rounding"]["seen"]
    for row in document.rows:
        for one in (row.moved_range, row.threads_factor, row.kernels_factor):
            assert f"{one.median:.3g}" in said
        assert f"{row.seeds_range:.3g}" in said
        assert f"{row.share:.2f} [{row.share_low:.2f}, {row.share_high:.2f}]" in said
    for number in (off.moved_range.median, off.threads_factor.median, off.kernels_factor.median):
        assert f"{number:.3g}" in README
    assert f"{off.share:.2f}".lstrip("0") in README
    assert Counter(document.switch) == {"inconclusive": 3, "holds": 2}
    assert {way.low for way in off.ways} == {"holds"}


def test_the_parity_is_told_as_it_was() -> None:
    document = Parity.model_validate(_document(QUICK[1], "parity"))
    told = json.loads((REFERENCE / QUICK[1] / "provenance.json").read_text())
    said = told["studies"]["parity"]["seen"]
    product, two_layer, *others = document.rows
    share = product.test_share
    assert f"{share.median:.3g} [{share.ci_low:.3g}, {share.ci_high:.3g}]" in said
    for one in (product.train_share, product.one_shot_share, product.in_distribution_share):
        assert f"{one.median:.2g}" in said
    assert f"{two_layer.test_share.median:.3g}" in said
    for row in others:
        assert row.train_share.median == pytest.approx(1, abs=0.05)
    words = {one.id: one.verdict for one in document.verdicts}
    assert words["composes-parity-product"] == "refuted"
    assert "refutes that it composes" in said


def test_the_ablation_is_of_trainings_that_are_kept() -> None:
    folder = REFERENCE / "networks-mnist"
    document = Ablation.model_validate(_document("networks-mnist", "ablation"))
    assert document.preset == "mnist"
    assert document.role.startswith("tuning")
    (kept,) = (folder / "nn-runs").iterdir()
    texts = [file.read_text() for file in kept.glob("ablation-sum*.json")]
    found = [json.loads(text)["losses"]["one_shot_2"] for text in texts]
    shown = [loss for row in document.rows for loss in row.test.values]
    assert sorted(found) == sorted(shown)  # type: ignore[type-var]
    told = json.loads((folder / "provenance.json").read_text())
    said = told["studies"]["ablation"]["seen"]
    for loss in shown:
        assert f"{loss:.3g}" in said
        assert f"{loss:.3g}".lstrip("0") in README
