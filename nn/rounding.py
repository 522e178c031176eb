"""Equal seeds that round differently: how far training drives them apart.

Another kind of CPU, another number of threads or another library adds the same numbers in another
order. That changes last digits, and training amplifies them. Here the same seeds are trained again
with one weight moved by one unit in the last place, with two threads, and with other convolutions;
what they differ by stands beside what seeds differ by.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from nn import table1
from nn.documents import Median, PatternVerdict, Word
from nn.estimates import COVERAGE, median_of, over_seeds, question, span
from nn.models import ARCHITECTURES, Architecture
from nn.plan import Plan
from nn.presets import with_decay
from nn.rounded import RoundedRun
from nn.runs import RunResult
from nn.study_results import RoundingRow, RoundingStudy, WayLosses
from nn.varied import varied
from theorems.errors import InputError

#: Copies of each training with one weight moved, unless asked otherwise.
COPIES = 4
#: A loss that moves by a larger factor than this is another result to a reader of three digits.
SEEN = 1.01


@dataclass(frozen=True)
class Way:
    """One way to round.

    Args:
        kind: as ``WayLosses.way``.
        moved: number of the copy, of a moved one.

    """

    kind: str
    moved: int | None = None

    @property
    def name(self) -> str:
        """In the names of trainings."""
        return self.kind if self.moved is None else f"{self.kind}-{self.moved}"

    def run(self, plan: Plan, model: str, decay: float, replicate: int) -> RoundedRun:
        """Return the training."""
        preset = plan.preset
        optimizer = with_decay(preset.optimizer, decay)
        state = "off" if decay == 0 else "on"
        return varied(
            RoundedRun,
            plan.run("plain", model, preset.table1, optimizer, replicate),
            f"rounding-{model}-{state}-{self.name}",
            moved=self.moved,
            threads=2 if self.kind == "threads" else 1,
            own_kernels=self.kind == "kernels",
        )


def checked(copies: int) -> int:
    """Return the number of copies.

    Raises:
        InputError: fewer than one.

    """
    if copies < 1:
        raise InputError("copies", copies, "must be 1 or more")
    return copies


def rounding(plan: Plan, copies: int = COPIES) -> RoundingStudy:
    """Train Table 1's Sum again and again from equal seeds, each time rounded differently.

    Args:
        plan: the request, checked.
        copies: trainings of each seed with one weight moved.

    Returns:
        the document.

    Raises:
        InputError: fewer than one copy.

    """
    checked(copies)
    model = ARCHITECTURES["sum"]
    ways = [Way("plain"), *(Way("moved", i) for i in range(copies)), Way("threads"), Way("kernels")]
    decays = (0.0, plan.preset.weight_decay)
    runs = {
        (decay, way.name, i): way.run(plan, model.name, decay, i)
        for decay in decays
        for way in ways
        for i in range(plan.seeds)
    }
    done = plan.train(list(runs.values()), "Rounding")

    def of(decay: float, way: Way) -> list[RunResult]:
        return [done[runs[decay, way.name, i].name] for i in range(plan.seeds)]

    # Table 1's verdicts, as another way to round would have come to them.
    judged = [_table1(plan, model, [of(decay, way) for decay in decays]) for way in ways]
    rows = [
        _row(plan, model, decay, [(way, of(decay, way)) for way in ways], judged)
        for decay in decays
    ]
    return RoundingStudy(
        **dict(plan.head()),
        table="rounding",
        copies=copies,
        switch=tuple(one[f"switch-{model.name}"] for one in judged),
        rows=tuple(rows),
        verdicts=verdicts(rows, plan.seeds),
    )


def _table1(plan: Plan, model: Architecture, pairs: list[list[RunResult]]) -> dict[str, Word]:
    """Table 1's verdicts on one model by their names: results with weight decay off, then on."""
    rows = [
        table1.row(plan, model, memorizing, results, [])
        for memorizing, results in zip((True, False), pairs, strict=True)
    ]
    return {v.id: v.verdict for v in over_seeds(table1.verdicts(rows), plan.seeds)}


def _factor(a: float | None, b: float | None) -> float | None:
    if a is None or b is None or min(a, b) <= 0:
        return None
    return max(a, b) / min(a, b)


def _range(losses: Sequence[float | None]) -> float | None:
    known = [loss for loss in losses if loss is not None]
    if len(known) < len(losses):
        return None
    return _factor(max(known), min(known))


