"""The tab of the place: its page, its hours, its photos.

For others: `handlers`, `hours_handlers`, `photo_files`, `photo_handlers`.
"""
