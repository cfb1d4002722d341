"""Draws: the promise, the entries, the lottery, its result written down.

For others: `draws`, `lottery`, `results`.
"""
