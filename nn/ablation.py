"""What decides whether one-shot images compose: one setting changed at a time, on tuning seeds.

The paper's Sum reaches .176 on pairs of one-shot images and does not say how it was trained. Each
row here changes one setting of a preset. All runs have role "tuning": their seeds and one-shot
classes are never reported on, and nothing is judged by them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from nn.encoders import Encoder
from nn.estimates import median_of
from nn.models import ARCHITECTURES, Architecture
from nn.other_setting import SettingRun
from nn.plan import Plan
from nn.presets import PAPER, Preset, with_decay
from nn.runs import Optimizer, Run, RunResult
from nn.study_results import AblationRow, AblationStudy
from nn.table1 import samples_an_epoch
from nn.varied import varied
from theorems.errors import InputError

#: Outputs of the encoder for each channel where it has several.
OUTPUTS = 10
ROLE = "tuning: seeds and one-shot images that settings were chosen on; nothing is judged by them"


@dataclass(frozen=True)
class Setting:
    """One row: a preset with one thing changed.

    Args:
        factor: what is changed, as ``--factors`` names it.
        slug: in the names of trainings; "" for the preset itself.
        text: to what it is changed.
        optimizer, encoder: with the change.
        penalty, outputs: see ``nn.other_setting.SettingRun``.

    """

    factor: str
    slug: str
    text: str
    optimizer: Optimizer
    encoder: Encoder
    penalty: bool = False
    outputs: int = 1

    def run(self, plan: Plan, model: Architecture, replicate: int) -> Run:
        """Return its training on a tuning replicate."""
        stem = "-".join(part for part in ("ablation", model.name, self.slug) if part)
        plain = replace(
            plan.run(stem, model.name, plan.preset.table1, self.optimizer, replicate),
            encoder=replace(self.encoder, size=plan.sources.size),
            role="tuning",
        )
        if not self.penalty and self.outputs == 1:
            return plain
        return varied(SettingRun, plain, stem, penalty=self.penalty, outputs=self.outputs)


def settings(preset: Preset) -> tuple[Setting, ...]:
    """The preset as it is, then each change of one of its settings, and three of them together."""
    base, encoder = preset.optimizer, preset.encoder
    decay = PAPER.weight_decay
    other_norm: Literal["group", "batch"] = "batch" if encoder.norm == "group" else "group"

    def one(factor: str, slug: str, text: str, optimizer: Optimizer = base) -> Setting:
        return Setting(factor, slug, text, optimizer, encoder)

    def wide(slug: str, factor: float) -> Setting:
        widths = tuple(round(width * factor) for width in encoder.widths)
        wider = replace(encoder, widths=widths)
        text = f"{widths[0]} channels in the first stage{wider.suffix}"
        return Setting("width", f"width-{slug}", text, base, wider)

    return (
        one("none", "", described(preset)),
        one("epochs", "epochs-half", f"{base.epochs // 2}", replace(base, epochs=base.epochs // 2)),
        one("epochs", "epochs-double", f"{base.epochs * 2}", replace(base, epochs=base.epochs * 2)),
        replace(
            one("norm", "norm-other", f"{other_norm} norm"),
            encoder=replace(encoder, norm=other_norm),
        ),
        one("optimizer", "optimizer-sgd", f"SGD, learning rate {preset.sgd.lr:g}", preset.sgd),
        one("lr", "lr-half", f"{base.lr / 2:g}", replace(base, lr=base.lr / 2)),
        one("lr", "lr-double", f"{base.lr * 2:g}", replace(base, lr=base.lr * 2)),
        one("batch", "batch-half", f"{base.batch // 2}", replace(base, batch=base.batch // 2)),
        one("batch", "batch-double", f"{base.batch * 2}", replace(base, batch=base.batch * 2)),
        one("clip", "clip-none", "no clip", replace(base, clip=None)),
        one("decay", "decay-adamw", f"{decay:g}, decoupled (AdamW)", with_decay(base, decay)),
        replace(
            one("decay", "decay-adam", f"{decay:g}, L2 (Adam)", with_decay(base, decay)),
            penalty=True,
        ),
        one("decay", "decay-sgd", f"{decay:g}, L2 (SGD)", with_decay(preset.sgd, decay)),
        replace(
            one("outputs", "outputs", f"{OUTPUTS} outputs per channel, a linear head reads all"),
            outputs=OUTPUTS,
        ),
        wide("half", 0.5),
        wide("double", 2),
        wide("fourfold", 4),
        Setting(
            "together",
            "together",
            f"{other_norm} norm, {base.epochs * 2} epochs, {encoder.widths[0] * 2} channels",
            replace(base, epochs=base.epochs * 2),
            replace(wide("double", 2).encoder, norm=other_norm),
        ),
    )


def described(preset: Preset) -> str:
    """Word a preset's settings."""
    optimizer, encoder = preset.optimizer, preset.encoder
    samples = samples_an_epoch(preset.table1, optimizer)
    clip = "no clip" if optimizer.clip is None else f"clip {optimizer.clip:g}"
    return (
        f"{optimizer.name}, learning rate {optimizer.lr:g}, batch {optimizer.batch}, {clip}, "
        f"{optimizer.epochs} epochs of {samples if optimizer.focus else f'{samples} samples'}, "
        f"{encoder.norm} norm, {encoder.widths[0]} channels in the first stage"
    )


