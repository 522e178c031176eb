"""X, Y -> minimum norm, identifiable set, leverage, leave-one-out: knows no theorem."""
