"""Triples of images: what is trained on and what is tested, drawn by seed.

A sample is three images stacked as channels; its target is the sum (or product, or maximum) of
their labels. Guarantees, checked on every draw: test images of digits never occur in training;
each of the ten one-shot images occurs in exactly one training sample, beside two digits; no two
one-shot images share a training sample, so every test pair is a new combination.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from nn.images import Images
from nn.sources import Digits, OneShot

Target = Literal["sum", "product", "max"]
Index = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Task:
    """What is drawn.

    Args:
        samples: number of training samples.
        zipf: exponent of the law over digits, p(digit r) proportional to (r + 1)^-zipf.
        tests: samples in each test set.
        nines: None for Table 1 (ten one-shot images); for Figure 2 the number of training samples
            that hold a '9'.
        swapped: leave the digits where the one-shot images would stand ("without" them).
        target: how the three labels combine; a product takes 1 + label, so that no zero hides
            the other two.
        label_error: standard deviation of an error put on the one-shot labels in training.
        kept: share of the ordinary training samples that are kept (the subsampled estimator).
        kept_seed: which subset that is.

    """

    samples: int
    zipf: float = 1.0
    tests: int = 1000
    nines: int | None = None
    swapped: bool = False
    target: Target = "sum"
    label_error: float = 0.0
    kept: float = 1.0
    kept_seed: int = 0


@dataclass(frozen=True)
class Triples:
    """Samples as indices into a pool of images.

    Args:
        images: shape (m, 3), rows of the pool.
        labels: shape (m, 3), label of each image.
        target: shape (m,), what the model is asked for.

    """

    images: Index
    labels: Index
    target: npt.NDArray[np.float64]


@dataclass(frozen=True)
class Draw:
    """One drawn experiment.

    Args:
        pool: images used, shape (m, size, size).
        train: the training samples.
        probe: the ten training samples that hold the one-shot images, with them in place also
            where training has them swapped out (empty in Figure 2).
        probe_rows: shape (10,), which training samples those are.
        tests: test sets by name.
        kept: shape (m,), which training samples are trained on.

    """

    pool: Images
    train: Triples
    probe: Triples
    probe_rows: Index
    tests: dict[str, Triples]
    kept: npt.NDArray[np.bool_]


def combine(labels: npt.NDArray[np.number], target: Target) -> npt.NDArray[np.float64]:
    """Combine the labels of each sample, shape (m, 3) to (m,)."""
    values = labels.astype(np.float64)
    if target == "product":
        return np.asarray((1 + values).prod(axis=1), dtype=np.float64)
    return np.asarray(values.max(axis=1) if target == "max" else values.sum(axis=1))


def zipf_law(exponent: float, classes: int = 10) -> npt.NDArray[np.float64]:
    """Probabilities of the digits, '0' most common."""
    weights = np.arange(1, classes + 1, dtype=np.float64) ** -exponent
    return np.asarray(weights / weights.sum())


def _images_of(labels: Index, pool_labels: Index, start: int, rng: np.random.Generator) -> Index:
    """Choose an image of each label, uniformly among those the side of the split has."""
    order = np.argsort(pool_labels, kind="stable")
    counts = np.bincount(pool_labels, minlength=10)
    offsets = np.concatenate([[0], np.cumsum(counts)])[:-1]
    within = np.floor(rng.random(labels.shape) * counts[labels]).astype(np.int64)
    return np.asarray(start + order[offsets[labels] + within], dtype=np.int64)


def _triples(images: Index, labels: Index, target: Target) -> Triples:
    return Triples(images, labels, combine(labels, target))


def _rows(triples: Triples, rows: Index) -> Triples:
    return Triples(triples.images[rows], triples.labels[rows], triples.target[rows])


def _with_one_shot(
    count: int,
    base: tuple[Index, Index],
    start: int,
    target: Target,
    rng: np.random.Generator,
    positions: Index | None = None,
    allowed: Index | None = None,
) -> Triples:
    """Put ``count`` distinct one-shot images into every sample of ``base``.

    Args:
        count: one-shot images per sample, 1 to 3.
        base: images and labels of digits, each of shape (m, 3).
        start: index of the first one-shot image in the pool.
        target: how labels combine.
        rng: chooses classes and channels.
        positions: shape (10,); given, each image goes where it stood in training, and only
            images of different channels are combined.
        allowed: the classes to choose from, all ten if not given.

    """
    images, labels = base[0].copy(), base[1].copy()
    m = len(images)
    rows = np.arange(m)
    if positions is None:
        among = np.arange(10) if allowed is None else allowed
        classes = among[np.argsort(rng.random((m, len(among))), axis=1)[:, :count]]
        channels = np.argsort(rng.random((m, 3)), axis=1)[:, :count]
    else:
        pairs = np.array(
            [(i, j) for i in range(10) for j in range(10) if positions[i] != positions[j]]
        )
        classes = pairs[rng.integers(len(pairs), size=m)]
        channels = positions[classes]
    for t in range(classes.shape[1]):
        images[rows, channels[:, t]] = start + classes[:, t]
        labels[rows, channels[:, t]] = classes[:, t]
    return _triples(images, labels, target)


def draw(task: Task, source: Digits, new: OneShot, rng: np.random.Generator) -> Draw:
    """Draw training and test samples.

    Args:
        task: what to draw.
        source: digit images.
        new: the ten one-shot images (unused where ``task.nines`` is given).
        rng: every choice comes from here; the same state gives the same draw, and ``swapped`` or
            ``label_error`` change nothing but what they name.

    Raises:
        AssertionError: a guarantee of this module is broken (a bug, never bad input).

    """
    test_start = len(source.train)
    shot_start = test_start + len(source.test)
    law = zipf_law(task.zipf)
    classes = 9 if task.nines is not None else 10
    train_law = law[:classes] / law[:classes].sum()
    labels = rng.choice(classes, size=(task.samples, 3), p=train_law).astype(np.int64)
    images = _images_of(labels, source.train_labels, 0, rng)

    def test_digits(p: npt.NDArray[np.float64]) -> tuple[Index, Index]:
        drawn = rng.choice(len(p), size=(task.tests, 3), p=p).astype(np.int64)
        return _images_of(drawn, source.test_labels, test_start, rng), drawn

    tests: dict[str, Triples] = {}
    shot_rows = np.zeros(0, dtype=np.int64)
    target = task.target
    if task.nines is not None:
        rows = rng.permutation(task.samples)
        channels = rng.integers(3, size=task.samples)
        nine = np.full(task.samples, 9, dtype=np.int64)
        nine_images = _images_of(nine, source.train_labels, 0, rng)
        # Nested by seed: the samples of a smaller number of nines are among those of a larger.
        chosen = rows[: task.nines]
        labels[chosen, channels[: task.nines]] = 9
        images[chosen, channels[: task.nines]] = nine_images[: task.nines]
        for count in range(4):
            test_images, test_labels = test_digits(np.full(5, 0.2))
            m = np.arange(task.tests)
            places = np.argsort(rng.random((task.tests, 3)), axis=1)[:, :count]
            held = _images_of(np.full((task.tests, 3), 9), source.test_labels, test_start, rng)
            for t in range(count):
                test_images[m, places[:, t]] = held[:, t]
                test_labels[m, places[:, t]] = 9
            tests[f"nines_{count}"] = _triples(test_images, test_labels, target)
        train = _triples(images, labels, target)
        probe = _rows(train, shot_rows)
    else:
        shot_rows = np.asarray(rng.permutation(task.samples)[:10], dtype=np.int64)
        shot_positions = rng.integers(3, size=10)
        if len(set(shot_positions.tolist())) == 1:  # the same-position test needs two channels
            shot_positions[0] = (shot_positions[0] + 1) % 3
        error = rng.standard_normal(10)
        ordinary = _triples(images.copy(), labels.copy(), target)
        images[shot_rows, shot_positions] = shot_start + np.arange(10)
        labels[shot_rows, shot_positions] = np.arange(10)
        train = _triples(images, labels, target)
        if task.label_error:
            wrong = labels.astype(np.float64)
            wrong[shot_rows, shot_positions] += task.label_error * error
            train = replace(train, target=combine(wrong, target))
        probe = _rows(train, shot_rows)
        if task.swapped:
            train = ordinary
        tests["in_distribution"] = _triples(*test_digits(law), target)
        for t in (1, 2, 3):
            tests[f"one_shot_{t}"] = _with_one_shot(t, test_digits(law), shot_start, target, rng)
        tests["same_position"] = _with_one_shot(
            2, test_digits(law), shot_start, target, rng, shot_positions
        )
        if target == "max":
            # A maximum shows only its largest label: the others are seen, but not identified.
            beside = probe.labels.copy()
            beside[np.arange(10), shot_positions] = -1
            shown = np.flatnonzero(np.arange(10) > beside.max(axis=1))
            if len(shown) >= 2:
                tests["identified"] = _with_one_shot(
                    2, test_digits(law), shot_start, target, rng, allowed=shown
                )
    kept = np.ones(task.samples, dtype=np.bool_)
    if task.kept < 1:
        chooser = np.random.default_rng(np.random.SeedSequence([task.kept_seed, 70]))
        kept[chooser.permutation(task.samples)[round(task.kept * task.samples) :]] = False
    _check(train, tests, test_start, shot_start, task)
    everything = np.concatenate([source.train, source.test, new.images])
    drawn = (train, probe, *tests.values())
    used = np.unique(np.concatenate([triples.images for triples in drawn]))
    renamed = np.zeros(len(everything), dtype=np.int64)
    renamed[used] = np.arange(len(used))
    return Draw(
        everything[used],
        replace(train, images=renamed[train.images]),
        replace(probe, images=renamed[probe.images]),
        shot_rows,
        {name: replace(t, images=renamed[t.images]) for name, t in tests.items()},
        kept,
    )


def _check(
    train: Triples, tests: dict[str, Triples], test_start: int, shot_start: int, task: Task
) -> None:
    """Assert the guarantees of this module on indices into the whole pool."""
    held_out = (train.images >= test_start) & (train.images < shot_start)
    assert not held_out.any(), "a test image occurs in training"
    shot = train.images >= shot_start
    if task.nines is None and not task.swapped:
        counts = np.bincount(train.images[shot] - shot_start, minlength=10)
        assert (counts == 1).all(), "a one-shot image does not occur exactly once"
        assert shot.sum(axis=1).max() == 1, "two one-shot images share a training sample"
    else:
        assert not shot.any(), "a one-shot image occurs where none may"
    for test in tests.values():
        assert (test.images >= test_start).all(), "a training digit occurs in a test"
