"""How often somebody may try something (decision 0013)."""
