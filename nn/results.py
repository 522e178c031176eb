"""The result documents of the experiments; losses are in squared units of the target."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from nn.documents import Document, Mean, Median, Number, Part, Settings, Whole


def _each_label(scores: tuple[Mean, ...]) -> tuple[Mean, ...]:
    if len(scores) not in (0, LABELS):
        raise ValueError(f"must be of {LABELS} labels or none")
    return scores


LABELS = 10
"""Of the one-shot images: 0 to 9."""

ByLabel = Annotated[tuple[Mean, ...], AfterValidator(_each_label)]
"""Of each one-shot sample, by the label of its image; () where a training gave none."""


class PaperLosses(Part):
    """What the paper's Table 1 says of a row."""

    test_loss: Number
    train_loss: Number


class Table1Row(Part):
    """A model with weight decay off or on.

    Args:
        memorizing: whether weight decay is off.
        one_shot_loss_without: of trainings without the one-shot images.
        constant_loss: test loss of always answering the training mean.
        diverged: why runs gave no number.
        paper: None where it has no such model.
    """

    model: str
    title: str
    memorizing: bool
    weight_decay: Number
    train_loss: Median
    one_shot_loss: Median
    test_loss: Median
    in_distribution_loss: Median
    same_position_loss: Median
    one_shot_loss_without: Median
    constant_loss: Median
    memorization_score: Mean
    memorization_level: Mean
    memorization_by_label: ByLabel
    diverged: tuple[str, ...]
    paper: PaperLosses | None


class Table1Settings(Settings):
    """What was trained for Table 1; widths are () where an encoder has its own."""

    samples: Whole
    image_size: Whole
    zipf_exponent: Number
    test_samples: Whole
    encoder: str
    widths: tuple[Whole, ...]
    norm: str
    optimizer: str
    learning_rate: Number
    batch: Whole
    epochs: Whole
    samples_an_epoch: Whole | str = ""
    preset_epochs: Whole = 0
    seeds_trained_without: Whole = 0
    weight_decay: tuple[Number, ...]


class Table1Thresholds(Part):
    """What words mean, see `nn.table1`."""

    low: Number
    bad: Number
    many: Number
    barely: Number


class Table1(Document):
    """Table 1: ten one-shot images, weight decay off and on."""

    kind: ClassVar[str] = "table1"

    table: Literal["table1"]
    settings: Table1Settings
    thresholds: Table1Thresholds
    rows: tuple[Table1Row, ...]

    @property
    def trained_with(self) -> Settings:
        """What was trained."""
        return self.settings


class ByCount(Part):
    """Test losses by how many '9's a sample holds."""

    one: Median = Field(validation_alias="1", serialization_alias="1")
    two: Median = Field(validation_alias="2", serialization_alias="2")
    three: Median = Field(validation_alias="3", serialization_alias="3")


class Figure2Row(Part):
    """A model at a number of '9's in training.

    Args:
        test_loss: over all tests with a '9'.
        diverged: why runs gave no number.
    """

    model: str
    title: str
    nines: Whole
    train_loss: Median
    test_loss: Median
    test_loss_by_count: ByCount
    test_loss_without_nines: Median
    constant_loss: Median
    diverged: tuple[str, ...]


class Figure2Settings(Settings):
    """What was trained for Figure 2."""

    samples: Whole
    encoder: str = ""
    epochs: Whole
    samples_an_epoch: Whole | str = ""
    image_size: Whole
    zipf_exponent: Number
    optimizer: str
    learning_rate: Number
    batch: Whole
    weight_decay: Number


class Figure2(Document):
    """Figure 2: test loss against the number of '9's in training."""

    kind: ClassVar[str] = "figure2"

    figure: Literal["figure2"]
    settings: Figure2Settings
    rows: tuple[Figure2Row, ...]

    @property
    def trained_with(self) -> Settings:
        """What was trained."""
        return self.settings


class PathRow(Part):
    """An optimizer at a weight decay.

    Args:
        test_loss_without: of trainings without the one-shot images.
        diverged: why runs gave no number.
    """

    optimizer: str
    weight_decay: Number
    train_loss: Median
    one_shot_loss: Median
    test_loss: Median
    test_loss_without: Median
    in_distribution_loss: Median
    memorization_score: Mean
    memorization_level: Mean
    memorization_by_label: ByLabel
    diverged: tuple[str, ...]


class Scored(Part):
    """Ordinary samples by the rarest digit that they hold."""

    digit: Whole
    samples: Whole
    mean_score: Number
    standard_error: Number


class Subsampled(Part):
    """Feldman and Zhang's subsampled estimator; None where a model diverged.

    Args:
        models: that were trained on random subsets.
        kept: share of the samples in each.
        samples: that were scored.
        standard_error: of the mean score, jackknife over models.
        sample_standard_error: typical, of one sample's score.
        share_above_half: of the samples, those with a score above 1/2.
    """

    models: Whole
    kept: Number
    samples: Whole
    mean_score: Number | None
    standard_error: Number | None
    sample_standard_error: Number | None
    share_above_half: Number | None = None
    by_rarest: tuple[Scored, ...]


class MemorizationPath(Document):
    """Memorization along the weight-decay path, and of ordinary samples."""

    kind: ClassVar[str] = "memorization"

    table: Literal["memorization"]
    rows: tuple[PathRow, ...]
    subsampled: Subsampled


class AddedRow(Part):
    """Loss with so many one-shot images in a test sample, and what one of them predicts."""

    model: str
    title: str
    memorizing: bool
    images: Whole
    test_loss: Median
    predicted: Median
    ratio: Median


class MislabelledRow(Part):
    """What mislabelled one-shot images cost.

    Args:
        memorizing: whether weight decay is off.
        label_error: standard deviation of the labels' errors.
        corruption: mean squared error that was drawn.
        excess: what it added to the loss of one image.
    """

    memorizing: bool
    label_error: Number
    corruption: Median
    test_loss: Median
    excess: Median
    predicted_excess: Median
    memorization_level: Mean


class LinearTheory(Document):
    """The linear theory beside networks.

    Args:
        factor: within which a prediction carries over.
        mislabelled_seeds: how many trainings with mislabelled images.
    """

    kind: ClassVar[str] = "linear-theory"

    table: Literal["linear-theory"]
    factor: Number
    mislabelled_seeds: Whole
    rows: tuple[AddedRow, ...]
    mislabelled: tuple[MislabelledRow, ...]


class CompositionRow(Part):
    """A target and a model; losses as shares of a constant answer's.

    Args:
        identified_share: on pairs of images that were the largest; None but for maxima.
        diverged: why runs gave no number.
    """

    target: str
    model: str
    title: str
    train_share: Median
    one_shot_share: Median
    test_share: Median
    in_distribution_share: Median
    identified_share: Median | None
    diverged: tuple[str, ...]


class CompositionThresholds(Part):
    """What words mean, see `nn.table1`."""

    low: Number
    bad: Number


class Composition(Document):
    """Composition beyond sums."""

    kind: ClassVar[str] = "composition"

    table: Literal["composition"]
    thresholds: CompositionThresholds
    rows: tuple[CompositionRow, ...]
