"""What a diagnosis holds."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from empirics.diagnosis.shown import Shown
from empirics.solver.arrays import Floats, Indices, Mask
from empirics.solver.certificate import Certificate
from theorems.catalogue import catalogue
from theorems.claim import Claim, claim_at
from theorems.law import Law
from theorems.setting import Setting

# Lower ends of the classes of appearances in `by_appearances`.
_CLASSES = (1, 2, 3, 6, 11, 101)


@dataclass(frozen=True)
class Absent:
    """A number that a diagnosis does not have, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Features:
    """The m seen features, ascending.

    Attributes:
        index: (m,) column of the design, from 0.
        appearances: (m,) samples that hold the feature.
        identifiable: (m,) whether the samples determine its coefficient.
        variance: (m,) variance of the coefficient at unit label noise, in 1 / units of X squared;
            NaN where it is too dear, None where there is no solution.
        coefficient: (m,) minimum-norm coefficient, in units of labels / units of X; None without
            labels.

    """

    index: Indices
    appearances: Indices
    identifiable: Mask
    variance: Floats | None
    coefficient: Floats | None


@dataclass(frozen=True)
class Samples:
    """The n samples.

    Attributes:
        leverage: (n,) diagonal of H = X pinv(X): 1 where a sample is fitted whatever its label;
            None where there is no solution.
        self_influence: (n,) how far training on the sample moves the prediction at it, in units of
            labels: the leave-one-out residual less the residual, exactly (`self-influence`); None
            without labels, or where it is too dear.
        private: (n,) whether it holds a feature of no other sample.

    """

    leverage: Floats | None
    self_influence: Floats | None
    private: Mask


@dataclass(frozen=True)
class Loss:
    """Mean squared errors, in units of labels squared.

    Attributes:
        zero: of the prediction 0: the mean squared label.
        train: at the training samples.
        leave_one_out: of each sample's prediction by the solution fitted without it; over samples
            that are exchangeable its mean is the mean loss of n - 1 samples, label noise included.
            None where it is too dear.
        noise_variance: residual sum of squares over n - rank: unbiased, if labels are linear in
            the features plus uncorrelated noise of one variance. None where rank = n.

    """

    zero: float
    train: float
    leave_one_out: float | None
    noise_variance: float | None

    @property
    def excess(self) -> float | None:
        """The leave-one-out loss less the noise: what predictions add to it, estimated."""
        if self.leave_one_out is None or self.noise_variance is None:
            return None
        return self.leave_one_out - self.noise_variance


@dataclass(frozen=True)
class UnseenMass:
    """How many features a new sample holds that no sample had, estimated (Good-Turing).

    Attributes:
        estimate: the number of features seen once over n. Its mean exceeds that of the sum of p_i
            over the unseen features by sum_i p_i^2 (1-p_i)^(n-1).
        standard_error: the root of that number over n: features that are independent make it a sum
            of independent indicators, whose variance is at most its mean.

    """

    estimate: float
    standard_error: float


@dataclass(frozen=True)
class Class:
    """Seen features by their number of appearances.

    Attributes:
        least: appearances from here,
        most: to here, or None for any number.
        seen: features.
        identifiable: of these, identifiable.
        variance: mean over the identifiable ones, or None.

    """

    least: int
    most: int | None
    seen: int
    identifiable: int
    variance: float | None


@dataclass(frozen=True)
class Beside:
    """A statement at the estimated law, beside what the design shows.

    Attributes:
        claim: what the statement says there. The law is estimated from the design itself, so that
            this is no test of the statement and has no verdict.
        shown: what the design shows, or None where that takes the true coefficients.

    """

    claim: Claim
    shown: Shown | None

    @property
    def quantity(self) -> float | None:
        """What the design shows, in the units of the claim."""
        scale = self.claim.number("scale")
        if self.shown is None or scale is None or not math.isfinite(scale):
            return None
        return self.shown.value * scale


