"""Changing what a place shows: its page, its photos, its day, whether it is shown at all.

For others: `day`, `merging`, `page`, `photo_files`, `photos`, `publication`, `waiting`.
"""