def factors_named(text: str | None) -> frozenset[str]:
    """Factors asked for by name, or single settings of them; all where none is named.

    Raises:
        InputError: a name that is neither.

    """
    known = list(dict.fromkeys(s.factor for s in settings(PAPER) if s.slug))
    single = [s.slug for s in settings(PAPER) if s.slug]
    names = set(known) if text is None else {name.strip() for name in text.split(",")}
    if not names <= {*known, *single}:
        allowed = ", ".join(dict.fromkeys([*known, *single]))
        raise InputError("factors", text, f"must be among {allowed}, separated by commas")
    return frozenset(names)


def ablation(plan: Plan, factors: frozenset[str] | None = None) -> AblationStudy:
    """Train Sum with one setting changed at a time, weight decay off where it is not the change.

    Args:
        plan: the request, checked; its seeds are the preset's own replicates, every change is
            trained on the first of them.
        factors: what to change, as ``factors_named`` returns it; None for all.

    Returns:
        the document.

    """
    model = ARCHITECTURES["sum"]
    assert model.paper is not None
    every = settings(plan.preset)
    asked = [s for s in every if factors is None or not s.slug or {s.factor, s.slug} & factors]
    runs = {
        (setting.slug, i): setting.run(plan, model, i)
        for setting in asked
        for i in range(1 if setting.slug else plan.seeds)
    }
    done = plan.train(list(runs.values()), "Ablation")
    results = {
        setting.slug: [done[run.name] for (slug, _), run in runs.items() if slug == setting.slug]
        for setting in asked
    }
    return AblationStudy(
        **dict(plan.head()) | {"role": ROLE},
        table="ablation",
        model=model.name,
        title=plan.title(model),
        encoder=plan.preset.encoder.kind,
        base=described(plan.preset),
        paper_test=model.paper.off.test,
        paper_train=model.paper.off.train,
        constant=results[""][0].baselines.get("one_shot_2"),
        rows=tuple(_row(setting, results[setting.slug], results[""]) for setting in asked),
        verdicts=(),
    )


def _row(setting: Setting, seen: Sequence[RunResult], base: Sequence[RunResult]) -> AblationRow:
    first, plain = seen[0].loss("one_shot_2"), [r.loss("one_shot_2") for r in base]
    known = [loss for loss in plain if loss is not None]
    beyond = None
    if setting.slug and first is not None and len(plain) > 1 and len(known) == len(plain):
        beyond = not min(known) <= first <= max(known)
    factor = None
    if setting.slug and first is not None and plain[0]:
        factor = first / plain[0]
    return AblationRow(
        factor=setting.factor,
        setting=setting.text,
        channels=setting.encoder.widths[0],
        train=median_of([r.loss("train") for r in seen]),
        one_shot=median_of([r.loss("one_shot") for r in seen]),
        test=median_of([r.loss("one_shot_2") for r in seen]),
        in_distribution=median_of([r.loss("in_distribution") for r in seen]),
        test_factor=factor,
        beyond=beyond,
        diverged=tuple(r.why for r in seen if r.status == "diverged"),
    )
