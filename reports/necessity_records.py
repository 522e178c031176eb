"""What the "Necessity" section computes, as it stands in results.json."""

from __future__ import annotations

from pydantic import Field

from reports.records import Estimated, Record, VerdictRow, Whole


class StableRow(Record):
    """What delta-stable learners lose at one exponent and delta.

    Args:
        price: `stability-price`, judged by the subsample.
        kept: `subsampled-loss`.
        composed: `composition-needs-memory`.
        noisy: loss of ridge with noise, at the penalty at which it is least there.
        law: R(delta); None where the law's hypotheses fail.
        missing_mass: the loss of what is unseen, by which figures divide.
    """

    alpha: float
    delta: float
    price: VerdictRow
    kept: VerdictRow
    composed: VerdictRow
    noisy: Estimated
    law: float | None
    missing_mass: float | None


class PrivateRow(Record):
    """What label-private learners lose at one exponent and epsilon."""

    alpha: float
    epsilon: float
    price: VerdictRow
    missing_mass: float | None


class FloorRow(Record):
    """The least risk and that of memorizing everything, at one noise-to-signal ratio.

    Args:
        floor: `bayes-floor`.
        memorizing: `price-of-memorizing`; its numbers are over `plain_floor`.
        law: `price-of-memorizing-law`.
        plain_floor: the floor that has a law.
    """

    alpha: float
    strength: float
    floor: VerdictRow
    memorizing: VerdictRow
    law: VerdictRow
    plain_floor: float | None


class StableCurve(Record):
    """Bound and law over the missing mass, at one exponent.

    Args:
        believed: by the name of a line, where the hypotheses of its statement hold; everywhere
            for a line that is not in it.
    """

    alpha: float
    deltas: tuple[float, ...]
    bound: tuple[float | None, ...]
    law: tuple[float | None, ...]
    subsampled: tuple[float | None, ...]
    believed: dict[str, tuple[bool, ...]] = Field(default_factory=dict)


class FloorCurve(Record):
    """Over the floor that has a law, at one exponent.

    Args:
        sharper: the floor with features that share their only sample.
        price: predicted risk of memorizing everything.
        law: its law.
        believed: by the name of a line, where the hypotheses of its statement hold; everywhere
            for a line that is not in it.
    """

    alpha: float
    strengths: tuple[float, ...]
    sharper: tuple[float | None, ...]
    price: tuple[float | None, ...]
    law: tuple[float | None, ...]
    believed: dict[str, tuple[bool, ...]] = Field(default_factory=dict)


class Necessity(Record):
    """The section: what is kept from memorizing pays, and what nobody can do better."""

    setting: dict[str, float | int | str]
    seed: Whole
    runs: Whole
    alphas: tuple[float, ...]
    claims_judged: Whole
    stable: tuple[StableRow, ...]
    private: tuple[PrivateRow, ...]
    floors: tuple[FloorRow, ...]
    curves: tuple[StableCurve, ...]
    floor_curves: tuple[FloorCurve, ...]
    main_alpha: float = 2.0

    @property
    def judged(self) -> list[tuple[str, VerdictRow]]:
        """Every claim that was judged, with where it was."""
        return [
            *(
                (f"{row.id} at alpha = {one.alpha:g}, delta = {one.delta:g}", row)
                for one in self.stable
                for row in (one.price, one.kept, one.composed)
            ),
            *(
                (f"{one.price.id} at alpha = {one.alpha:g}, epsilon = {one.epsilon:g}", one.price)
                for one in self.private
            ),
            *(
                (f"{row.id} at alpha = {one.alpha:g}, lambda = {one.strength:g}", row)
                for one in self.floors
                for row in (one.floor, one.memorizing, one.law)
            ),
        ]
