"""What a party meets in its browser: the form, its reservation, draws and queues.

For others: `change_handlers`, `check_handlers`, `clashes`, `draw_handlers`, `form_terms`,
`handlers`, `party_size`, `queue_handlers`.
"""
