"""Where a reservation stands, in one truth for pages, mails, API and calendar.

For others: `facts`, `shown`, `stages`, `views`.
"""
