"""The console of the staff: today, events and maps, sites, approvals, reservations, people."""
