"""Walks between places, by our own streets or another engine: how far, which way, in what order.

For others: `approaches`, `directions`, `site_matrix`, `town_streets`, `walks`.
"""
