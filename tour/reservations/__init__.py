"""Parties and their seats: reserved, waited for, drawn, changed, and taken at the door."""
