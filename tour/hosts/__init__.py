"""The console of those who open their doors."""
