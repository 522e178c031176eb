"""What the report computes of learners kept from memorizing, and of the best of all."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from empirics.judging.family import Family
from empirics.judging.verdict import Judgement, judge, tests
from empirics.observables.observable import Measurement
from empirics.observables.registry import OBSERVABLES
from empirics.observables.stability import PENALTIES
from empirics.running.cluster import Workers
from empirics.running.montecarlo import Sample, replicate
from reports.cached import open_store
from reports.console import finite, progress
from reports.main_setting import MainSetting
from reports.necessity_records import (
    FloorCurve,
    FloorRow,
    Necessity,
    PrivateRow,
    StableCurve,
    StableRow,
)
from reports.records import Estimated, VerdictRow
from theorems.catalogue import catalogue
from theorems.certified import available
from theorems.claim import Claim, claim_at
from theorems.evaluate.numbers import evaluate
from theorems.setting import Setting
from theorems.stability.bayes_floor import FLOOR

ALPHAS = (1.5, 2.0, 2.5)
DELTAS = (0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.85, 1.0)
EPSILONS = (0.5, 1.0, 2.0, 4.0)
STRENGTHS = (0.05, 0.25, 1.0, 4.0)
"""Noise-to-signal ratios lambda."""

RUNS = {"quick": 60, "paper": 400}
"""Draws at each exponent, by preset."""

CURVE = 41
"""Points of a curve."""

_STABLE = ("stability-price", "subsampled-loss", "composition-needs-memory")
_FLOORS = ("bayes-floor", "price-of-memorizing", "price-of-memorizing-law")


def planned_tests(main: MainSetting | None = None) -> int:
    """How many intervals the verdicts of the section may look at."""
    counted = [(_STABLE, len(DELTAS)), (("private-price",), len(EPSILONS))]
    counted.append((_FLOORS, len(STRENGTHS)))
    each = sum(tests(catalogue[name]) * count for names, count in counted for name in names)
    return each * len((main or MainSetting()).among(ALPHAS))


def necessity(
    runs: int, seed: int, workers: Workers, family: Family, main: MainSetting | None = None
) -> Necessity:
    """The section's data, the same for any number of workers.

    Args:
        runs: draws at each exponent.
        seed: that every draw comes from.
        workers: who draws.
        family: of the tests of the whole report.
        main: the setting in the middle; None for the paper's.
    """
    main = main or MainSetting()
    alphas = main.among(ALPHAS)
    settings = [main.at(alpha=alpha, beta_exponent=0.0, sigma=0.0) for alpha in alphas]
    with open_store() as store, progress("necessity: draws", runs * len(settings)) as advance:
        samples = replicate(
            settings,
            runs,
            seed,
            workers=workers,
            store=store,
            advance=advance,
            measurements=_measurements(),
        )
    each = len(DELTAS) * len(_STABLE) + len(EPSILONS) + len(STRENGTHS) * len(_FLOORS)
    claims = each * len(samples)
    stable, private, floors = [], [], []
    curves, floor_curves = [], []
    with progress("necessity: statements", claims + 2 * CURVE * len(samples)) as advance:
        for sample in samples:
            judging = _Judging(sample, family, advance)
            stable += [judging.stable(delta) for delta in DELTAS]
            private += [judging.private(epsilon) for epsilon in EPSILONS]
            floors += [judging.floor(strength) for strength in STRENGTHS]
            curves.append(_curve(sample.setting, advance))
            floor_curves.append(_floor_curve(sample.setting, advance))
    unchanged = {name: value for name, value in settings[0].document().items() if name != "alpha"}
    return Necessity(
        setting={name: value for name, value in unchanged.items() if name != "k"},
        seed=seed,
        runs=runs,
        alphas=alphas,
        main_alpha=main.setting.alpha,
        claims_judged=claims,
        stable=tuple(stable),
        private=tuple(private),
        floors=tuple(floors),
        curves=tuple(curves),
        floor_curves=tuple(floor_curves),
    )


def _measurements() -> list[Measurement]:
    """What the section looks at."""
    wanted = [
        *(OBSERVABLES["subsampled_loss"].measurement({"delta": delta}) for delta in DELTAS),
        *(OBSERVABLES["bayes_risk"].measurement({"lamda": strength}) for strength in STRENGTHS),
        OBSERVABLES["memorizing_risk"].measurement(),
        OBSERVABLES["private_loss"].measurement(),
        OBSERVABLES[f"noisy_ridge_loss_{PENALTIES[0]}"].measurement(),
    ]
    return list(dict.fromkeys(wanted))


class _Judging:
    """Judges claims at one exponent.

    Args:
        sample: the draws there.
        family: of the tests of the whole report.
        advance: called once for each.
    """

    def __init__(self, sample: Sample, family: Family, advance: Callable[[int], None]) -> None:
        self._sample, self._family, self._advance = sample, family, advance
        self._alpha = sample.setting.alpha

    def _judged(self, identifier: str, extra: dict[str, float]) -> Judgement:
        claim = claim_at(
            catalogue[identifier], self._sample.setting, extra=extra, certified=available()
        )
        self._advance(1)
        return judge(claim, self._sample, self._family)

    def stable(self, delta: float) -> StableRow:
        """At one delta."""
        price, kept = (self._judged(name, {"delta": delta}) for name in _STABLE[:2])
        # Its other extra parameter is of a comparison alone.
        composed = self._judged(_STABLE[2], {"delta": delta})
        noisy = [
            self._sample.estimate(f"noisy_ridge_loss_{penalty}", extra={"delta": delta})
            for penalty in PENALTIES
        ]
        law = claim_at(catalogue["stability-law"], self._sample.setting, extra={"delta": delta})
        return StableRow(
            alpha=self._alpha,
            delta=delta,
            price=VerdictRow.of(price),
            kept=VerdictRow.of(kept),
            composed=VerdictRow.of(composed),
            noisy=Estimated.of(min(noisy, key=lambda one: one.mean)),
            law=_believed(law),
            missing_mass=finite(price.claim.comparison("missing-mass")),
        )

    def private(self, epsilon: float) -> PrivateRow:
        """At one epsilon."""
        price = self._judged("private-price", {"epsilon": epsilon})
        return PrivateRow(
            alpha=self._alpha,
            epsilon=epsilon,
            price=VerdictRow.of(price),
            missing_mass=finite(price.claim.comparison("missing-mass")),
        )

    def floor(self, strength: float) -> FloorRow:
        """At one noise-to-signal ratio."""
        floor, memorizing, law = (self._judged(name, {"lamda": strength}) for name in _FLOORS)
        plain = _plain_floor(self._sample.setting, strength)
        return FloorRow(
            alpha=self._alpha,
            strength=strength,
            floor=VerdictRow.of(floor),
            memorizing=VerdictRow.of(memorizing),
            law=VerdictRow.of(law),
            plain_floor=finite(plain),
        )


def _over(value: float, unit: float) -> float | None:
    """A loss in a unit; None where nothing is lost."""
    return finite(value / unit) if unit else None


def _believed(claim: Claim) -> float | None:
    return finite(claim.number("value")) if claim.believed else None


def _plain_floor(setting: Setting, strength: float) -> float:
    return evaluate({"floor": FLOOR}, setting.parameters | {"lamda": strength})["floor"]


def _floor_curve(setting: Setting, advance: Callable[[int], None]) -> FloorCurve:
    """Over the floor, at many noise-to-signal ratios."""
    strengths = np.round(np.geomspace(min(STRENGTHS), max(STRENGTHS), CURVE), 6).tolist()
    sharper, price, law = [], [], []
    for strength in strengths:
        floor, finite_sums, limit = (
            claim_at(catalogue[name], setting, extra={"lamda": strength}) for name in _FLOORS
        )
        sharper.append(_over(floor.numbers["lower"], _plain_floor(setting, strength)))
        price.append(finite(finite_sums.numbers["value"]))
        law.append(finite(limit.numbers["value"]))
        advance(1)
    return FloorCurve(
        alpha=setting.alpha,
        strengths=tuple(strengths),
        sharper=tuple(sharper),
        price=tuple(price),
        law=tuple(law),
    )


def _curve(setting: Setting, advance: Callable[[int], None]) -> StableCurve:
    """Over the missing mass, at many delta."""
    deltas = np.unique(np.round(np.geomspace(min(DELTAS), 1.0, CURVE), 6)).tolist()
    bound, law, subsampled = [], [], []
    for delta in deltas:
        price, kept, limit = (
            claim_at(catalogue[name], setting, extra={"delta": delta})
            for name in ("stability-price", "subsampled-loss", "stability-law")
        )
        missing = price.comparison("missing-mass")
        bound.append(_over(price.numbers["lower"], missing))
        subsampled.append(_over(kept.numbers["lower"], missing))
        law.append(finite(limit.numbers["value"]))
        advance(1)
    return StableCurve(
        alpha=setting.alpha,
        deltas=tuple(deltas),
        bound=tuple(bound),
        law=tuple(law),
        subsampled=tuple(subsampled),
    )
