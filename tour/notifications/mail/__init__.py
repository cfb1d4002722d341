"""Letters: written, enclosed, handed to a mail server; and boxes that nobody has proved.

For others: `boxes`, `enclosing`, `letters`.
"""
