"""Places that open their doors: the catalogue, and what can be read of it."""
