"""The map of an event as it is published: one value, shown as page, embed, PDF and archive."""
