"""The search for a good day: large neighbourhoods, cooled down again and again.

For others: `annealing`, `state`.
"""
