"""Days that visitors keep: behind a link, read from a form, answered in sentences.

For others: `context`, `enquiry`, `forms`, `itineraries`, `joins`, `missed_reasons`, `reasons`,
`taking`.
"""
