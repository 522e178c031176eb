"""What the command line prints: one JSON document or tables on stdout, progress on stderr."""

from __future__ import annotations

import json
import math
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol


def print_json(document: Any) -> None:
    """One JSON document; a non-finite number in it would be a defect and raises ValueError."""
    sys.stdout.write(json.dumps(document, indent=2, allow_nan=False) + "\n")


def finite(value: float | None) -> float | None:
    """The number, or None where it is not finite: JSON has no NaN."""
    return value if value is not None and math.isfinite(value) else None


def rounded(value: float | None, digits: int = 9) -> float | None:
    """A finite number to some digits: draws do not show more of estimates and what they give."""
    value = finite(value)
    return None if value is None else float(f"{value:.{digits}g}")


def number(value: float | None, digits: int = 4) -> str:
    """A number for a table."""
    if value is None or not math.isfinite(value):
        return "–"
    return f"{value:.{digits}g}"


class Interval(Protocol):
    """A mean with its interval."""

    @property
    def mean(self) -> float | None:
        """The middle."""

    @property
    def ci_low(self) -> float | None:
        """The low end."""

    @property
    def ci_high(self) -> float | None:
        """The high end."""


def interval(estimate: Interval | None, digits: int = 4) -> str:
    """Mean and interval for a table."""
    if estimate is None or estimate.mean is None:
        return "–"
    mean = number(estimate.mean, digits)
    if estimate.ci_low is None:
        return mean
    return f"{mean} [{number(estimate.ci_low, digits)}, {number(estimate.ci_high, digits)}]"


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table on stdout; on a terminal too narrow for it, a paragraph for each row.

    Lines break between words only, so that no id, number or formula is ever cut.
    """
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console()
    if not console.is_terminal:
        console.width = 200
    cells = [[name, *(row[place] for row in rows)] for place, name in enumerate(columns)]
    words = [max(_longest_word(cell) for cell in column) for column in cells]
    if console.is_terminal and sum(words) + 3 * len(columns) > console.width:
        _print_paragraphs(title, columns, rows, console.width)
        return
    table = Table(title=title, title_justify="left", show_edge=False, pad_edge=False)
    for column, least in zip(columns, words, strict=True):
        table.add_column(column, overflow="fold", min_width=least)
    for row in rows:
        table.add_row(*(escape(cell) for cell in row))
    console.print(table)


def _longest_word(text: str) -> int:
    return max((len(word) for word in text.split()), default=0)


def _print_paragraphs(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], width: int
) -> None:
    def wrapped(text: str, indent: str) -> str:
        return textwrap.fill(
            text,
            width,
            initial_indent=indent,
            subsequent_indent=indent + "  ",
            break_long_words=False,
            break_on_hyphens=False,
        )

    lines = [wrapped(title, "")]
    for first, *rest in rows:
        lines.append(wrapped(first, ""))
        told = zip(columns[1:], rest, strict=True)
        lines += [
            wrapped(f"{name}: {cell}", "    ") for name, cell in told if cell not in ("", "–")
        ]
    sys.stdout.write("\n".join(lines) + "\n\n")


def warn(message: str) -> None:
    """One line on stderr."""
    print(f"longtail: {message}", file=sys.stderr)  # noqa: T201  # a message is this one's purpose


@contextmanager
def progress(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """A progress bar with the time left, on stderr; yields a function that advances it."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=console,
        # A log file gets the final line only.
        auto_refresh=console.is_terminal,
    ) as bar:
        task = bar.add_task(label, total=total)
        try:
            yield lambda done: bar.advance(task, done)
        finally:
            if not bar.tasks[0].completed:
                # Nothing was done: what is refused is told in one line, without an empty bar.
                console.quiet = not console.is_terminal
                bar.live.transient = True
