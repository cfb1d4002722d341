"""The plan's form, its page with all that one can do there, and its files.

For others: `file_handlers`, `form_handlers`, `handlers`, `into_handlers`, `join_handlers`,
`my_plans`, `reserve_handlers`, `views`.
"""
