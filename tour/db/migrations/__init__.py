"""Versioned migrations, run by Tortoise, written as SQL by hand (decision 0002).

Tortoise 1.1.9 drops CHECK constraints, conditional unique indexes and foreign key indexes, and its
SQLite table rebuild deletes cascading children. So each migration is a list of plain statements in
the common subset of both databases, with the few types that differ filled in by `Sql`.
A later migration never rebuilds a table that others point to.
"""
