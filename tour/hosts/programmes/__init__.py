"""The tab of sessions: what is offered, and each of its times.

For others: `handlers`, `slot_handlers`.
"""
