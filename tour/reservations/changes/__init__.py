"""What changes reservations that are held: sessions joined, moved, late, closed, called off.

For others: `closing`, `events`, `joining`, `lateness`, `slots`.
"""
