"""Hypothesis draws the same examples on every machine: a failure is never a matter of luck."""

from hypothesis import settings

settings.register_profile("fixed", deadline=None, derandomize=True, database=None, max_examples=50)
settings.load_profile("fixed")
