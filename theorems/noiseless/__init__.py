"""The minimum-norm solution without label noise: two-sided loss, its asymptotic form, OOD."""
