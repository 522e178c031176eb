"""The "Regimes" section: which power of n, where it breaks, and which statements have force."""

from __future__ import annotations

from functools import partial

import numpy as np
from sympy import lambdify

from empirics.running.cluster import Workers
from reports.chapters import Chapter
from reports.console import progress
from reports.regime_figures import drawn_regimes
from reports.regime_records import PowerCurves, Regimes
from reports.regimes import regime_table, require_moderate
from reports.section import Context, Judged, Page, Planned, RecordSection, of_a_power_law
from reports.spread import IN_PROCESS, spread
from theorems.catalogue import catalogue
from theorems.model import alpha as alpha_symbol
from theorems.regimes.quantities import QUANTITIES
from theorems.regimes.standing import survey, surveyable, told_phase
from theorems.setting import PAPER

PHASE_ALPHAS = tuple(0.75 + 0.25 * step for step in range(12))
PHASE_NS: dict[str, tuple[int, ...]] = {
    "quick": (100, 10**4, 10**6),
    "paper": tuple(round(10 ** (2 + step / 2)) for step in range(9)),
}
"""Sizes of the phase diagram by preset. At each setting two bounds search their best k, which
takes a tenth of a second."""


def computed_regimes(
    sigma: float,
    beta_exponent: float,
    ns: tuple[int, ...],
    s: float = PAPER.s,
    workers: Workers = IN_PROCESS,
) -> Regimes:
    """The "Regimes" section of a report: table, curves and phase diagram.

    Args:
        sigma: noise level of the phase diagram.
        beta_exponent: b.
        ns: its sizes, increasing.
        s: of the phase diagram.
        workers: who evaluates its statements.

    Raises:
        InputError: for an s that the law does not allow at an exponent of the phase diagram.
    """
    settings = survey(PHASE_ALPHAS, ns, sigma=sigma, beta_exponent=beta_exponent, s=s)
    surveyed = [name for name, statement in catalogue.items() if surveyable(statement)]
    with progress("phase diagram", len(surveyed)) as advance:
        standings = dict(
            zip(
                surveyed,
                spread(partial(told_phase, settings), surveyed, workers, lambda _: advance(1)),
                strict=True,
            )
        )
    grid = np.linspace(0.75, 3.5, 111)
    curves: dict[str, tuple[float, ...]] = {}
    for quantity in QUANTITIES.values():
        whole = quantity.piecewise(beta_exponent)
        powers = np.broadcast_to(lambdify(alpha_symbol, whole)(grid), grid.shape)
        curves[quantity.name] = tuple(np.round(powers, 6).tolist())
    table = regime_table(None, beta_exponent)
    return Regimes(
        **dict(table),
        sigma=sigma,
        s=s,
        alphas=PHASE_ALPHAS,
        ns=ns,
        phase=standings,
        curves=PowerCurves(alpha=tuple(np.round(grid, 6).tolist()), exponent=curves),
    )


class RegimesSection(RecordSection[Regimes]):
    """Exponents, breakpoints, phase diagram."""

    name = "regimes"
    place = 20
    chapter = Chapter.REGIMES
    record = Regimes

    def left_out(self, context: Context) -> str | None:
        """Regimes are those of an exponent."""
        return of_a_power_law(context)

    def prepared(self, context: Context) -> Planned[Regimes]:
        """Check the coefficients at the sizes of the phase diagram.

        Raises:
            InputError: for coefficients that are too large there, or of an exponent too far from 1.
        """
        ns, setting = PHASE_NS[context.preset], context.main.setting
        sigma, b, s = setting.sigma, setting.beta_exponent, setting.s
        require_moderate("beta-exponent", b)
        survey(PHASE_ALPHAS[:1], ns, sigma=sigma, beta_exponent=b, s=s)
        return Planned(0, lambda _: computed_regimes(sigma, b, ns, s, context.workers))

    def verdicts(self, result: Regimes) -> list[Judged]:  # noqa: ARG002  # algebra: nothing is observed
        """None: all of it is algebra."""
        return []

    def page(self, result: Regimes) -> Page:
        """The table of powers, with the diagrams."""
        document = result
        vanishing = "; ".join(
            f"{row.quantity} vanishes for α > {row.exact}" for row in document.thresholds
        )
        return Page(
            finding=f"Solved for from the power law: {vanishing}.",
            title="Regimes: which power of n, and where it breaks",
            text=(
                f"{document.regime}, b = {document.beta_exponent:g}. Everything here is solved "
                "for from the power law; "
                + "; ".join(
                    f"{row.quantity} vanishes for α > {row.exact}" for row in document.thresholds
                )
                + f". At α = 1 p_{{>k}} tends to {document.at_alpha_1.limit_at_d_n_delta}, "
                "d = n^delta."
            ),
            columns=("quantity", "power of n", "vanishes for"),
            rows=[
                (
                    row.name,
                    "; ".join(f"{piece.exponent} for {piece.alpha}" for piece in row.pieces),
                    row.vanishes,
                )
                for row in document.quantities
            ],
            notes=[
                f"{row.id}: "
                + "; ".join(f"{part.term} dominates for {part.alpha}" for part in row.dominant)
                for row in document.bounds
            ],
            figures=drawn_regimes(document),
        )


SECTION = RegimesSection()
