"""The studies beyond the paper's tables: documents, what they judge, bad input."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn.presets
from nn.ablation import factors_named, settings
from nn.documents import Document, Median
from nn.estimates import median_of
from nn.influence import OWN, separation, verdicts
from nn.one_sample import PAIRS
from nn.parity import judged as judged_parity
from nn.presets import MNIST, PAPER, QUICK, Preset
from nn.rounding import variance_share
from nn.stability import TENTHS
from nn.study_results import (
    AblationStudy,
    InfluenceRow,
    InfluenceStudy,
    ParityRow,
    ParityStudy,
    RoundingStudy,
    StabilityStudy,
)
from reports import network_figures
from reports.network_section import read_documents, section
from reports.network_tables import caption, rows
from theorems.errors import InputError

Call = Callable[..., Any]


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch, tiny_preset: Callable[..., Preset]) -> None:
    monkeypatch.setitem(nn.presets.PRESETS, "quick", tiny_preset())


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of each study at two seeds, whose first is the one of a study of one seed."""
    return tmp_path_factory.mktemp("trained")


def _done(call: Call, out: Path, *arguments: str) -> Document:
    done = call("nn", *arguments, "--json", "--out", str(out), "--jobs", "1")
    assert done.status == 0, done.err
    assert (out / f"{arguments[0]}.json").read_text() == done.out
    document = read_documents(str(out))[arguments[0]]
    assert document.text() == done.out
    return document


def _shown(document: Document, figure: bool = True) -> None:
    (part, _) = section({document.kind: document}).parts
    assert len(rows(document)) > len(document.content()["rows"])
    assert {len(row) for row in part.rows} == {len(part.columns)}
    assert caption(document) == part.text
    picture = network_figures.drawn(document)
    assert (picture is not None) == figure
    if picture is not None:
        assert picture.title
        assert picture.see
        assert b"nan" not in picture.svg
        assert len(picture.panels) == (3 if document.kind == "influence" else 2)


@pytest.mark.usefixtures("tiny")
def test_influence_document(trained: Path, call: Call) -> None:
    out = trained / "influence"
    document = _done(call, out, "influence")
    found = document
    assert isinstance(found, InfluenceStudy)
    assert found.pairs == PAIRS
    assert [row.change for row in found.rows] == ["swapped", "corrupted", "placebo"]
    folder = next((out / "nn-runs").iterdir())
    assert len(list(folder.glob("*.json"))) == 2 * (1 + 30)
    losses = {
        (kind, i): json.loads((folder / f"influence-sum-{kind}-seed0.{i}.json").read_text())[
            "losses"
        ]
        for kind in ("none", "swapped-7")
        for i in (0, 1)
    }
    change = [losses["swapped-7", i]["pair-2-7"] - losses["none", i]["pair-2-7"] for i in (0, 1)]
    assert found.rows[0].matrix[7][PAIRS.index((2, 7))] == pytest.approx(sum(change) / 2)
    own, others = [], []
    for which in range(10):
        file = folder / f"influence-sum-swapped-{which}-seed0.1.json"
        seen = json.loads(file.read_text())["losses"]
        for i, j in PAIRS:
            pair = f"pair-{i}-{j}"
            change_ = seen[pair] - losses["none", 1][pair]
            (own if which in (i, j) else others).append(change_)
    first = found.rows[0]
    assert first.own_change is not None
    assert first.own_change.values[1] == pytest.approx(np.mean(own))
    assert first.other_change.values[1] == pytest.approx(np.mean(others))
    assert first.other_size.values[1] == pytest.approx(np.mean(np.abs(others)))
    for row in found.rows:
        assert np.array(row.matrix).shape == (10, 45)
        assert (row.own_change is None) == (row.change == "placebo")
    for row in found.rows[:2]:
        assert row.own_before and row.own_after and row.own_change  # noqa: PT018
        for before, after, change_ in zip(
            row.own_before.values, row.own_after.values, row.own_change.values, strict=True
        ):
            assert change_ == pytest.approx(after - before)  # type: ignore[operator]
    assert len(document.verdicts) == 8
    (part, _) = section({"influence": document}).parts
    (samples,) = part.parts
    assert {len(row) for row in samples.rows} == {5}
    mine = [v for v, pair in zip(first.matrix[3], PAIRS, strict=True) if 3 in pair]
    assert samples.rows[3][:2] == ["3", f"{np.mean(mine):.2f}"]  # type: ignore[arg-type]
    _shown(document)


