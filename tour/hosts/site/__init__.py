"""The tab of the place: its page, its hours, its photos.

For others: `handlers`, `photo_files`, `photo_handlers`.
"""
