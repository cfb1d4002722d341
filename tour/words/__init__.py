"""Letters that are the same, readings, and names: what search and matching compare."""
