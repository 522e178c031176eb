"""Exponents in n, where they change sign, and which statements have force where."""

STATEMENTS = ("exponents",)
"""Its modules with a `STATEMENT`, in reading order."""
