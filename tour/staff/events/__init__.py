"""Events in the console: dates and parts, covers, rules, the map.

For others: `cover_handlers`, `form`, `handlers`, `map_handlers`, `part_handlers`,
`rules_handlers`.
"""
