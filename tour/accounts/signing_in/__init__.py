"""Signing in by link, code or passkey, and the browsers that are signed in.

For others: `attempts`, `codes`, `cookies`, `links`, `paper`, `passkeys`, `sessions`.
"""
