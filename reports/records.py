"""What flows from computing to drawing: frozen, typed, JSON there and back.

A `Record` is made from Python numbers when something was computed and read strictly from a file,
so that nothing malformed gets as far as a page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field

from empirics.judging.intervals import Estimate
from empirics.judging.verdict import Judgement, Verdict
from empirics.observables.registry import OBSERVABLES
from empirics.running.montecarlo import Sample
from reports.console import finite, rounded
from theorems.claim import as_json

Whole = Annotated[int, Field(ge=0, lt=2**63)]
"""A count, a seed: what 64 bits hold."""


class Record(BaseModel):
    """Part of a results document; every number is finite or None."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False, populate_by_name=True)


class Range(Record):
    """A mean with its interval; None where there is none."""

    mean: float | None
    ci_low: float | None
    ci_high: float | None


class Estimated(Range):
    """What was observed.

    Args:
        runs: draws that had a value.
        method: of the interval, with the control variate where there is one.
    """

    runs: Whole
    method: str = ""

    @classmethod
    def of(cls, estimate: Estimate) -> Estimated:
        """The record of an estimate; numbers that are not there are None."""
        return cls(
            mean=rounded(estimate.mean),
            ci_low=rounded(estimate.ci_low),
            ci_high=rounded(estimate.ci_high),
            runs=estimate.runs,
            method=estimate.label,
        )


class HypothesisRow(Record):
    """A hypothesis at a setting, with its margin (>= 0 where it holds)."""

    text: str
    holds: bool
    margin: float | None


class ComparisonRow(Record):
    """A number that a statement is compared with, by the key that it has there."""

    name: str
    label: str = ""
    value: float | None
    note: str = ""


class VerdictRow(Record):
    """A claim at a setting, what was observed there, and the verdict.

    A verdict that no interval of proved coverage reaches (`proved_by`) rests on an asymptotic one.
    Of the sides, those in `enclosed` are certified by ball arithmetic: a lower one is rounded down
    and an upper one up.
    """

    id: str
    title: str
    origin: str
    kind: str
    quantity: str
    verdict: Verdict
    slack: float | None
    reason: str
    needs: str = ""
    proved_by: str = ""
    parts: dict[str, Verdict]
    lower: float | None
    value: float | None
    upper: float | None
    k: Whole | None
    extra: dict[str, float] = {}
    hypotheses: tuple[HypothesisRow, ...]
    accuracy: float | None
    observable: str | None
    observed: Estimated | None
    reference: float | None
    comparisons: tuple[ComparisonRow, ...] = ()
    enclosed: tuple[str, ...] = ()

    @classmethod
    def of(cls, judgement: Judgement) -> VerdictRow:
        """The row of a judgement."""
        claim = as_json(judgement.claim)
        return cls(
            **{name: claim[name] for name in ("id", "title", "origin", "kind", "quantity")},
            **{name: claim[name] for name in ("lower", "value", "upper", "k", "extra")},
            verdict=judgement.verdict,
            slack=rounded(judgement.slack, 6),
            reason=judgement.reason,
            needs=judgement.needs,
            proved_by=judgement.proved_by,
            parts=judgement.parts,
            hypotheses=tuple(
                HypothesisRow(text=one.text, holds=one.holds, margin=rounded(one.margin, 6))
                for one in judgement.claim.hypotheses
            ),
            accuracy=finite(judgement.claim.number("accuracy")),
            observable=judgement.claim.statement.observable,
            observed=None if judgement.observed is None else Estimated.of(judgement.observed),
            reference=finite(judgement.claim.number("reference")),
            comparisons=tuple(
                ComparisonRow(**one | {"value": rounded(one["value"])})
                for one in claim["comparisons"]
            ),
            enclosed=judgement.claim.enclosed,
        )


class Cell(Record):
    """One setting: what was observed, what was judged.

    Args:
        setting: its parameters, as `Setting.document` gives them.
    """

    setting: dict[str, float | int | str]
    k: Whole
    runs: Whole
    seed: Whole
    observed: dict[str, Estimated]
    verdicts: tuple[VerdictRow, ...]

    @classmethod
    def of(cls, sample: Sample, judgements: Sequence[Judgement], **more: Any) -> Self:
        """The cell of a sample and the judgements on it; a kind of its own may hold more."""
        return cls(
            setting=sample.setting.document(),
            k=sample.setting.k,
            runs=sample.runs,
            seed=sample.seed,
            observed={
                name: Estimated.of(sample.estimate(name))
                for name, observable in OBSERVABLES.items()
                if sample.measured(observable)
            },
            verdicts=tuple(VerdictRow.of(judgement) for judgement in judgements),
            **more,
        )

    @property
    def sigma(self) -> float:
        """Noise level."""
        return float(self.setting["sigma"])

    @property
    def alpha(self) -> float:
        """Exponent of its power law.

        Raises:
            KeyError: where its law is none.
        """
        return float(self.setting["alpha"])


def document(record: BaseModel) -> Any:
    """The record as JSON's dictionaries, lists and numbers."""
    return record.model_dump(mode="json", by_alias=True)
