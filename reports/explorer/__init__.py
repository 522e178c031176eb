"""The live explorer of the report page: printed formulas, their runtime, its face and its data."""
