"""Parties in the console: found, changed for them, written to, listed for the office.

For others: `burst_handlers`, `call_handlers`, `handlers`, `message_handlers`, `sent_handlers`.
"""
