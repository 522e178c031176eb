"""Exponents in n, where they change sign, and which statements have force where."""
