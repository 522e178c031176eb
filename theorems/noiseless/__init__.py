"""The minimum-norm solution without label noise: two-sided loss, its asymptotic form, OOD."""

STATEMENTS = (
    "gd_limit",
    "interpolation",
    "flip_identity",
    "noiseless_loss",
    "noiseless_loss_sharp",
    "noiseless_loss_cavity",
    "noiseless_second_order",
    "noiseless_loss_rate",
    "missing_mass_concentration",
    "noiseless_loss_concentration",
    "missing_mass_asymptotic",
    "noiseless_rate",
    "price_of_proof",
    "noiseless_ood",
    "noiseless_ood_rate",
)
"""Its modules with a `STATEMENT`, in reading order."""