def _row(
    plan: Plan,
    model: Architecture,
    decay: float,
    results: list[tuple[Way, list[RunResult]]],
    judged: list[dict[str, Word]],
) -> RoundingRow:
    ways = [
        WayLosses.model_validate(
            {
                "way": way.kind,
                "losses": [r.loss("one_shot_2") for r in of],
                # Only where weight decay is off does Table 1 claim a low loss.
                "low": one[f"low-{model.name}"] if decay == 0 else "",
            }
        )
        for (way, of), one in zip(results, judged, strict=True)
    ]
    plain = ways[0].losses
    rounded = [w.losses for w in ways if w.way in ("plain", "moved")]
    copies = list(zip(*rounded, strict=True))
    share, low, high = variance_share(copies)

    def factors(kind: str) -> Median:
        (other,) = [w.losses for w in ways if w.way == kind]
        return median_of([_factor(a, b) for a, b in zip(plain, other, strict=True)])

    return RoundingRow(
        model=model.name,
        title=plan.title(model),
        weight_decay=decay,
        ways=tuple(ways),
        loss=median_of(plain),
        moved_range=median_of([_range(seed) for seed in copies]),
        threads_factor=factors("threads"),
        kernels_factor=factors("kernels"),
        seeds_range=_range(plain),
        share=share,
        share_low=low,
        share_high=high,
        diverged=tuple(r.why for _, of in results for r in of if r.status == "diverged"),
    )


def variance_share(
    seeds: Sequence[Sequence[float | None]],
) -> tuple[float | None, float | None, float | None]:
    """Part of the variance of log losses that is within a seed, with its interval.

    Args:
        seeds: for each seed the losses of its copies, as many for each.

    Returns:
        within / (within + between) by analysis of variance (a negative estimate of "between" is
        0), and the exact interval of the one-way random model with normal log losses: the ratio
        of mean squares over its expectation is F. None where a number is missing or is not above
        0, there is one seed, or one copy.

    """
    rows = [[v for v in seed if v is not None and v > 0] for seed in seeds]
    n, m = len(rows[0]), len(rows)
    if m < 2 or n < 2 or any(len(r) != len(s) for r, s in zip(rows, seeds, strict=True)):
        return None, None, None
    logs = np.log(np.array(rows))
    within = float(logs.var(axis=1, ddof=1).mean())
    between = n * float(logs.mean(axis=1).var(ddof=1))
    if within == 0:
        return (0.0, 0.0, 0.0) if between > 0 else (None, None, None)
    ratio = between / within
    tail = (1 - COVERAGE) / 2
    low, high = (float(stats.f.ppf(p, m - 1, m * (n - 1))) for p in (tail, 1 - tail))

    def share(scaled: float) -> float:
        # ratio / scaled estimates 1 + n between/within.
        return 1 / (1 + max(ratio / scaled - 1, 0) / n)

    return share(1.0), share(low), share(high)


def verdicts(rows: Sequence[RoundingRow], seeds: int) -> tuple[PatternVerdict, ...]:
    """Judge whether rounding alone makes another result, and how much of the spread it is."""
    judged: list[PatternVerdict] = []
    for row in rows:
        state = "off" if row.weight_decay == 0 else "on"
        subject = f"{row.title}, weight decay {row.weight_decay:g}"
        text = (
            f"{subject}: one weight moved by one unit in the last place moves a seed's test loss "
            f"by a factor of more than {SEEN:g}"
        )
        known = row.moved_range.interval
        if known is None:
            judged.append(question(f"rounding-is-seen-{state}", text, None, None, None))
        else:
            middle, low, high = known
            text = f"{text}: {span(row.moved_range)}"
            gain = math.log(middle) / math.log(SEEN)
            judged.append(
                question(f"rounding-is-seen-{state}", text, low > SEEN, high < SEEN, gain)
            )
        text = f"{subject}: rounding alone makes more than half of the variance of log test losses"
        if row.share is None or row.share_low is None or row.share_high is None:
            judged.append(question(f"rounding-is-most-{state}", text, None, None, None))
            continue
        text = f"{text}: {row.share:.2f} [{row.share_low:.2f}, {row.share_high:.2f}]"
        judged.append(
            question(
                f"rounding-is-most-{state}",
                text,
                row.share_low > 0.5,
                row.share_high < 0.5,
                row.share / 0.5,
            )
        )
    return over_seeds(judged, seeds)
