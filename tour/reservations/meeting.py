"""Sessions of one party that a host's delay has brought to one time. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import permutations
from typing import Protocol, TypeVar


class Timed(Protocol):
    """A session as it is now; `delay_minutes`, by how much later than planned."""

    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def delay_minutes(self) -> int: ...


T = TypeVar("T", bound=Timed)


def meetings(held: Iterable[T]) -> list[tuple[T, T]]:
    """(one that runs late, one that begins before it ends), as the day goes. What was at one time
    as planned, too, the party has chosen."""
    ordered = sorted(held, key=lambda session: session.starts_at)
    return [pair for pair in permutations(ordered, 2) if _meet(*pair)]


def _meet(late: Timed, following: Timed) -> bool:
    planned_end = late.ends_at - timedelta(minutes=late.delay_minutes)
    planned_start = following.starts_at - timedelta(minutes=following.delay_minutes)
    return planned_end <= planned_start and following.starts_at < late.ends_at
