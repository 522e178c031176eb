"""Cells of the networks chapter's tables: summaries in words, columns that say something."""

from __future__ import annotations

from nn.documents import Mean, Median

Lines = list[list[str]]
"""A table as text: the heading first, then one list per row."""


def number(summary: Median | Mean | None, digits: int = 3) -> str:
    """Word a summary as "median [low, high]"; "no number" where a training gave none."""
    if summary is None:
        return ""
    if summary.middle is None:
        return "no number" if summary.values else ""
    seen = summary.interval
    if seen is None or len(summary.values) < 2:
        return f"{summary.middle:.{digits}g}"
    return f"{seen.middle:.{digits}g} [{seen.low:.{digits}g}, {seen.high:.{digits}g}]"


def filled(lines: Lines) -> Lines:
    """The table without columns that say nothing, as of what was not trained."""
    said = [any(line[at] for line in lines[1:]) for at in range(len(lines[0]))]
    return [[cell for cell, keep in zip(line, said, strict=True) if keep] for line in lines]
