"""Memorization as a level, and when it hurts: what the report computes for that section."""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import NDArray

from empirics.judging.family import Family
from empirics.judging.intervals import STUDENT_RUNS, Estimate, estimate
from empirics.judging.outstanding import narrower, with_needs
from empirics.judging.verdict import Judgement, Verdict, judge
from empirics.observables.paths import Path, along_path, paths
from empirics.running.cluster import Workers
from empirics.running.montecarlo import CONFIDENCE, Sample, replicate
from reports.cached import open_store
from reports.console import finite, progress, rounded
from reports.main_setting import MainSetting
from reports.memorization_records import (
    Corruption,
    Descent,
    Influence,
    JudgedRow,
    LawRow,
    Memorization,
    Pairs,
    Regret,
    Ridge,
    RidgeRow,
    RiskRow,
    Scores,
)
from reports.records import Estimated, VerdictRow
from theorems.catalogue import catalogue
from theorems.certified import available
from theorems.claim import Claim, claim_at
from theorems.noisy.noisy_ood import combining
from theorems.setting import MOST_FEATURES, PAPER, Setting

Array = NDArray[np.float64]

LEVELS = (1.0, 0.98, 0.95, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05)
"""Levels m = 1/(1 + penalty) along the ridge path."""

HIGH, LOW = 0.5, PAPER.sigma
"""A noise level at which full memorization costs something, and the paper's."""

CORRUPTIONS = (0.02, 0.1, 0.3)
"""Shares rho of corrupted tail labels, with tau = 1."""

COMBINED = 3
RUNS = STUDENT_RUNS
RETRAINED = 24
PAIRS_ALPHA = 1.5
"""At alpha = 2 there is about one spurious pair in a draw; here there are twenty."""

LAW = ((0.3, 48), (1.0, 30), (3.0, 16))
"""n over that of the main setting, with d = 100 n, and draws for the sweep of `noisy-law`."""

LAW_SIGMA = 0.5
BINS = 32


def planned_tests() -> int:
    """Intervals that are judged: corruption at each level and at lambda*, regrets, t, the law."""
    return len(CORRUPTIONS) * (len(LEVELS) + 2) + COMBINED + len(LAW)


def law_settings(main: MainSetting) -> list[Setting]:
    """The sizes of the sweep of `noisy-law`.

    Raises:
        InputError: for coefficients that are too large there.
    """
    sizes = [max(2, round(share * main.setting.n)) for share, _ in LAW]
    return [
        main.at(n=n, d=min(100 * n, MOST_FEATURES), sigma=LAW_SIGMA, k=None)
        for n in dict.fromkeys(sizes)
    ]


def noise_levels(main: MainSetting) -> tuple[float, float]:
    """The main noise level, and beside it a high one, or the paper's where it is high itself."""
    own = main.setting.sigma
    return (own, HIGH) if own < HIGH / 2 else (LOW, own)


def memorization(
    seed: int, workers: Workers, family: Family, main: MainSetting | None = None
) -> Memorization:
    """The section's data.

    Args:
        seed: of the experiment.
        workers: who draws.
        family: of the tests of the whole report.
        main: the setting in the middle; None for the paper's.
    """
    main = main or MainSetting()
    setting = main.setting
    other = main.at(alpha=min(PAIRS_ALPHA, setting.alpha))
    count = RUNS
    best = [_best_penalty(setting, rho) for rho in CORRUPTIONS]
    penalties = [1 / level - 1 for level in LEVELS] + best
    with progress("memorization", 3) as advance:
        drawn = paths(setting, penalties, count, seed, workers=workers, retrained=RETRAINED)
        advance(1)
        paired = paths(other, (0.0,), min(count, 8), seed, workers=workers, retrained=0)
        advance(1)
        samples = _sweep(law_settings(main), seed, workers)
        advance(1)
    return Memorization(
        setting=setting.document(),
        runs=count,
        levels=LEVELS,
        ridge=tuple(_ridge(drawn, setting, sigma) for sigma in noise_levels(main)),
        corruption=tuple(
            _corruption(drawn, setting, seed, rho, position, family)
            for position, rho in enumerate(CORRUPTIONS)
        ),
        influence=_influence(drawn, setting),
        pairs=_pairs(paired, other.alpha),
        descent=_descent(drawn[0]),
        combinations=tuple(
            VerdictRow.of(_judged(_combined(t, sample.setting), sample, family))
            for sample in samples[:2][-1:]
            for t in range(1, COMBINED + 1)
        ),
        law=tuple(_law(sample, family) for sample in samples),
        claims_judged=planned_tests(),
    )


def _sweep(settings: list[Setting], seed: int, workers: Workers) -> list[Sample]:
    """Draws at each n of the sweep of `noisy-law`."""
    with open_store() as store:
        return [
            replicate(
                [setting],
                draws,
                seed,
                workers=workers,
                store=store,
            )[0]
            for setting, (_, draws) in zip(settings, LAW, strict=False)
        ]


