"""What was changed, in words that staff understand, and what of it they look over.

For others: `approvals`, `labels`, `part_words`, `values`.
"""
