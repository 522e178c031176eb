"""What a varied training changes, and that it changes nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from nn import training
from nn.kept import KeptRun
from nn.one_sample import LABEL_ERROR, PAIRS, OneSampleRun, one_shot_start, pair_test
from nn.other_setting import SettingRun
from nn.parities import ParityRun
from nn.rounded import RoundedRun
from nn.runs import Optimizer, Run
from nn.triples import Draw
from nn.varied import VariedRun, train, varied

Tiny = Callable[..., Run]


@pytest.fixture
def run(tiny_run: Tiny) -> Run:
    return tiny_run(name="tiny-seed0.0")


def _changed(run: Run, change: str, which: int) -> tuple[Draw, Draw]:
    return training.drawn(run), varied(OneSampleRun, run, "x", change=change, which=which).data()


def _weights(run: VariedRun) -> torch.Tensor:
    state = training._Training(run, run.data())
    run.begun(state)
    return torch.nn.utils.parameters_to_vector(state.model.parameters()).detach()


@pytest.mark.parametrize("kind", [VariedRun, OneSampleRun, RoundedRun, SettingRun])
def test_nothing_varied_is_the_plain_training(
    kind: type[VariedRun], run: Run, tmp_path: Path
) -> None:
    plain, same = train(run, tmp_path), train(varied(kind, run, "same"), tmp_path)
    for name in ("train", "one_shot", "in_distribution"):
        assert same.losses[name] == plain.losses[name]
    assert same.probe_predictions == plain.probe_predictions
    assert same.fingerprint != plain.fingerprint


def test_a_varied_training_is_kept_and_told_apart(run: Run, tmp_path: Path) -> None:
    one = varied(OneSampleRun, run, "one", change="swapped", which=3)
    first = train(one, tmp_path)
    kept = (tmp_path / "one-seed0.0.json").read_bytes()
    again = []
    assert train(one, tmp_path, lambda: again.append(1)) == first
    assert len(again) == run.optimizer.epochs
    assert (tmp_path / "one-seed0.0.json").read_bytes() == kept
    others = [
        replace(one, change="corrupted"),
        replace(one, which=4),
        varied(RoundedRun, run, "one", moved=0),
        varied(RoundedRun, run, "one", moved=1),
        varied(RoundedRun, run, "one", threads=2),
        varied(SettingRun, run, "one", penalty=True),
        varied(ParityRun, run, "one"),
        varied(KeptRun, run, "one", tenths=5),
        varied(KeptRun, run, "one", tenths=5, sampled="all"),
    ]
    prints = [one.fingerprint, run.fingerprint, *(other.fingerprint for other in others)]
    assert len(set(prints)) == len(prints)


def test_a_killed_varied_training_resumes(run: Run, tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    one = varied(RoundedRun, run, "moved", moved=1)

    class KilledError(Exception):
        pass

    def kill() -> None:
        raise KilledError

    with pytest.raises(KilledError):
        train(one, broken, kill)
    assert (broken / "moved-seed0.0.checkpoint").exists()
    assert train(one, broken) == train(one, whole)


@pytest.mark.parametrize("which", range(10))
def test_a_swap_takes_one_image_for_another_of_its_label(run: Run, which: int) -> None:
    plain, swapped = _changed(run, "swapped", which)
    different = np.argwhere(plain.train.images != swapped.train.images)
    ((row, channel),) = different
    assert row == plain.probe_rows[which]
    assert plain.train.images[row, channel] == one_shot_start(plain) + which
    new = swapped.train.images[row, channel]
    # It is an ordinary training image of the label that the one-shot image carries.
    assert new < one_shot_start(plain)
    assert set(plain.train.labels[plain.train.images == new]) == {which}
    assert (plain.train.labels == swapped.train.labels).all()
    assert (plain.train.target == swapped.train.target).all()
    # The answer to the sample as it was is still asked for.
    assert (swapped.probe.images == plain.probe.images).all()


@pytest.mark.parametrize("which", [0, 4, 5, 9])
def test_a_corrupted_label_is_one_target(run: Run, which: int) -> None:
    plain, corrupted = _changed(run, "corrupted", which)
    assert (plain.train.images == corrupted.train.images).all()
    (row,) = np.flatnonzero(plain.train.target != corrupted.train.target)
    assert row == plain.probe_rows[which]
    error = corrupted.train.target[row] - plain.train.target[row]
    assert error == (LABEL_ERROR if which < 5 else -LABEL_ERROR)
    assert (plain.probe.target == corrupted.probe.target).all()


def test_a_placebo_touches_no_one_shot_sample(run: Run) -> None:
    cells = set()
    for number in range(10):
        plain, placebo = _changed(run, "placebo", number)
        ((row, channel),) = np.argwhere(plain.train.images != placebo.train.images)
        cells.add((int(row), int(channel)))
        assert row not in plain.probe_rows
        new = placebo.train.images[row, channel]
        assert new < one_shot_start(plain)
        label = plain.train.labels[row, channel]
        assert set(plain.train.labels[plain.train.images == new]) == {label}
        assert (plain.train.target == placebo.train.target).all()
    assert len(cells) > 5


def test_every_pair_is_tested_alike(run: Run) -> None:
    plain, draw = _changed(run, "none", 0)
    assert len(PAIRS) == 45
    assert set(draw.tests) == {"in_distribution", *(pair_test(*pair) for pair in PAIRS)}
    assert (draw.train.images == plain.train.images).all()
    start, beside = one_shot_start(draw), {}
    for i, j in PAIRS:
        test = draw.tests[pair_test(j, i)]
        shown = np.where(test.images >= start, test.images - start, -1)
        assert (np.sort(shown, axis=1)[:, 1:] == (i, j)).all()
        # All six arrangements in three channels occur.
        assert len({tuple(row) for row in shown.tolist()}) == 6
        assert (test.target == test.labels.sum(axis=1)).all()
        assert ((shown == i) == ((test.labels == i) & (shown >= 0))).all() or i == j
        beside[i, j] = test.images[shown < 0].tolist()
    assert len({tuple(images) for images in beside.values()}) == 1


def test_one_weight_is_moved_by_one_last_digit(run: Run) -> None:
    plain = _weights(varied(RoundedRun, run, "plain"))
    places = set()
    for copy in range(6):
        moved = _weights(varied(RoundedRun, run, "moved", moved=copy))
        (place,) = torch.nonzero(moved != plain)[:, 0].tolist()
        places.add(place)
        up = torch.nextafter(plain[place], torch.tensor(torch.inf))
        assert plain[place] != 0
        assert moved[place] == up
    assert len(places) > 1
    # The same copy moves the same weight.
    assert (_weights(varied(RoundedRun, run, "moved", moved=5)) == moved).all()


def test_threads_and_kernels_are_those_asked_for_and_put_back() -> None:
    run = RoundedRun.__new__(RoundedRun)
    before = torch.get_num_threads()
    object.__setattr__(run, "threads", 2)
    object.__setattr__(run, "own_kernels", True)
    with run.around():
        assert torch.get_num_threads() == 2
        assert not torch.backends.mkldnn.enabled
    assert torch.get_num_threads() == before
    assert torch.backends.mkldnn.enabled


def test_other_kernels_train_another_network(run: Run, tmp_path: Path) -> None:
    plain = train(run, tmp_path)
    other = train(varied(RoundedRun, run, "kernels", own_kernels=True), tmp_path)
    moved = train(varied(RoundedRun, run, "moved", moved=0), tmp_path)
    for one in (other, moved):
        assert one.losses["train"] != plain.losses["train"]
        assert one.losses["train"] == pytest.approx(plain.losses["train"], rel=1e-3)


def test_l2_is_not_decoupled(run: Run, tmp_path: Path) -> None:
    decay = replace(run, optimizer=replace(run.optimizer, weight_decay=0.5))
    decoupled = train(varied(SettingRun, decay, "decoupled"), tmp_path)
    added = train(varied(SettingRun, decay, "added", penalty=True), tmp_path)
    assert decoupled.losses == train(decay, tmp_path).losses
    assert added.losses["train"] != decoupled.losses["train"]
    # Without weight decay both are Adam.
    none = train(varied(SettingRun, run, "none", penalty=True), tmp_path)
    assert none.losses == train(replace(run, name="plain-seed0.0"), tmp_path).losses


def test_several_outputs_are_read_by_one_head(run: Run, tmp_path: Path) -> None:
    several = varied(SettingRun, run, "several", outputs=4)
    state = training._Training(several, several.data())
    several.begun(state)
    assert state.model.head.weight.shape == (1, 12)  # type: ignore[union-attr]
    trained = {id(p) for group in state.optimizer.param_groups for p in group["params"]}
    assert trained == {id(p) for p in state.model.parameters()}
    assert train(several, tmp_path).status == "done"


def test_parities_are_of_the_labels(run: Run) -> None:
    draw = varied(ParityRun, run, "parity").data()
    for triples in (draw.train, draw.probe, *draw.tests.values()):
        even = triples.labels.sum(axis=1) % 2 == 0
        assert (triples.target == np.where(even, 1.0, -1.0)).all()
    assert set(draw.train.target) == {-1.0, 1.0}


def test_an_optimizer_is_the_runs_own(run: Run) -> None:
    sgd = replace(run, optimizer=Optimizer("sgd", lr=0.1, weight_decay=0.1, epochs=1, batch=8))
    one = varied(SettingRun, sgd, "sgd")
    state = training._Training(one, one.data())
    one.begun(state)
    assert isinstance(state.optimizer, torch.optim.SGD)


def test_fair_labels_are_one_of_two_and_beside_everything_else(run: Run) -> None:
    seen = []
    for replicate in range(20):
        one = varied(KeptRun, replace(run, replicate=replicate), "kept", tenths=3)
        labels = one.labels()
        assert ((labels == np.arange(10)) | (labels == 9 - np.arange(10))).all()
        seen.append(labels)
        # What is kept has no part in them.
        assert (labels == replace(one, tenths=10).labels()).all()
        assert (labels == replace(one, sampled="all").labels()).all()
    flips = np.array(seen) != np.arange(10)
    # Fair and independent: 200 coins within four standard deviations of half.
    assert abs(flips.mean() - 0.5) < 4 * 0.5 / np.sqrt(flips.size)
    assert all(0 < column.sum() < len(column) for column in flips.T)


def test_fair_labels_change_only_targets_of_their_images(run: Run) -> None:
    plain = training.drawn(run)
    one = varied(KeptRun, run, "kept")
    draw, labels = one.data(), one.labels()
    start = one_shot_start(plain)
    pairs = [(plain.train, draw.train), (plain.probe, draw.probe)]
    pairs += [(plain.tests[name], draw.tests[name]) for name in plain.tests]
    for before, after in pairs:
        assert (before.images == after.images).all()
        shot = before.images >= start
        assert (before.labels[~shot] == after.labels[~shot]).all()
        assert (after.labels[shot] == labels[before.images[shot] - start]).all()
        assert (after.target == after.labels.sum(axis=1)).all()
    assert draw.kept.all()


@pytest.mark.parametrize("sampled", ["one-shot", "all"])
@pytest.mark.parametrize("tenths", [0, 1, 3, 5, 10])
def test_each_sample_is_kept_with_one_probability(run: Run, sampled: str, tenths: int) -> None:
    shots, share = np.zeros(10), 0.0
    replicates = 60
    for replicate in range(replicates):
        one = varied(
            KeptRun, replace(run, replicate=replicate), "kept", tenths=tenths, sampled=sampled
        )
        draw = one.data()
        kept = draw.kept[draw.probe_rows]
        assert kept.sum() == tenths
        others = np.delete(draw.kept, draw.probe_rows)
        wanted = len(others) * tenths // 10 if sampled == "all" else len(others)
        assert others.sum() == wanted
        shots += kept
        # Spread over the sizes: no one of the five more than one off its share.
        sizes = kept.reshape(2, 5)[0] + kept.reshape(2, 5)[1][::-1].astype(int)
        running = np.cumsum(sizes[::-1]) - np.arange(2, 12, 2) * tenths / 10
        assert np.abs(running).max() <= 1
        share += others.mean()
    error = np.sqrt(tenths / 10 * (1 - tenths / 10) / replicates)
    assert np.abs(shots / replicates - tenths / 10).max() <= 4.5 * error
