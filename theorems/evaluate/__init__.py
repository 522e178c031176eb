"""A symbolic expression -> one printed program -> numbers in doubles or at any precision."""
