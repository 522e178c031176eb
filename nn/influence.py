"""Causal influence of each one-shot training sample on each pair of one-shot test images.

The theory says that a sample's label reaches the tests that contain its image, and no other. Here
one sample of the ten is changed at a time and everything else is held fixed: the digits that are
covered, the labels, the order of samples, the initial weights. Were composition "better coverage"
or "regularization", no one sample could matter to its own pairs alone.

Any change of one sample moves a trained network everywhere a little (``nn.rounding``). What that
alone does is measured beside it: the placebo exchanges one ordinary image for another of its label.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import numpy as np
import numpy.typing as npt

from nn.documents import Median, PatternVerdict
from nn.estimates import median_of, over_seeds, question, span
from nn.models import ARCHITECTURES, Architecture
from nn.one_sample import LABEL_ERROR, PAIRS, TESTS_PER_PAIR, Change, OneSampleRun, pair_test
from nn.plan import Plan
from nn.runs import RunResult
from nn.study_results import InfluenceRow, InfluenceStudy
from nn.table1 import BARELY, MANY
from nn.varied import varied

#: Own pairs break, others do not: separation above this.
SEPARATED = 0.9
#: The others move no more than this many times as much as by a placebo.
ALIKE = 2.0

Array = npt.NDArray[np.float64]
#: Whether a pair (column) contains the image of a sample (row), shape (10, 45).
OWN: npt.NDArray[np.bool_] = np.array([[i in pair for pair in PAIRS] for i in range(10)])
KINDS: tuple[Change, ...] = tuple(kind for kind in get_args(Change) if kind != "none")


def seeds_of(plan: Plan) -> int:
    """Seeds of this study: those that Table 1 trains twice."""
    return max(1, min(plan.seeds, plan.preset.without))


def influence(
    plan: Plan, models: Sequence[Architecture] = (ARCHITECTURES["sum"],)
) -> InfluenceStudy:
    """Change one one-shot sample at a time and see which pairs break.

    Args:
        plan: the request, checked.
        models: architectures of a sum.

    Returns:
        the document.

    """
    trained = {
        (model.name, replicate, kind, which): _run(plan, model, replicate, kind, which)
        for model in models
        for replicate in range(seeds_of(plan))
        for kind in get_args(Change)
        for which in range(1 if kind == "none" else 10)
    }
    done = plan.train(list(trained.values()), "Influence")
    results = {key: done[run.name] for key, run in trained.items()}
    rows = []
    for model in models:
        plain = [results[model.name, i, "none", 0] for i in range(seeds_of(plan))]
        for kind in KINDS:
            changed = [
                [results[model.name, i, kind, which] for which in range(10)]
                for i in range(seeds_of(plan))
            ]
            rows.append(_row(model.name, plan.title(model), kind, plain, changed))
    return InfluenceStudy(
        **dict(plan.head(seeds_of(plan))),
        table="influence",
        pairs=PAIRS,
        tests_per_pair=min(TESTS_PER_PAIR, plan.preset.table1.tests),
        label_error=LABEL_ERROR,
        rows=tuple(rows),
        verdicts=verdicts(rows),
    )


def _run(plan: Plan, model: Architecture, replicate: int, kind: Change, which: int) -> OneSampleRun:
    preset = plan.preset
    plain = plan.run("plain", model.name, preset.table1, preset.optimizer, replicate)
    stem = f"influence-{model.name}-{kind}" + ("" if kind == "none" else f"-{which}")
    return varied(OneSampleRun, plain, stem, change=kind, which=which)


def _pair_losses(result: RunResult) -> Array:
    """Loss of each pair, shape (45,); NaN where the run diverged."""
    losses = [result.loss(pair_test(*pair)) for pair in PAIRS]
    return np.array([np.nan if loss is None else loss for loss in losses])


def _ordinary_loss(result: RunResult) -> float:
    loss = result.loss("in_distribution")
    return np.nan if loss is None else loss


def _answer_errors(result: RunResult) -> Array:
    """Squared error on each of the ten one-shot samples as they were, shape (10,)."""
    if result.status != "done":
        return np.full(10, np.nan)
    errors = np.array(result.probe_predictions) - np.array(result.probe_targets)
    return np.asarray(errors**2)


def _median(values: Sequence[float]) -> Median:
    return median_of([float(v) if np.isfinite(v) else None for v in values])


def separation(change: Array) -> float:
    """Mean over samples of the chance that an own pair rises by more than another does.

    Args:
        change: shape (10, 45).

    """
    if not np.isfinite(change).all():
        return np.nan
    chances = []
    for row, own in zip(change, OWN, strict=True):
        above = row[own][:, None] - row[~own][None, :]
        chances.append(np.mean((above > 0) + 0.5 * (above == 0)))
    return float(np.mean(chances))


def _row(
    name: str,
    title: str,
    kind: Change,
    plain: Sequence[RunResult],
    changed: Sequence[Sequence[RunResult]],
) -> InfluenceRow:
    """Summarize one kind of change over seeds."""
    before = [_pair_losses(result) for result in plain]
    after = [np.stack([_pair_losses(r) for r in seed]) for seed in changed]
    change = [a - b for a, b in zip(after, before, strict=True)]
    others = [c[~OWN] if kind != "placebo" else c for c in change]
    ordinary = [
        np.mean([_ordinary_loss(r) for r in seed]) - _ordinary_loss(base)
        for seed, base in zip(changed, plain, strict=True)
    ]
    own: dict[str, Median | None] = dict.fromkeys(
        (
            "own_before",
            "own_after",
            "own_change",
            "separation",
            "answer_error_before",
            "answer_error",
        )
    )
    if kind != "placebo":
        answers = [[_answer_errors(r)[which] for which, r in enumerate(seed)] for seed in changed]
        own = {
            "own_before": _median([np.broadcast_to(b, OWN.shape)[OWN].mean() for b in before]),
            "own_after": _median([a[OWN].mean() for a in after]),
            "own_change": _median([c[OWN].mean() for c in change]),
            "separation": _median([separation(c) for c in change]),
            "answer_error_before": _median([_answer_errors(r).mean() for r in plain]),
            "answer_error": _median([float(np.mean(seed)) for seed in answers]),
        }
    middle = np.median(np.stack(change), axis=0)
    return InfluenceRow.model_validate(
        {
            "model": name,
            "title": title,
            "change": kind,
            **own,
            "other_change": _median([o.mean() for o in others]),
            "other_size": _median([float(np.abs(o).mean()) for o in others]),
            "in_distribution_change": _median([float(o) for o in ordinary]),
            "matrix": [[float(v) if np.isfinite(v) else None for v in row] for row in middle],
            "diverged": [
                r.why
                for r in [*plain, *(r for seed in changed for r in seed)]
                if r.status == "diverged"
            ],
        }
    )


def _ratio(above: Median, below: Median, size: bool = False) -> Median:
    """Ratio by seed, of the size of ``above`` if asked."""
    return median_of(
        [
            (abs(a) if size else a) / b if a is not None and b is not None and b > 0 else None
            for a, b in zip(above.values, below.values, strict=True)
        ]
    )


def verdicts(rows: Sequence[InfluenceRow]) -> tuple[PatternVerdict, ...]:
    """Judge what the theory says of each change, by thresholds that Table 1 uses."""
    judged = []
    for row in rows:
        placebo = next(r for r in rows if r.model == row.model and r.change == "placebo")
        if row.own_before is None or row.own_after is None or row.own_change is None:
            continue
        assert row.separation is not None
        word = "swapped for an ordinary one" if row.change == "swapped" else "mislabelled"
        stem, subject = f"{row.change}-{row.model}", f"{row.title}, one image {word}"
        judged += [
            _claim(
                f"own-pairs-break-{stem}",
                f"{subject}: the loss on its own pairs is {MANY:g} times as large or more",
                _ratio(row.own_after, row.own_before),
                above=MANY,
            ),
            _claim(
                f"others-do-not-move-{stem}",
                f"{subject}: the mean change on all other pairs is under {BARELY:g} of that on "
                "its own",
                _ratio(row.other_change, row.own_change, size=True),
                below=BARELY,
            ),
            _claim(
                f"exactly-its-own-{stem}",
                f"{subject}: an own pair's loss rises by more than another pair's with a chance "
                f"of {SEPARATED:g} or more",
                row.separation,
                above=SEPARATED,
            ),
            _claim(
                f"others-as-by-a-placebo-{stem}",
                f"{subject}: other pairs move, up or down, no more than {ALIKE:g} times as much "
                "as by exchanging an ordinary image",
                _ratio(row.other_size, placebo.other_size),
                below=ALIKE,
            ),
        ]
    seeds = min((len(row.other_change.values) for row in rows), default=0)
    return over_seeds(judged, seeds)


def _claim(
    identity: str,
    text: str,
    seen: Median,
    above: float | None = None,
    below: float | None = None,
) -> PatternVerdict:
    """Judge that a quantity lies above, or below, a threshold."""
    known = seen.interval
    if known is None:
        return question(identity, text, None, None, None)
    middle, low, high = known
    text = f"{text}: {span(seen)}"
    if above is not None:
        return question(identity, text, low > above, high < above, middle / above)
    assert below is not None
    slack = below / middle if middle > 0 else None
    return question(identity, text, high < below, low > below, slack)
