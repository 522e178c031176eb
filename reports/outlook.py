"""What an undecided claim needs: a sweep over n, or so many draws."""

from __future__ import annotations

from empirics.judging.verdict import Verdict
from reports.records import VerdictRow
from reports.verdict_rows import told
from theorems.statement import Kind

DRAW = (
    "To decide what is open here: longtail simulate --decide at its setting, with --only its "
    "statement and --set its parameters."
)


def outlook(row: VerdictRow, command: str) -> str:
    """What would decide the claim, in words; "" where it is decided."""
    if row.kind == Kind.RATE and row.verdict is Verdict.INCONCLUSIVE:
        return f"needs the sweep over n: {command}" if command else "needs the sweep over n"
    return row.needs


def left_open(rows: list[tuple[str, VerdictRow]]) -> list[str]:
    """Notes on what does not hold: why, what would decide it where it is open, and how.

    Args:
        rows: each with what it is about.
    """
    notes = []
    for what, row in rows:
        if row.verdict is not Verdict.HOLDS:
            more = f"; {row.needs}" if row.needs else ""
            notes.append(f"{what}: {told(row.verdict, row.reason)}{more}")
    if any(row.verdict is Verdict.INCONCLUSIVE for _, row in rows):
        notes.append(DRAW)
    return notes
