"""What the "Memorization" section computes, as it stands in results.json."""

from __future__ import annotations

from pydantic import Field

from empirics.judging.verdict import Verdict
from reports.records import Estimated, Record, VerdictRow, Whole


class RidgeRow(Record):
    """Losses at one level of the ridge path."""

    level: float
    penalty: float
    in_distribution: Estimated
    train: Estimated
    ood: Estimated
    ood_predicted: float | None


class Ridge(Record):
    """Losses along the path at one noise level."""

    sigma: float
    best_level: float
    rows: tuple[RidgeRow, ...]


class RiskRow(Record):
    """Squared error of what is seen once at one level, predicted and observed."""

    level: float
    penalty: float
    predicted: float | None
    observed: Estimated | None
    verdict: Verdict
    slack: float | None
    needs: str = ""


class Regret(Record):
    """Risk at the predicted lambda* over the least on the path."""

    observed: Estimated
    bound: float | None
    verdict: Verdict
    needs: str = ""


class Corruption(Record):
    """Risk along the path with a share rho of corrupted tail labels."""

    rho: float
    rows: tuple[RiskRow, ...]
    at_best: RiskRow
    regret: Regret


class Scores(Record):
    """Memorization scores of one kind of samples; shares by the bins of `Influence.edges`."""

    samples: Whole
    share: tuple[float, ...]
    median: float | None
    above: float | None = Field(validation_alias="above_0.1", serialization_alias="above_0.1")


class Influence(Record):
    """Scores of samples with and without tail features.

    Args:
        predicted_own: score of a sample with a feature of its own; None where none can be.
        retrained: pairs (by formula, by retraining).
    """

    predicted_own: float | None
    edges: tuple[float, ...]
    tail: Scores
    common: Scores
    retrained: tuple[tuple[float, float], ...]
    largest_difference: float | None


class Pairs(Record):
    """Errors of features in spurious pairs, and of the pairs."""

    alpha: float
    draws: Whole
    predicted: tuple[float, ...]
    observed: tuple[float, ...]
    largest_difference: float
    largest_together: float


class Descent(Record):
    """Distance to the minimum-norm solution along gradient descent."""

    steps: tuple[Whole, ...]
    distance: tuple[float, ...]
    predicted: tuple[float, ...]
    bound: tuple[float, ...]
    largest_difference: float


class LawRow(Record):
    """`noisy-law` at one n: observed over claimed, with the accuracy that it has there."""

    n: Whole
    d: Whole
    sigma: float
    accuracy: float | None
    ratio: Estimated | None
    finite_sums: float | None
    row: VerdictRow


class JudgedRow(Record):
    """A claim of the section in a line of its table."""

    what: str
    predicted: float | None
    observed: Estimated | None
    slack: float | None
    verdict: Verdict
    needs: str = ""


class Memorization(Record):
    """The section: ridge paths, corrupted labels, influence, pairs, descent, the loss's law."""

    setting: dict[str, float | int | str]
    runs: Whole
    levels: tuple[float, ...]
    ridge: tuple[Ridge, ...]
    corruption: tuple[Corruption, ...]
    influence: Influence
    pairs: Pairs
    descent: Descent | None
    combinations: tuple[VerdictRow, ...]
    law: tuple[LawRow, ...]
    claims_judged: Whole
