"""The console of the ward's staff."""
