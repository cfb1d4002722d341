"""How much is tried where more is always better: little every day, much in CI.

`SCHEDULE_COUNT` says how much: so many random schedules of reservations, and as many of the rest in
proportion. Nothing is left out of an everyday run that CI has; it only meets fewer of a kind.
"""

import os

EVERYDAY = 100
"""Schedules of `make test`."""
SCHEDULES = int(os.environ.get("SCHEDULE_COUNT", str(EVERYDAY)))


def times(least: int, most: int) -> int:
    """Between `least`, of an everyday run, and `most`, of 1,000 schedules."""
    share = min(1.0, max(0.0, (SCHEDULES - EVERYDAY) / (1000 - EVERYDAY)))
    return round(least + (most - least) * share)
