"""Run the pages of docs/gallery block by block; as a program: write what they print and draw.

A block of Python or of commands may be followed by a block of text, which is what it prints. There
a line "..." stands for any lines, and " ..." at a line's end for its rest.
"""

from __future__ import annotations

import io
import re
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, chdir, contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from empirics.observables.registry import OBSERVABLES
from theorems.catalogue import catalogue

FOLDER = Path(__file__).parents[2] / "docs" / "gallery"

_BLOCK = re.compile(r"^```(python|sh)\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", re.M | re.S)


@dataclass(frozen=True)
class Ran:
    """A block, what stands below it (None where nothing does) and what it printed."""

    block: str
    told: str | None
    printed: str


def pages() -> list[Path]:
    """The pages, the list of them aside."""
    return sorted(page for page in FOLDER.glob("*.md") if page.name != "README.md")


def run(page: Path, folder: Path) -> Iterator[Ran]:
    """Run a page's blocks in a folder, in their order; Python blocks share their names."""
    scope: dict[str, Any] = {"__name__": page.stem}
    with chdir(folder), _nothing_stays():
        for found in _BLOCK.finditer(page.read_text(encoding="utf-8")):
            language, block, told = found.groups()
            heard = io.StringIO()
            with redirect_stdout(heard):
                if language == "python":
                    exec(compile(block, page.name, "exec"), scope)
                else:
                    for line in block.splitlines():
                        _command(line)
            lines = [line.rstrip() for line in heard.getvalue().splitlines()]
            yield Ran(block, told, "".join(f"{line}\n" for line in lines))


@contextmanager
def _nothing_stays() -> Iterator[None]:
    """What a page registers is there for that page alone."""
    kept = [(catalogue, "_found"), (OBSERVABLES, "_observables"), (OBSERVABLES, "_groups")]
    with ExitStack() as stack:
        for owner, name in kept:
            stack.enter_context(mock.patch.dict(getattr(owner, name)))
        yield


def _command(line: str) -> None:
    from reports import cli
    from reports.exit_status import DIFFERENT, DONE

    with mock.patch.object(sys, "argv", shlex.split(line, comments=True)):
        try:
            cli.main()
        except SystemExit as left:
            if left.code not in (DONE, DIFFERENT):
                raise RuntimeError(f"{line}: status {left.code}") from left


def matches(told: str, printed: str) -> bool:
    """Whether what is told is what was printed."""
    parts = []
    for line in told.splitlines():
        if line == "...":
            parts.append(r"(?:.*\n)*?")
        elif line.endswith(" ..."):
            parts.append(re.escape(line.removesuffix("...")) + r".*\n")
        else:
            parts.append(re.escape(line) + r"\n")
    return re.fullmatch("".join(parts), printed) is not None


def written(page: Path, ran: list[Ran]) -> str:
    """The page with what its blocks printed; a text with "..." stays."""
    left = iter(ran)

    def told(found: re.Match[str]) -> str:
        one = next(left)
        if found[3] is None or "..." in found[3]:
            return found[0]
        return f"```{found[1]}\n{found[2]}```\n\n```text\n{one.printed}```\n"

    return _BLOCK.sub(told, page.read_text(encoding="utf-8"))


def main() -> None:
    """Write every page's output and figures."""
    for page in pages():
        with tempfile.TemporaryDirectory() as folder:
            ran = list(run(page, Path(folder)))
            page.write_text(written(page, ran), encoding="utf-8")
            for figure in Path(folder).glob("*.png"):
                shutil.copy(figure, FOLDER / figure.name)
        sys.stdout.write(f"{page.name}\n")


if __name__ == "__main__":
    main()
