"""Draw until decided: open claims are looked at in doubling numbers of draws, at one error.

Look l = 1, 2, ... judges what is open by intervals that err 1/(l (l + 1)) of what the test may err
(`Family.at_look`). These shares sum to 1, so a true claim is refuted at any of its looks with the
probability that one look would have, whatever ends them: a verdict, the budget, or the user. Which
draws there are at a look depends on its number alone, so that results do not depend on the workers.

What is printed of a decided claim, its mean and the 95% interval, comes from the look that decided
it. Stopping there favours draws that decide, which biases the mean; `tests/campaigns/stopping.py`
measures by how much. Means of the first look, which every observable has, are free of that.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace

from empirics.judging.budget import Budget
from empirics.judging.family import Family
from empirics.judging.outstanding import forecast, needs, waits_for_draws, with_needs
from empirics.judging.verdict import Judgement, judge
from empirics.observables.needed import observed_by
from empirics.observables.observable import Measurement
from empirics.observables.registry import OBSERVABLES
from empirics.running.cluster import Workers
from empirics.running.montecarlo import Sample, replicate
from empirics.running.remembered import Keeper, Remembered
from empirics.running.store import design_description
from theorems.claim import Claim
from theorems.setting import Setting

Watch = Callable[[str, int], AbstractContextManager[Callable[[int], None]]]
"""Told what is drawn and how many; what it yields is told the progress."""


def _unwatched(_: str, __: int) -> AbstractContextManager[Callable[[int], None]]:
    return nullcontext(lambda _: None)


@dataclass(frozen=True)
class Look:
    """One look.

    Args:
        runs: draws of each setting that something was open at.
        judged: claims that were looked at.
        left: of them those that are still open and that the budget may decide.
    """

    runs: int
    judged: int
    left: int


@dataclass(frozen=True)
class Decided:
    """Claims, drawn for until they were decided.

    Args:
        samples: the draws of the first look, one for each setting.
        judgements: one for each claim at each setting, by the last look at it.
        looks: every look, in order; () where there was no budget for a second one.
        ended: why there is no further look; "" likewise.
    """

    samples: tuple[Sample, ...]
    judgements: tuple[tuple[Judgement, ...], ...]
    looks: tuple[Look, ...]
    ended: str


class _OutOfTimeError(Exception):
    """The seconds are spent."""


def decide(
    settings: Sequence[Setting],
    claims: Callable[[], Sequence[Sequence[Claim]]],
    *,
    first: int,
    seed: int,
    budget: Budget | None,
    family: Family,
    workers: Workers,
    store: Keeper | None,
    measurements: Sequence[Measurement] | None = None,
    watch: Watch = _unwatched,
) -> Decided:
    """Draw and judge, with a budget until nothing is open that draws can decide, or it is spent.

    Args:
        settings: where to draw; those that differ in sigma share their draws.
        claims: gives those at each setting; asked once, after the first draws.
        first: draws of the first look, which are made whatever is open.
        seed: of the draws.
        budget: what may be spent; None looks once, at all that the family may err.
        family: of the claims' tests; all looks of one share what it may err.
        workers: who draws.
        store: what keeps finished draws.
        measurements: of the first look; None takes every registered group. Later looks measure
            what the open claims need.
        watch: shows progress.

    Returns:
        The same for any workers, where the budget names no seconds.
    """
    since = time.monotonic()
    kept = store if budget is None else Remembered(store)
    with watch("draws", first * len(_by_law(settings, range(len(settings))))) as advance:
        samples = replicate(
            settings,
            first,
            seed,
            workers=workers,
            store=kept,
            advance=advance,
            measurements=measurements,
        )
    now = family if budget is None else family.at_look(1)
    found = [
        [judge(claim, sample, now) for claim in row]
        for sample, row in zip(samples, claims(), strict=True)
    ]
    if budget is None:
        once = tuple(tuple(with_needs(one, first, family) for one in row) for row in found)
        return Decided(tuple(samples), once, (), "")
    every = [(place, nth) for place, row in enumerate(found) for nth in range(len(row))]
    left = _left(found, every, first, budget, family, 1)
    looks = [Look(first, len(every), len(left))]
    last = dict.fromkeys(every, 1)
    runs = first
    while left and runs < budget.draws:
        runs = min(2 * runs, budget.draws)
        number = len(looks) + 1
        try:
            drawn = _drawn(
                settings,
                found,
                left,
                runs,
                seed,
                workers,
                kept,
                _timed(watch, number, since, budget),
            )
        except _OutOfTimeError:
            break
        now = family.at_look(number)
        for place, nth in left:
            found[place][nth] = judge(found[place][nth].claim, drawn[place], now)
            last[place, nth] = number
        still = _left(found, left, runs, budget, family, number)
        looks.append(Look(runs, len(left), len(still)))
        left = still
    if not left:
        ended = "nothing more is open that the budget could decide"
    elif looks[-1].runs == budget.draws:
        ended = f"the budget of {budget.draws} draws is spent"
    else:
        ended = f"the budget of {budget.seconds:g} seconds is spent"
    told = tuple(
        tuple(
            replace(
                one, needs=needs(one, looks[last[place, nth] - 1].runs, family, last[place, nth])
            )
            for nth, one in enumerate(row)
        )
        for place, row in enumerate(found)
    )
    return Decided(tuple(samples), told, tuple(looks), ended)


def _left(
    found: Sequence[Sequence[Judgement]],
    among: Sequence[tuple[int, int]],
    runs: int,
    budget: Budget,
    family: Family,
    look: int,
) -> list[tuple[int, int]]:
    """Those that more draws may decide, and within the budget if their means suit them."""
    left = []
    for place, nth in among:
        one = found[place][nth]
        if waits_for_draws(one, runs):
            needed = forecast(one, family, look)
            if needed is None or needed.least * runs <= budget.draws:
                left.append((place, nth))
    return left


def _by_law(settings: Sequence[Setting], places: Sequence[int] | range) -> dict[str, list[int]]:
    """Places by what is drawn there: settings that differ in sigma share it."""
    laws: dict[str, list[int]] = {}
    for place in places:
        drawn = json.dumps(design_description(settings[place], 0), sort_keys=True)
        laws.setdefault(drawn, []).append(place)
    return laws


def _drawn(
    settings: Sequence[Setting],
    found: Sequence[Sequence[Judgement]],
    left: Sequence[tuple[int, int]],
    runs: int,
    seed: int,
    workers: Workers,
    kept: Keeper | None,
    watch: Watch,
) -> dict[int, Sample]:
    """Draws where something is open, of what the open claims need."""
    laws = _by_law(settings, sorted({place for place, _ in left}))
    samples: dict[int, Sample] = {}
    with watch(f"{runs} draws, {len(left)} open", runs * len(laws)) as advance:
        for places in laws.values():
            open_here = [found[place][nth].claim for place, nth in left if place in places]
            needed = [
                OBSERVABLES[name].measurement(claim.extra)
                for claim in open_here
                for name in observed_by(claim.statement)
            ]
            drawn = replicate(
                [settings[place] for place in places],
                runs,
                seed,
                workers=workers,
                store=kept,
                advance=advance,
                measurements=tuple(dict.fromkeys(needed)),
            )
            samples |= dict(zip(places, drawn, strict=True))
    return samples


def _timed(watch: Watch, look: int, since: float, budget: Budget) -> Watch:
    """A watch that ends a look when the seconds are spent, and tells how many are left."""

    @contextmanager
    def timed(label: str, total: int) -> Iterator[Callable[[int], None]]:
        rest = budget.seconds - (time.monotonic() - since)
        left = f", {max(rest, 0):.0f} s of the budget left" if math.isfinite(rest) else ""
        with watch(f"look {look}: {label}{left}", total) as advance:

            def checked(done: int) -> None:
                advance(done)
                if time.monotonic() - since > budget.seconds:
                    raise _OutOfTimeError

            yield checked

    return timed
