"""Sections that a report has after the Figure 1 sweep, each under its own key of the results."""

from __future__ import annotations

from typing import Any

from empirics.running.cluster import Workers
from reports.figures import Drawn
from theorems.errors import InputError

QUICK = ("regimes", "rates", "variance", "memorization")
"""What fits in a minute and needs no torch."""

SECTIONS = (*QUICK, "networks", "benchmark")

OF_PRESET: dict[str, tuple[str, ...]] = {"quick": QUICK, "paper": SECTIONS}
"""Sections of a report that names none."""


def section_names(text: str | None, preset: str) -> tuple[str, ...]:
    """The sections asked for, in the report's order; the preset's where none is named.

    Raises:
        InputError: for a name that is none.
    """
    if text is None:
        return OF_PRESET[preset]
    asked = [name.strip() for name in text.split(",") if name.strip()]
    for name in asked:
        if name not in SECTIONS:
            raise InputError("sections", name, f"must be among {', '.join(SECTIONS)}")
    return tuple(name for name in SECTIONS if name in asked)


def computed_sections(
    names: tuple[str, ...], preset: str, seed: int, workers: Workers
) -> dict[str, Any]:
    """What the sections need, by their names: plain documents."""
    from reports import benchmark, memorization, rates, regimes, variance
    from theorems.setting import Setting

    documents: dict[str, Any] = {}
    if "regimes" in names:
        documents["regimes"] = regimes.computed_regimes(
            rates.SIGMA, Setting().beta_exponent, regimes.PHASE_NS[preset]
        )
    if "rates" in names:
        documents["rates"] = rates.computed_rates(rates.SWEEPS[preset], rates.ALPHAS, seed, workers)
    if "variance" in names:
        documents["variance"] = variance.computed_variance(variance.GRIDS[preset], seed, workers)
    if "memorization" in names:
        documents["memorization"] = memorization.memorization(seed, workers)
    if "benchmark" in names:
        documents["benchmark"] = benchmark.measured(quick=preset == "quick", seed=seed)
    return documents


def drawn_sections(results: dict[str, Any]) -> list[dict[str, Any]]:
    """The sections of a results document as the templates take them, each with its figures."""
    from reports import (
        benchmark,
        memorization,
        memorization_figures,
        network_section,
        rate_figures,
        rates,
        regime_figures,
        regimes,
        variance,
        variance_figures,
    )

    parts: list[dict[str, Any]] = []
    if "regimes" in results:
        document = results["regimes"]
        figures: list[Drawn] = regime_figures.drawn_regimes(document)
        parts.append(regimes.section(document) | {"figures": figures})
    if "rates" in results:
        document = results["rates"]
        parts.append(rates.section(document) | {"figures": rate_figures.drawn_rates(document)})
    if "variance" in results:
        document = results["variance"]
        parts.append(
            variance.section(document) | {"figures": variance_figures.drawn_variance(document)}
        )
    if "memorization" in results:
        document = results["memorization"]
        drawn = memorization_figures.drawn_memorization(document)
        parts.append(memorization.section(document) | {"figures": drawn})
    if "networks" in results:
        parts.append(network_section.section(results["networks"]))
    if "benchmark" in results:
        parts.append(benchmark.section(results["benchmark"]))
    return parts


def figures_of(section: dict[str, Any]) -> list[Drawn]:
    """A section's figures, those of its parts included."""
    inside = [figure for part in section.get("parts", ()) for figure in figures_of(part)]
    return [*section["figures"], *inside]
