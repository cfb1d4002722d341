"""How one place would stand in the plans of this device: what it adds on foot, when they end."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from tour.routes.days import edits
from tour.routes.days.planning import Desk
from tour.routes.days.timed_day import TimedDay
from tour.routes.plan_pages.edit_forms import changed_by_hand
from tour.routes.plans.enquiry import Enquiry
from tour.routes.plans.itineraries import ItineraryEntry
from tour.sites.entries import SiteEntry
from tour.sites.opening.hours import clock_text


class Standing(StrEnum):
    """How a place stands in a plan, for the words beside it."""

    FITS = "fits"
    TIGHT = "tight"
    """It can be put in, but then something else does not work out."""
    INSIDE = "inside"
    SHUT = "shut"
    """It is not open on the plan's day."""
    FULL = "full"
    """A plan holds no more places."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One plan, with the place in it where it goes in: what a button beside it says."""

    standing: Standing
    token: str
    version: int
    day: date
    stops: int
    """Places now."""
    more: int
    """Minutes on foot that it adds."""
    distance_m: int
    ends: str
    """The clock at which the day ends with it."""
    at: str = ""
    """The clock at which the visit begins, where the place is in the plan."""
    back: str = ""
    """The change that takes it out again: `undo`, `remove`; none where it is reserved or begun."""

    @property
    def is_open(self) -> bool:
        return self.standing in (Standing.FITS, Standing.TIGHT)


async def offers(
    enquiry: Enquiry, plans: list[ItineraryEntry], site: SiteEntry | None
) -> list[Offer]:
    """For each plan; of no place: the plans as they are."""
    return [await _offer(await enquiry.desk_of(plan), plan, site) for plan in plans]


async def _offer(desk: Desk, entry: ItineraryEntry, site: SiteEntry | None) -> Offer:
    now = await desk.timed(entry.stops)
    if site is None or any(stop.site_id == site.id for stop in now.stops):
        made = _made(Standing.INSIDE, entry, now, now, _way_back(desk, entry, site))
        return replace(made, at=_begins(desk, now, site)) if site else made
    if len(edits.visits(entry.stops)) >= edits.MOST_STOPS:
        return _made(Standing.FULL, entry, now, now)
    stops = await changed_by_hand(desk, entry.stops, {"do": "add"}, site)
    then = await desk.timed(stops)
    if len(then.stops) == len(now.stops):
        return _made(Standing.SHUT, entry, now, now)
    is_worse = len(list(then.times.troubles())) > len(list(now.times.troubles()))
    return _made(Standing.TIGHT if is_worse else Standing.FITS, entry, now, then)


def _made(
    standing: Standing, entry: ItineraryEntry, now: TimedDay, then: TimedDay, back: str = ""
) -> Offer:
    return Offer(
        standing=standing,
        token=entry.token,
        version=entry.version,
        day=entry.day,
        stops=len(now.stops),
        more=then.times.walking - now.times.walking,
        distance_m=then.distance_m,
        ends=clock_text(then.times.arrives),
        back=back,
    )


def _begins(desk: Desk, day: TimedDay, site: SiteEntry) -> str:
    """Of a session its own time, as the place's card says it, not when one had better be there."""
    at, stop = next((n, stop) for n, stop in enumerate(day.stops) if stop.site_id == site.id)
    slot = desk.slots.get(stop.slot_id) if stop.slot_id else None
    begins = desk.town.minute_of(slot.starts_at) if slot else day.times.stops[at].start
    return clock_text(begins)


def _way_back(desk: Desk, entry: ItineraryEntry, site: SiteEntry | None) -> str:
    """As it was before, where putting this place in was the last change; else taking it out."""
    if site is None:
        return ""
    stop = next(stop for stop in entry.stops if stop.site_id == site.id)
    if stop.been or stop.slot_id in desk.wish.reserved:
        return ""
    was = entry.before
    return "remove" if was is None or site.id in {stop.site_id for stop in was} else "undo"


async def open_days(enquiry: Enquiry, site: SiteEntry) -> Iterator[date]:
    """The days that can be planned on which the place is open, soonest first."""
    days = [(day, await enquiry.town_day(day)) for day in enquiry.context.days]
    return (day for day, town in days if town.spans_of(site) or town.slots_of(site))
