"""Memorization as a level between none and full, and the cases in which it hurts."""

STATEMENTS = (
    "memorization_level",
    "corruption_tradeoff",
    "self_influence",
    "memorized_share",
    "spurious_pair",
    "spurious_pair_count",
)
"""Its modules with a `STATEMENT`, in reading order."""
