"""When reminders are due. Pure: rules on instants, by the IANA zone of each date.

Quiet hours are 21:00 to 8:00 local time. A local time that a change of clocks skips or repeats is
read as Python's `fold=0` reads it, before the change (PEP 495): at most an hour off, once a year.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import groupby
from zoneinfo import ZoneInfo

EVENING = time(18)
QUIET_FROM = time(21)
QUIET_UNTIL = time(8)
UNDO_FOR = timedelta(minutes=1)
"""What many are told of leaves so much later, so that nobody has read what is taken back."""
TWO_HOURS = timedelta(hours=2)
HALF_HOUR = timedelta(minutes=30)
SPARE = timedelta(minutes=10)
"""On top of the walk: to come out of one door and find the next."""
LEAST_NOTICE = timedelta(minutes=10)
"""A reminder that would come later than this before the start is not sent at all."""


class Choice(StrEnum):
    """What a visitor may choose to be told; the first part of a reminder's key."""

    EVENING = "evening"
    TWO_HOURS = "two-hours"
    HALF_HOUR = "half-hour"
    LEAVE = "leave"


DEFAULT_CHOICES = (Choice.EVENING, Choice.TWO_HOURS)
OF_A_DAY = frozenset({Choice.EVENING, Choice.TWO_HOURS})
"""Said once for all the visits of a day; the others are about one visit."""
SHARED = "shared"
"""First part of the key of news for several recipients, who may all be one browser."""
SAID_ONCE = frozenset({*OF_A_DAY, SHARED})
"""Kinds of which one browser, or one mail box, gets one message for all reminders of one key."""

OF_A_VISIT = frozenset({Choice.HALF_HOUR, Choice.LEAVE})
"""Those that are due so near each other become one message."""
SO_NEAR = timedelta(minutes=10)


def is_near(key: str) -> bool:
    """Whether this is said just before a visit."""
    return key.partition(":")[0] in OF_A_VISIT


@dataclass(frozen=True, slots=True)
class Visit:
    """Something that starts; `walk` is the way there from the stop before, where it is known."""

    id: int
    starts_at: datetime
    walk: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """A reminder's time. `key` names it among its recipient's; `visits` is what it is about."""

    choice: Choice
    key: str
    due_at: datetime
    expires_at: datetime
    visits: tuple[Visit, ...]


def due_reminders(visits: Iterable[Visit], zone: ZoneInfo, *, now: datetime) -> list[Due]:
    """Every reminder still to come, whatever the visitor chose (the worker asks that when due).

    The evening before and two hours before are one message for all visits of a local day; half an
    hour and "time to leave" are one a visit. What is already past is left out.
    """
    ordered = sorted(visits, key=lambda visit: visit.starts_at)
    found: list[Due] = []
    for day, of_day in groupby(ordered, key=lambda v: v.starts_at.astimezone(zone).date()):
        stops = tuple(of_day)
        found += [_evening(day, stops, zone), _two_hours(day, stops, zone)]
        found += [_half_hour(stop) for stop in stops]
        found += [_leave(stop, stop.walk) for stop in stops if stop.walk is not None]
    return [due for due in found if now <= due.due_at < due.expires_at]


def setting_out(visits: Iterable[Visit], *, now: datetime) -> list[Due]:
    """When to leave for each visit whose walk is known and that has not begun: now, where one
    should be on the way already."""
    due = [_leave(visit, visit.walk) for visit in visits if visit.walk is not None]
    return [replace(one, due_at=max(one.due_at, now)) for one in due if now < one.expires_at]


def live_at(concerns: date | None, zone: ZoneInfo, *, now: datetime) -> datetime:
    """When a change may be told: at once, or after the quiet hours unless it is about today."""
    local = now.astimezone(zone)
    if concerns == local.date() or not _is_quiet(local.time()):
        return now
    next_day = local.date() + timedelta(days=local.time() >= QUIET_FROM)
    return _at(next_day, QUIET_UNTIL, zone)


def _evening(day: date, stops: Sequence[Visit], zone: ZoneInfo) -> Due:
    eve = day - timedelta(days=1)
    return Due(
        Choice.EVENING,
        f"{Choice.EVENING}:{day}",
        _at(eve, EVENING, zone),
        _at(eve, QUIET_FROM, zone),
        tuple(stops),
    )


def _two_hours(day: date, stops: Sequence[Visit], zone: ZoneInfo) -> Due:
    first = stops[0].starts_at
    due_at = max(first - TWO_HOURS, _at(day, QUIET_UNTIL, zone))
    key = f"{Choice.TWO_HOURS}:{day}"
    return Due(Choice.TWO_HOURS, key, due_at, first - LEAST_NOTICE, tuple(stops))


def _half_hour(stop: Visit) -> Due:
    due_at = stop.starts_at - HALF_HOUR
    key = f"{Choice.HALF_HOUR}:{stop.id}"
    return Due(Choice.HALF_HOUR, key, due_at, stop.starts_at - LEAST_NOTICE, (stop,))


def leave_at(starts_at: datetime, walk: timedelta) -> datetime:
    """When to set out on a walk to something that starts then, with time to spare."""
    return starts_at - walk - SPARE


def _leave(stop: Visit, walk: timedelta) -> Due:
    due_at = leave_at(stop.starts_at, walk)
    return Due(Choice.LEAVE, f"{Choice.LEAVE}:{stop.id}", due_at, stop.starts_at, (stop,))


def is_quiet(instant: datetime, zone: ZoneInfo) -> bool:
    """Whether people in this zone sleep."""
    return _is_quiet(instant.astimezone(zone).time())


def _is_quiet(local: time) -> bool:
    return local >= QUIET_FROM or local < QUIET_UNTIL


def _at(day: date, local: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, local, zone).astimezone(UTC)