def judged_lines(data: Memorization) -> list[JudgedRow]:
    """The claims judged in the section, a line each; of each path the worst level."""
    rows = []
    for line in data.corruption:
        best = line.at_best
        told = f"corruption-tradeoff, {line.rho:.0%} of tail labels corrupted: squared error"
        rows.append(_risk(f"{told} at λ* = {best.penalty:.3g}", best))
        worst = max(line.rows, key=lambda row: abs(np.log(row.slack)) if row.slack else -1.0)
        where = f"at the level where it is furthest off, m = {worst.level:.2g}"
        rows.append(_risk(f"{told} {where}", worst))
        rows.append(
            JudgedRow(
                what=f"{told} at λ* over the least on the path, at most",
                predicted=line.regret.bound,
                observed=line.regret.observed,
                slack=None,
                verdict=line.regret.verdict,
                needs=line.regret.needs,
            )
        )
    rows += [_line(row) for row in data.combinations]
    rows += [
        _line(line.row, f"; n = {line.n}, d = {line.d}, σ = {line.sigma:g}") for line in data.law
    ]
    return rows


def _risk(what: str, row: RiskRow) -> JudgedRow:
    return JudgedRow(
        what=what,
        predicted=row.predicted,
        observed=row.observed,
        slack=row.slack,
        verdict=row.verdict,
        needs=row.needs,
    )


def _line(row: VerdictRow, where: str = "") -> JudgedRow:
    return JudgedRow(
        what=f"{row.id}: {row.quantity}{where}",
        predicted=row.value,
        observed=row.observed,
        slack=row.slack,
        verdict=row.verdict,
        needs=row.needs,
    )


def _best_penalty(setting: Setting, rho: float) -> float:
    """Lambda* of `corruption-tradeoff`; 0 where no feature can be seen once, and none is best."""
    claim = claim_at(catalogue["corruption-tradeoff"], setting, extra={"rho": rho})
    return finite(claim.comparison("best-penalty")) or 0.0


def _single(drawn: list[Path], position: int, sigma: float, corruption: float) -> Array:
    """(runs,) squared error of features seen once at one penalty of the path."""
    parts = np.array([path.single[position] for path in drawn])
    return np.asarray(parts @ np.array([1.0, sigma**2, corruption]))


def _ridge(drawn: list[Path], setting: Setting, sigma: float) -> Ridge:
    """Losses along the path at one noise level, with the predicted OOD loss."""
    at = setting.at(sigma=sigma)
    rows = []
    for position, level in enumerate(LEVELS):
        penalty = 1 / level - 1
        extra = {"lamda": penalty, "rho": 0.0}
        claim = claim_at(catalogue["corruption-tradeoff"], at, extra=extra)
        loss = np.array([path.loss[position] for path in drawn]) @ [1.0, sigma**2]
        train = np.array([path.train[position] for path in drawn]) @ [1.0, sigma**2]
        ood = COMBINED * _single(drawn, position, sigma, 0.0)
        rows.append(
            RidgeRow(
                level=level,
                penalty=penalty,
                in_distribution=Estimated.of(estimate(loss, CONFIDENCE)),
                train=Estimated.of(estimate(train, CONFIDENCE)),
                ood=Estimated.of(estimate(ood, CONFIDENCE)),
                ood_predicted=finite(COMBINED * claim.numbers["value"]),
            )
        )
    best = _best_penalty(at, 0.0)
    return Ridge(sigma=sigma, best_level=1 / (1 + best), rows=tuple(rows))


def _corruption(
    drawn: list[Path], setting: Setting, seed: int, rho: float, which: int, family: Family
) -> Corruption:
    """Risk along the path with corrupted tail labels, at the predicted best penalty too."""
    statement = catalogue["corruption-tradeoff"]
    penalties = [1 / level - 1 for level in LEVELS]
    penalties += [_best_penalty(setting, corrupted) for corrupted in CORRUPTIONS]
    sample = along_path(drawn, penalties, setting, seed)
    rows = []
    risks = []
    for position, level in [*enumerate(LEVELS), (len(LEVELS) + which, None)]:
        penalty = _best_penalty(setting, rho) if level is None else 1 / level - 1
        claim = claim_at(statement, setting, extra={"lamda": penalty, "rho": rho})
        risks.append(_single(drawn, position, setting.sigma, rho))
        rows.append(_risk_row(penalty, _judged(claim, sample, family)))
    return Corruption(
        rho=rho, rows=tuple(rows[:-1]), at_best=rows[-1], regret=_regret(risks, claim, family)
    )


def _judged(claim: Claim, sample: Sample, family: Family) -> Judgement:
    """The judgement, saying what would decide it where it is open."""
    return with_needs(judge(claim, sample, family), sample.runs, family)


def _risk_row(penalty: float, judged: Judgement) -> RiskRow:
    return RiskRow(
        level=1 / (1 + penalty),
        penalty=penalty,
        predicted=finite(judged.claim.numbers["value"]),
        observed=None if judged.observed is None else Estimated.of(judged.observed),
        verdict=judged.verdict,
        slack=finite(judged.slack),
        needs=judged.needs,
    )


