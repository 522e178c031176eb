"""How many digits a number may be asked for with."""

from __future__ import annotations

from theorems.errors import InputError, finite_number

DOUBLE_DIGITS = 15
"""Up to this many digits, double precision serves."""

MOST_DIGITS = 1000


def digit_count(value: object) -> int:
    """A precision: a whole number of significant digits from 15 to 1000."""
    allowed = f"must be an integer from {DOUBLE_DIGITS} to {MOST_DIGITS}"
    number = finite_number("precision", value, allowed, least=DOUBLE_DIGITS)
    if number != int(number) or number > MOST_DIGITS:
        raise InputError("precision", value, allowed)
    return int(number)
