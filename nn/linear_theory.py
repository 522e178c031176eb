"""Where the linear picture carries over to networks, and where it does not.

Two predictions of the linear theory are put beside trained networks. Errors of single recovered
features add up: with t one-shot images the loss is t times the loss of one. And memorizing a
mislabelled feature to level m = 1/(1 + lambda) costs m^2 times the variance of its label's error,
while forgetting it costs (1 - m)^2 times its signal: statement ``corruption-tradeoff``, read at a
level by ``nn.tradeoff``.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from nn import table1
from nn.documents import Median, PatternVerdict
from nn.estimates import bracketed, mean_of, median_of, over_seeds, question, ratios
from nn.models import CONTROL, SPLIT, Architecture
from nn.plan import Plan
from nn.presets import with_decay
from nn.results import AddedRow, LinearTheory, MislabelledRow
from nn.runs import Run, RunResult
from nn.scores import scores
from nn.tradeoff import crossing, price, risk

#: A prediction carries over where the whole interval of observed/predicted is within this factor.
FACTOR = 2.0


def _corrupted(plan: Plan, memorizing: bool, deviation: float) -> list[Run]:
    preset = plan.preset
    decay = 0.0 if memorizing else preset.weight_decay
    optimizer = with_decay(preset.optimizer, decay)
    state = "off" if memorizing else "on"
    stem = f"mislabelled-{state}-{deviation:g}"
    if deviation == 0:
        stem = table1.run_name("sum", memorizing)
    task = replace(preset.table1, label_error=deviation)
    return [plan.run(stem, "sum", task, optimizer, i) for i in range(_count(plan))]


def _count(plan: Plan) -> int:
    return min(plan.seeds, plan.preset.without)


def theory(plan: Plan) -> LinearTheory:
    """Run both comparisons; Table 1's trainings are reused where they are the same."""
    base = [run for run in table1.runs(plan) if run.model != CONTROL.name]
    wrong = {
        (memorizing, deviation): _corrupted(plan, memorizing, deviation)
        for memorizing in (True, False)
        for deviation in plan.preset.corruptions
    }
    runs = {run.name: run for run in [*base, *(r for rs in wrong.values() for r in rs)]}
    done = plan.train(list(runs.values()), "Linear theory")
    rows: list[AddedRow] = []
    verdicts = []
    for model in SPLIT:
        for memorizing in (True, False):
            name = table1.run_name(model.name, memorizing)
            results = [done[f"{name}-seed{plan.seed}.{i}"] for i in range(plan.seeds)]
            added = _added(model, plan.title(model), memorizing, results)
            rows.extend(added)
            verdicts.append(_adds_up(added))
    mislabelled, judged = _mislabelled(plan, wrong, done)
    return LinearTheory(
        **dict(plan.head()),
        table="linear-theory",
        factor=FACTOR,
        mislabelled_seeds=_count(plan),
        rows=tuple(rows),
        mislabelled=tuple(mislabelled),
        verdicts=over_seeds(verdicts, plan.seeds) + over_seeds(judged, _count(plan)),
    )


def _added(
    model: Architecture, title: str, memorizing: bool, results: list[RunResult]
) -> list[AddedRow]:
    """Observed and predicted loss with t = 1, 2, 3 one-shot images."""
    out = []
    for t in (1, 2, 3):
        observed = [r.loss(f"one_shot_{t}") for r in results]
        predicted: list[float | None] = []
        for r in results:
            one, digits = r.loss("one_shot_1"), r.loss("in_distribution")
            if one is None or digits is None:
                predicted.append(None)
                continue
            # A sample with one image holds two digits, each with a third of three digits' error.
            single = max(one - 2 / 3 * digits, 0.0)
            predicted.append(t * single + (3 - t) / 3 * digits)
        out.append(
            AddedRow(
                model=model.name,
                title=title,
                memorizing=memorizing,
                images=t,
                test_loss=median_of(observed),
                predicted=median_of(predicted),
                ratio=median_of(ratios(observed, predicted)),
            )
        )
    return out


def _adds_up(rows: list[AddedRow]) -> PatternVerdict:
    first = rows[0]
    state = "memorized (weight decay off)" if first.memorizing else "less so (weight decay on)"
    identity = f"errors-add-{first.model}-{'off' if first.memorizing else 'on'}"
    text = f"{first.title}, {state}: with three one-shot images the loss is three times one's"
    return _within(identity, text, rows[2].ratio)


def _within(identity: str, text: str, ratio: Median) -> PatternVerdict:
    seen = ratio.interval
    if seen is None:
        return question(identity, text, None, None, None)
    return question(
        identity,
        f"{text}, within a factor {FACTOR:g}: observed/predicted {bracketed(seen)}",
        seen.low > 1 / FACTOR and seen.high < FACTOR,
        seen.low > FACTOR or seen.high < 1 / FACTOR,
        max(seen.middle, 1 / seen.middle) if seen.middle > 0 else None,
    )


