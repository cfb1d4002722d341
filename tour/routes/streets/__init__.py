"""The walking graph of an OpenStreetMap extract, made once and mapped from one file.

For others: `build`, `download`, `drawing`, `file`, `graph`, `snap`, `tags`.
"""
