"""A training set -> numbers."""
