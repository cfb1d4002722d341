"""What changes reservations that are held: sessions joined, moved, late, closed, called off.

For others: `call_off_news`, `call_offs`, `closing`, `events`, `impact`, `joining`, `lateness`,
`removing`, `slots`.
"""
