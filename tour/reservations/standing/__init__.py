"""Where a reservation stands, in one truth for pages, mails, API and calendar.

For others: `around`, `facts`, `going`, `shown`, `stages`, `views`.
"""
