"""A visitor's day: what was asked of it, what is possible on it, and when one is where.

For others: `day`, `edits`, `giving_up`, `missed_kinds`, `planning`, `proposals`, `staying`,
`timed_day`, `wishes`.
"""
