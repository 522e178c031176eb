"""Table 1: ten one-shot images, weight decay off and on, pairs of them tested together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nn.documents import Mean, Median, PatternVerdict
from nn.estimates import mean_of, median_of, over_seeds, question, ratios, span, verdict
from nn.models import ARCHITECTURES, CONTROL, OF_PAPER, SPLIT, Architecture
from nn.plan import Plan
from nn.presets import PRESETS, with_decay
from nn.results import LABELS, PaperLosses, Table1, Table1Row, Table1Settings, Table1Thresholds
from nn.runs import Optimizer, Run, RunResult
from nn.scores import Scores, scores
from nn.triples import Task
from theorems.errors import InputError

#: "Low": under this share of the error of always answering the training mean. "Bad": above BAD.
LOW, BAD = 0.25, 0.5
#: "Many times larger": the paper's smallest factor is 4.8 (2-layer); we ask for this one.
MANY = 3.0
#: "Barely moves": the training loss rises by less than this share of the test loss's rise. The
#: paper's largest share is 0.05 (2-layer).
BARELY = 0.1


def run_name(model: str, memorizing: bool, without: bool = False) -> str:
    """Name Table 1's trainings; other experiments that need the same ones reuse them by it."""
    return f"table1-{model}-{'off' if memorizing else 'on'}{'-without' if without else ''}"


def models_named(text: str | None, per_channel: bool = False) -> tuple[Architecture, ...]:
    """Models asked for by name, in the registry's order; the paper's four where none is named.

    Raises:
        InputError: a name that is no architecture of a sum, or no name at all.

    """
    known = [model for model in ARCHITECTURES.values() if model.states in (None, "sum")]
    names = {model.name for model in OF_PAPER}
    if text is not None:
        names = {name.strip() for name in text.split(",")}
    if not names <= {model.name for model in known}:
        allowed = ", ".join(model.name for model in known)
        raise InputError("models", text, f"must be among {allowed}, separated by commas")
    if per_channel:
        names.add("per-channel")
    return tuple(model for model in known if model.name in names)


def runs(plan: Plan, models: tuple[Architecture, ...] = OF_PAPER) -> list[Run]:
    """Every training of Table 1: with the one-shot images, and without them for the scores."""
    preset = plan.preset
    out = []
    for replicate in range(plan.seeds):
        for model in models:
            for memorizing in (True, False):
                decay = 0.0 if memorizing else preset.weight_decay
                optimizer = with_decay(preset.optimizer, decay)
                name = run_name(model.name, memorizing)
                out.append(plan.run(name, model.name, preset.table1, optimizer, replicate))
                if replicate < preset.without:
                    swapped = replace(preset.table1, swapped=True)
                    name = run_name(model.name, memorizing, without=True)
                    out.append(plan.run(name, model.name, swapped, optimizer, replicate))
    return out


def table1(plan: Plan, models: tuple[Architecture, ...] = OF_PAPER) -> Table1:
    """Run Table 1 and judge its pattern.

    Args:
        plan: the request, checked.
        models: the paper's or some of them; "per-channel" adds the model with an encoder per
            channel, which memorizes but composes only where each image stays at its training
            position. What is not run is not judged.

    Returns:
        losses are mean squared errors in squared units of the digits' sum.

    """
    done = plan.train(runs(plan, models), "Table 1")

    def of(model: str, memorizing: bool, without: bool = False) -> list[RunResult]:
        name = run_name(model, memorizing, without)
        count = min(plan.seeds, plan.preset.without) if without else plan.seeds
        return [done[f"{name}-seed{plan.seed}.{i}"] for i in range(count)]

    rows = []
    for memorizing in (True, False):
        for model in models:
            with_ = of(model.name, memorizing)
            without = of(model.name, memorizing, without=True)
            rows.append(row(plan, model, memorizing, with_, without))
    return Table1(
        **dict(plan.head()),
        table="table1",
        settings=settings(plan),
        thresholds=Table1Thresholds(low=LOW, bad=BAD, many=MANY, barely=BARELY),
        rows=tuple(rows),
        verdicts=over_seeds(verdicts(rows), plan.seeds),
    )


def samples_an_epoch(task: Task, optimizer: Optimizer) -> str | int:
    """Say what an epoch goes through."""
    focus = optimizer.focus
    if focus is None:
        return task.samples
    return f"the {focus.worst} worst answered and {focus.others} others"


def settings(plan: Plan) -> Table1Settings:
    """Say what was trained, as numbers."""
    preset, optimizer = plan.preset, plan.preset.optimizer
    return Table1Settings(
        samples=preset.table1.samples,
        image_size=plan.sources.size,
        zipf_exponent=preset.table1.zipf,
        test_samples=preset.table1.tests,
        encoder=f"{preset.encoder.kind}{preset.encoder.suffix}",
        # A ResNet-18 has widths of its own.
        widths=preset.encoder.widths if preset.encoder.kind == "small" else (),
        norm=preset.encoder.norm,
        optimizer=optimizer.name,
        learning_rate=optimizer.lr,
        batch=optimizer.batch,
        epochs=optimizer.epochs,
        samples_an_epoch=samples_an_epoch(preset.table1, optimizer),
        preset_epochs=PRESETS[preset.name].optimizer.epochs,
        seeds_trained_without=min(plan.seeds, preset.without),
        weight_decay=(0.0, preset.weight_decay),
    )


