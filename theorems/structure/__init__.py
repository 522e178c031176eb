"""How samples and features meet: tail features per sample, what is seen, what is identified."""

STATEMENTS = (
    "tail_mass",
    "tail_hit",
    "common_only_samples",
    "common_only_samples_rate",
    "multi_tail_samples",
    "multi_tail_samples_rate",
    "common_identified",
    "alone_recovery",
    "recovered_fraction",
    "recovered_fraction_rate",
)
"""Its modules with a `STATEMENT`, in reading order."""
