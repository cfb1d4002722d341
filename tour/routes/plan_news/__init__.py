"""What others change about a plan, told to those who asked; and when it is time to leave.

For others: `departures`, `look_out`, `news`, `readers`.
"""
