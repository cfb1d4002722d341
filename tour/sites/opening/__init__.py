"""Opening hours: as rules, as hosts type them, and Japan's national holidays. Pure.

For others: `closures`, `closures_text`, `hours`, `hours_text`, `national_holidays`.
"""
