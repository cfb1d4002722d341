"""Who changed what and when, and what was removed and can still be brought back."""
