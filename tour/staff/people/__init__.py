"""People with an account, as staff look after them: roles, invitations, and who leaves.

For others: `handlers`, `inviting_handlers`, `letter_handlers`, `person_handlers`.
"""
