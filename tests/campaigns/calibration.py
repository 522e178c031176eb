"""How often true statements are refuted, and false ones: measured on numbers of known laws.

    python -m tests.campaigns.calibration [--reports 10000] [--jobs 2] [--seed 0]

A simulated report has one test for each law below, each with a number of draws of its own, 2 to
50, all in one family at 5%. Its statements are the exact means, so each refutation is false. Then
the intervals that are only asymptotic are measured where they are least to be trusted, at the level
of one test of a whole report. Then the same statements are made false by 5, 10 and 20%. Then each
statement of a report is drawn for until it is decided (`stopping`). Exit status 1 where a family is
refuted more often than promised, or an interval misses more often, beyond what chance explains.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy import stats

from empirics.judging.family import FAMILY_ERROR, Family
from empirics.judging.finite_sample import binomial_interval
from empirics.judging.intervals import STUDENT_RUNS, estimate, moved_out
from empirics.running.cluster import Workers

Array = NDArray[np.float64]
RUNS = (2, 3, 5, 10, 20, 30, 50)
FALSE_BY = (0.05, 0.1, 0.2)


@dataclass(frozen=True)
class Law:
    """Numbers as an observable gives them, one a draw.

    Args:
        name: of the law.
        mean: exactly.
        draw: so many independent numbers.
        known: what is known of them, as `estimate` takes it.
        asymptotic: whether their interval is Student's, right as draws grow, once draws suffice.
    """

    name: str
    mean: float
    draw: Callable[[np.random.Generator, int], Array]
    known: dict[str, Any]
    asymptotic: bool = False


def _scaled(law: Any, high: float) -> Callable[[np.random.Generator, int], Array]:
    return lambda rng, runs: np.asarray(law.rvs(runs, random_state=rng)) * high


def _distinct(rng: np.random.Generator, runs: int) -> Array:
    shown = rng.integers(0, 600, (runs, 60))
    return np.array([np.unique(row[row < 200]).size for row in shown], dtype=np.float64)


def laws() -> list[Law]:
    """Laws that resemble the observables: counts, rates, losses, rare excesses, smooth means."""
    found = [
        Law(f"rate {p}", p, _scaled(stats.bernoulli(p), 1.0), {"rate": True})
        for p in (0.003, 0.3, 0.98)
    ]
    for trials, p in ((1000, 2e-4), (1000, 0.013), (60, 0.8)):
        law = stats.binom(trials, p)
        found.append(
            Law(f"count {trials} {p}", trials * p, _scaled(law, 1.0), {"trials": (trials, 1.0)})
        )
    # Bounded by what nobody reaches, as losses are: by ten times the mean, or a thousand times.
    for a, b in ((20.0, 180.0), (2.0, 18.0), (0.3, 300.0)):
        found.append(
            Law(
                f"bounded beta {a:g} {b:g}",
                a / (a + b),
                _scaled(stats.beta(a, b), 1.0),
                {"bounds": (0.0, 1.0)},
                asymptotic=True,
            )
        )
    # Events of chances from .5 to 5e-5, and the distinct ones of 60 things of 200, a third shown.
    chances = 0.5 / np.arange(1, 101) ** 2
    found.append(
        Law(
            "unlike events",
            float(chances.sum()),
            lambda rng, runs: (rng.random((runs, 100)) < chances).sum(axis=1).astype(np.float64),
            {"trials": (100, 1.0)},
        )
    )
    found.append(
        Law("distinct things", 200 * (1 - (1 - 1 / 600) ** 60), _distinct, {"self_bounding": True})
    )
    for p, size in ((0.02, 1.0), (0.2, 0.05)):
        found.append(
            Law(
                f"rare excess {p:g}",
                0.01 + p * size,
                lambda rng, runs, p=p, size=size: 0.01 + size * (rng.random(runs) < p),  # type: ignore[misc]
                {"bounds": (0.0, 2.0)},
            )
        )
    found.append(
        Law(
            "sometimes, never smooth",
            0.03,
            lambda rng, runs: rng.normal(0, 0.1, runs).clip(-1, 1) + 0.03,
            {"bounds": (-2.0, 2.0), "smooth": False},
        )
    )
    for name, law in (
        ("normal", stats.norm(5, 1)),
        ("skewness 0.5", stats.gamma(16)),
        ("skewness 1", stats.gamma(4)),
        ("skewness 1.75, lognormal", stats.lognorm(0.5)),
        ("skewness 2", stats.gamma(1)),
        ("skewness 4", stats.gamma(0.25)),
    ):
        found.append(Law(name, float(law.mean()), _scaled(law, 1.0), {}, asymptotic=True))
    return found


def refuted(law: Law, values: Array, claimed: float, family: Family) -> bool:
    """Whether the draws refute that the mean is as claimed."""
    wide = estimate(values, family.confidence, **law.known)
    # As a verdict has it, up to rounding; no interval refutes nothing.
    slack = 1e-9 * max(abs(claimed), abs(wide.mean))
    return claimed < wide.ci_low - slack or claimed > wide.ci_high + slack


def reports(count: int, seed: Any) -> tuple[int, Counter[str]]:
    """So many reports on true statements: how many refute any, and by which law and draws."""
    rng = np.random.default_rng(seed)
    known, families, whose = laws(), 0, Counter[str]()
    family = Family(len(known))
    for _ in range(count):
        wrong = False
        for law in known:
            runs = int(rng.choice(RUNS))
            if refuted(law, law.draw(rng, runs), law.mean, family):
                wrong = True
                whose[f"{law.name}, {runs} draws"] += 1
        families += wrong
    return families, whose


REPORT = Family(750)
"""Of the quick preset's tests, about."""

