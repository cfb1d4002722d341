"""The proof that no day is better: an upper bound, and labels of what could still beat it.

For others: `bound`, `labels`, `proof`.
"""