@dataclass(frozen=True)
class Diagnosis:
    """What a design determines, what it memorizes, and what the theory says at its frequencies.

    Attributes:
        n: samples.
        d: features.
        rank: of the design.
        features: the seen features.
        samples: the samples.
        loss: with labels; else None.
        unseen_mass: features that a new sample will hold and no sample had.
        signs: whether every entry is 1 or -1, as the statements suppose.
        setting: the estimated frequencies (`empirics.diagnosis.frequencies`) with the coefficients,
            or 1 without labels, n, and the noise estimated from the labels, or 0. Unseen features
            have the root mean square of the coefficients seen once. None for a single feature.
        shown: what the design shows of the observables of statements.
        certificate: what is proved of rank and identifiable set; None if that was not wanted.
        absent: what is missing, and why.

    """

    n: int
    d: int
    rank: int
    features: Features
    samples: Samples
    loss: Loss | None
    unseen_mass: UnseenMass
    signs: bool
    setting: Setting | None
    shown: tuple[Shown, ...] = field(repr=False)
    certificate: Certificate | None
    absent: tuple[Absent, ...]

    @property
    def seen(self) -> int:
        """Features that some sample holds."""
        return int(self.features.index.size)

    @property
    def identifiable(self) -> int:
        """Features whose coefficients the samples determine."""
        return int(np.count_nonzero(self.features.identifiable))

    @property
    def seen_once(self) -> int:
        """Features that one sample holds."""
        return int(np.count_nonzero(self.features.appearances == 1))

    @property
    def private_samples(self) -> int:
        """Samples that hold a feature of no other sample."""
        return int(np.count_nonzero(self.samples.private))

    @property
    def indispensable_samples(self) -> int | None:
        """Samples that are no combination of the others: they are fitted exactly."""
        if self.samples.leverage is None:
            return None
        return int(np.count_nonzero(self.samples.leverage == 1))

    @property
    def by_appearances(self) -> tuple[Class, ...]:
        """The seen features by how often they appear, the classes that have any."""
        ends = (*_CLASSES[1:], math.inf)
        classes = (self._class(low, high) for low, high in zip(_CLASSES, ends, strict=True))
        return tuple(one for one in classes if one.seen)

    def _class(self, low: int, high: float) -> Class:
        count, known = self.features.appearances, self.features.identifiable
        chosen = (low <= count) & (count < high)
        variance = self.features.variance
        both = chosen & known
        return Class(
            low,
            int(high) - 1 if math.isfinite(high) else None,
            int(np.count_nonzero(chosen)),
            int(np.count_nonzero(both)),
            float(variance[both].mean()) if variance is not None and both.any() else None,
        )

    def most_memorized(self, count: int = 5) -> NDArray[np.int64]:
        """The samples of the largest self-influence in size, falling; none without labels."""
        influence = self.samples.self_influence
        if influence is None:
            return np.empty(0, dtype=np.int64)
        size = np.abs(influence)
        most = min(count, size.size)
        # Equal ones by their numbers.
        threshold = np.partition(size, size.size - most)[size.size - most]
        chosen = np.flatnonzero(size >= threshold)
        order = np.argsort(-size[chosen], kind="stable")
        return chosen[order][:most].astype(np.int64)

    @property
    def law(self) -> Law | None:
        """The estimated frequencies and coefficients."""
        return None if self.setting is None else self.setting.law

    @cached_property
    def statements(self) -> tuple[Beside, ...]:
        """Every statement of the catalogue at the estimated law; none where there is no law."""
        if self.setting is None:
            return ()
        shown = {one.observable: one for one in self.shown}
        return tuple(
            Beside(claim_at(statement, self.setting), shown.get(statement.observable or ""))
            for statement in catalogue.values()
        )

    def __str__(self) -> str:
        return (
            f"Diagnosis(n = {self.n}, d = {self.d}, rank = {self.rank}, seen = {self.seen}, "
            f"identifiable = {self.identifiable}, seen once = {self.seen_once}, "
            f"private samples = {self.private_samples})"
        )

    __repr__ = __str__
