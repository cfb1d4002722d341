"""Parties as those who receive them list them: one description of a party, whoever reads it.

For others: `columns`, `files`, `parties`.
"""
