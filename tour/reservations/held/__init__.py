"""A reservation once made: shown to be real, changed by its party, taken back as a burst.

For others: `bursts`, `changes`, `pending`.
"""
