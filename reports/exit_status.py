"""How the command line leaves: 0 done, 1 a claim was refuted, 2 bad input, 3 what else went wrong,
4 two reports differ.

A script may rely on 1 meaning a refuted claim and nothing else, so every exception ends here. A
run that is told to stop says with which command it goes on, and is gone `GRACE` seconds later with
128 and the signal's number.
"""

from __future__ import annotations

import os
import shlex
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, NoReturn

import typer

DONE = 0
REFUTED = 1
BAD_INPUT = 2
FAILED = 3
DIFFERENT = 4
STOPPED = 128
"""A shell's status of what a signal ended is this and the signal's number."""

GRACE = 1.0
"""Seconds that a stopped run has to close its files; workers and clusters may take longer."""

_STOPPING = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]

_QUIET = "ignore:resource_tracker:UserWarning"
"""Of joblib's process that removes what workers of a stopped run held: it would say so after us."""

DEBUG = "LONGTAIL_DEBUG"
"""Environment variable that asks for the traceback of what went wrong."""


def leave(app: Callable[..., Any]) -> NoReturn:
    """Run the command line and leave the process with its status; a failure gets one line."""
    # typer's own base class of usage errors has moved between modules; its name has not.
    usage_error: Any = next(
        base for base in typer.BadParameter.__mro__ if base.__name__ == "ClickException"
    )
    if _QUIET not in sys.warnoptions:
        sys.warnoptions.append(_QUIET)
    try:
        with _stoppable():
            status = app(prog_name="longtail", standalone_mode=False)
        sys.stdout.flush()
    except usage_error as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            # A group called without a command: its help is what was asked for.
            typer.echo(error.ctx.get_help())
            sys.exit(DONE)
        _end(BAD_INPUT, error.format_message())
    except (StoppedError, KeyboardInterrupt, typer.Abort) as error:
        _gone(error.number if isinstance(error, StoppedError) else signal.SIGINT)
    except BrokenPipeError:
        # Whoever read us has left; nothing more can be told, not even at the interpreter's end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(FAILED)
    except Exception as error:  # the one place where every failure gets its line and status
        _end(*_told(error))
    sys.exit(status if isinstance(status, int) else DONE)


class StoppedError(BaseException):
    """A signal that asks to stop.

    Args:
        number: the signal's.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@contextmanager
def _stoppable() -> Iterator[None]:
    """Turn signals that ask to stop into an exception, once, and let nothing delay the end."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, _: FrameType | None) -> None:
        for other in _STOPPING:
            signal.signal(other, signal.SIG_IGN)
        ending = threading.Timer(GRACE, _gone, (number,))
        ending.daemon = True
        ending.start()
        raise StoppedError(number)

    before = {number: signal.signal(number, stop) for number in _STOPPING}
    try:
        yield
    finally:
        for number, handler in before.items():
            if signal.getsignal(number) is stop:
                signal.signal(number, handler)


_LEAVING = threading.Lock()


def _gone(number: int) -> NoReturn:
    """Say how to go on, and leave at once: no worker is waited for, they end with this process."""
    with _LEAVING, suppress(OSError, ValueError):
        name = signal.Signals(number).name
        again = shlex.join(["longtail", *sys.argv[1:]])
        line = f"longtail: stopped by {name}; what is finished is kept, to go on: {again}\n"
        # Not by sys.stderr: what holds its lock may be what is stuck.
        os.write(2, line.encode(errors="replace"))
        os._exit(STOPPED + number)
    os._exit(STOPPED + number)


def _told(error: Exception) -> tuple[int, str]:
    """Status and line of an exception."""
    from theorems.errors import InputError
    from theorems.lookup import UnknownStatementError
    from theorems.memory import TooLargeError
    from theorems.patience import TooLongError

    if isinstance(error, InputError):
        # An argument has a name in capitals, an option one in small letters.
        return BAD_INPUT, str(error) if error.name.isupper() else f"--{error}"
    if isinstance(error, UnknownStatementError | TooLargeError | TooLongError):
        return BAD_INPUT, str(error)
    if isinstance(error, MemoryError):
        return FAILED, str(error) or "the memory of this machine does not suffice"
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        return FAILED, f"{where}{error.strerror}"
    return FAILED, f"{type(error).__name__}: {error} ({DEBUG}=1 shows where)"


LONGEST = 600
"""Characters of the line; a file's name is a few hundred at most."""


def _shown(line: str) -> str:
    """The line without what a terminal would obey, cut where somebody gave a novel."""
    told = "".join(mark if mark.isprintable() else ascii(mark)[1:-1] for mark in line)
    return told if len(told) <= LONGEST else f"{told[: LONGEST // 2]} ... {told[-LONGEST // 2 :]}"


def _end(status: int, message: str) -> NoReturn:
    if os.environ.get(DEBUG):
        traceback.print_exc()
    line = _shown(" ".join(str(message).split()))
    print(f"longtail: {line}", file=sys.stderr)  # noqa: T201  # the one line that a failure gets
    sys.exit(status)
