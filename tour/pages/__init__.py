"""Pages that join features: home, what can be found, a site, an event, a programme."""
