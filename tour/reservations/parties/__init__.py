"""A party, and whether its wish may be: contact, terms, what it holds, how it comes in.

For others: `contact_check`, `forms`, `holdings`, `intake`, `known_devices`, `my_reservations`,
`newcomers`, `parties`, `terms`.
"""
