"""The window of the first page: a few things that one can do today or soon, and how it goes now.

For others: `day`, `views`.
"""
