"""The README's verdict table, written from the committed reference run."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from reports.console import interval, number
from reports.render import main_cell, rows_at
from reports.results import read_results, write_atomically

BEGIN = "<!-- verdicts: written by python -m reports.readme -->"
END = "<!-- end of verdicts -->"

SHOWN = (
    "noiseless-loss-sharp",
    "loss-evolution",
    "variance-evolution",
    "single-appearance-error",
    "common-only-samples",
    "noiseless-ood",
    "private-interpolation",
)
"""The statements that a first look should meet."""


def short_table(results: dict[str, Any]) -> str:
    """The verdicts at the paper's setting, a line each, as Markdown."""
    cell = main_cell(results)
    rows = rows_at(results, cell["setting"]["alpha"], cell["setting"]["sigma"])
    lines = [
        "| statement | lower | predicted | upper | simulated | verdict |",
        "|---|---:|---:|---:|---:|---|",
    ]
    for name in SHOWN:
        row = rows[name]
        numbers = " | ".join(number(row[side]) for side in ("lower", "value", "upper"))
        simulated = interval(row["observed"], 4)
        if row["value"] == 0:
            simulated = f"{number(row['observed']['mean'], 1)} (rounding)"
        lines.append(f"| `{name}` | {numbers} | {simulated} | {row['verdict']} |")
    return "\n".join(lines)


def with_table(readme: str, results: dict[str, Any]) -> str:
    """The README with its table replaced.

    Raises:
        ValueError: where the README lacks the markers.
    """
    start, end = readme.index(BEGIN), readme.index(END)
    return f"{readme[:start]}{BEGIN}\n{short_table(results)}\n{readme[end:]}"


def main() -> None:
    """Rewrite README.md of the checkout."""
    root = Path(__file__).resolve().parent.parent
    results = read_results(str(root / "reports" / "reference" / "results.json"))
    readme = root / "README.md"
    write_atomically(readme, with_table(readme.read_text(encoding="utf-8"), results).encode())
    sys.stdout.write(f"{readme}\n")


if __name__ == "__main__":
    main()
