"""What the report computes of learners kept from memorizing, and of the best of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np

from empirics.judging.family import Family
from empirics.judging.outstanding import with_needs
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
from reports.spread import Ask, claims
from theorems.catalogue import catalogue
from theorems.certified import available
from theorems.claim import Claim
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
FLOOR_LINES = ("sharper", "price", "law")
"""What lines of `_FLOORS` are called."""

STABLE_LINES = {
    "bound": "stability-price",
    "subsampled": "subsampled-loss",
    "law": "stability-law",
}
"""Lines over delta, each with its statement."""

_PARAMETER = {
    **dict.fromkeys((*_STABLE, "stability-law"), "delta"),
    "private-price": "epsilon",
    **dict.fromkeys(_FLOORS, "lamda"),
}
"""The extra parameter that each is evaluated over."""

Found: TypeAlias = dict[tuple[float, str, float, bool], Claim]
"""Claims by exponent, statement, value of the parameter, and whether they were to be enclosed."""


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
    asked = [group for setting in settings for group in _asked(setting)]
    with progress("necessity: statements", sum(map(len, asked))) as advance:
        rows = claims(asked, workers, advance)
    found: Found = {
        (ask.setting.alpha, ask.id, value, ask.certified): claim
        for group, row in zip(asked, rows, strict=True)
        for ask, claim in zip(group, row, strict=True)
        for value in ask.extra.values()
    }
    judging = [_Judging(sample, family, found) for sample in samples]
    each = len(DELTAS) * len(_STABLE) + len(EPSILONS) + len(STRENGTHS) * len(_FLOORS)
    unchanged = {name: value for name, value in settings[0].document().items() if name != "alpha"}
    return Necessity(
        setting={name: value for name, value in unchanged.items() if name != "k"},
        seed=seed,
        runs=runs,
        alphas=alphas,
        main_alpha=main.setting.alpha,
        claims_judged=each * len(samples),
        stable=tuple(one.stable(delta) for one in judging for delta in DELTAS),
        private=tuple(one.private(epsilon) for one in judging for epsilon in EPSILONS),
        floors=tuple(one.floor(strength) for one in judging for strength in STRENGTHS),
        curves=tuple(_curve(setting, found) for setting in settings),
        floor_curves=tuple(_floor_curve(setting, found) for setting in settings),
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


def _deltas() -> list[float]:
    """Of the curves."""
    return list(np.unique(np.round(np.geomspace(min(DELTAS), 1.0, CURVE), 6)).tolist())


def _strengths() -> list[float]:
    """Of the curves."""
    return list(np.round(np.geomspace(min(STRENGTHS), max(STRENGTHS), CURVE), 6).tolist())


def _asked(setting: Setting) -> list[list[Ask]]:
    """Everything that is evaluated at a setting, in groups that share work."""
    enclosed = available()
    stable = [(name, delta) for name in _STABLE for delta in DELTAS]
    laws = [("stability-law", delta) for delta in DELTAS]
    private = [("private-price", epsilon) for epsilon in EPSILONS]
    floors = [(name, strength) for name in _FLOORS for strength in STRENGTHS]
    over = [(name, delta) for name in STABLE_LINES.values() for delta in _deltas()]
    paid = [(name, strength) for name in _FLOORS for strength in _strengths()]
    return [
        [Ask(name, setting, {_PARAMETER[name]: value}, enclosed) for name, value in stable],
        [Ask(name, setting, {_PARAMETER[name]: value}, enclosed) for name, value in private],
        [Ask(name, setting, {_PARAMETER[name]: value}, enclosed) for name, value in floors],
        [Ask(name, setting, {_PARAMETER[name]: value}) for name, value in laws],
        [Ask(name, setting, {_PARAMETER[name]: value}) for name, value in over],
        [Ask(name, setting, {_PARAMETER[name]: value}) for name, value in paid],
    ]


class _Judging:
    """Judges claims at one exponent.

    Args:
        sample: the draws there.
        family: of the tests of the whole report.
        found: the claims.
    """

    def __init__(self, sample: Sample, family: Family, found: Found) -> None:
        self._sample, self._family, self._found = sample, family, found
        self._alpha = sample.setting.alpha

    def _judged(self, identifier: str, value: float) -> Judgement:
        claim = self._found[self._alpha, identifier, value, available()]
        judged = judge(claim, self._sample, self._family)
        return with_needs(judged, self._sample.runs, self._family)

    def stable(self, delta: float) -> StableRow:
        """At one delta."""
        # The other extra parameter of the last is of a comparison alone.
        price, kept, composed = (self._judged(name, delta) for name in _STABLE)
        noisy = [
            self._sample.estimate(f"noisy_ridge_loss_{penalty}", extra={"delta": delta})
            for penalty in PENALTIES
        ]
        law = self._found[self._alpha, "stability-law", delta, False]
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
        price = self._judged("private-price", epsilon)
        return PrivateRow(
            alpha=self._alpha,
            epsilon=epsilon,
            price=VerdictRow.of(price),
            missing_mass=finite(price.claim.comparison("missing-mass")),
        )

    def floor(self, strength: float) -> FloorRow:
        """At one noise-to-signal ratio."""
        floor, memorizing, law = (self._judged(name, strength) for name in _FLOORS)
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


def _floor_curve(setting: Setting, found: Found) -> FloorCurve:
    """Over the floor, at many noise-to-signal ratios."""
    sharper, price, law = [], [], []
    for strength in _strengths():
        floor, finite_sums, limit = (
            found[setting.alpha, name, strength, False] for name in _FLOORS
        )
        sharper.append(_over(floor.numbers["lower"], _plain_floor(setting, strength)))
        price.append(finite(finite_sums.numbers["value"]))
        law.append(finite(limit.numbers["value"]))
    return FloorCurve(
        alpha=setting.alpha,
        strengths=tuple(_strengths()),
        sharper=tuple(sharper),
        price=tuple(price),
        law=tuple(law),
        believed=_where_believed(
            found, setting.alpha, _strengths(), dict(zip(FLOOR_LINES, _FLOORS, strict=True))
        ),
    )


def _curve(setting: Setting, found: Found) -> StableCurve:
    """Over the missing mass, at many delta."""
    bound, law, subsampled = [], [], []
    for delta in _deltas():
        price, kept, limit = (
            found[setting.alpha, name, delta, False] for name in STABLE_LINES.values()
        )
        missing = price.comparison("missing-mass")
        bound.append(_over(price.numbers["lower"], missing))
        subsampled.append(_over(kept.numbers["lower"], missing))
        law.append(finite(limit.numbers["value"]))
    return StableCurve(
        alpha=setting.alpha,
        deltas=tuple(_deltas()),
        bound=tuple(bound),
        law=tuple(law),
        subsampled=tuple(subsampled),
        believed=_where_believed(found, setting.alpha, _deltas(), STABLE_LINES),
    )


def _where_believed(
    found: Found, alpha: float, values: Sequence[float], lines: Mapping[str, str]
) -> dict[str, tuple[bool, ...]]:
    """Where the hypotheses of each line's statement hold."""
    return {
        line: tuple(found[alpha, name, value, False].believed for value in values)
        for line, name in lines.items()
    }
