"""The minimum-norm solution under label noise: errors of features seen once, loss, variance."""

STATEMENTS = (
    "private_interpolation",
    "single_appearance_error",
    "single_appearance_rate",
    "feature_variance",
    "gauss_markov",
    "long_tail_error",
    "common_error",
    "noisy_loss",
    "noisy_loss_rate",
    "variance_evolution",
    "unidentifiable_variance",
    "loss_evolution",
    "ridge_risk",
    "ridge_variance",
    "minimum_norm_variance",
    "noisy_law",
    "noisy_ood",
    "worst_combination",
    "noisy_ood_rate",
)
"""Its modules with a `STATEMENT`, in reading order."""
