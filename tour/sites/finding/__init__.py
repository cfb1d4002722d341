"""Finding places by words: letters as searches compare them, facts, readings, the ranking.

For others: `facts`, `pieces`, `ranking`, `search`, `vocabulary`.
"""
