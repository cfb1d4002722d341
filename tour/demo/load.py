"""Writing a catalogue into the database: all of it, or nothing.

`load` writes the demonstration: rows are found by their natural keys, so loading again changes
nothing. Dates are relative to the day of loading; an event that is over when the catalogue is
loaded again moves to its next date. `load_places` writes what a town begins with.
"""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from tour.changes import EVERY, Kind, tell, together
from tour.clock import system_clock
from tour.demo.catalogue import Catalogue
from tour.demo.write_events import write_courses, write_events
from tour.demo.write_places import write_crafts_and_stations, write_hours, write_sites
from tour.demo.write_programmes import write_programmes
from tour.events.models import Event
from tour.programmes.models import Programme
from tour.sites.finding import vocabulary
from tour.sites.models import Site
from tour.sites.texts import SEARCHED

SESSION_TEXTS = ("title", "summary")
"""What is searched by how it is read."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many places are new, and how many were there and stay as they are."""

    new: int
    known: int


async def load(catalogue: Catalogue, *, zone: ZoneInfo, now: datetime) -> bool:
    """Write what is missing; True when anything was."""
    today = now.astimezone(zone).date()
    if await _is_current(catalogue, today):
        return False
    await _learn(catalogue)
    async with together(now=now) as part:
        if await _is_current(catalogue, today):
            return False
        await write_crafts_and_stations(part, catalogue)
        sites = await write_sites(part, catalogue.sites)
        events = await write_events(part, catalogue, sites, zone, today)
        starts = {slug: event.starts_on for slug, event in events.items()}
        await write_hours(part, catalogue, sites, starts, min(starts.values()).year)
        await write_courses(part, catalogue, sites, events)
        await write_programmes(part, catalogue, sites, events, zone)
        part.told(Kind.TOWN, [EVERY])
    return True


async def load_places(catalogue: Catalogue, *, zone: ZoneInfo, now: datetime) -> Loaded:
    """Write crafts, stations, and the places that are not there yet, with their hours."""
    await _learn(catalogue)
    async with together(now=now) as part:
        await write_crafts_and_stations(part, catalogue)
        known = {str(slug) for slug in await Site.all().values_list("slug", flat=True)}
        new = [site for site in catalogue.sites if site.slug not in known]
        sites = await write_sites(part, new)
        await write_hours(part, catalogue, sites, {}, now.astimezone(zone).year)
        part.told(Kind.TOWN, [EVERY])
    return Loaded(len(new), len(catalogue.sites) - len(new))


async def learn_words() -> None:
    """Store how the words of all texts are read, drafts too; what is known costs nothing."""
    texts: list[str] = []
    for row in await Site.all().values(*SEARCHED):
        texts += row.values()
    for row in await Programme.all().values(*SESSION_TEXTS):
        texts += row.values()
    await vocabulary.learn(texts)
    await tell(Kind.TOWN, now=system_clock())


async def _learn(catalogue: Catalogue) -> None:
    """The words of what is written."""
    sites = [site.texts[name] for site in catalogue.sites for name in SEARCHED]
    sessions = [getattr(p, name) for p in catalogue.programmes for name in SESSION_TEXTS]
    await vocabulary.learn([*sites, *sessions])


async def _is_current(catalogue: Catalogue, today: date) -> bool:
    """Whether every site, event and programme is there and no event is over."""
    slugs = {site.slug for site in catalogue.sites}
    programmes = {programme.slug for programme in catalogue.programmes}
    events = {event.slug for event in catalogue.events}
    return (
        await Site.filter(slug__in=slugs).count() == len(slugs)
        and await Programme.filter(slug__in=programmes).count() == len(programmes)
        and await Event.filter(slug__in=events, ends_on__gte=today).count() == len(events)
    )
