"""Walks, and the days that are made of them: the streets, model courses, plans."""
