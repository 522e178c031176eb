"""The README's tables of verdicts and of times, written from the committed reference run."""

from __future__ import annotations

import sys
from pathlib import Path

from empirics.bench.methods import DENSE, LSMR, OURS, OURS_ALONE
from reports.benchmark_goals import goals
from reports.console import interval, number
from reports.evidence import plain
from reports.paper_card import paper_card
from reports.results import Results, read_results
from reports.sections.sweep import main_cell, rows_at
from theorems.files import write_atomically

BEGIN = "<!-- {name}: written by python -m reports.readme -->"
END = "<!-- end of {name} -->"

SHOWN = (
    "noiseless-loss-cavity",
    "stability-price",
    "noiseless-loss-sharp",
    "loss-evolution",
    "variance-evolution",
    "single-appearance-error",
    "common-only-samples",
    "noiseless-ood",
    "private-interpolation",
)
"""The statements that a first look should meet."""


def paper_table(results: Results) -> str:
    """What the paper says and whether it is so, a line for each item, as Markdown."""
    lines = ["| the paper | says | here |", "|---|---|---|"]
    # Of an open item the line says what is open, not which command would tell.
    lines += [
        f"| {line.item.label} | {line.item.says} | {line.verdict.partition(' (')[0]} |"
        for line in paper_card(results)
    ]
    return "\n".join(lines)


def short_table(results: Results) -> str:
    """The verdicts at the paper's setting, a line each, as Markdown."""
    sweep = results.result("sweep")
    cell = main_cell(sweep)
    rows = rows_at(sweep.cells, cell.alpha, cell.sigma)
    lines = [
        "| statement | lower | predicted | upper | simulated | verdict |",
        "|---|---:|---:|---:|---:|---|",
    ]
    for name in SHOWN:
        row = rows[name]
        numbers = " | ".join(number(getattr(row, side)) for side in ("lower", "value", "upper"))
        simulated = interval(row.observed, 4)
        if row.value == 0 and row.observed is not None:
            simulated = f"{number(row.observed.mean, 1)} (rounding)"
        lines.append(f"| `{name}` | {numbers} | {simulated} | {row.verdict} |")
    return "\n".join(lines)


def speed_table(results: Results) -> str:
    """Milliseconds of ours and how many times longer others take, a line each alpha."""
    document = results.result("benchmark")
    others = [LSMR, DENSE]
    first = document.comparisons[0]
    lines = [
        f"| n = {first.n}, d = {first.d} | all outputs, ms | coefficients, ms "
        f"| {' | '.join(f'{name}, times longer' for name in others)} |",
        "|---|---:|---:|---:|---:|",
    ]
    for one in document.comparisons:
        timings = {timing.method: timing for timing in one.timings}
        own = " | ".join(number(1e3 * timings[name].seconds, 2) for name in (OURS, OURS_ALONE))
        ratios = " | ".join(number(timings[name].ratio, 3) for name in others)
        lines.append(f"| α = {one.alpha:g} | {own} | {ratios} |")
    return "\n".join(lines)


def goals_table(results: Results) -> str:
    """What was aimed at, what was measured and what that is made of, a line each, as Markdown."""
    lines = ["| aim | measured | met | what it is made of |", "|---|---:|---|---|"]
    lines += [
        f"| {row.text} | {plain(row.measured, 3)}, aim {'≥' if row.at_least else '≤'} "
        f"{plain(row.target, 3)} {row.unit}".rstrip()
        + f" | {'yes' if row.met else 'no'} | {row.limit} |"
        for row in goals(results.result("benchmark"))
    ]
    return "\n".join(lines)


TABLES = {"paper": paper_table, "verdicts": short_table, "times": speed_table, "goals": goals_table}


def with_tables(readme: str, results: Results) -> str:
    """The README with its tables replaced.

    Raises:
        ValueError: where the README lacks the markers.
    """
    for name, table in TABLES.items():
        begin = BEGIN.format(name=name)
        start, end = readme.index(begin), readme.index(END.format(name=name))
        readme = f"{readme[:start]}{begin}\n{table(results)}\n{readme[end:]}"
    return readme


def main() -> None:
    """Rewrite README.md of the checkout."""
    root = Path(__file__).resolve().parent.parent
    results = read_results(str(root / "reports" / "reference" / "results.json"))
    readme = root / "README.md"
    write_atomically(readme, with_tables(readme.read_text(encoding="utf-8"), results).encode())
    sys.stdout.write(f"{readme}\n")


if __name__ == "__main__":
    main()
