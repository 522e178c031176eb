"""The solver against what users would otherwise call."""
