"""Web Push: whom we call, with which key, and a payload that one browser can read.

For others: `endpoints`, `keys`, `sender`, `subscriptions`.
"""
