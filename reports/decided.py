"""Drawing until decided, as results.json and the pages have it."""

from __future__ import annotations

import math

from empirics.judging.budget import Budget
from empirics.judging.decide import Decided
from reports.records import Cell, Record, Whole


class LookRecord(Record):
    """One look: draws at each open setting, claims judged, claims left open within reach."""

    runs: Whole
    judged: Whole
    left: Whole


class Decision(Record):
    """How claims were drawn for until they were decided.

    Args:
        looks: in doubling numbers of draws.
        draws: of the budget, at each setting.
        seconds: of the budget; None without a limit.
        ended: why there is no further look.
    """

    looks: tuple[LookRecord, ...]
    draws: Whole
    seconds: float | None
    ended: str

    @classmethod
    def of(cls, decided: Decided, budget: Budget) -> Decision:
        """The record of what was decided, and of what it might cost."""
        return cls(
            looks=tuple(
                LookRecord(runs=look.runs, judged=look.judged, left=look.left)
                for look in decided.looks
            ),
            draws=budget.draws,
            seconds=budget.seconds if math.isfinite(budget.seconds) else None,
            ended=decided.ended,
        )

    def told(self) -> str:
        """In sentences: the looks, their error, what stopping does to the means."""
        first, *later = self.looks
        told = (
            f"Drawn until decided: {first.left} of {first.judged} claims were open after "
            f"{first.runs} draws and within reach of the budget"
        )
        if later:
            told += f", {later[-1].left} after {later[-1].runs}"
        return (
            f"{told}; {self.ended}. All looks share the error of one: look number l errs "
            "1/(l (l + 1)) of it. The mean and the 95% interval of a claim are those of its last "
            "look; stopping there biases the mean by up to a fifth of the interval's half-width."
        )


class DecidedCell(Cell):
    """A setting whose claims were drawn for until they were decided.

    What was observed besides the claims is of the first look, whose draws nothing stopped.
    """

    decision: Decision
