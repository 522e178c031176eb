"""Result documents of the studies beyond the paper's tables, typed; they import no torch."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import model_validator

from nn.documents import Document, Mean, Median, Number, Part, Whole, Word
from nn.results import LABELS


class InfluenceRow(Part):
    """One kind of change of one one-shot sample; losses in squared digits.

    Args:
        own_before, own_after: mean loss on the nine pairs with the changed sample's image, over the
            ten changes; None for the placebo, which changes none of the ten.
        own_change: mean change of the loss there.
        other_change: mean change of the loss on the other pairs.
        other_size: mean of the change's size there, whatever its sign.
        separation: chance that the loss of an own pair rises by more than another pair's does by
            the same change, mean over the ten; 1: exactly its own break, 1/2: no difference.
        in_distribution_change: mean change on ordinary tests, which hold no one-shot image.
        answer_error: squared error of the answer to the changed sample as it was, mean over the
            ten; ``answer_error_before`` the same before any change.
        matrix: ten rows, a column for each pair: the median change over seeds, None where a run
            gave no number.
        diverged: which runs gave no number, and why.

    """

    model: str
    title: str
    change: Literal["swapped", "corrupted", "placebo"]
    own_before: Median | None
    own_after: Median | None
    own_change: Median | None
    other_change: Median
    other_size: Median
    separation: Median | None
    in_distribution_change: Median
    answer_error_before: Median | None
    answer_error: Median | None
    matrix: tuple[tuple[Number | None, ...], ...]
    diverged: tuple[str, ...]


class InfluenceStudy(Document):
    """The influence of each one-shot training sample on each test pair.

    Args:
        pairs: the columns of every matrix.
        tests_per_pair: test samples of each.
        label_error: by how much a corrupted label is off.

    """

    kind: ClassVar[str] = "influence"

    table: Literal["influence"]
    pairs: tuple[tuple[Whole, Whole], ...]
    tests_per_pair: Whole
    label_error: Whole
    rows: tuple[InfluenceRow, ...]

    @model_validator(mode="after")
    def _matrices_are_whole(self) -> InfluenceStudy:
        for row in self.rows:
            if [len(line) for line in row.matrix] != [len(self.pairs)] * LABELS:
                raise ValueError(f"a matrix must be {LABELS} rows of {len(self.pairs)} pairs")
        return self


class WayLosses(Part):
    """Test losses on pairs of one-shot images, one way to round.

    Args:
        way: "plain", "moved" (one weight by one unit in the last place), "threads" (two) or
            "kernels" (torch's own convolutions instead of oneDNN's).
        losses: one per seed, None where a run diverged.
        low: verdict of Table 1's "the test loss is low", by these seeds.

    """

    way: Literal["plain", "moved", "threads", "kernels"]
    losses: tuple[Number | None, ...]
    low: Word | Literal[""]


class RoundingRow(Part):
    """What rounding alone does to one model at one weight decay; all of test losses on pairs.

    Args:
        ways: losses by way to round, the plain one first.
        loss: of the plain trainings, over seeds.
        moved_range: of a seed: largest over smallest loss of the plain training and its copies
            with one weight moved.
        threads_factor, kernels_factor: of a seed: the larger over the smaller of the loss with two
            threads, or other kernels, and the plain one.
        seeds_range: largest over smallest plain loss.
        share: part of the variance of log losses of moved copies over all seeds that is within a
            seed; ``share_low`` and ``share_high`` are its 95% interval if log losses are normal.
        diverged: which runs gave no number, and why.

    """

    model: str
    title: str
    weight_decay: Number
    ways: tuple[WayLosses, ...]
    loss: Median
    moved_range: Median
    threads_factor: Median
    kernels_factor: Median
    seeds_range: Number | None
    share: Number | None
    share_low: Number | None
    share_high: Number | None
    diverged: tuple[str, ...]


class RoundingStudy(Document):
    """Equal seeds that round differently.

    Args:
        copies: of each training, with one weight moved.
        switch: verdict of Table 1's "weight decay multiplies the test loss" for each way to
            round, in the order of the rows' ways.

    """

    kind: ClassVar[str] = "rounding"

    table: Literal["rounding"]
    copies: Whole
    switch: tuple[Word, ...]
    rows: tuple[RoundingRow, ...]

    @model_validator(mode="after")
    def _ways_are_whole(self) -> RoundingStudy:
        for row in self.rows:
            if len(row.ways) != len(self.switch):
                raise ValueError("a row must have a way to round for each verdict of switch")
            if any(len(way.losses) != self.seeds for way in row.ways):
                raise ValueError("a way to round must have a loss for each seed")
        return self


class AblationRow(Part):
    """One setting, trained on tuning replicates; losses in squared digits.

    Args:
        factor: what differs from the preset; "none" for the preset itself.
        setting: to what.
        channels: of the encoder's first stage; the paper's ResNet-18 has 64.
        train, one_shot, test, in_distribution: by replicate.
        test_factor: test loss over the preset's, replicate 0.
        beyond: whether replicate 0's test loss is outside the range of the preset's replicates;
            None where there is one of these, or a run diverged.
        diverged: which runs gave no number, and why.

    """

    factor: str
    setting: str
    channels: Whole
    train: Median
    one_shot: Median
    test: Median
    in_distribution: Median
    test_factor: Number | None
    beyond: bool | None
    diverged: tuple[str, ...]


class AblationStudy(Document):
    """What decides whether one-shot images compose, on tuning seeds alone.

    Args:
        seeds: replicates of the preset; every other setting has one.
        base: the preset's settings in words.
        paper_test, paper_train: the paper's losses of this model.
        constant: test loss of a constant answer, replicate 0.
        encoder: kind of encoder; the paper's is "resnet18".

    """

    kind: ClassVar[str] = "ablation"

    table: Literal["ablation"]
    model: str
    title: str
    encoder: str
    base: str
    paper_test: Number
    paper_train: Number
    constant: Number | None
    rows: tuple[AblationRow, ...]


class ParityRow(Part):
    """A parity asked of one model; losses are shares of a constant answer's."""

    model: str
    title: str
    train_share: Median
    one_shot_share: Median
    test_share: Median
    in_distribution_share: Median
    diverged: tuple[str, ...]


class ParityStudy(Document):
    """An exclusive or of one-shot images."""

    kind: ClassVar[str] = "parity"

    table: Literal["parity"]
    rows: tuple[ParityRow, ...]


class StabilityRow(Part):
    """Trainings that kept a share of the samples; losses in squared digits, means over seeds.

    Args:
        sampled: what could be left out: the ten one-shot samples alone, or any.
        kept: the share, the delta of a stable learner.
        least, least_of_pairs: what no stable learner gets below on tests of one and of two one-shot
            images.
        single, pairs: the loss there.
        one_shot: on the ten one-shot samples, those that were left out too.
        in_distribution: on ordinary tests.
        diverged: which runs gave no number, and why.

    """

    sampled: Literal["one-shot", "all"]
    kept: Number
    least: Number
    least_of_pairs: Number
    single: Mean
    pairs: Mean
    one_shot: Mean
    in_distribution: Mean
    diverged: tuple[str, ...]


class StabilityStudy(Document):
    """The price of not memorizing: trainings on a random part of the samples.

    Args:
        energy: mean squared distance of a one-shot label from 4.5; who answers 4.5 for every image
            pays it on tests of one.

    """

    kind: ClassVar[str] = "stability"

    table: Literal["stability"]
    title: str
    energy: Number
    rows: tuple[StabilityRow, ...]
