"""Replicates: seeds, workers, cache."""
