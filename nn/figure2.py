"""Figure 2: test loss with one, two or three '9's against the number of '9's in training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from nn.documents import Median, PatternVerdict
from nn.estimates import bracketed, median_of, over_seeds, ratios, verdict
from nn.models import CONTROL, OF_PAPER, SPLIT
from nn.plan import Plan
from nn.results import ByCount, Figure2, Figure2Row, Figure2Settings
from nn.runs import Run, RunResult
from nn.table1 import samples_an_epoch


def _name(model: str, nines: int) -> str:
    return f"figure2-{model}-{nines}"


def runs(plan: Plan) -> list[Run]:
    """Every training of Figure 2; the samples with a '9' are nested over their number."""
    preset = plan.preset
    optimizer = replace(preset.optimizer, epochs=preset.figure2_epochs)
    return [
        plan.run(
            _name(model.name, nines),
            model.name,
            replace(preset.figure2, nines=nines),
            optimizer,
            replicate,
        )
        for replicate in range(plan.seeds)
        for nines in preset.nines
        for model in OF_PAPER
    ]


def figure2(plan: Plan) -> Figure2:
    """Run Figure 2 and judge its pattern."""
    done = plan.train(runs(plan), "Figure 2")
    preset = plan.preset
    rows = []
    for model in OF_PAPER:
        for nines in preset.nines:
            name = _name(model.name, nines)
            results = [done[f"{name}-seed{plan.seed}.{i}"] for i in range(plan.seeds)]
            rows.append(_row(model.name, plan.title(model), nines, results))
    return Figure2(
        **dict(plan.head()),
        figure="figure2",
        settings=Figure2Settings(
            samples=preset.figure2.samples,
            encoder=f"{preset.encoder.kind}{preset.encoder.suffix}",
            epochs=preset.figure2_epochs,
            samples_an_epoch=samples_an_epoch(preset.figure2, preset.optimizer),
            image_size=plan.sources.size,
            zipf_exponent=preset.figure2.zipf,
            optimizer=preset.optimizer.name,
            learning_rate=preset.optimizer.lr,
            batch=preset.optimizer.batch,
            weight_decay=0.0,
        ),
        rows=tuple(rows),
        verdicts=over_seeds(verdicts(rows, preset.nines), plan.seeds),
    )


def _row(model: str, title: str, nines: int, results: list[RunResult]) -> Figure2Row:
    def count(nines: int) -> Median:
        return median_of([r.loss(f"nines_{nines}") for r in results])

    pooled = [
        float(np.mean([r.losses[f"nines_{t}"] for t in (1, 2, 3)])) if r.status == "done" else None
        for r in results
    ]
    constant = [
        float(np.mean([r.baselines[f"nines_{t}"] for t in (1, 2, 3)]))
        if r.status == "done"
        else None
        for r in results
    ]
    return Figure2Row(
        model=model,
        title=title,
        nines=nines,
        train_loss=median_of([r.loss("train") for r in results]),
        test_loss=median_of(pooled),
        test_loss_by_count=ByCount(one=count(1), two=count(2), three=count(3)),
        test_loss_without_nines=count(0),
        constant_loss=median_of(constant),
        diverged=tuple(r.why for r in results if r.status == "diverged"),
    )


def verdicts(rows: Sequence[Figure2Row], nines: tuple[int, ...]) -> list[PatternVerdict]:
    """Judge: more '9's help; split models stay ahead of Cross-channel at every number of them."""
    by = {(r.model, r.nines): r.test_loss.values for r in rows}
    titles = {r.model: r.title for r in rows}
    out = []
    for model in OF_PAPER:
        factor = median_of(ratios(by[model.name, nines[0]], by[model.name, nines[-1]]))
        fewest, most = nines[0], nines[-1]
        text = f"the test loss falls from {fewest} to {most} training samples with a '9'"
        text = f"{titles[model.name]}: {text}"
        out.append(_above_one(f"falls-{model.name}", text, factor))
    for model in SPLIT:
        for count in nines:
            factor = median_of(ratios(by[CONTROL.name, count], by[model.name, count]))
            text = f"beats {CONTROL.title} at {count} training samples with a '9'"
            text = f"{titles[model.name]} {text}"
            out.append(_above_one(f"ahead-{model.name}-{count}", text, factor))
    return out


def _above_one(identity: str, text: str, factor: Median) -> PatternVerdict:
    seen = factor.interval
    if seen is None:
        return verdict(identity, text, None, None, None)
    return verdict(
        identity,
        f"{text}: by a factor {bracketed(seen)}",
        seen.low > 1,
        seen.high < 1,
        seen.middle,
    )
