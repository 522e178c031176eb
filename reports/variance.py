"""The "Variance" section: `variance-evolution` beside simulation, over alpha and n."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from empirics.judging.verdict import judge
from empirics.observables.recovered import identified_samples
from empirics.running.cluster import Workers
from reports.console import finite, number, progress
from reports.simulation import verdict_json
from theorems.catalogue import catalogue
from theorems.claim import claim_at
from theorems.setting import Setting

FEATURES_PER_SAMPLE = 10
"""d = 10 n, as in the paper's Figure 1."""

ALPHAS = tuple(1 + step / 4 for step in range(9))


@dataclass(frozen=True)
class Grid:
    """Sizes, each with its draws at alpha = 1, at alpha = 1.25 and above.

    At alpha = 1 the variance factor of a draw spreads by 67% at n = 300, 39% at 1000, 6% at 10^4;
    for alpha > 1.25 by 15% at most. So many draws give an interval for all claims together that is
    about half as wide as the 10% that the prediction promises. At alpha = 1 a draw of 10^5 samples
    takes half a minute and spreads by about 1%.
    """

    draws: dict[int, tuple[int, int, int]]

    def cells(self) -> list[tuple[Setting, int]]:
        """Settings with their draws, the dearest first."""
        return [
            (
                Setting(n=n, d=FEATURES_PER_SAMPLE * n, alpha=alpha, beta_exponent=0.0),
                at_one if alpha == 1 else at_quarter if alpha == 1.25 else above,
            )
            for alpha in ALPHAS
            for n, (at_one, at_quarter, above) in sorted(self.draws.items(), reverse=True)
        ]


GRIDS = {
    "quick": Grid({300: (100, 200, 80), 1000: (300, 120, 60)}),
    "paper": Grid(
        {
            300: (1000, 400, 160),
            1000: (600, 200, 120),
            3000: (160, 80, 80),
            10000: (20, 40, 60),
            30000: (6, 24, 48),
            100000: (4, 12, 48),
        }
    ),
}
"""By preset."""


def computed_variance(grid: Grid, seed: int, workers: Workers) -> dict[str, Any]:
    """The section's data as a plain document, the same for any number of workers."""
    cells = grid.cells()
    statement = catalogue["variance-evolution"]
    with progress("variance: draws", sum(runs for _, runs in cells)) as advance:
        samples = identified_samples(cells, seed, workers=workers, advance=advance)
    rows = []
    with progress("variance: predictions", len(cells)) as advance:
        for sample in samples:
            judged = judge(claim_at(statement, sample.setting), sample, len(cells))
            observed = judged.observed
            value = judged.claim.numbers["value"]
            rows.append(
                {
                    "alpha": sample.setting.alpha,
                    "n": sample.setting.n,
                    "d": sample.setting.d,
                    "first_order": finite(judged.claim.comparison("first-order")),
                    **verdict_json(judged),
                    "ratio": None
                    if observed is None
                    else {
                        name: finite(part / value)
                        for name, part in (
                            ("mean", observed.mean),
                            ("ci_low", observed.ci_low),
                            ("ci_high", observed.ci_high),
                        )
                    },
                }
            )
            advance(1)
    rows.sort(key=lambda row: (row["alpha"], row["n"]))
    return {
        "seed": seed,
        "alphas": list(ALPHAS),
        "ns": sorted(grid.draws),
        "claims_judged": len(cells),
        "rows": rows,
    }


def section(document: dict[str, Any]) -> dict[str, Any]:
    """The section as the report's templates take it, without its figure."""
    rows = {(row["alpha"], row["n"]): row for row in document["rows"]}
    counts: dict[str, int] = {}
    for row in document["rows"]:
        counts[row["verdict"]] = counts.get(row["verdict"], 0) + 1
    told = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
    return {
        "title": "Variance of what is identified, over α and n",
        "text": (
            "The variance factor on the identifiable features, V on R: what variance-evolution "
            "predicts, observed over predicted in percent with 95% intervals, and the verdict "
            f"(d = {FEATURES_PER_SAMPLE} n, {document['claims_judged']} claims judged together: "
            f"{told}). The prediction promises 10%."
        ),
        "columns": ("α", *(f"n = {n}" for n in document["ns"])),
        "rows": [
            (f"{alpha:g}", *(_cell(rows[alpha, n]) for n in document["ns"]))
            for alpha in document["alphas"]
        ],
        "notes": [
            f"α = {row['alpha']:g}, n = {row['n']}: {row['verdict']}: {row['reason']}"
            for row in document["rows"]
            if row["verdict"] != "holds"
        ],
    }


def _cell(row: dict[str, Any]) -> str:
    ratio = row["ratio"]
    if ratio is None or ratio["ci_low"] is None:
        return f"{number(row['value'])}: {row['verdict']}"
    half = (ratio["ci_high"] - ratio["ci_low"]) / 2
    return f"{number(row['value'])}; {ratio['mean']:.1%} ± {half:.1%}; {row['verdict']}"
