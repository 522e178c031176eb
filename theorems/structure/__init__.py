"""How samples and features meet: tail features per sample, what is seen, what is identified."""

STATEMENTS = (
    "tail_mass",
    "tail_hit",
    "common_only_samples",
    "common_only_samples_rate",
    "multi_tail_samples",
    "multi_tail_samples_rate",
    "no_multi_tail_sample",
    "common_identified",
    "alone_recovery",
    "alone_identified",
    "recovered_fraction",
    "recovered_fraction_rate",
    "recovered_fraction_disproof",
)
"""Its modules with a `STATEMENT`, in reading order."""
