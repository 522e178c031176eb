"""Refuse, before it starts, a computation that would take too long.

What decides is a count of operations at stated rates, and no clock: the same is refused, with the
same estimate, on every machine and however busy it is.
"""

from __future__ import annotations

import math
import os

from theorems import memory
from theorems.errors import finite_number

MINUTES = 10.0
"""Allowed for one part of a computation, where nothing else is said."""

LIMIT = "LONGTAIL_MINUTES"
"""Environment variable that allows more, or less."""

PRODUCTS = 2e10
"""Multiplications a second, each with an addition, of dense products and factorizations on one
core: LAPACK's Cholesky factorization of 2000 to 15000 rows did 1.8e10 to 2.6e10."""

ELIMINATIONS = 2.5e8
"""Entries a second that elimination with complete pivoting brings up to date on one core: 4.1e8
with 500 rows, 2.5e8 with 1500."""

# Minutes that are given without a look at the environment, which takes longer than some solutions.
_FREELY = 1e-3


class TooLongError(RuntimeError):
    """What was asked for takes too long; the message holds the estimate and what is allowed."""


def require(
    purpose: str,
    *,
    products: float = 0.0,
    eliminations: float = 0.0,
    doubles: float,
    instead: str,
) -> None:
    """Refuse what takes longer than is allowed.

    Args:
        purpose: what takes the time, for the message.
        products: multiplications in dense products and factorizations.
        eliminations: entries that eliminations bring up to date.
        doubles: number of 8-byte numbers needed at once, for the message.
        instead: what would do instead.

    Raises:
        TooLongError: it takes longer; one line with the estimate.
        InputError: `LONGTAIL_MINUTES` is no positive number.

    """
    minutes = (products / PRODUCTS + eliminations / ELIMINATIONS) / 60
    if minutes <= _FREELY:
        return
    allowed = MINUTES
    if LIMIT in os.environ:
        allowed = finite_number(
            LIMIT, os.environ[LIMIT], "must be a number > 0, of minutes", above=0.0
        )
    if minutes <= allowed:
        return
    made_of = [
        f"{count:.2g} {what} at {rate:g} a second"
        for count, what, rate in (
            (products, "multiplications", PRODUCTS),
            (eliminations, "eliminations", ELIMINATIONS),
        )
        if count
    ]
    raise TooLongError(
        f"{purpose} would take about {minutes:.3g} minutes of one core "
        f"({' and '.join(made_of)}) and {memory.told(8.0 * doubles)}; allowed are "
        f"{allowed:g} minutes; instead: {instead}, or {LIMIT}={math.ceil(minutes)} to go on"
    )
