"""Tests that share one error: how many there are, and what each of them may err.

A true claim is refuted by an interval that misses the truth. If each of m intervals misses with
probability error/m at most, then any of them does with probability `error` at most, whatever
their dependence (Bonferroni). So the number of tests has to be known before the first is made; it
never depends on what the draws show.
"""

from __future__ import annotations

from dataclasses import dataclass

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
