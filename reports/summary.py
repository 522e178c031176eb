"""What a report comes to in a few lines: counts over every section, what is refuted, what next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from empirics.judging.verdict import Verdict
from reports.main_setting import setting_told
from reports.paper_card import as_lines, headlines, judged_in, paper_card
from reports.records import VerdictRow
from reports.results import Results
from reports.section import Judged

NAMED = 3
"""So many refuted claims are named; the page has them all."""


def counts(verdicts: Sequence[Judged]) -> str:
    """How many of which verdict."""
    counted = Counter(judged.verdict for judged in verdicts)
    return ", ".join(f"{counted[verdict]} {verdict}" for verdict in Verdict if counted[verdict])


def refuted(results: Results) -> list[Judged]:
    """The refuted claims of every section: these set the exit status."""
    return [
        judged
        for judged in results.verdicts()
        if judged.verdict is Verdict.REFUTED and not judged.question
    ]


def headline(results: Results) -> str:
    """The claims of every section by verdict, which are refuted, and our own questions."""
    verdicts = results.verdicts()
    claims = [judged for judged in verdicts if not judged.question]
    questions = [judged for judged in verdicts if judged.question]
    names = ", ".join(part.section.name for part in results.parts if part.verdicts())
    told = f"{len(claims)} claims judged ({names}): {counts(claims)}. {_refuted(refuted(results))}"
    told += family_told(results) + arithmetic_told(results)
    if questions:
        told += (
            f" Of {len(questions)} questions of our own, which nobody claims: {counts(questions)}."
        )
    return told


def family_told(results: Results) -> str:
    """What error all verdicts share, by which method; "" where they share none."""
    family = results.family
    if family is None or not family.tests:
        return ""
    shares = [f"{tests} {name}" for name, tests in family.sections.items()]
    whose = f", {', '.join(shares)}" if len(shares) > 1 else ""
    return (
        f" All verdicts share one error: a true claim is refuted anywhere in this report with "
        f"probability {family.error:.0%} at most ({family.method} over {family.tests} planned "
        f"tests{whose}: {family.level:.1e} each). A report of other sections has another family."
    )


def arithmetic_told(results: Results) -> str:
    """Whether verdicts rest on enclosed numbers."""
    if not results.certified:
        return " Bounds are numbers in doubles: without python-flint none is enclosed."
    rows = [row for cell in judged_in(results).cells for row in cell.verdicts]
    sides = [side for row in rows for side in ("lower", "value", "upper") if _has(row, side)]
    enclosed = sum(len(row.enclosed) for row in rows)
    return (
        f" {enclosed} of {len(sides)} sides judged at the settings of the sweep are enclosed by "
        "ball arithmetic and judged by their outer ends; the others are in doubles."
    )


def _has(row: VerdictRow, side: str) -> bool:
    return getattr(row, side) is not None


def _refuted(found: Sequence[Judged]) -> str:
    if not found:
        return "No claim is refuted."
    named = "; ".join(judged.what for judged in found[:NAMED])
    more = f"; and {len(found) - NAMED} more" if len(found) > NAMED else ""
    return f"Refuted: {named}{more}."


def card(results: Results, page: Path, program: str) -> str:
    """The last lines of a run: what came out, where it is, what to do next.

    Args:
        results: of the run.
        page: the report.
        program: path of the command, which need not be on the user's PATH.
    """
    lines = [
        f"Main setting: {setting_told(judged_in(results).main.setting)}.",
        headline(results),
        *(
            f"  {part.section.name}: {counts(part.verdicts())}"
            for part in results.parts
            if part.verdicts()
        ),
        "What the paper says:",
        *as_lines(paper_card(results, program)),
        *headlines(results),
        f"Computed in {duration(results.provenance.seconds)}. Open {page}",
        f"Next: {program} show noiseless-loss-cavity, {program} bounds --n 2000 --alpha 1.5",
    ]
    return "\n".join(lines)


def duration(seconds: float) -> str:
    """Seconds in words."""
    if seconds < 120:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.1f} minutes"