DEEP_RUNS = (STUDENT_RUNS, 50)
"""Draws at which asymptotic intervals are measured: the fewest that have one, and the preset's."""

AT_ONCE = 20_000


def deep(count: int, seed: int) -> dict[tuple[str, int], tuple[int, float]]:
    """How many of so many asymptotic intervals miss at a report's level, by law and draws.

    Returns:
        The number that miss, and the mean width over that of Student's own intervals.
    """
    found: dict[tuple[str, int], tuple[int, float]] = {}
    for place, law in enumerate(laws()):
        for runs in DEEP_RUNS if law.asymptotic else ():
            rng = np.random.default_rng(np.random.SeedSequence((seed, place, runs)))
            wrong, width = 0, 0.0
            for some in (min(AT_ONCE, count - start) for start in range(0, count, AT_ONCE)):
                values = law.draw(rng, some * runs).reshape(some, runs)
                off = law.mean - values.mean(axis=1)
                error = values.std(axis=1, ddof=1) / np.sqrt(runs)
                skewness = stats.skew(values, axis=1, bias=False)
                below, above = moved_out(skewness, runs, runs - 1, REPORT.confidence)
                wrong += int(((off > above * error) | (-off > below * error)).sum())
                width += float((below + above).sum())
            own = 2 * float(stats.t.isf(REPORT.level / 2, runs - 1))
            found[law.name, runs] = wrong, width / own / count
    return found


def power(count: int, seed: int) -> dict[tuple[str, int, float], float]:
    """Share of families' false statements that are refuted, by law, draws and error."""
    rng = np.random.default_rng(seed)
    known = laws()
    family = Family(len(known))
    found: dict[tuple[str, int, float], float] = {}
    for law in known:
        for runs in (10, 50):
            samples = [law.draw(rng, runs) for _ in range(count)]
            for error in FALSE_BY:
                claimed = law.mean * (1 + error)
                share = np.mean([refuted(law, values, claimed, family) for values in samples])
                found[law.name, runs, error] = float(share)
    return found


def measured(count: int, jobs: int, seed: int) -> tuple[int, Counter[str]]:
    """`reports`, in pieces over worker processes; the same for any number of them."""
    whole: Counter[str] = Counter()
    families = 0
    for wrong, whose in _pieces("calibration", count, jobs, seed):
        families += wrong
        whole += whose
    return families, whole


def measured_looks(count: int, jobs: int, seed: int) -> list[list[Any]]:
    """`stopping.reports`, likewise."""
    return [one for piece in _pieces("stopping", count, jobs, seed) for one in piece]


def _pieces(module: str, count: int, jobs: int, seed: int) -> Iterator[Any]:
    size = 100 if module == "calibration" else 10
    pieces = [(min(size, count - start), (seed, start)) for start in range(0, count, size)]
    # Workers import the function; one of __main__ would be sent with all that it rests on.
    report = import_module(f"tests.campaigns.{module}").reports
    work = (delayed(report)(many, np.random.SeedSequence(key)) for many, key in pieces)
    with Workers(jobs).engaged():
        return iter(Parallel()(work))


