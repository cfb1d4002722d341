"""The day itself at the door: who has come, who is late, whose seats go to others.

For others: `absences`, `arrivals`, `on_the_way`, `phones`.
"""
