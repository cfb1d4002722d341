"""The way to a session as its ticket tells it: when to leave, and when who leaves now arrives.
Pure: the walk is known, the clock is given."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tour.i18n import Text
from tour.notifications.schedule import leave_at


class Going(StrEnum):
    """What is said of the way; `templates/reservations/_going.html` has a block for each."""

    LATER = "later"
    """There is a time at which to leave."""
    NOW = "now"
    """That time has come: who leaves now is there in time."""
    LATE = "late"
    """Who leaves now comes after the start."""


@dataclass(frozen=True, slots=True)
class Walk:
    """From where one comes, in the reader's language, and how long it takes on foot; `free_at`: not
    before one is free there, where one comes from another session."""

    origin: Text | str
    minutes: int
    approximate: bool
    free_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class GoingView:
    going: Going
    leaves_at: datetime
    """When to leave, or this minute where one should have left."""
    arrives_at: datetime
    walk: Walk


def going(starts_at: datetime, walk: Walk | None, *, now: datetime) -> GoingView | None:
    """None where nobody knows from where one comes, and once the session has begun."""
    if walk is None or now >= starts_at:
        return None
    leaves_at, on_foot = _leaves_at(starts_at, walk), timedelta(minutes=walk.minutes)
    if now < leaves_at:
        return GoingView(Going.LATER, leaves_at, leaves_at + on_foot, walk)
    arrives_at = now + on_foot
    stage = Going.LATE if arrives_at > starts_at else Going.NOW
    return GoingView(stage, now, arrives_at, walk)


def _leaves_at(starts_at: datetime, walk: Walk) -> datetime:
    wanted = leave_at(starts_at, timedelta(minutes=walk.minutes))
    return max(wanted, walk.free_at) if walk.free_at else wanted
