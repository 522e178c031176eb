"""A frequency law -> training sets."""