def row(
    plan: Plan,
    model: Architecture,
    memorizing: bool,
    with_: list[RunResult],
    without: list[RunResult],
) -> Table1Row:
    """One row of the table: medians over seeds with their intervals."""
    paired = [scores(a, b) for a, b in zip(with_, without, strict=False)]
    known: list[Scores] = [s for s in paired if s is not None]
    complete = len(known) == len(paired) and bool(known)
    paper = None
    if model.paper is not None:
        paper = model.paper.off if memorizing else model.paper.on

    def losses(name: str) -> Median:
        return median_of([result.loss(name) for result in with_])

    return Table1Row(
        model=model.name,
        title=plan.title(model),
        memorizing=memorizing,
        weight_decay=0.0 if memorizing else plan.preset.weight_decay,
        train_loss=losses("train"),
        one_shot_loss=losses("one_shot"),
        test_loss=losses("one_shot_2"),
        in_distribution_loss=losses("in_distribution"),
        same_position_loss=losses("same_position"),
        one_shot_loss_without=median_of([r.loss("one_shot") for r in without]),
        constant_loss=median_of([r.baselines.get("one_shot_2") for r in with_]),
        memorization_score=mean_of([s.mean if s is not None else None for s in paired], (-1, 1)),
        memorization_level=mean_of([s.level if s is not None else None for s in paired]),
        memorization_by_label=by_label(known) if complete else (),
        diverged=tuple(r.why for r in with_ + without if r.status == "diverged"),
        paper=None if paper is None else PaperLosses(test_loss=paper.test, train_loss=paper.train),
    )


def by_label(known: list[Scores]) -> tuple[Mean, ...]:
    """Score of each one-shot sample, by the label of its image: means over seeds."""
    return tuple(mean_of([s.score[i] for s in known], (-1, 1)) for i in range(LABELS))


def verdicts(rows: Sequence[Table1Row]) -> list[PatternVerdict]:
    """Judge the paper's pattern in the rows that were run, and whether decay switched memory."""
    by = {(r.model, r.memorizing): r for r in rows}
    split = [model.name for model in SPLIT if (model.name, True) in by]
    out = []
    for model in split:
        out.append(_low(by[model, True]))
        out.append(_switch(by[model, True], by[model, False]))
    if (CONTROL.name, True) in by:
        out.extend(_bad(by[CONTROL.name, memorizing]) for memorizing in (True, False))
    # Where nothing was trained without the images there is no score to judge.
    out.extend(
        _memorized(by[model, True], by[model, False])
        for model in split
        if by[model, True].memorization_score.values
    )
    if ("per-channel", True) in by:
        out.append(_stays(by["per-channel", True]))
    return out


def _share(row: Table1Row) -> Median:
    return median_of(ratios(row.test_loss.values, row.constant_loss.values))


def _low(row: Table1Row) -> PatternVerdict:
    share = _share(row)
    seen = share.interval
    text = f"{row.title}, weight decay 0: the test loss is under {LOW} of a constant answer's"
    if seen is None:
        return verdict(f"low-{row.model}", text, None, None, None)
    return verdict(
        f"low-{row.model}",
        f"{text}: {span(share)}",
        seen.high < LOW,
        seen.low > LOW,
        LOW / seen.middle,
    )


def _bad(row: Table1Row) -> PatternVerdict:
    share = _share(row)
    seen = share.interval
    identity = f"bad-{row.model}-{'off' if row.memorizing else 'on'}"
    text = (
        f"{row.title}, weight decay {row.weight_decay:g}: the test loss is over {BAD} of a "
        "constant answer's"
    )
    if seen is None:
        return verdict(identity, text, None, None, None)
    return verdict(
        identity,
        f"{text}: {span(share)}",
        seen.low > BAD,
        seen.high < BAD,
        seen.middle / BAD,
    )


def _switch(off: Table1Row, on: Table1Row) -> PatternVerdict:
    factor = median_of(ratios(on.test_loss.values, off.test_loss.values))
    rise = median_of(
        ratios(_gaps(on.train_loss, off.train_loss), _gaps(on.test_loss, off.test_loss))
    )
    identity = f"switch-{off.model}"
    text = (
        f"{off.title}: weight decay multiplies the test loss by {MANY:g} or more while the "
        f"training loss rises by less than {BARELY:g} of that rise"
    )
    times, share = factor.interval, rise.interval
    if times is None or share is None:
        return verdict(identity, text, None, None, None)
    return verdict(
        identity,
        f"{text}: factor {span(factor)}, share {span(rise)}",
        times.low > MANY and share.high < BARELY,
        times.high < MANY or share.low > BARELY,
        min(times.middle / MANY, BARELY / max(share.middle, 1e-12)),
    )


def _gaps(on: Median | Mean, off: Median | Mean) -> list[float | None]:
    pairs = zip(on.values, off.values, strict=True)
    return [a - b if a is not None and b is not None else None for a, b in pairs]


def _memorized(off: Table1Row, on: Table1Row) -> PatternVerdict:
    gap = mean_of(_gaps(off.memorization_score, on.memorization_score)).interval
    text = f"{off.title}: the measured memorization score falls under weight decay"
    identity = f"memorization-{off.model}"
    if gap is None:
        return verdict(identity, text, None, None, None)
    return verdict(
        identity,
        f"{text}: by {gap.middle:.2f} [{gap.low:.2f}, {gap.high:.2f}]",
        gap.low > 0,
        gap.high < 0,
        None,
    )


def _stays(row: Table1Row) -> PatternVerdict:
    factor = median_of(ratios(row.test_loss.values, row.same_position_loss.values))
    seen = factor.interval
    text = (
        f"{row.title}, weight decay 0: test loss at random positions is {MANY:g} times that at "
        "the training positions or more"
    )
    if seen is None:
        return question("per-channel-position", text, None, None, None)
    return question(
        "per-channel-position",
        f"{text}: {span(factor)}",
        seen.low > MANY,
        seen.high < MANY,
        seen.middle / MANY,
    )