def _mislabelled(
    plan: Plan, runs: dict[tuple[bool, float], list[Run]], done: dict[str, RunResult]
) -> tuple[list[MislabelledRow], list[PatternVerdict]]:
    rows, verdicts = [], []
    for memorizing in (True, False):
        clean = [done[r.name] for r in runs[memorizing, 0.0]]
        name = table1.run_name("sum", memorizing, without=True)
        without = [done[f"{name}-seed{plan.seed}.{i}"] for i in range(len(clean))]
        measured = [scores(a, b) for a, b in zip(clean, without, strict=True)]
        levels = [s.level if s is not None else None for s in measured]
        slopes: list[list[tuple[float, float]]] = [[] for _ in clean]
        for deviation in plan.preset.corruptions:
            results = [done[r.name] for r in runs[memorizing, deviation]]
            corruption: list[float | None] = []
            excess: list[float | None] = []
            predicted: list[float | None] = []
            for i, (wrong, right) in enumerate(zip(results, clean, strict=True)):
                cost = _cost(wrong, right)
                level = levels[i]
                if cost is None or level is None:
                    corruption.append(None)
                    excess.append(None)
                    predicted.append(None)
                    continue
                corruption.append(cost[0])
                excess.append(cost[1])
                predicted.append(risk(level, 0.0, cost[0]))
                slopes[i].append(cost)
            rows.append(
                MislabelledRow(
                    memorizing=memorizing,
                    label_error=deviation,
                    corruption=median_of(corruption),
                    test_loss=median_of([r.loss("one_shot_1") for r in results]),
                    excess=median_of(excess),
                    predicted_excess=median_of(predicted),
                    memorization_level=mean_of(levels),
                )
            )
        observed = [_slope(points) for points in slopes]
        prices = [price(x) if x is not None else None for x in levels]
        verdicts.append(_slope_verdict(memorizing, observed, prices))
    verdicts.append(_crossing_verdict(plan, runs, done))
    return rows, verdicts


def _crossing_verdict(
    plan: Plan, runs: dict[tuple[bool, float], list[Run]], done: dict[str, RunResult]
) -> PatternVerdict:
    """Judge where memorizing begins to hurt: the label error at which forgetting wins."""
    observed, predicted = [], []
    for i in range(_count(plan)):
        pairs = [
            (done[runs[True, d][i].name], done[runs[False, d][i].name])
            for d in plan.preset.corruptions
        ]
        levels = []
        signals = []
        for memorizing, clean in zip((True, False), pairs[0], strict=True):
            name = table1.run_name("sum", memorizing, without=True)
            without = done[f"{name}-seed{plan.seed}.{i}"]
            measured = scores(clean, without)
            levels.append(None if measured is None else measured.level)
            signals.append(_signal(without))
        observed.append(_observed_crossing(pairs))
        predicted.append(_predicted_crossing(levels, signals))
    text = (
        "Sum: label errors beyond a size make forgetting better than memorizing; that size is the "
        "one corruption-tradeoff predicts from the two measured levels"
    )
    ratio = median_of(ratios(observed, predicted))
    seen, said = median_of(observed).median, median_of(predicted).median
    if ratio.median is not None and seen is not None and said is not None:
        text = f"{text}: seen {seen:.3g}, predicted {said:.3g} squared digits"
    return _within("where-memorizing-hurts", text, ratio)


def _signal(without: RunResult) -> float | None:
    """Squared effect of a feature never seen: one image's loss without the two digits' share."""
    one, digits = without.loss("one_shot_1"), without.loss("in_distribution")
    return None if one is None or digits is None else one - 2 / 3 * digits


def _observed_crossing(pairs: list[tuple[RunResult, RunResult]]) -> float | None:
    """Corruption at which the least-prices line of the loss difference is zero."""
    x, y = [], []
    for memorized, forgotten in pairs:
        a, b = _cost(memorized, pairs[0][0]), _cost(forgotten, pairs[0][1])
        one, other = memorized.loss("one_shot_1"), forgotten.loss("one_shot_1")
        if a is None or b is None or one is None or other is None:
            return None
        x.append(a[0])
        y.append(one - other)
    if len(x) < 2:
        return None
    slope, level = np.polyfit(x, y, 1)
    return float(-level / slope) if slope > 0 > level else None


def _predicted_crossing(levels: list[float | None], signals: list[float | None]) -> float | None:
    """Corruption at which the risk is equal at both levels."""
    (high, low), (first, second) = levels, signals
    if high is None or low is None or first is None or second is None:
        return None
    return crossing(high, first, low, second)


def _cost(wrong: RunResult, right: RunResult) -> tuple[float, float] | None:
    """Mean squared label error that was drawn, and what it added to the loss of one image."""
    a, b = wrong.loss("one_shot_1"), right.loss("one_shot_1")
    if a is None or b is None:
        return None
    error = np.array(wrong.probe_targets) - np.array(right.probe_targets)
    return float(np.mean(error**2)), a - b


def _slope(points: list[tuple[float, float]]) -> float | None:
    """Least prices through the origin: loss added per unit of corruption."""
    bottom = sum(x * x for x, _ in points)
    return sum(x * y for x, y in points) / bottom if bottom > 0 else None


def _slope_verdict(
    memorizing: bool, observed: list[float | None], prices: list[float | None]
) -> PatternVerdict:
    state = "off" if memorizing else "on"
    text = (
        f"Sum, weight decay {state}: a mislabelled image costs m^2 times its label's squared "
        "error (corruption-tradeoff, m the measured level)"
    )
    ratio = median_of(ratios(observed, prices))
    slope, mean = mean_of(observed).mean, mean_of(prices).mean
    # A ratio is of a slope and a price: where it is a number both are.
    if ratio.median is not None and slope is not None and mean is not None:
        text = f"{text}: slope {slope:.3g}, m^2 {mean:.3g}"
    return _within(f"corruption-tradeoff-{state}", text, ratio)
