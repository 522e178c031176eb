"""The minimum-norm solution under label noise: errors of features seen once, loss, variance."""
