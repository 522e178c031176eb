"""Memorization measured: as a level along the weight-decay path, and on ordinary samples.

Feldman and Zhang's score of a sample is how much more often it is answered right when it was in
training. The path trains Sum with and without the ten one-shot images at several weight decays and
with two optimizers. The subsampled estimator trains many models on random subsets and reads the
score of every ordinary training sample off the models that held it and those that did not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy import stats

from nn.documents import PatternVerdict
from nn.estimates import mean_of, median_of, question
from nn.plan import Plan
from nn.presets import with_decay
from nn.results import MemorizationPath, PathRow, Scored, Subsampled
from nn.runs import Run, RunResult
from nn.scores import scores
from nn.table1 import by_label, run_name
from nn.training import drawn

#: Share of the training samples each model of the subsampled estimator keeps.
KEPT = 0.7
#: A level between these is neither full memorization nor none.
BETWEEN = (0.1, 0.9)


def _settings(plan: Plan) -> list[tuple[str, float]]:
    return [(name, decay) for name, decays in plan.preset.path.items() for decay in decays]


def _count(plan: Plan) -> int:
    return min(plan.seeds, plan.preset.without)


def _path_runs(plan: Plan, name: str, decay: float) -> list[tuple[Run, Run]]:
    """Pairs (with, without) over seeds; Table 1's own runs where they are the same trainings."""
    preset = plan.preset
    base = preset.optimizer if name == preset.optimizer.name else preset.sgd
    optimizer = with_decay(base, decay)
    stem = f"path-{name}-{decay:g}"
    if name == preset.optimizer.name and decay in (0.0, preset.weight_decay):
        stem = run_name("sum", memorizing=decay == 0)
    swapped = replace(preset.table1, swapped=True)
    return [
        (
            plan.run(stem, "sum", preset.table1, optimizer, replicate),
            plan.run(f"{stem}-without", "sum", swapped, optimizer, replicate),
        )
        for replicate in range(_count(plan))
    ]


def _subset_runs(plan: Plan) -> list[Run]:
    preset = plan.preset
    task = replace(preset.table1, samples=preset.subset_samples, kept=KEPT)
    return [
        plan.run(f"subset-{i}", "sum", replace(task, kept_seed=i), preset.optimizer, 0)
        for i in range(preset.subsets)
    ]


def memorization(plan: Plan) -> MemorizationPath:
    """Measure memorization along the path and on ordinary samples."""
    settings = _settings(plan)
    pairs = {setting: _path_runs(plan, *setting) for setting in settings}
    subsets = _subset_runs(plan)
    everything = [run for both in pairs.values() for pair in both for run in pair] + subsets
    done = plan.train(everything, "Memorization")
    rows = [
        _row(name, decay, [(done[a.name], done[b.name]) for a, b in pairs[name, decay]])
        for name, decay in settings
    ]
    ordinary = subsampled(subsets, [done[run.name] for run in subsets])
    return MemorizationPath(
        **dict(plan.head(_count(plan))),
        table="memorization",
        rows=tuple(rows),
        subsampled=ordinary,
        verdicts=(*_path_verdicts(rows), _tail_verdict(ordinary)),
    )


def _row(name: str, decay: float, pairs: list[tuple[RunResult, RunResult]]) -> PathRow:
    measured = [scores(a, b) for a, b in pairs]
    known = [s for s in measured if s is not None]
    return PathRow(
        optimizer=name,
        weight_decay=decay,
        train_loss=median_of([a.loss("train") for a, _ in pairs]),
        one_shot_loss=median_of([a.loss("one_shot") for a, _ in pairs]),
        test_loss=median_of([a.loss("one_shot_2") for a, _ in pairs]),
        test_loss_without=median_of([b.loss("one_shot_2") for _, b in pairs]),
        in_distribution_loss=median_of([a.loss("in_distribution") for a, _ in pairs]),
        memorization_score=mean_of([s.mean if s else None for s in measured], (-1, 1)),
        memorization_level=mean_of([s.level if s else None for s in measured]),
        memorization_by_label=by_label(known) if len(known) == len(measured) else (),
        diverged=tuple(r.why for pair in pairs for r in pair if r.status == "diverged"),
    )


def _path_verdicts(rows: Sequence[PathRow]) -> list[PatternVerdict]:
    """Judge: memorization is a level, and the test loss goes with it. Not: that it is monotone."""
    out = []
    levels = [x for x in (r.memorization_level.interval for r in rows) if x is not None]
    low, high = BETWEEN
    inside = [x for x in levels if x.low > low and x.high < high]
    text = (
        f"memorization is a level, not a switch: somewhere on the path the whole interval of the "
        f"level lies between {low} and {high}"
    )
    measured = bool(levels)
    out.append(
        question(
            "memorization-is-a-level",
            f"{text}: at {len(inside)} of {len(rows)} settings",
            bool(inside) if measured else None,
            False if measured else None,
            None,
        )
    )
    by_seed = _rank_correlations(rows)
    text = "over the path, the test loss falls as the memorization level rises (rank correlation)"
    seen = mean_of(by_seed, (-1, 1)).interval
    if seen is None:
        out.append(question("level-orders-test-loss", text, None, None, None))
    else:
        out.append(
            question(
                "level-orders-test-loss",
                f"{text}: {seen.middle:.2f} [{seen.low:.2f}, {seen.high:.2f}]",
                seen.high < 0,
                seen.low > 0,
                None,
            )
        )
    return out


