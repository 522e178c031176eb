"""Tests that share one error: how many there are, and what each of them may err.

A true claim is refuted by an interval that misses the truth. If each of m intervals misses with
probability error/m at most, then any of them does with probability `error` at most, whatever
their dependence (Bonferroni). So the number of tests has to be known before the first is made; it
never depends on what the draws show.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

FAMILY_ERROR = 0.05
"""Probability of refuting any true claim of one family, at most."""

METHOD = "Bonferroni"


@dataclass(frozen=True)
class Family:
    """Tests judged together.

    Args:
        tests: how many intervals are looked at, planned before any draw is judged.
        error: probability that any true claim is refuted by them, at most.
    """

    tests: int
    error: float = FAMILY_ERROR

    @property
    def level(self) -> float:
        """Probability that one interval misses, at most."""
        return self.error / max(self.tests, 1)

    @property
    def confidence(self) -> float:
        """Of one interval."""
        return 1 - self.level

    def at_look(self, look: int) -> Family:
        """The family as it judges at one look, where tests are looked at again and again.

        Look l errs 1/(l (l + 1)) of what one look would. These shares sum to 1, so all looks
        together err no more than one would, however many there are and whatever ends them.

        Args:
            look: its number, from 1.
        """
        return replace(self, error=self.error / (look * (look + 1)))
