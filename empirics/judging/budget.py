"""How much drawing until decided may cost: draws at each setting, or seconds."""

from __future__ import annotations

import math
from dataclasses import dataclass

from theorems.errors import LARGEST, InputError, finite_number, positive_integer

MOST_DRAWS = 100_000
MOST_SECONDS = 600.0
"""Of a budget that nobody names: what comes first."""

_ALLOWED = (
    f"must be a number of draws from 1 to {LARGEST}, such as 20000, or of seconds, such as 600s"
)


@dataclass(frozen=True)
class Budget:
    """What is spent at most.

    Draws alone make results that are the same bytes everywhere; seconds end them at a look that
    depends on the machine.

    Args:
        draws: at each setting, those of the first look included.
        seconds: in all; a look that they end is not judged, its draws are kept.
    """

    draws: int = MOST_DRAWS
    seconds: float = MOST_SECONDS

    @classmethod
    def of(cls, given: object, first: int, name: str = "budget") -> Budget:
        """A budget as the user names it.

        Args:
            given: None for the default; a number of draws; text of that, or of seconds: "600s".
            first: draws of the first look.
            name: of the option.

        Raises:
            InputError: for what is none of these, or fewer draws than the first look has.
        """
        if given is None:
            return cls(max(MOST_DRAWS, first), MOST_SECONDS)
        text = str(given).strip()
        try:
            if text.endswith("s"):
                return cls(LARGEST, finite_number(name, text[:-1], _ALLOWED, above=0.0))
            draws = positive_integer(name, given)
        except InputError:
            raise InputError(name, given, _ALLOWED) from None
        if draws < first:
            raise InputError(name, given, f"must be at least the {first} draws of the first look")
        return cls(draws, math.inf)

    @classmethod
    def asked(cls, decide: object, given: object, first: int) -> Budget | None:
        """A budget, where drawing until decided is asked for; else None.

        Raises:
            InputError: for a budget that is none, or that goes without drawing until decided.
        """
        if not isinstance(decide, bool):
            raise InputError("decide", decide, "must be True or False")
        if decide:
            return cls.of(given, first)
        if given is not None:
            raise InputError("budget", given, "goes with drawing until decided (decide)")
        return None
