"""A design of anybody's own -> what it determines, what it memorizes, what theory says there."""
