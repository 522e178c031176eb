"""What a user can mend, in one line: the exception that all four packages raise for bad input.

The command line prints it as `longtail: --NAME = VALUE: what is allowed` and leaves with status 2.
"""

from __future__ import annotations

import math

LARGEST = 10**9
"""n and d above this are refused: cell numbers n d would leave 64-bit integers."""


class InputError(ValueError):
    """A parameter that cannot be used: one line with its name, its value and what is allowed."""

    def __init__(self, name: str, value: object, allowed: str) -> None:
        self.name = name
        self.value = value
        self.allowed = allowed
        super().__init__(f"{name} = {value}: {allowed}")

    def __reduce__(self) -> tuple[type[InputError], tuple[str, object, str]]:
        # An exception is pickled by its message alone, and workers send theirs back.
        return (type(self), (self.name, self.value, self.allowed))


def positive_integer(name: str, value: object) -> int:
    """The value as an integer >= 1; text is read as a number.

    Raises `InputError` for anything else, 2.5 and 1e400 included.
    """
    allowed = f"must be an integer from 1 to {LARGEST}"
    try:
        number = float(str(value))
        whole = int(number)
    except (ValueError, OverflowError):
        raise InputError(name, value, allowed) from None
    if isinstance(value, bool) or whole != number or not 1 <= whole <= LARGEST:
        raise InputError(name, value, allowed)
    return whole


def finite_number(
    name: str, value: object, allowed: str, *, above: float = -math.inf, least: float = -math.inf
) -> float:
    """The value as a finite double > `above` and >= `least`; text is read as a number.

    Raises `InputError` with `allowed` for anything else.
    """
    try:
        number = float(str(value))
    except ValueError:
        raise InputError(name, value, allowed) from None
    if isinstance(value, bool) or not math.isfinite(number) or number <= above or number < least:
        raise InputError(name, value, allowed)
    return number
