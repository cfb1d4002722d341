"""The tab "today": who comes, checking in, deciding at the door, taking the last tap back.

For others: `call_handlers`, `check_in_handlers`, `door_handlers`, `handlers`, `list_handlers`.
"""
