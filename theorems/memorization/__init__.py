"""Memorization as a level between none and full, and the cases in which it hurts."""
