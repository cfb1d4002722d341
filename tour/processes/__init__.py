"""What runs: the web processes, the worker, and the chores that they share out."""