def _regret(risks: list[Array], claim: Claim, family: Family) -> Regret:
    """Risk at the predicted lambda* over the least risk on the path.

    If every risk is within a share a < 1 of its prediction, then this is at most (1 + a)/(1 - a):
    the risk at lambda* is at most (1 + a) times its prediction, which is least there, and that at
    another penalty at least (1 - a) times its own.
    """
    at_best, path = risks[-1], risks[:-1]
    least = path[int(np.argmin([float(risk.mean()) for risk in path]))]
    ratio = at_best / least
    accuracy = claim.numbers["accuracy"]
    bound = (1 + accuracy) / (1 - accuracy) if accuracy < 1 else np.inf

    def verdict(wide: Estimate) -> Verdict:
        if np.isnan(wide.ci_high) or np.isinf(bound):
            return Verdict.INCONCLUSIVE
        if wide.ci_low > bound:
            return Verdict.REFUTED
        return Verdict.HOLDS if wide.ci_high <= bound else Verdict.INCONCLUSIVE

    wide = estimate(ratio, family.confidence)
    return Regret(
        observed=Estimated.of(estimate(ratio, CONFIDENCE)),
        bound=finite(bound),
        verdict=verdict(wide),
        needs=narrower(verdict, wide),
    )


def _combined(features: int, setting: Setting) -> Claim:
    """The claim on test points of so many features."""
    return claim_at(combining(features), setting, certified=available())


def _influence(drawn: list[Path], setting: Setting) -> Influence:
    """Distribution of |score| among samples with and without tail features."""
    score = np.abs(np.concatenate([path.score for path in drawn]))
    tail = np.concatenate([path.tail_rows for path in drawn])
    # Scores span many orders of magnitude; what is below the first edge counts there.
    edges = np.geomspace(1e-6, max(float(score.max()), 1e-5), BINS + 1)
    clipped = np.clip(score, edges[0], edges[-1])
    checked = drawn[0].checked
    difference = np.abs(checked[:, 0] - checked[:, 1])
    alone = claim_at(catalogue["corruption-tradeoff"], setting, extra={"rho": 0.0})
    strength = alone.comparison("none")

    def scores(chosen: NDArray[np.bool_]) -> Scores:
        some, shown = chosen.any(), score[chosen]
        return Scores(
            samples=int(chosen.sum()),
            share=(np.histogram(clipped[chosen], edges)[0] / max(chosen.sum(), 1)).tolist(),
            median=float(np.median(shown)) if some else None,
            above=float(np.mean(shown > 0.1)) if some else None,
        )

    return Influence(
        # A sample with a feature of its own is fitted exactly; left out, its residual is that
        # feature's coefficient and its own noise, `self-influence` and `private-interpolation`.
        predicted_own=finite(float(np.sqrt(strength + setting.sigma**2))),
        edges=edges.tolist(),
        tail=scores(tail),
        common=scores(~tail),
        retrained=checked.tolist(),
        largest_difference=float(difference.max()) if difference.size else None,
    )


def _pairs(drawn: list[Path], alpha: float) -> Pairs:
    """Errors of features in spurious pairs, predicted and observed, and of the pairs."""
    both = np.concatenate([path.pairs for path in drawn])
    together = np.concatenate([path.together for path in drawn])
    return Pairs(
        alpha=alpha,
        draws=len(drawn),
        predicted=_shown(both[:, 0]),
        observed=_shown(both[:, 1]),
        largest_difference=float(np.abs(both[:, 0] - both[:, 1]).max(initial=0.0)),
        largest_together=float(together.max(initial=0.0)),
    )


def _shown(errors: Array) -> tuple[float, ...]:
    # All are finite, and the record refuses None.
    return tuple(cast(float, rounded(one)) for one in errors.tolist())


def _descent(path: Path) -> Descent | None:
    run = path.descent
    if run is None:
        return None
    return Descent(
        steps=run.steps.tolist(),
        distance=run.distance.tolist(),
        predicted=run.predicted.tolist(),
        bound=run.bound.tolist(),
        largest_difference=float(np.abs(run.distance - run.predicted).max()),
    )


def _law(sample: Sample, family: Family) -> LawRow:
    """`noisy-law` at one n: observed over claimed, with the accuracy that it has there."""
    claim = claim_at(catalogue["noisy-law"], sample.setting)
    judged = _judged(claim, sample, family)
    value = claim.numbers["value"]
    seen = judged.observed
    ratio = None if seen is None or not value else Estimated.of(seen.scaled(1 / value))
    return LawRow(
        n=sample.setting.n,
        d=sample.setting.d,
        sigma=sample.setting.sigma,
        accuracy=finite(claim.numbers["accuracy"]),
        ratio=ratio,
        finite_sums=finite(claim.comparison("finite-sums") / value if value else None),
        row=VerdictRow.of(judged),
    )