def _row(change: str, own: float, other: float, size: float, after: float = 10.0) -> InfluenceRow:
    def same(value: float) -> Median:
        return median_of([value, value])

    placebo = change == "placebo"
    return InfluenceRow(
        model="sum",
        title="Sum",
        change=change,  # type: ignore[arg-type]
        own_before=None if placebo else same(1.0),
        own_after=None if placebo else same(after),
        own_change=None if placebo else same(own),
        other_change=same(other),
        other_size=same(size),
        separation=None if placebo else same(0.99 if after > 3 else 0.5),
        in_distribution_change=same(0.0),
        answer_error_before=None,
        answer_error=None,
        matrix=((0.0,) * 45,) * 10,
        diverged=(),
    )


def test_verdicts_of_influence_are_on_both_sides() -> None:
    placebo = _row("placebo", 0, 0, 0.1)
    judged = verdicts([_row("swapped", 9.0, 0.01, 0.1), placebo])
    assert [one.verdict for one in judged] == ["holds"] * 4
    judged = verdicts([_row("swapped", 1.0, -0.5, 0.3, after=2.0), placebo])
    assert [one.verdict for one in judged] == ["refuted"] * 4
    # An interval that holds the threshold decides nothing.
    wide = {"own_after": median_of([2.0, 9.0]), "separation": median_of([0.8, 0.99])}
    wide |= {"other_change": median_of([0.01, 3.0]), "other_size": median_of([0.1, 1.0])}
    row = _row("swapped", 9.0, 0.0, 0.0).model_copy(update=wide)
    assert [one.verdict for one in verdicts([row, placebo])] == ["inconclusive"] * 4


def test_separation_counts_own_above_others() -> None:
    change = np.where(OWN, 1.0, 0.0)
    assert separation(change) == 1.0
    assert separation(-change) == 0.0
    assert separation(np.zeros((10, 45))) == 0.5
    change[0] = 0
    assert separation(change) == pytest.approx(0.95)
    change[0, 0] = math.nan
    assert math.isnan(separation(change))


@pytest.mark.usefixtures("tiny")
def test_rounding_document(trained: Path, call: Call) -> None:
    out = trained / "rounding"
    document = _done(call, out, "rounding", "--copies", "2")
    found = document
    assert isinstance(found, RoundingStudy)
    assert [row.weight_decay for row in found.rows] == [0.0, QUICK.weight_decay]
    for row in found.rows:
        assert [way.way for way in row.ways] == ["plain", "moved", "moved", "threads", "kernels"]
        plain = row.ways[0].losses
        copies = list(zip(*(way.losses for way in row.ways[:3]), strict=True))
        for seen, seed in zip(row.moved_range.values, copies, strict=True):
            # To the last digit: one unit in the last place is what it is about.
            assert seen == max(seed) / min(seed)  # type: ignore[type-var,operator]
            assert seen > 1  # type: ignore[operator]
        assert row.seeds_range == pytest.approx(max(plain) / min(plain))  # type: ignore[type-var,operator]
    table1 = call("nn", "table1", "--json", "--models", "sum", "--out", str(out))
    losses = json.loads(table1.out)["rows"][0]["test_loss"]["values"]
    assert found.rows[0].ways[0].losses == tuple(losses)
    judged = {v["id"]: v["verdict"] for v in json.loads(table1.out)["verdicts"]}
    assert found.rows[0].ways[0].low == judged["low-sum"]
    assert found.switch[0] == judged["switch-sum"]
    assert len(found.switch) == 5
    _shown(document)
    (part, _) = section({"rounding": document}).parts
    (ways,) = part.parts
    assert {len(row) for row in ways.rows} == {len(ways.columns)}
    assert len(ways.rows) == 10


def test_the_share_of_rounding_covers_the_truth() -> None:
    """Of 400 simulated studies 95 % cover; 4.4 standard errors (one in 10^5) are allowed."""
    rng = np.random.default_rng(5)
    for within, between in ((0.3, 0.3), (0.3, 0.0), (0.1, 0.5)):
        truth = within**2 / (within**2 + between**2)
        hits = 0
        for _ in range(400):
            seeds = rng.normal(0, between, (5, 1)) + rng.normal(0, within, (5, 5))
            share, low, high = variance_share(np.exp(seeds).tolist())
            assert share is not None and low is not None and high is not None  # noqa: PT018
            assert low <= share <= high
            hits += low <= truth <= high
        assert abs(hits / 400 - 0.95) < 4.4 * math.sqrt(0.95 * 0.05 / 400) or between == 0
        assert hits / 400 > 0.95 - 4.4 * math.sqrt(0.95 * 0.05 / 400)


