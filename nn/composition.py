"""Composition beyond sums: does memorizing compose where the target is a product or a maximum?"""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from nn.documents import Median, PatternVerdict
from nn.estimates import bracketed, median_of, over_seeds, question, ratios
from nn.models import Architecture, of_target
from nn.plan import Plan
from nn.results import Composition, CompositionRow, CompositionThresholds
from nn.runs import Run, RunResult
from nn.table1 import BAD, LOW, run_name
from nn.triples import Target


def _runs(plan: Plan, target: Target, model: Architecture) -> list[Run]:
    task = replace(plan.preset.table1, target=target)
    # Sums are Table 1's own trainings.
    stem = f"composition-{target}-{model.name}"
    if target == "sum":
        stem = run_name(model.name, memorizing=True)
    count = min(plan.seeds, plan.preset.without)
    return [plan.run(stem, model.name, task, plan.preset.optimizer, i) for i in range(count)]


def composition(plan: Plan) -> Composition:
    """Run Table 1's protocol, weight decay off, for sums, products and maxima.

    A product takes 1 + digit, so that no zero hides the other two. A maximum shows only its
    largest label: one-shot images that were not the largest in their training sample are seen
    but not identified, and "identified" tests pairs of those that were.

    Returns:
        losses as shares of a constant answer's: products and sums have different units.

    """
    targets: tuple[Target, ...] = get_args(Target)
    plans = {(t, m): _runs(plan, t, m) for t in targets for m in of_target(t)}
    done = plan.train([run for runs in plans.values() for run in runs], "Composition")
    rows = [
        _row(target, model, plan.title(model), [done[run.name] for run in runs])
        for (target, model), runs in plans.items()
    ]
    seeds = min(plan.seeds, plan.preset.without)
    return Composition(
        **dict(plan.head(seeds)),
        table="composition",
        thresholds=CompositionThresholds(low=LOW, bad=BAD),
        rows=tuple(rows),
        verdicts=over_seeds(
            [_verdict(row, model) for row, (_, model) in zip(rows, plans, strict=True)], seeds
        ),
    )


def _row(
    target: Target, model: Architecture, title: str, results: list[RunResult]
) -> CompositionRow:
    def share(name: str) -> Median:
        losses = [r.loss(name) for r in results]
        return median_of(ratios(losses, [r.baselines.get(name) for r in results]))

    return CompositionRow(
        target=target,
        model=model.name,
        title=title,
        train_share=share("train"),
        one_shot_share=share("one_shot"),
        test_share=share("one_shot_2"),
        in_distribution_share=share("in_distribution"),
        identified_share=share("identified") if target == "max" else None,
        diverged=tuple(r.why for r in results if r.status == "diverged"),
    )


def _verdict(row: CompositionRow, model: Architecture) -> PatternVerdict:
    """Composes: the test loss is under LOW of a constant answer's (over BAD: it does not)."""
    identified = row.identified_share
    seen = (row.test_share if identified is None else identified).interval
    pairs = "pairs" if identified is None else "pairs of identified images"
    text = f"{row.target} by {row.title} composes on {pairs}: share of a constant's loss"
    identity = f"composes-{row.target}-{row.model}"
    if not model.split:
        text = f"{row.target} by {row.title} does not compose: share of a constant's loss"
        identity = f"fails-{row.target}-{row.model}"
    if seen is None:
        return question(identity, text, None, None, None)
    text = f"{text} {bracketed(seen)}"
    memorized = row.one_shot_share.median
    if memorized is not None:
        # Composition can only be asked of what was memorized in the first place.
        text = f"{text}; of the one-shot samples themselves {memorized:.2g}"
    if not model.split:
        good, bad = seen.low > BAD, seen.high < BAD
    else:
        good, bad = seen.high < LOW, seen.low > LOW
    return question(identity, text, good, bad, None)
