"""Hands-on sessions, their times, and the ledger of seats."""
