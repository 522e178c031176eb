"""Hostile input: every bad input gets one clear line; what a results file holds is shown as text.

    python -m tests.campaigns.fuzz [--seconds 60] [--every 1]

Runs the table of `tests.campaigns.bad_inputs` in this process, a few of its calls as processes,
and fuzzes the reader of results.json with hypothesis. Exit status 1 where anything was wrong.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import FrameType

from tests.campaigns.bad_inputs import Call, Python, calls, functions

LONGEST = 30
"""Seconds after which a refusal counts as a hang."""


class HangError(BaseException):
    """A call took too long."""


@contextlib.contextmanager
def at_most(seconds: float, *, own: bool = False) -> Iterator[None]:
    """Raise `HangError` where the block takes longer, by the clock or by its own time."""

    def late(_: int, __: FrameType | None) -> None:
        raise HangError

    timer, alarm = signal.ITIMER_REAL, signal.SIGALRM
    if own:
        timer, alarm = signal.ITIMER_VIRTUAL, signal.SIGVTALRM
    before = signal.signal(alarm, late)
    signal.setitimer(timer, seconds)
    try:
        yield
    finally:
        signal.setitimer(timer, 0)
        signal.signal(alarm, before)


def wrong_answer(status: object, out: str, errors: str) -> str | None:
    """What is wrong with how a bad call was refused; None where nothing is."""
    lines = [line for line in errors.splitlines() if line.strip()]
    if status != 2:
        return f"status {status}: {(lines or [out])[-1][:150]}"
    if out:
        return f"prints {out[:60]!r}"
    if len(lines) != 1 or not lines[0].startswith("longtail: "):
        return f"{len(lines)} lines: {lines[:3]}"
    if "\x1b" in lines[0] or len(lines[0]) > 2000:
        return f"a line of {len(lines[0])} characters, with what a terminal would obey"
    return None


def ran(arguments: Sequence[str]) -> tuple[object, str, str]:
    """Status, output and errors of the command line, called in this process."""
    from reports import cli

    out, errors = io.StringIO(), io.StringIO()
    before = sys.argv
    sys.argv = ["longtail", *arguments]
    status: object = "no exit"
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
            cli.main()
    except SystemExit as left:
        status = left.code
    finally:
        sys.argv = before
    return status, out.getvalue(), errors.getvalue()


def called(call: Call) -> str | None:
    """What is wrong with a call, made in this process."""
    try:
        with at_most(LONGEST):
            return wrong_answer(*ran(call.arguments))
    except HangError:
        return f"hangs for {LONGEST} s"
    except BaseException as error:  # whatever passes the command line is a finding
        return f"{type(error).__name__}: {error}"


def spawned(call: Call) -> str | None:
    """The same as a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "reports.cli", *call.arguments],
        capture_output=True,
        text=True,
        timeout=10 * LONGEST,
    )
    return wrong_answer(done.returncode, done.stdout, done.stderr)


def refused(function: Callable[[], object]) -> str | None:
    """What is wrong with how a public function refuses."""
    from theorems.catalogue import UnknownStatementError
    from theorems.errors import InputError

    try:
        with at_most(LONGEST):
            function()
    except (InputError, UnknownStatementError) as error:
        return None if "\n" not in str(error) else f"many lines: {error}"
    except HangError:
        return f"hangs for {LONGEST} s"
    except (TypeError, ValueError) as error:
        # The solver, which knows of no setting, words what it takes in the same way.
        told = str(error)
        return (
            None if "allowed " in told and "\n" not in told else f"{type(error).__name__}: {told}"
        )
    except BaseException as error:  # whatever else is raised is a finding
        return f"{type(error).__name__}: {str(error)[:150]}"
    return "accepted"


def tried(table: Sequence[Call], python: Sequence[Python], processes: int) -> tuple[int, list[str]]:
    """How many bad inputs were tried, and a line for each that was not refused well."""
    found = [(str(call), called(call)) for call in table]
    found += [(name, refused(function)) for name, function in python]
    step = max(1, len(table) // processes) if processes else len(table) + 1
    found += [(f"process: {call}", spawned(call)) for call in table[step // 2 :: step]]
    return len(found), [f"{name}: {told}" for name, told in found if told is not None]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the campaign; 1 where anything was wrong."""

    def say(line: str) -> None:
        sys.stdout.write(line + "\n")

    from tests.campaigns.results_fuzz import fuzzed

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=120.0, help="of fuzzing results.json")
    parser.add_argument("--every", type=int, default=1, help="take every so-manieth bad input")
    asked = parser.parse_args(arguments)
    since = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["LONGTAIL_CACHE"] = str(Path(scratch) / "cache")
        table = calls(Path(scratch))[:: asked.every]
        count, wrong = tried(table, functions()[:: asked.every], 8)
        say(f"bad inputs: {count} tried in {time.monotonic() - since:.0f} s, {len(wrong)} wrong")
        examples, found = fuzzed(asked.seconds, Path(scratch))
        say(f"results.json: {examples} changed documents, {len(found)} wrong")
    for line in [*wrong, *found]:
        say(f"  {line}")
    return int(bool(wrong or found))


if __name__ == "__main__":
    sys.exit(main())
