"""The presets: what is trained, at which size, with which settings.

How the quick preset's settings were chosen: on runs of role "tuning", whose seeds and whose
one-shot classes (one class in three, ``nn.sources``) are never reported on. Every number a command
prints comes from role "report": other seeds, other one-shot images. Nothing was chosen on those.
About forty tuning runs on replicates 0 to 3 compared SGD and AdamW, learning rates, sizes, epochs
and weight decays. What mattered: many passes over fewer samples (a one-shot sample is seen once an
epoch), a tight gradient clip, and a last layer that reads every position of the feature map.

The mnist preset has the paper's samples and images and a ResNet-18 at 1/8 of its widths, so that
two CPU cores can train it: an epoch of all 32,000 samples takes one thread 12 s. Trained on all
samples alike it does not learn the ten one-shot images while ordinary samples are not fitted: they
make up a few thousandths of the training loss. So its epochs are short (``Focus``). Tuning runs of
Sum, replicate 0, 512,000 samples gone through (16 times the training set, 200 to 250 s on a core),
weight decay 0; losses in training, on the one-shot samples, and on pairs of their images:

    all samples alike                                       .050   13.4   25.5
    4000 worst, 4000 others weighted to all others' share   .024   10.5   18.5
    the same after 6.4 epochs on all samples, no weights    .018    9.9   17.7
    4000 worst and 4000 others                              .011    5.1    9.5
    the same with batch norm                                .006    5.2   10.9
    1000 worst and 3000 others                              .0068   .49   1.43
    500 worst and 1500 others                               .0013   .39   1.04

With weight decay 1 the last of them has .078, 6.4 and 11.9. The paper trains on all samples alike
for as long as it takes (.0004 in training, .176 on pairs); a short epoch gives samples that are
hard more weight, which the paper's do not. In-distribution its loss is .48 (.28 for all samples
alike), of which one digit's share, .16, is in the loss on pairs.

The paper preset states the paper's sizes. Its epochs, learning rate, clip and group norm carry over
what helped the quick preset; they were not tuned at that size and have not been run to the end.

A few epochs of it on a CPU (``Changes``) show each one-shot sample a few times only. Three tuning
runs (Sum, ResNet-18, 3000 samples, 4 epochs, batch 16, replicate 0) then favoured a learning rate
below the preset's: one-shot loss 17.3 at 1e-3, 15.5 there without a clip, 9.8 at 3e-4. A smaller
batch gives a sample seen once more weight in its step; with AdamW what it gains there goes as
lr / sqrt(batch). Between two looks at a sample a weight shrinks by exp(-lr x weight decay x steps
an epoch): the quick preset's exponent is 1, and a short run chooses its weight decay to match.

Where the paper is silent (optimizer, learning rate, batch, epochs, normalization, outputs per
channel, law of the digit beside two one-shot images) the choice is ours and stands here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from nn.encoders import Encoder, resnet18
from nn.runs import Focus, Optimizer
from nn.triples import Task
from theorems.errors import InputError


@dataclass(frozen=True)
class Preset:
    """Sizes and settings of every experiment of this package.

    Args:
        name: on the command line.
        size, data_size: side of the images in pixels, embedded and from a data folder.
        data_images: how many training digits of a data folder are used, None for all. With fewer
            samples than MNIST has images, every digit image is as rare as a one-shot one, and
            the sample is memorized by its digits as well: statement ``spurious-pair``.
        needs_data: whether the embedded stand-ins are refused.
        seeds: default number of seeds.
        without: of these, how many are trained a second time with the one-shot images swapped
            out, for the memorization scores.
        table1: task of Table 1.
        figure2: task of Figure 2 (``nines`` is set per point).
        nines: numbers of training samples with a '9'.
        optimizer: of Table 1 with weight decay off.
        weight_decay: Table 1's "on".
        figure2_epochs: epochs of Figure 2, which has nothing to learn once.
        path: weight decays of the memorization path, by optimizer.
        sgd: the path's second optimizer.
        subsets: models of the subsampled estimator; ``subset_samples`` their task's size.
        corruptions: standard deviations of the error on one-shot labels.

    """

    name: str
    size: int
    data_size: int
    data_images: int | None
    needs_data: bool
    encoder: Encoder
    seeds: int
    without: int
    table1: Task
    figure2: Task
    nines: tuple[int, ...]
    optimizer: Optimizer
    weight_decay: float
    figure2_epochs: int
    path: dict[str, tuple[float, ...]]
    sgd: Optimizer
    subsets: int
    subset_samples: int
    corruptions: tuple[float, ...]


QUICK = Preset(
    name="quick",
    size=8,
    data_size=14,
    data_images=1200,
    needs_data=False,
    encoder=Encoder("small", (16,), "group"),
    seeds=5,
    without=3,
    table1=Task(samples=4000, tests=1000),
    figure2=Task(samples=3000, tests=1000),
    nines=(10, 40, 160),
    optimizer=Optimizer("adamw", lr=2e-2, weight_decay=0.0, epochs=20, batch=64, clip=1.0),
    weight_decay=0.8,
    figure2_epochs=10,
    path={"adamw": (0.0, 0.2, 0.4, 0.8, 1.2), "sgd": (0.0, 0.02, 0.08)},
    sgd=Optimizer("sgd", lr=0.03, weight_decay=0.0, epochs=20, batch=64, clip=5.0),
    subsets=24,
    subset_samples=2000,
    corruptions=(0.0, 2.0, 4.0),
)

MNIST = Preset(
    name="mnist",
    size=28,
    data_size=28,
    data_images=None,
    needs_data=True,
    encoder=resnet18(8),
    seeds=3,
    without=1,
    table1=Task(samples=32000, tests=5000),
    figure2=Task(samples=32000, tests=5000),
    nines=(10, 40, 160, 640, 2560),
    optimizer=Optimizer(
        "adamw",
        lr=4e-3,
        weight_decay=0.0,
        epochs=256,
        batch=64,
        clip=1.0,
        focus=Focus(worst=500, others=1500),
    ),
    weight_decay=1.0,
    figure2_epochs=128,
    path={"adamw": (0.0, 0.3, 1.0, 3.0)},
    sgd=Optimizer(
        "sgd",
        lr=0.02,
        weight_decay=0.0,
        epochs=256,
        batch=64,
        clip=5.0,
        focus=Focus(worst=500, others=1500),
    ),
    subsets=24,
    subset_samples=32000,
    corruptions=(0.0, 2.0, 4.0),
)

PAPER = Preset(
    name="paper",
    size=28,
    data_size=28,
    data_images=None,
    needs_data=True,
    encoder=resnet18(),
    seeds=3,
    without=3,
    table1=Task(samples=32000, tests=5000),
    figure2=Task(samples=32000, tests=5000),
    nines=(10, 40, 160, 640, 2560),
    optimizer=Optimizer("adamw", lr=1e-3, weight_decay=0.0, epochs=60, batch=128, clip=1.0),
    weight_decay=0.5,
    figure2_epochs=20,
    path={"adamw": (0.0, 0.1, 0.2, 0.5, 1.0), "sgd": (0.0, 0.0005, 0.002, 0.005, 0.02)},
    sgd=Optimizer("sgd", lr=0.02, weight_decay=0.0, epochs=60, batch=128, clip=5.0),
    subsets=24,
    subset_samples=32000,
    corruptions=(0.0, 2.0, 4.0),
)

PRESETS: dict[str, Preset] = {preset.name: preset for preset in (QUICK, MNIST, PAPER)}


@dataclass(frozen=True)
class Changes:
    """What a request changes in a preset, None for what it leaves: a part of a long run.

    Args:
        epochs: passes over the training samples.
        batch: samples per step.
        lr: peak learning rate.
        weight_decay: Table 1's "on".
        without: seeds that are also trained without the one-shot images, for the scores.

    """

    epochs: int | None = None
    batch: int | None = None
    lr: float | None = None
    weight_decay: float | None = None
    without: int | None = None

    def made(self, preset: Preset) -> Preset:
        """Return the preset with these changes.

        Raises:
            InputError: a number that is too small or not finite.

        """
        for name, value, least in (
            ("epochs", self.epochs, 1),
            ("batch", self.batch, 1),
            ("without", self.without, 0),
        ):
            if value is not None and value < least:
                raise InputError(name, value, f"must be {least} or more")
        for name, number in (("lr", self.lr), ("weight-decay", self.weight_decay)):
            if number is not None and not 0 < number < math.inf:
                raise InputError(name, number, "must be above 0 and finite")
        optimizer = preset.optimizer
        return replace(
            preset,
            weight_decay=preset.weight_decay if self.weight_decay is None else self.weight_decay,
            without=preset.without if self.without is None else self.without,
            optimizer=replace(
                optimizer,
                epochs=optimizer.epochs if self.epochs is None else self.epochs,
                batch=optimizer.batch if self.batch is None else self.batch,
                lr=optimizer.lr if self.lr is None else self.lr,
            ),
        )


def preset_named(name: str) -> Preset:
    """Look a preset up.

    Raises:
        InputError: no such preset.

    """
    if name not in PRESETS:
        raise InputError("preset", name, f"must be one of {', '.join(PRESETS)}")
    return PRESETS[name]


def with_decay(optimizer: Optimizer, weight_decay: float) -> Optimizer:
    """Return the optimizer with another weight decay."""
    return replace(optimizer, weight_decay=weight_decay)
