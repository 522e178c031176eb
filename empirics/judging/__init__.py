"""Claims and estimates -> verdicts."""
