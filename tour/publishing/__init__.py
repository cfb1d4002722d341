"""The published map of an event: page, frame, print, archive."""
