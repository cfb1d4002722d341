"""Whom to ring: parties that a message concerns and reaches in no other way, and who rang them.

For others: `calls`, `figures`, `noting`, `views`.
"""
