"""The day as a problem in arrays, the search for its best plan, and the proof of it.

Imports nothing else of `tour` but what reads its command line.

For others: `model`, `plan`, `problem`, `timeline`.
"""
