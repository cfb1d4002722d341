"""/api/v1: what other programs read, and what they may do."""
