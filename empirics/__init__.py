"""What is observed in the linear model: draws, minimum-norm solutions, estimates and verdicts."""