def test_no_share_without_numbers() -> None:
    nothing = (None, None, None)
    assert variance_share([[1.0, 2.0]]) == nothing
    assert variance_share([[1.0], [2.0]]) == nothing
    assert variance_share([[1.0, None], [2.0, 3.0]]) == nothing
    assert variance_share([[1.0, 1.0], [2.0, 2.0]]) == (0.0, 0.0, 0.0)


@pytest.mark.usefixtures("tiny")
def test_ablation_document(trained: Path, call: Call) -> None:
    out = trained / "ablation"
    document = _done(call, out, "ablation", "--factors", "norm, width,decay,outputs,lr-half")
    found = document
    assert isinstance(found, AblationStudy)
    assert [row.factor for row in found.rows] == [
        *("none", "norm", "lr", "decay", "decay", "decay", "outputs", "width", "width", "width")
    ]
    assert [row.channels for row in found.rows if row.factor == "width"] == [4, 16, 32]
    assert found.role.startswith("tuning")
    base = found.rows[0]
    assert len(base.test.values) == 2
    low, high = sorted(base.test.values)  # type: ignore[type-var]
    for row in found.rows[1:]:
        (test,) = row.test.values
        assert row.test_factor == pytest.approx(test / base.test.values[0])  # type: ignore[operator]
        assert row.beyond == (not low <= test <= high)  # type: ignore[operator]
    folder = next((out / "nn-runs").iterdir())
    kept = json.loads((folder / "ablation-sum-seed0.0.json").read_text())
    assert kept["losses"]["one_shot_2"] == base.test.values[0]
    # Tuning seeds: not those of Table 1.
    table1 = call("nn", "table1", "--json", "--models", "sum", "--out", str(out))
    assert json.loads(table1.out)["rows"][0]["test_loss"]["values"][0] != base.test.values[0]
    _shown(document)
    assert rows(document)[-1][4] == "0.176"


def test_every_setting_changes_one_thing() -> None:
    for preset in (QUICK, MNIST, PAPER):
        base, *others = settings(preset)
        assert len({setting.slug for setting in others}) == len(others)
        for setting in others:
            changed = [
                name
                for name in ("optimizer", "encoder", "penalty", "outputs")
                if getattr(setting, name) != getattr(base, name)
            ]
            assert changed, setting.slug
            if setting.factor not in ("decay", "together"):
                assert len(changed) == 1
            if setting.factor in ("epochs", "lr", "batch", "clip"):
                name = setting.factor
                back = {name: getattr(base.optimizer, name)}
                assert replace(setting.optimizer, **back) == base.optimizer
    assert factors_named(None) == {s.factor for s in settings(QUICK) if s.slug}


@pytest.mark.usefixtures("tiny")
def test_parity_document(trained: Path, call: Call) -> None:
    out = trained / "parity"
    document = _done(call, out, "parity")
    found = document
    assert isinstance(found, ParityStudy)
    assert [row.model for row in found.rows] == ["product", "two-layer", "cross-channel", "sum"]
    assert [one.id for one in found.verdicts] == [
        "composes-parity-product",
        "composes-parity-two-layer",
        "fails-parity-cross-channel",
        "fails-parity-sum",
    ]
    folder = next((out / "nn-runs").iterdir())
    kept = json.loads((folder / "parity-sum-seed0.1.json").read_text())
    share = kept["losses"]["one_shot_2"] / kept["baselines"]["one_shot_2"]
    assert found.rows[3].test_share.values[1] == pytest.approx(share)
    assert set(kept["probe_targets"]) <= {1.0, -1.0}
    _shown(document, figure=False)


@pytest.mark.usefixtures("tiny")
def test_stability_document(trained: Path, call: Call) -> None:
    out = trained / "stability"
    found = _done(call, out, "stability")
    assert isinstance(found, StabilityStudy)
    assert [(row.sampled, row.kept) for row in found.rows] == [
        (sampled, tenths / 10) for sampled in ("one-shot", "all") for tenths in TENTHS
    ]
    folder = next((out / "nn-runs").iterdir())
    kept = json.loads((folder / "stability-all-3-seed0.1.json").read_text())
    (row,) = [row for row in found.rows if (row.sampled, row.kept) == ("all", 0.3)]
    assert row.single.values[1] == pytest.approx(kept["losses"]["one_shot_1"])
    assert row.pairs.values[1] == pytest.approx(kept["losses"]["one_shot_2"])
    # Where all is kept there is one training of each seed, and both rows show it.
    whole = [row for row in found.rows if row.kept == 1]
    assert whole[0].single == whole[1].single
    assert len(list(folder.glob("stability-whole-*.json"))) == found.seeds
    # There the theorem says nothing, so nothing is judged.
    assert len(found.verdicts) == 2 * (len(TENTHS) - 1)
    _shown(found)