def promised(families: int, count: int) -> bool:
    """Whether so many refuted families may be chance where each errs by 5% at most."""
    return families <= stats.binom.ppf(1 - 1e-6, count, FAMILY_ERROR)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the campaign; 1 where more families are refuted than promised."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reports", type=int, default=10000)
    parser.add_argument("--looks", type=int, default=2000, help="reports drawn until decided")
    parser.add_argument("--deep", type=int, default=1_000_000, help="intervals at a report's level")
    parser.add_argument("--samples", type=int, default=400, help="for each figure of power")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args(arguments)
    families, whose = measured(asked.reports, asked.jobs, asked.seed)
    low, high = binomial_interval(families, asked.reports, 0.95)
    say = sys.stdout.write
    tests = len(laws())
    say(
        f"{asked.reports} reports of {tests} true statements: {families / asked.reports:.2%} "
        f"[{low:.2%}, {high:.2%}] refute any; promised {FAMILY_ERROR:.0%}\n"
    )
    each = asked.reports / len(RUNS)
    for name, times in whose.most_common(12):
        say(f"  {name}: {times / each:.3%} of tests, allowed {FAMILY_ERROR / tests:.3%}\n")
    missed = _say_deep(asked.deep, asked.seed)
    shares = power(asked.samples, asked.seed)
    say("power: statements false by 5, 10, 20% refuted, at 10 and at 50 draws\n")
    for law in laws():
        cells = [
            ", ".join(f"{shares[law.name, runs, error]:.0%}" for error in FALSE_BY)
            for runs in (10, 50)
        ]
        say(f"  {law.name}: {cells[0]}; {cells[1]}\n")
    wrong = _say_looks(asked.looks, asked.jobs, asked.seed)
    kept = promised(families, asked.reports) and promised(wrong, asked.looks)
    return int(not kept or bool(missed))


def _say_deep(count: int, seed: int) -> list[tuple[str, int]]:
    """Print how often asymptotic intervals miss at a report's level; those that miss too often."""
    say = sys.stdout.write
    say(
        f"asymptotic intervals at the level of a report of {REPORT.tests} tests, "
        f"{REPORT.level:.2g}: {count} of each law, misses over those allowed (mean width over "
        f"Student's own)\n"
    )
    found = deep(count, seed)
    for (law, runs), (wrong, width) in found.items():
        low, high = binomial_interval(wrong, count, 0.95)
        told = ", ".join(f"{side / REPORT.level:.2f}" for side in (low, high))
        say(f"  {law}, {runs} draws: {wrong / count / REPORT.level:.2f} [{told}] ({width:.2f})\n")
    most = stats.binom.ppf(1 - 1e-6, count, REPORT.level)
    return [key for key, (wrong, _) in found.items() if wrong > most]


def _say_looks(count: int, jobs: int, seed: int) -> int:
    """Print what drawing until decided does; how many reports on true statements it refutes."""
    from empirics.judging.verdict import Verdict
    from tests.campaigns.stopping import MOST, bias

    found = measured_looks(count, jobs, seed)
    whole = [one for report in found for one in report]
    wrong = sum(any(one.verdict is Verdict.REFUTED for one in report) for report in found)
    low, high = binomial_interval(wrong, count, 0.95)
    open_ = np.mean([one.verdict is Verdict.INCONCLUSIVE for one in whole])
    say = sys.stdout.write
    say(
        f"drawn until decided, up to {MOST} draws: {count} reports of {len(found[0])} true "
        f"statements: {wrong / count:.2%} [{low:.2%}, {high:.2%}] refute any; promised "
        f"{FAMILY_ERROR:.0%}; {open_:.0%} stay open, {np.mean([one.runs for one in whole]):.0f} "
        f"draws on average; the printed 95% intervals miss "
        f"{np.mean([not one.covered for one in whole]):.2%}\n"
    )
    say("bias of the printed mean, in half-widths of the 95% interval (how often that misses)\n")
    for (law, kind), (mean, error, missed) in sorted(
        bias(whole).items(), key=lambda one: -abs(one[1][0])
    )[:12]:
        say(f"  {law}, {kind}: {mean:+.3f} +- {error:.3f} ({missed:.1%})\n")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
