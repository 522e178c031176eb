"""Ball arithmetic: every number of a generated program as an interval that encloses it (Arb)."""
