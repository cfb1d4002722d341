"""The console of hosts: their day, check-in, programmes and times, the page of their site."""
