"""What stands where a host tells how it is at the door: its taps, or why there are none."""

from datetime import date, datetime
from enum import StrEnum

from tour.hosts.today.rows import Day
from tour.parts import Parts
from tour.sites.models import SiteDay
from tour.sites.opening.hours import Hours
from tour.sites.states import DoorState


class Panel(StrEnum):
    """`templates/host/door/` has a block for each."""

    TAPS = "taps"
    CLOSED = "closed"
    """By its hours; visitors read so."""
    UNKNOWN = "unknown"
    """Nobody gave hours; visitors read so."""
    NOTHING = "nothing"
    """On another day, or where visitors do not see the place and nobody comes."""


def panel(*, is_today: bool, is_used: bool, hours: Hours | None, on_date: date) -> Panel:
    """`is_used`: somebody comes, or its host has told something; `hours`: as visitors read them,
    None where they do not see the place."""
    if not is_today:
        return Panel.NOTHING
    if is_used:
        return Panel.TAPS
    if hours is None:
        return Panel.NOTHING
    if not hours.is_known:
        return Panel.UNKNOWN
    return Panel.TAPS if hours.expects_on(on_date) else Panel.CLOSED


def is_tended(day: Day, door: SiteDay) -> bool:
    """Whether something takes place on that day, or its host has told something that still holds:
    a tap that was taken back leaves its row, and says nothing any more."""
    told = (door.waiting_minutes, door.delay_minutes, door.walk_ins, door.walk_in_cap)
    return bool(day.sessions or any(told) or door.state != DoorState.OPEN)


async def hours_of(parts: Parts, site_id: int, on_date: date, now: datetime) -> Hours | None:
    """The place's hours with those of its events and sessions, as visitors read them."""
    entry = (await parts.catalogue.current()).by_id.get(site_id)
    if entry is None:
        return None
    hours = (await parts.agenda.current(on_date)).hours_of(entry)
    return (await parts.board.current(now)).besides(site_id, hours, parts.town.timezone)