def _rank_correlations(rows: Sequence[PathRow]) -> list[float | None]:
    """Spearman's correlation of level and test loss over the settings, one per seed."""
    out: list[float | None] = []
    count = max((len(r.test_loss.values) for r in rows), default=0)
    for i in range(count):
        points = [(r.memorization_level.values[i], r.test_loss.values[i]) for r in rows]
        kept = [(a, b) for a, b in points if a is not None and b is not None]
        if len(kept) < 3:
            out.append(None)
            continue
        value = float(stats.spearmanr([a for a, _ in kept], [b for _, b in kept]).statistic)
        out.append(value if np.isfinite(value) else None)
    return out


def subsampled(runs: list[Run], results: list[RunResult]) -> Subsampled:
    """Score every ordinary training sample from models trained on random subsets."""
    if any(result.status != "done" for result in results) or len(runs) < 3:
        return Subsampled(
            models=len(runs),
            kept=KEPT,
            samples=0,
            mean_score=None,
            standard_error=None,
            sample_standard_error=None,
            by_rarest=(),
        )
    draws = [drawn(run) for run in runs]
    held = np.stack([draw.kept for draw in draws])
    right = np.array([[c == "1" for c in result.correct] for result in results])
    ordinary = np.ones(held.shape[1], dtype=np.bool_)
    ordinary[draws[0].probe_rows] = False
    seen = (held.sum(axis=0) > 1) & ((~held).sum(axis=0) > 1) & ordinary
    rarest = draws[0].train.labels.max(axis=1)
    score, error = _scored(held, right)
    groups = []
    for digit in range(10):
        chosen = seen & (rarest == digit)
        mean, standard = _jackknife(held, right, chosen)
        if mean is not None and standard is not None:
            groups.append(
                Scored(
                    digit=digit,
                    samples=int(chosen.sum()),
                    mean_score=mean,
                    standard_error=standard,
                )
            )
    mean, standard = _jackknife(held, right, seen)
    return Subsampled(
        models=len(runs),
        kept=KEPT,
        samples=int(seen.sum()),
        mean_score=mean,
        standard_error=standard,
        sample_standard_error=float(np.sqrt(np.mean(error[seen] ** 2))) if seen.any() else None,
        share_above_half=float(np.mean(score[seen] > 0.5)) if seen.any() else None,
        by_rarest=tuple(groups),
    )


def _scored(
    held: npt.NDArray[np.bool_], right: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Score samples, arrays of shape (models, samples) to scores and standard errors (samples,)."""
    inside, outside = held.sum(axis=0), (~held).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        p = (held & right).sum(axis=0) / inside
        q = (~held & right).sum(axis=0) / outside
        error = np.sqrt(p * (1 - p) / (inside - 1) + q * (1 - q) / (outside - 1))
    return np.asarray(p - q), np.asarray(error)


def _jackknife(
    held: npt.NDArray[np.bool_], right: npt.NDArray[np.bool_], chosen: npt.NDArray[np.bool_]
) -> tuple[float | None, float | None]:
    """Mean score of the chosen samples and its standard error.

    Samples share the models, so their scores are dependent; leaving out one model at a time is
    what varies independently.
    """
    if not chosen.any():
        return None, None
    mean = float(np.nanmean(_scored(held[:, chosen], right[:, chosen])[0]))
    m = len(held)
    left = np.array(
        [
            np.nanmean(
                _scored(np.delete(held, i, 0)[:, chosen], np.delete(right, i, 0)[:, chosen])[0]
            )
            for i in range(m)
        ]
    )
    return mean, float(np.sqrt((m - 1) / m * ((left - left.mean()) ** 2).sum()))


def _tail_verdict(ordinary: Subsampled) -> PatternVerdict:
    groups = {group.digit: group for group in ordinary.by_rarest}
    text = "ordinary samples that hold a '9' are memorized more than those with 0 to 2 alone"
    common = [groups[d] for d in (0, 1, 2) if d in groups]
    if 9 not in groups or not common:
        return question("tail-is-memorized-more", text, None, None, None)
    weight = sum(group.samples for group in common)
    base = sum(group.mean_score * group.samples for group in common) / weight
    error = float(np.hypot(groups[9].standard_error, max(group.standard_error for group in common)))
    gap = groups[9].mean_score - base
    half = float(stats.t.ppf(0.975, ordinary.models - 1)) * error
    return question(
        "tail-is-memorized-more",
        f"{text}: by {gap:.3f} [{gap - half:.3f}, {gap + half:.3f}]",
        gap - half > 0,
        gap + half < 0,
        None,
    )
