"""What may become of an input: it is refused in one line, or accepted and sane; nothing else."""

from __future__ import annotations

import json
import resource
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.campaigns.fuzz import HangError, at_most, ran, wrong_answer

LONGEST = 20
"""Seconds of its own after which a call hangs; ten times as many by the clock."""

MEMORY = 2**32
"""Bytes that an input may make this process take, beside what it has."""

SILENT = (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning)
"""Warnings that Python shows to nobody."""


class FoundError(Exception):
    """What is wrong with what became of an input.

    Args:
        kind: of finding; of each the shortest input is shown.
        told: more of it.
    """

    def __init__(self, kind: str, told: object = "") -> None:
        self.kind = kind
        super().__init__(f"{kind}: {told}" if told else kind)


@contextmanager
def limited() -> Iterator[None]:
    """Time and memory run out, and a warning is wrong."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, before[1]))
    try:
        with (
            warnings.catch_warnings(record=True) as said,
            at_most(10 * LONGEST),
            at_most(LONGEST, own=True),
        ):
            warnings.simplefilter("always")
            for kind in SILENT:
                warnings.simplefilter("ignore", kind)
            yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
    if said:
        raise FoundError(said[0].category.__name__, said[0].message)


def became(read: Callable[[], object]) -> str:
    """ "refused" or "accepted".

    Raises:
        FoundError: for anything else.
    """
    from theorems.errors import InputError
    from theorems.memory import TooLargeError
    from theorems.patience import TooLongError

    try:
        with limited():
            read()
    except (InputError, TooLargeError, TooLongError) as error:
        if "\n" in str(error):
            raise FoundError("many lines", error) from None
        return "refused"
    except HangError:
        raise FoundError(f"hangs for {LONGEST} s") from None
    except FoundError:
        raise
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(where.filename).name}:{where.name}"
        raise FoundError(f"{type(error).__name__} at {place}", str(error)[:150]) from error
    return "accepted"


def answered(*arguments: str) -> str:
    """The same of a call of the command line.

    Raises:
        FoundError: for anything but status 2 with a line, or a document without NaN.
    """
    told: list[tuple[object, str, str]] = []
    became(lambda: told.append(ran(arguments)))
    status, out, errors = told[0]
    if status in (0, 1, 4):
        if "Warning" in errors or "Traceback" in errors:
            raise FoundError("says", errors.splitlines()[-1][:150])
        if "--json" in arguments:
            json.loads(out, parse_constant=_no_number)
        return "accepted"
    wrong = wrong_answer(status, out, errors)
    if wrong is not None:
        raise FoundError(f"{arguments[0]}: {wrong[:9]}", wrong)
    return "refused"


def _no_number(constant: str) -> None:
    raise FoundError(f"prints {constant}")


def sane(holds: Any, told: str) -> None:
    """Raise `FoundError` where what was accepted is not what the reader promises."""
    if not holds:
        raise FoundError(f"accepted, but not {told}")
