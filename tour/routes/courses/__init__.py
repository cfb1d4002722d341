"""Walks through several places: asked for by a visitor, or published by staff as a course.

For others: `cards`, `editing`, `handlers`, `outing`, `queries`, `ways`.
"""
