"""The price of not memorizing, by networks: trainings on a random part of the samples.

A learner that keeps each sample with probability delta is delta-stable in the sense of statement
``stability-price``, whatever it does with what it keeps. Where a one-shot image's label is one of
two that are c on either side of 4.5, by a fair coin, no such learner of any kind has a mean squared
error below (1 - delta) c^2 on tests that hold it: the two labels are the two signs of a coefficient
that one training sample shows (statement ``composition-needs-memory`` at one feature). A test of
two such images, in one world of four, costs at least c^2 + c'^2 - delta (c + c')^2 (there too).

Two things can be left out: the ten one-shot samples alone, with every digit as well covered as
before, or any sample. Then epochs are more by as much as samples are fewer: a shorter training
would be measured otherwise.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import get_args

import numpy as np
from sympy import Expr, Rational

from nn.documents import Mean, PatternVerdict
from nn.estimates import bracketed, mean_of, over_seeds, question
from nn.kept import SHOTS, KeptRun, Sampled
from nn.models import ARCHITECTURES
from nn.plan import Plan
from nn.runs import Optimizer, RunResult
from nn.study_results import StabilityRow, StabilityStudy
from nn.varied import varied
from theorems.model import stability as delta
from theorems.stability.composition_needs_memory import STATEMENT, fixed_signs

#: Tenths of the samples that are kept.
TENTHS = (1, 3, 5, 7, 9, SHOTS)
#: |c| of each image, exactly.
SIZES = tuple(abs(label - Rational(SHOTS - 1, 2)) for label in range(SHOTS))
#: Mean of c^2 over the ten images.
ENERGY = sum(size**2 for size in SIZES) / SHOTS


def least(tenths: int) -> float:
    """What no stable learner gets below on tests of one image, in squared digits."""
    return float(ENERGY * _at(STATEMENT.expressions["lower"], tenths))


def least_of_pairs(tenths: int) -> float:
    """The same on tests of two images, all pairs of different ones alike."""
    pairs = list(itertools.combinations(SIZES, 2))
    each = [_at(fixed_signs(a**2 + b**2, (a + b) ** 2), tenths) for a, b in pairs]
    return float(sum(each) / len(pairs))


def _at(bound: Expr, tenths: int) -> Expr:
    return bound.subs(delta, Rational(tenths, SHOTS))


def price_of_stability(plan: Plan) -> StabilityStudy:
    """Train Sum on a random part of the samples, weight decay off.

    Args:
        plan: the request, checked.

    Returns:
        the document.

    """
    runs = {
        (sampled, tenths, i): _run(plan, sampled, tenths, i)
        for sampled in get_args(Sampled)
        for tenths in TENTHS
        for i in range(plan.seeds)
    }
    # Where all is kept the two are one training.
    done = plan.train(list({run.name: run for run in runs.values()}.values()), "Stability")
    rows = [
        _row(sampled, tenths, [done[runs[sampled, tenths, i].name] for i in range(plan.seeds)])
        for sampled in get_args(Sampled)
        for tenths in TENTHS
    ]
    return StabilityStudy(
        **dict(plan.head()),
        table="stability",
        title=plan.title(ARCHITECTURES["sum"]),
        energy=float(ENERGY),
        rows=tuple(rows),
        verdicts=over_seeds([judged(row) for row in rows if row.least > 0], plan.seeds),
    )


def _run(plan: Plan, sampled: Sampled, tenths: int, replicate: int) -> KeptRun:
    whole = tenths == SHOTS
    optimizer = plan.preset.optimizer
    if sampled == "all":
        optimizer = _as_many_steps(optimizer, tenths)
    plain = plan.run("plain", "sum", plan.preset.table1, optimizer, replicate)
    name = "stability-whole" if whole else f"stability-{sampled}-{tenths}"
    return varied(KeptRun, plain, name, tenths=tenths, sampled="one-shot" if whole else sampled)


def _as_many_steps(optimizer: Optimizer, tenths: int) -> Optimizer:
    if optimizer.focus is not None:
        return optimizer  # its epochs are short ones, of one length
    return replace(optimizer, epochs=round(optimizer.epochs * SHOTS / tenths))


def _row(sampled: Sampled, tenths: int, results: list[RunResult]) -> StabilityRow:
    def mean(name: str) -> Mean:
        return mean_of([r.loss(name) for r in results], within=(0, np.inf))

    return StabilityRow(
        sampled=sampled,
        kept=tenths / SHOTS,
        least=least(tenths),
        least_of_pairs=least_of_pairs(tenths),
        single=mean("one_shot_1"),
        pairs=mean("one_shot_2"),
        one_shot=mean("one_shot"),
        in_distribution=mean("in_distribution"),
        diverged=tuple(r.why for r in results if r.status == "diverged"),
    )


def judged(row: StabilityRow) -> PatternVerdict:
    """The theorem, where its bound says something: the loss on single images is no less."""
    what = "one-shot samples" if row.sampled == "one-shot" else "samples"
    text = (
        f"{row.kept:.0%} of the {what} kept: on tests with one of their images the mean loss is "
        f"{row.least:.3g} or more, as of any stable learner"
    )
    identity = f"price-{row.sampled}-{round(row.kept * SHOTS)}"
    seen = row.single.interval
    if seen is None:
        return question(identity, text, None, None, None)
    middle, low, high = seen
    text = f"{text}: {bracketed(seen)}"
    return question(identity, text, low >= row.least, high < row.least, middle / row.least)
