"""When a party is asked whether it wants seats that came free, and how long it has to answer.

Pure. Nobody is woken for it, and the time to answer runs only while people are up: quiet hours are
those of `notifications.schedule`. A letter is read later than a notification.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from zoneinfo import ZoneInfo

from tour.notifications.schedule import QUIET_FROM, QUIET_UNTIL, live_at

SHORTEST = timedelta(minutes=15)
LASTS = (
    (timedelta(days=7), (timedelta(hours=13), timedelta(hours=13))),
    (timedelta(days=2), (timedelta(hours=6), timedelta(hours=6))),
    (timedelta(days=1), (timedelta(hours=2), timedelta(hours=3))),
    (timedelta(hours=3), (timedelta(minutes=30), timedelta(hours=1))),
    (timedelta(hours=1, minutes=30), (SHORTEST, timedelta(minutes=30))),
)
"""How long before the start: the waking time to answer a notification, and a letter. Thirteen of
these hours are a whole day."""
PROMPTLY = timedelta(minutes=1)
"""What leaves within this was told in time."""
LAST_YES = timedelta(minutes=30)
"""After the start: as late a yes still takes seats that are free."""


class Channel(IntEnum):
    """How a party is told; of NONE only who looks at its page learns, and the others do not wait
    for that."""

    PUSH = 0
    MAIL = 1
    NONE = 2


@dataclass(frozen=True, slots=True)
class Window:
    told_at: datetime
    ends_at: datetime


def window(
    starts_at: datetime, closes_at: datetime, zone: ZoneInfo, channel: Channel, *, now: datetime
) -> Window | None:
    """When to tell a party in this zone, and until when it may answer; None where it cannot be told
    before reservations close without being woken: then the seats are simply free."""
    told_at = live_at(None, zone, now=now)
    if told_at >= closes_at:
        return None
    lasts = offer_lasts(starts_at - told_at, channel)
    return Window(told_at, min(_waking(told_at, lasts, zone), closes_at))


def offer_lasts(before_start: timedelta, channel: Channel) -> timedelta:
    """Waking time to answer: the nearer the start, the shorter."""
    if channel == Channel.NONE:
        return SHORTEST
    for nearness, lasts in LASTS:
        if before_start >= nearness:
            return lasts[channel]
    return SHORTEST


def _waking(begin: datetime, lasts: timedelta, zone: ZoneInfo) -> datetime:
    """`lasts` after an instant that is no quiet one, quiet hours not counted."""
    while True:
        local = begin.astimezone(zone)
        night = datetime.combine(local.date(), QUIET_FROM, zone).astimezone(UTC)
        if begin + lasts <= night:
            return begin + lasts
        lasts -= night - begin
        morning = datetime.combine(local.date() + timedelta(days=1), QUIET_UNTIL, zone)
        begin = morning.astimezone(UTC)
