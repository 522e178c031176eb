"""Memorization is necessary: what stable, private and best possible learners lose."""

STATEMENTS = (
    "stability_price",
    "stability_law",
    "subsampled_loss",
    "subsampling_nearly_optimal",
    "private_price",
    "composition_needs_memory",
    "loss_decomposition",
    "bayes_floor",
    "bayes_floor_law",
    "price_of_memorizing",
    "price_of_memorizing_law",
)
"""Its modules with a `STATEMENT`, in reading order."""
