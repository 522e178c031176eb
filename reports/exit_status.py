"""How the command line leaves: 0 done, 1 a claim was refuted, 2 bad input, 3 what else went wrong,
4 two reports differ.

A script may rely on 1 meaning a refuted claim and nothing else, so every exception ends here.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

import typer

DONE = 0
REFUTED = 1
BAD_INPUT = 2
FAILED = 3
DIFFERENT = 4
INTERRUPTED = 130

DEBUG = "LONGTAIL_DEBUG"
"""Environment variable that asks for the traceback of what went wrong."""


def leave(app: Callable[..., Any]) -> NoReturn:
    """Run the command line and leave the process with its status; a failure gets one line."""
    # typer's own base class of usage errors has moved between modules; its name has not.
    usage_error: Any = next(
        base for base in typer.BadParameter.__mro__ if base.__name__ == "ClickException"
    )
    try:
        status = app(prog_name="longtail", standalone_mode=False)
        sys.stdout.flush()
    except usage_error as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            # A group called without a command: its help is what was asked for.
            typer.echo(error.ctx.get_help())
            sys.exit(DONE)
        _end(BAD_INPUT, error.format_message())
    except (KeyboardInterrupt, typer.Abort):
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # Whoever read us has left; nothing more can be told, not even at the interpreter's end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(FAILED)
    except Exception as error:  # the one place where every failure gets its line and status
        _end(*_told(error))
    sys.exit(status if isinstance(status, int) else DONE)


def _told(error: Exception) -> tuple[int, str]:
    """Status and line of an exception."""
    from theorems.catalogue import UnknownStatementError
    from theorems.errors import InputError
    from theorems.memory import TooLargeError

    if isinstance(error, InputError):
        # An argument has a name in capitals, an option one in small letters.
        return BAD_INPUT, str(error) if error.name.isupper() else f"--{error}"
    if isinstance(error, UnknownStatementError | TooLargeError):
        return BAD_INPUT, str(error)
    if isinstance(error, MemoryError):
        return FAILED, str(error) or "the memory of this machine does not suffice"
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        return FAILED, f"{where}{error.strerror}"
    return FAILED, f"{type(error).__name__}: {error} ({DEBUG}=1 shows where)"


def _end(status: int, message: str) -> NoReturn:
    if os.environ.get(DEBUG):
        traceback.print_exc()
    line = " ".join(str(message).split())
    print(f"longtail: {line}", file=sys.stderr)  # noqa: T201  # the one line that a failure gets
    sys.exit(status)