def test_documents_of_another_shape_are_refused() -> None:
    rows = (_row("placebo", 0, 0, 0.1),)
    head = dict.fromkeys(("preset", "sources", "device", "role"), "x") | {"seed": 0, "seeds": 2}
    head |= {"versions": {}, "table": "influence", "verdicts": ()}
    head |= {"tests_per_pair": 9, "label_error": 3, "rows": rows}
    assert InfluenceStudy.model_validate(head | {"pairs": PAIRS}).rows == rows
    with pytest.raises(ValueError, match="must be 10 rows of 44 pairs"):
        InfluenceStudy.model_validate(head | {"pairs": PAIRS[:-1]})


@pytest.mark.parametrize(
    ("shares", "composes", "fails"),
    [
        ([0.01, 0.1], "holds", "refuted"),
        ([0.6, 0.9], "refuted", "holds"),
        ([0.1, 0.9], "inconclusive", "inconclusive"),
        ([0.1, None], "no number", "no number"),
    ],
)
def test_verdicts_on_parity(shares: list[float | None], composes: str, fails: str) -> None:
    one = median_of([1.0, 1.0])
    for model, word in (("product", composes), ("two-layer", composes), ("sum", fails)):
        row = ParityRow(
            model=model,
            title=model,
            train_share=one,
            one_shot_share=one,
            test_share=median_of(shares),
            in_distribution_share=one,
            diverged=(),
        )
        assert judged_parity(row).verdict == word


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize("command", ["influence", "rounding", "ablation", "parity", "stability"])
def test_one_seed_decides_nothing(command: str, trained: Path, tmp_path: Path, call: Call) -> None:
    runs = trained / command / "nn-runs"
    if runs.exists():
        shutil.copytree(runs, tmp_path / "nn-runs")
    part = {"ablation": ["--factors", "lr"], "rounding": ["--copies", "1"]}.get(command, [])
    document = _done(call, tmp_path, command, *part, "--seeds", "1")
    words = {one.verdict for one in document.verdicts}
    assert words <= {"inconclusive", "no number"}
    _shown(document, figure=command != "parity")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["influence", "--models", "max"], "--models = max: must be among sum"),
        (["rounding", "--copies", "0"], "--copies = 0: must be 1 or more"),
        (["ablation", "--factors", "moon"], "--factors = moon: must be among epochs, norm"),
        (["ablation", "--factors", ""], "--factors = : must be among epochs, norm"),
        (["parity", "--preset", "huge"], "--preset = huge: must be one of quick, mnist, paper"),
        (["ablation", "--preset", "mnist"], "--preset = mnist: needs MNIST and Omniglot"),
    ],
)
def test_bad_input(arguments: list[str], line: str, tmp_path: Path, call: Call) -> None:
    done = call("nn", *arguments, "--out", str(tmp_path / "out"))
    assert done.status == 2
    assert done.err.startswith(f"longtail: {line}")
    assert done.err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_factors_are_refused_by_name() -> None:
    with pytest.raises(InputError, match="factors"):
        factors_named("lr,none")


@pytest.mark.usefixtures("tiny")
def test_a_diverged_training_leaves_a_gap(
    tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nn.training.DIVERGED", 0.0)
    once = replace(nn.presets.PRESETS["quick"], seeds=1)
    monkeypatch.setitem(nn.presets.PRESETS, "quick", once)
    for command in ("influence", "rounding", "ablation", "parity", "stability"):
        document = _done(call, tmp_path / command, command)
        assert {one.verdict for one in document.verdicts} <= {"no number", "inconclusive"}
        (part, _) = section({command: document}).parts
        assert any("diverged" in note for note in part.notes)
        network_figures.drawn(document)


@pytest.mark.parametrize("name", ["influence", "rounding", "parity"])
@pytest.mark.parametrize("change", ["without", "more", "text"])
def test_a_damaged_document_is_refused(name: str, change: str, tmp_path: Path) -> None:
    reference = Path(__file__).parents[2] / "reports" / "reference" / "networks-real-quick"
    document = json.loads((reference / f"{name}.json").read_text())
    file = tmp_path / f"{name}.json"
    file.write_text(json.dumps(document))
    assert read_documents(str(tmp_path))[name].content() == document
    if change == "without":
        del document["rows"][0]["title"]
    elif change == "more":
        document["rows"][0]["surplus"] = 1
    else:
        document["rows"][0]["model"] = 5
    file.write_text(json.dumps(document))
    with pytest.raises(InputError, match=f"must be a whole document of longtail nn {name}"):
        read_documents(str(tmp_path))
