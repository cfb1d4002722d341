"""Asking places to take part in an event, by a link in a mail, and what they answer."""
