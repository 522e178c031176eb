"""The sampling guarantees, as properties over seeds and sizes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nn.sources import Digits, OneShot, Sources, digits, one_shot
from nn.triples import Draw, Task, combine, draw, zipf_law

EMBEDDED = Sources(None, 8)

SEEDS = st.integers(0, 2**32 - 1)


def _sources(seed: int) -> tuple[Digits, OneShot, np.random.Generator]:
    rng = np.random.default_rng(seed)
    return digits(EMBEDDED), one_shot(EMBEDDED, "report", rng), rng


def _draw(seed: int, **task: object) -> Draw:
    source, new, rng = _sources(seed)
    return draw(Task(**({"samples": 80, "tests": 40} | task)), source, new, rng)  # type: ignore[arg-type]


def _bytes(draw_: Draw, rows: np.ndarray) -> set[bytes]:
    return {draw_.pool[i].tobytes() for i in np.unique(rows)}


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, samples=st.integers(10, 200), zipf=st.floats(0, 3))
def test_one_shot_images_occur_once_and_apart(seed: int, samples: int, zipf: float) -> None:
    source, new, rng = _sources(seed)
    drawn = draw(Task(samples, zipf, tests=30), source, new, rng)
    shots = {image.tobytes(): label for label, image in enumerate(new.images)}
    assert len(shots) == 10
    found: list[tuple[int, int]] = []
    for row, (images, labels) in enumerate(
        zip(drawn.train.images, drawn.train.labels, strict=True)
    ):
        for image, label in zip(images, labels, strict=True):
            key = drawn.pool[image].tobytes()
            if key in shots:
                assert label == shots[key]
                found.append((row, int(label)))
    assert sorted(label for _, label in found) == list(range(10))
    assert len({row for row, _ in found}) == 10
    assert sorted(row for row, _ in found) == sorted(drawn.probe_rows.tolist())


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, nines=st.one_of(st.none(), st.integers(0, 80)), swapped=st.booleans())
def test_test_digits_never_occur_in_training(seed: int, nines: int | None, swapped: bool) -> None:
    source, _, _ = _sources(seed)
    drawn = _draw(seed, nines=nines, swapped=swapped)
    held_out = {image.tobytes() for image in source.test}
    seen = {image.tobytes() for image in source.train}
    assert not held_out & seen
    assert not _bytes(drawn, drawn.train.images) & held_out
    for test in drawn.tests.values():
        assert not _bytes(drawn, test.images) & seen


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS)
def test_tests_hold_the_one_shot_images_they_name(seed: int) -> None:
    source, new, rng = _sources(seed)
    drawn = draw(Task(samples=80, tests=40), source, new, rng)
    shots = {image.tobytes() for image in new.images}
    held = [{k for k in range(len(drawn.pool)) if drawn.pool[k].tobytes() in shots}][0]
    for t in (1, 2, 3):
        images = drawn.tests[f"one_shot_{t}"].images
        inside = np.isin(images, sorted(held))
        assert (inside.sum(axis=1) == t).all()
        if t > 1:
            for sample, mask in zip(images, inside, strict=True):
                assert len(set(sample[mask])) == t


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS)
def test_same_position_test_keeps_positions(seed: int) -> None:
    source, new, rng = _sources(seed)
    drawn = draw(Task(samples=80, tests=40), source, new, rng)
    shots = {image.tobytes() for image in new.images}
    place = {}
    for images in drawn.probe.images:
        for channel, image in enumerate(images):
            if drawn.pool[image].tobytes() in shots:
                place[int(image)] = channel
    for images in drawn.tests["same_position"].images:
        for channel, image in enumerate(images):
            if int(image) in place:
                assert place[int(image)] == channel


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS)
def test_swapping_changes_the_ten_samples_alone(seed: int) -> None:
    with_, without = _draw(seed), _draw(seed, swapped=True)
    a = with_.pool[with_.train.images].reshape(80, -1)
    b = without.pool[without.train.images].reshape(80, -1)
    changed = np.flatnonzero((a != b).any(axis=1))
    assert set(changed) == set(with_.probe_rows)
    pa = with_.pool[with_.probe.images]
    pb = without.pool[without.probe.images]
    assert np.array_equal(pa, pb)
    assert np.array_equal(with_.probe.target, without.probe.target)
    for name, test in with_.tests.items():
        assert np.array_equal(test.target, without.tests[name].target)


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS, nines=st.integers(0, 80))
def test_figure2_counts(seed: int, nines: int) -> None:
    drawn = _draw(seed, nines=nines)
    assert (drawn.train.labels == 9).sum() == nines
    assert (drawn.train.labels == 9).sum(axis=1).max(initial=0) <= 1
    for t in range(4):
        labels = drawn.tests[f"nines_{t}"].labels
        assert ((labels == 9).sum(axis=1) == t).all()
        assert (labels[labels != 9] <= 4).all()


def test_same_seed_same_draw_other_seed_other_draw() -> None:
    one, two, other = _draw(5), _draw(5), _draw(6)
    assert np.array_equal(one.train.target, two.train.target)
    assert np.array_equal(one.pool, two.pool)
    assert not np.array_equal(one.train.target, other.train.target)


def test_label_errors_touch_targets_alone() -> None:
    clean, wrong = _draw(3), _draw(3, label_error=2.0)
    rows = clean.probe_rows
    assert np.array_equal(clean.train.images, wrong.train.images)
    differs = np.flatnonzero(clean.train.target != wrong.train.target)
    assert set(differs) == set(rows)
    for name, test in clean.tests.items():
        assert np.array_equal(test.target, wrong.tests[name].target)


def test_subset_keeps_the_share() -> None:
    a, b = _draw(1, kept=0.7, kept_seed=1), _draw(1, kept=0.7, kept_seed=2)
    assert a.kept.sum() == b.kept.sum() == 56
    assert not np.array_equal(a.kept, b.kept)
    assert np.array_equal(a.train.images, b.train.images)


@pytest.mark.parametrize(("target", "value"), [("sum", 9.0), ("product", 48.0), ("max", 5.0)])
def test_combine(target: str, value: float) -> None:
    assert combine(np.array([[1, 3, 5]]), target)[0] == value  # type: ignore[arg-type]


def test_zipf_law() -> None:
    law = zipf_law(1.0)
    assert law.sum() == pytest.approx(1)
    assert law[0] / law[9] == pytest.approx(10)
    assert np.allclose(zipf_law(0), 0.1)
