"""Scenes: the drawing of what a place makes, where it has no photo; and what they show, in words.

For others: `drawing`, `titles`.
"""
