"""Mail addresses and telephones, as people type them and as they are counted."""
