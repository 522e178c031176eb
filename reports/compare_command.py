"""`longtail compare`: two reports beside each other."""

from __future__ import annotations

from typing import Annotated

import typer

from reports import options
from reports.exit_status import DIFFERENT


def compare(
    a: Annotated[str, typer.Argument(metavar="A", help="results.json of a report.")],
    b: Annotated[str, typer.Argument(metavar="B", help="results.json of another one.")],
    json: options.Json = False,
) -> None:
    """Which verdicts and numbers differ between two reports; exit status 4 where any do."""
    from reports.compare import compared, print_compared

    found = compared(a, b)
    print_compared(found, as_json=json)
    if not found.same:
        raise typer.Exit(DIFFERENT)
