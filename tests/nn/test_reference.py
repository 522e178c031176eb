"""The committed runs: their documents draw and tabulate, and judge as their numbers say."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from nn import figure2, influence, rounding, stability, table1
from nn.documents import Document
from nn.estimates import over_seeds
from nn.experiments import EXPERIMENTS
from nn.results import Figure2, Table1
from nn.study_results import (
    AblationStudy,
    InfluenceStudy,
    ParityStudy,
    RoundingStudy,
    StabilityStudy,
)
from reports.network_figures import figures
from reports.network_tables import caption, rows

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
REFERENCE = Path(__file__).parents[2] / "reports" / "reference"
#: Runs of the quick preset: on embedded stand-ins, and on MNIST and Omniglot.
QUICK = ("networks-quick", "networks-real-quick")
DOCUMENTS = [path for folder in QUICK for path in sorted((REFERENCE / folder).glob("*.json"))]
DOCUMENTS = [path for path in DOCUMENTS if path.stem in EXPERIMENTS]
ALL = [path for path in sorted(REFERENCE.glob("*/*.json")) if path.stem in EXPERIMENTS]


def _read(path: Path) -> Document:
    text = path.read_text(encoding="utf-8")
    return EXPERIMENTS[path.stem].document_type().model_validate_json(text, strict=True)


def _table1(folder: str) -> Table1:
    document = _read(REFERENCE / folder / "table1.json")
    assert isinstance(document, Table1)
    return document


def _figure2(folder: str) -> Figure2:
    document = _read(REFERENCE / folder / "figure2.json")
    assert isinstance(document, Figure2)
    return document


def test_every_experiment_was_run() -> None:
    trained = {name for name, experiment in EXPERIMENTS.items() if experiment.in_report}
    assert {path.stem for path in DOCUMENTS if path.parent.name == QUICK[0]} == trained
    assert {path.stem for path in DOCUMENTS if path.parent.name == QUICK[1]} >= {
        "table1",
        "figure2",
    }


@pytest.mark.parametrize("path", ALL, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_documents_are_written_as_they_were_read(path: Path) -> None:
    """Byte for byte: keys, their order, whole numbers and fractions."""
    assert len(ALL) >= 13
    assert _read(path).text() == path.read_text(encoding="utf-8")


def test_the_types_of_documents_are_those_of_the_experiments() -> None:
    assert {name: one.document_type().kind for name, one in EXPERIMENTS.items()} == {
        name: name for name in EXPERIMENTS
    }


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_documents_draw_from_json_alone(path: Path, tmp_path: Path) -> None:
    document = _read(path)
    lines = rows(document)
    assert len(lines) == len(document.content()["rows"]) + 1
    assert len({len(line) for line in lines}) == 1
    assert f"Preset quick, {document.seeds} seeds" in caption(document)
    drawn = figures(document, tmp_path)
    assert len(drawn) == (path.stem not in ("composition", "parity"))


@pytest.mark.parametrize("folder", QUICK)
def test_verdicts_follow_from_the_rows(folder: str) -> None:
    table = _table1(folder)
    assert tuple(table1.verdicts(table.rows)) == table.verdicts
    figure = _figure2(folder)
    nines = tuple(sorted({row.nines for row in figure.rows}))
    assert tuple(figure2.verdicts(figure.rows, nines)) == figure.verdicts


def test_the_real_run_says_what_it_saw() -> None:
    for document in (_table1(QUICK[1]), _figure2(QUICK[1])):
        assert document.sources.startswith("MNIST (1200 training images) and")
    told = json.loads((REFERENCE / QUICK[1] / "provenance.json").read_text())
    for row in _table1(QUICK[1]).rows:
        if row.model in ("sum", "cross-channel"):
            assert f"{row.test_loss.median:.3g}" in told["seen"]


def test_the_part_of_the_paper_preset_is_labelled_and_judges_nothing() -> None:
    document = _table1("networks-paper-cpu")
    assert (document.preset, document.device, document.seeds) == ("paper", "cpu", 1)
    settings = document.settings
    assert (settings.epochs, settings.preset_epochs) == (3, 60)
    assert (settings.samples, settings.encoder) == (32000, "resnet18")
    assert {one.verdict for one in document.verdicts} == {"inconclusive"}
    assert over_seeds(table1.verdicts(document.rows), 1) == document.verdicts
    told = json.loads((REFERENCE / "networks-paper-cpu" / "provenance.json").read_text())
    assert "3 of its 60 epochs" in told["what"]
    for row in document.rows:
        assert f"{row.test_loss.median:.3g}" in told["seen"]


def test_the_mnist_preset_is_told_as_it_was() -> None:
    folder = "networks-mnist"
    document = _table1(folder)
    assert (document.preset, document.seeds) == ("mnist", 3)
    assert tuple(table1.verdicts(document.rows)) == document.verdicts
    found = Counter(one.verdict for one in document.verdicts)
    assert found == {"holds": 5, "inconclusive": 2, "refuted": 1}
    rows = _figure2(folder).rows
    losses = {(row.model, row.nines): f"{row.test_loss.median:.3g}" for row in rows}
    for key in [("sum", 10), ("sum", 2560), ("cross-channel", 10), ("cross-channel", 2560)]:
        assert losses[key].removesuffix(".0") in README
    told = json.loads((REFERENCE / folder / "provenance.json").read_text())
    assert len(document.rows) == 8
    for row in document.rows:
        assert row.title.endswith(", 1/8 width")
        assert f"{row.test_loss.median:.3g}" in told["seen"]
        assert f"{row.test_loss.median:.3g}".lstrip("0") in README


@pytest.mark.parametrize("folder", QUICK)
def test_the_pattern_of_the_paper_was_seen(folder: str) -> None:
    verdicts = _table1(folder).verdicts + _figure2(folder).verdicts
    claims = [one for one in verdicts if one.origin == "paper"]
    assert not [one for one in claims if one.verdict in ("refuted", "no number")]
    held = {one.id for one in claims if one.verdict == "holds"}
    assert {"low-sum", "switch-linear", "falls-sum"} <= held
    assert held & {"bad-cross-channel-off", "bad-cross-channel-on"}


def test_the_influence_of_samples_is_told_as_it_was() -> None:
    document = _read(REFERENCE / QUICK[1] / "influence.json")
    assert isinstance(document, InfluenceStudy)
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
    document = _read(REFERENCE / QUICK[1] / "rounding.json")
    assert isinstance(document, RoundingStudy)
    assert rounding.verdicts(document.rows, document.seeds) == document.verdicts
    off, on = document.rows
    # The plain trainings are Table 1's, to the last digit.
    for row, memorizing in ((off, True), (on, False)):
        (losses,) = [
            one.test_loss.values
            for one in _table1(QUICK[1]).rows
            if one.model == "sum" and one.memorizing == memorizing
        ]
        assert row.ways[0].losses == losses
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
    document = _read(REFERENCE / QUICK[1] / "parity.json")
    assert isinstance(document, ParityStudy)
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


def test_the_price_of_stability_is_told_as_it_was() -> None:
    document = _read(REFERENCE / QUICK[1] / "stability.json")
    assert isinstance(document, StabilityStudy)
    assert (document.preset, document.seeds) == ("quick", 8)
    assert document.verdicts == tuple(stability.judged(row) for row in document.rows if row.least)
    assert Counter(one.verdict for one in document.verdicts) == {"holds": 10}
    told = json.loads((REFERENCE / QUICK[1] / "provenance.json").read_text())
    said = told["studies"]["stability"]["seen"]
    rows = {(row.sampled, row.kept): row for row in document.rows}
    for kept in (0.1, 0.5, 1):
        row = rows["all", kept]
        assert f"{row.least:.3g}" in said
        assert f"{row.least:.3g}" in README
        assert f"{row.single.mean:.3g}" in said
        assert f"{row.single.mean:.3g}" in README
        assert f"{row.pairs.mean:.3g}" in said
        assert f"{row.least_of_pairs:.3g}" in said
        assert f"{rows['one-shot', kept].single.mean:.3g}" in said
    assert rows["all", 1].single == rows["one-shot", 1].single
    slope = (rows["all", 0.1].single.mean - rows["all", 1].single.mean) / 0.9
    assert f"{slope / document.energy:.2g} times" in README
    # The two ways to leave samples out differ by less than their intervals.
    for kept in (0.1, 0.3, 0.5, 0.7, 0.9):
        one, other = rows["all", kept].single.interval, rows["one-shot", kept].single.interval
        assert one is not None
        assert other is not None
        assert one.low < other.high
        assert other.low < one.high


def test_the_ablation_is_of_trainings_that_are_kept() -> None:
    folder = REFERENCE / "networks-mnist"
    document = _read(REFERENCE / "networks-mnist" / "ablation.json")
    assert isinstance(document, AblationStudy)
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
