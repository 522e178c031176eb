"""How often true statements are refuted, and false ones: measured on numbers of known laws.

    python -m tests.campaigns.calibration [--reports 10000] [--jobs 2] [--seed 0]

A simulated report has one test for each law below, each with a number of draws of its own, 2 to
50, all in one family at 5%. Its statements are the exact means, so each refutation is false. Then
the same statements are made false by 5, 10 and 20%. Then each statement of a report is drawn for
until it is decided (`stopping`). Exit status 1 where a family is refuted more often than promised,
beyond what chance explains.
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
from empirics.judging.intervals import estimate

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
        promised: whether their interval is proved; else it is Student's, right as draws grow.
    """

    name: str
    mean: float
    draw: Callable[[np.random.Generator, int], Array]
    known: dict[str, Any]
    promised: bool = True


def _scaled(law: Any, high: float) -> Callable[[np.random.Generator, int], Array]:
    return lambda rng, runs: np.asarray(law.rvs(runs, random_state=rng)) * high


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
            )
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
        found.append(Law(name, float(law.mean()), _scaled(law, 1.0), {}, promised=False))
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
    return iter(Parallel(n_jobs=jobs)(work))


def promised(families: int, count: int) -> bool:
    """Whether so many refuted families may be chance where each errs by 5% at most."""
    return families <= stats.binom.ppf(1 - 1e-6, count, FAMILY_ERROR)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the campaign; 1 where more families are refuted than promised."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reports", type=int, default=10000)
    parser.add_argument("--looks", type=int, default=2000, help="reports drawn until decided")
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
    shares = power(asked.samples, asked.seed)
    say("power: statements false by 5, 10, 20% refuted, at 10 and at 50 draws\n")
    for law in laws():
        cells = [
            ", ".join(f"{shares[law.name, runs, error]:.0%}" for error in FALSE_BY)
            for runs in (10, 50)
        ]
        say(f"  {law.name}: {cells[0]}; {cells[1]}\n")
    wrong = _say_looks(asked.looks, asked.jobs, asked.seed)
    return int(not promised(families, asked.reports) or not promised(wrong, asked.looks))


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
