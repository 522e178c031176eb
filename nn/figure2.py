"""Figure 2: test loss with one, two or three '9's against the number of '9's in training."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from nn.estimates import median_of, over_seeds, ratios, verdict
from nn.models import CONTROL, OF_PAPER, SPLIT
from nn.plan import Plan
from nn.runs import Run
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


def figure2(plan: Plan) -> dict[str, Any]:
    """Run Figure 2 and judge its pattern.

    Returns:
        a JSON document: the plan's head, "settings", "rows" (one per model and number of nines,
        "test_loss" over all tests with a '9' and "test_loss_by_count" by how many) and "verdicts".

    """
    done = plan.train(runs(plan), "Figure 2")
    rows = []
    for model in OF_PAPER:
        for nines in plan.preset.nines:
            name = _name(model.name, nines)
            results = [done[f"{name}-seed{plan.seed}.{i}"] for i in range(plan.seeds)]
            by_count = {
                str(t): median_of([r.loss(f"nines_{t}") for r in results]) for t in (1, 2, 3)
            }
            pooled = [
                float(np.mean([r.losses[f"nines_{t}"] for t in (1, 2, 3)]))
                if r.status == "done"
                else None
                for r in results
            ]
            constant = [
                float(np.mean([r.baselines[f"nines_{t}"] for t in (1, 2, 3)]))
                if r.status == "done"
                else None
                for r in results
            ]
            rows.append(
                {
                    "model": model.name,
                    "title": plan.title(model),
                    "nines": nines,
                    "train_loss": median_of([r.loss("train") for r in results]),
                    "test_loss": median_of(pooled),
                    "test_loss_by_count": by_count,
                    "test_loss_without_nines": median_of([r.loss("nines_0") for r in results]),
                    "constant_loss": median_of(constant),
                    "diverged": [r.why for r in results if r.status == "diverged"],
                }
            )
    preset = plan.preset
    return plan.head() | {
        "figure": "figure2",
        "settings": {
            "samples": preset.figure2.samples,
            "encoder": f"{preset.encoder.kind}{preset.encoder.suffix}",
            "epochs": preset.figure2_epochs,
            "samples_an_epoch": samples_an_epoch(preset.figure2, preset.optimizer),
            "image_size": plan.sources.size,
            "zipf_exponent": preset.figure2.zipf,
            "optimizer": preset.optimizer.name,
            "learning_rate": preset.optimizer.lr,
            "batch": preset.optimizer.batch,
            "weight_decay": 0.0,
        },
        "rows": rows,
        "verdicts": over_seeds(verdicts(rows, preset.nines), plan.seeds),
    }


def verdicts(rows: list[dict[str, Any]], nines: tuple[int, ...]) -> list[dict[str, Any]]:
    """Judge: more '9's help; split models stay ahead of Cross-channel at every number of them."""
    by = {(r["model"], r["nines"]): r["test_loss"]["values"] for r in rows}
    titles = {r["model"]: r["title"] for r in rows}
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


def _above_one(identity: str, text: str, factor: dict[str, Any]) -> dict[str, Any]:
    if factor["median"] is None:
        return verdict(identity, text, None, None, None)
    return verdict(
        identity,
        f"{text}: by a factor {factor['median']:.3g} "
        f"[{factor['ci_low']:.3g}, {factor['ci_high']:.3g}]",
        factor["ci_low"] > 1,
        factor["ci_high"] < 1,
        factor["median"],
    )
