"""How many draws ridge regression is measured on, which costs more than drawing itself."""

RIDGE_DRAWS = 30
"""Ridge regression and the trace of an inverse vary little from draw to draw; with fewer draws a
mean without a bound has no interval (`empirics.judging.intervals.STUDENT_RUNS`)."""
