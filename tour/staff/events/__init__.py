"""Events in the console: dates and parts, questions, covers, rules, the map.

For others: `asked_handlers`, `cover_handlers`, `form`, `handlers`, `impact`, `map_handlers`,
`part_handlers`, `rules_handlers`.
"""
