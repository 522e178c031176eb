"""The "Variance" section: `variance-evolution` beside simulation, over alpha and n."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from empirics.judging.family import Family
from empirics.judging.outstanding import with_needs
from empirics.judging.verdict import Judgement, Verdict, judge
from empirics.observables.recovered import identified_samples
from empirics.running.cluster import Workers
from reports.chapters import Chapter
from reports.console import finite, number, progress
from reports.main_setting import MainSetting
from reports.outlook import left_open
from reports.records import Range, VerdictRow
from reports.section import Context, Judged, Page, Planned, RecordSection, of_a_power_law
from reports.simulated import Simulated
from reports.spread import Ask, claims
from reports.variance_figures import drawn_variance
from reports.variance_records import Variance, VarianceRow
from theorems.certified import available
from theorems.setting import PAPER, Setting
from theorems.statement import PROMISED_ACCURACY

ACCURACY = float(PROMISED_ACCURACY)
"""That the prediction claims."""

STATEMENT = "variance-evolution"

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

    def around(self, n: int) -> Grid:
        """The sizes in the same proportions with n for 1000, none above n and what is in a preset.

        Each has the draws of the nearest smaller size of any preset.
        """
        if n == MIDDLE:
            return self
        known = GRIDS["paper"].draws | self.draws
        sizes = {max(2, round(n * size / MIDDLE)) for size in self.draws}
        return Grid(
            {
                size: known[max((one for one in known if one <= size), default=min(known))]
                for size in sorted(sizes)
                if size <= max(n, *known)
            }
        )

    def cells(self, main: MainSetting | None = None) -> list[tuple[Setting, int]]:
        """Settings with their draws, the dearest first.

        Args:
            main: the setting in the middle; None for the paper's.
        """
        main = main or MainSetting()
        return [
            (
                main.sized(n, alpha=alpha, beta_exponent=0.0, sigma=PAPER.sigma),
                at_one if alpha <= 1 else at_quarter if alpha <= 1.25 else above,
            )
            for alpha in main.among(ALPHAS)
            for n, (at_one, at_quarter, above) in sorted(self.draws.items(), reverse=True)
        ]


MIDDLE = 1000
"""The paper's n, in the middle of every grid."""

GRIDS = {
    "quick": Grid({300: (100, 200, 80), 1000: (300, 120, 60)}),
    "paper": Grid(
        {
            300: (1000, 400, 160),
            1000: (600, 200, 120),
            3000: (160, 80, 80),
            10000: (30, 40, 60),
            30000: (6, 30, 48),
            100000: (4, 12, 48),
        }
    ),
}
"""By preset."""


def computed_variance(
    grid: Grid, seed: int, workers: Workers, family: Family, main: MainSetting | None = None
) -> Variance:
    """The section's data, the same for any number of workers.

    Args:
        grid: sizes with their draws.
        seed: that every draw comes from.
        workers: who draws.
        family: of the tests of the whole report.
        main: the setting in the middle; None for the paper's.
    """
    main = main or MainSetting()
    cells = grid.cells(main)
    with progress("variance: draws", sum(runs for _, runs in cells)) as advance:
        samples = identified_samples(cells, seed, workers=workers, advance=advance)
    asked = [[Ask(STATEMENT, sample.setting, certified=available())] for sample in samples]
    with progress("variance: predictions", len(cells)) as advance:
        found = claims(asked, workers, advance)
    rows = [
        _row(with_needs(judge(claim, sample, family), sample.runs, family), sample.setting)
        for (claim,), sample in zip(found, samples, strict=True)
    ]
    rows.sort(key=lambda row: (row.alpha, row.n))
    return Variance(
        seed=seed,
        alphas=main.among(ALPHAS),
        s=main.setting.s,
        ns=tuple(sorted(grid.draws)),
        claims_judged=len(cells),
        rows=tuple(rows),
    )


def _row(judgement: Judgement, setting: Setting) -> VarianceRow:
    observed, value = judgement.observed, judgement.claim.numbers["value"]
    over = (
        None
        if observed is None
        else Range(
            mean=finite(observed.mean / value),
            ci_low=finite(observed.ci_low / value),
            ci_high=finite(observed.ci_high / value),
        )
    )
    row = VerdictRow.of(judgement)
    return VarianceRow(
        **{name: getattr(row, name) for name in VerdictRow.model_fields},
        alpha=setting.alpha,
        n=setting.n,
        d=setting.d,
        first_order=finite(judgement.claim.comparison("first-order")),
        ratio=over,
    )


class VarianceSection(RecordSection[Variance]):
    """`variance-evolution` beside simulation."""

    name = "variance"
    place = 40
    chapter = Chapter.NOISE
    record = Variance

    def left_out(self, context: Context) -> str | None:
        """The sweep is over exponents."""
        return of_a_power_law(context)

    def prepared(self, context: Context) -> Planned[Variance]:
        """Nothing to check."""
        main = context.main
        grid = GRIDS[context.preset].around(main.setting.n)
        return Planned(
            len(grid.cells(main)),
            lambda family: computed_variance(grid, context.seed, context.workers, family, main),
        )

    def verdicts(self, result: Variance) -> list[Judged]:
        """One for each cell of the grid."""
        return [
            Judged(f"{row.id} at alpha = {row.alpha:g}, n = {row.n}", row.verdict)
            for row in result.rows
        ]

    def simulated(self, result: Variance) -> list[Simulated]:
        """Each cell of the grid; beta* = 1."""
        fixed = {"s": result.s, "sigma": PAPER.sigma, "beta_exponent": 0.0}
        return [
            Simulated.of(row, {"n": row.n, "d": row.d, "alpha": row.alpha, **fixed}, own_k=False)
            for row in result.rows
        ]

    def page(self, result: Variance) -> Page:
        """Observed over predicted, cell by cell."""
        rows = {(row.alpha, row.n): row for row in result.rows}
        counts = Counter(row.verdict for row in result.rows)
        counted = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
        return Page(
            finding=(
                f"Belief propagation predicts the variance within {ACCURACY:.0%} at "
                f"{counts[Verdict.HOLDS]} of {len(result.rows)} settings over α and n, with no "
                "fitted constant."
            ),
            title="Variance of what is identified, over α and n",
            text=(
                "The variance factor on the identifiable features, V on R: what variance-evolution "
                "predicts, observed over predicted in percent with 95% intervals, and the verdict "
                f"(d = {ratio(result):g} n, s = {result.s:g}, {result.claims_judged} claims "
                "judged: "
                f"{counted}). The prediction promises 10%."
            ),
            columns=("α", *(f"n = {n}" for n in result.ns)),
            rows=[
                (f"{alpha:g}", *(_cell(rows[alpha, n]) for n in result.ns))
                for alpha in result.alphas
            ],
            notes=left_open([(f"α = {row.alpha:g}, n = {row.n}", row) for row in result.rows]),
            figures=drawn_variance(result),
        )


def ratio(result: Variance) -> float:
    """Features over samples, the same at every size up to rounding."""
    last = max(result.rows, key=lambda row: row.n)
    return float(f"{last.d / last.n:.3g}")


def _cell(row: VarianceRow) -> str:
    over = row.ratio
    if over is None or over.mean is None or over.ci_low is None or over.ci_high is None:
        return f"{number(row.value)}: {row.verdict}"
    half = (over.ci_high - over.ci_low) / 2
    return f"{number(row.value)}; {over.mean:.1%} ± {half:.1%}; {row.verdict}"


SECTION = VarianceSection()
