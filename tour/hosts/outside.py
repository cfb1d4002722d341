"""Sessions at times at which their place is closed otherwise: asked about before, named after."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from starlette.requests import Request

from tour.accounts.guards import Tending
from tour.events import queries as events
from tour.events.entries import agenda, joined
from tour.i18n import Text, current_language, translate
from tour.i18n import lazy as _
from tour.programmes.models import Slot
from tour.programmes.states import SlotStatus
from tour.sites.catalogue import hours_of
from tour.sites.opening.hours import Hours
from tour.sites.views import day_hours
from tour.web import now, parts_of
from tour.web.templates import day_text
from tour.words.ranges import clock

MOST_NAMED = 5
"""Days in one sentence; a timetable may have two weeks of them."""


@dataclass(frozen=True, slots=True)
class Outside:
    """A session, and what its place says of that day. One not yet listed has no slot."""

    starts_at: datetime
    ends_at: datetime
    hours: str
    slot_id: int = 0
    title: str = ""


async def hours_at(request: Request, tending: Tending) -> Hours:
    """When the place is open, on the days of an event, too; as it is stored now, public or not."""
    parts = parts_of(request)
    today = now(request).astimezone(parts.town.timezone).date()
    town, mine = await parts.agenda.current(today), await events.parts_of_site(tending.site.id)
    with_it = agenda(joined(town.events, mine))
    return with_it.hours_at(tending.site.id, await hours_of(tending.site))


def outside(
    hours: Hours, starts: Iterable[datetime], minutes: int, zone: ZoneInfo
) -> list[Outside]:
    """Those of the sessions that the hours do not cover, in order."""
    length = timedelta(minutes=minutes)
    found = (_outside(hours, start, start + length, zone) for start in sorted(starts))
    return [one for one in found if one]


async def coming_outside(request: Request, tending: Tending) -> list[Outside]:
    """The sessions still to come that the hours as they are now do not cover, drafts, too."""
    hours, zone = await hours_at(request, tending), parts_of(request).town.timezone
    chosen = Slot.filter(
        programme__site_id=tending.site.id, programme__removed_at=None, ends_at__gt=now(request)
    ).exclude(status=SlotStatus.CANCELLED)
    slots = await chosen.order_by("starts_at", "id").select_related("programme")
    found = (
        _outside(hours, slot.starts_at, slot.ends_at, zone, slot.id, slot.programme.title)
        for slot in slots
    )
    return [one for one in found if one]


def question(found: Sequence[Outside], zone: ZoneInfo) -> Text:
    """What is asked of a host who lists them: each day with its times and the reason."""
    lang = current_language.get()
    grouped = groupby(found, key=lambda one: one.starts_at.astimezone(zone).date())
    named = [_named(day, list(of_day), zone, lang) for day, of_day in grouped]
    if len(named) > MOST_NAMED:
        named[MOST_NAMED:] = [translate("and %(n)s more", n=len(named) - MOST_NAMED)]
    return _(
        "Your place is closed at these times otherwise: %(times)s. List them all the same?",
        times=translate("; ", lang).join(named),
    )


def _named(day: date, of_day: Sequence[Outside], zone: ZoneInfo, lang: str) -> str:
    clocks = ", ".join(clock(one.starts_at.astimezone(zone)) for one in of_day)
    times = f"{day_text(day, lang)} {clocks}"
    return translate("%(times)s (hours that day: %(hours)s)", times=times, hours=of_day[0].hours)


def _outside(
    hours: Hours,
    starts_at: datetime,
    ends_at: datetime,
    zone: ZoneInfo,
    slot_id: int = 0,
    title: str = "",
) -> Outside | None:
    begins, ends = starts_at.astimezone(zone), ends_at.astimezone(zone)
    if hours.covers(begins, ends):
        return None
    of_day = day_hours(hours.on(begins.date()), (), current_language.get())
    return Outside(starts_at, ends_at, of_day, slot_id, title)
