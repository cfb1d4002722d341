"""Events, sites and hosts as the console lists them, drafts too."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from tour.accounts.models import Invitation, Membership
from tour.db.columns import ids_of
from tour.errors import NotFound
from tour.events.models import Event, Participation
from tour.events.states import ParticipationAnswer
from tour.i18n import lazy as _
from tour.publishing.models import MapVersion
from tour.routes.models import Stop, WalkingRoute
from tour.sites.editing.publication import showing_of
from tour.sites.finding.search import make_index, matches
from tour.sites.models import Site
from tour.sites.showing import Showing
from tour.sites.states import PointQuality
from tour.web.templates import in_reading_language


@dataclass(frozen=True, slots=True)
class EventLine:
    id: int
    slug: str
    title: str
    starts_on: date
    ends_on: date
    is_published: bool
    places: int
    map_version: int | None

    @property
    def last_day(self) -> date | None:
        """Where it has more days than one."""
        return self.ends_on if self.ends_on != self.starts_on else None


class Tended(StrEnum):
    """Who looks after a place, and what the reader can do where it is nobody."""

    HOSTS = "hosts"
    INVITED = "invited"
    TO_INVITE = "to_invite"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class SiteLine:
    """A site in a list. `hosts` tend it, `invited` have not answered yet."""

    id: int
    slug: str
    name: str
    kind: str
    address: str
    showing: Showing
    is_rough: bool
    hosts: int
    invited: int

    def tended(self, may_invite: bool) -> Tended:
        if self.hosts:
            return Tended.HOSTS
        if self.invited:
            return Tended.INVITED
        return Tended.TO_INVITE if may_invite else Tended.NOBODY


@dataclass(frozen=True, slots=True)
class CourseLine:
    id: int
    slug: str
    title: str
    is_published: bool
    stops: int
    left: int
    """How many of the stops do not take part in its event, or have not said so yet."""


async def event_lines() -> list[EventLine]:
    """Every event, the latest first."""
    agreed = Participation.filter(answer=ParticipationAnswer.ACCEPTED)
    places = Counter(await ids_of(agreed, "event_id"))
    shown: dict[int, int] = dict(
        await MapVersion.filter(ended_at=None).values_list("event_id", "number")
    )
    return [
        EventLine(
            event.id,
            event.slug,
            in_reading_language(event, "title"),
            event.starts_on,
            event.ends_on,
            bool(event.is_published),
            places[event.id],
            shown.get(event.id),
        )
        for event in await Event.all().order_by("-starts_on", "-id")
    ]


async def event_by_id(event_id: int) -> Event:
    """An event, a draft too, or NotFound."""
    event = await Event.get_or_none(id=event_id)
    if event is None:
        raise NotFound(_("There is no such event. It may be over or not yet announced."))
    return event


async def course_lines(event_id: int) -> list[CourseLine]:
    routes = await WalkingRoute.filter(event_id=event_id).order_by("id")
    wanted = Stop.filter(walking_route_id__in=[r.id for r in routes])
    parts = Participation.filter(event_id=event_id, answer=ParticipationAnswer.ACCEPTED)
    taking_part = set(await ids_of(parts, "site_id"))
    stops, left = Counter[int](), Counter[int]()
    for stop in await wanted:
        stops[stop.walking_route_id] += 1
        left[stop.walking_route_id] += stop.site_id not in taking_part
    return [
        CourseLine(
            r.id,
            r.slug,
            in_reading_language(r, "title"),
            bool(r.is_published),
            stops[r.id],
            left[r.id],
        )
        for r in routes
    ]


async def site_lines(now: datetime, query: str = "", show: str = "") -> list[SiteLine]:
    """Sites by name. `show` narrows them: draft (not shown), waits (never was), rough (town-level
    point), hostless."""
    hosts = Counter(await ids_of(Membership.all(), "site_id"))
    waiting = Invitation.filter(accepted_at=None, revoked_at=None, expires_at__gt=now)
    invited = Counter(await ids_of(waiting.exclude(site_id=None), "site_id"))
    found = [
        SiteLine(
            site.id,
            site.slug,
            site.name,
            str(site.kind),
            site.address,
            showing_of(site),
            site.point_quality == PointQuality.TOWN,
            hosts[site.id],
            invited[site.id],
        )
        for site in await Site.all().order_by("name_kana", "name", "id")
        if not query or matches(query, _index(site))
    ]
    return [line for line in found if _is_shown(line, show)]


async def site_names(ids: Iterable[int | None]) -> dict[int, str]:
    """What the sites are called, as far as they still exist."""
    wanted = {i for i in ids if i is not None}
    return {site.id: str(site.name) for site in await Site.filter(id__in=list(wanted))}


def _index(site: Site) -> Any:
    english = site.translations.get("en", {}).get("name", "")
    return make_index([site.name, english, site.address, site.slug], [site.name_kana])


def _is_shown(line: SiteLine, show: str) -> bool:
    wanted = {
        "draft": line.showing is not Showing.SHOWN,
        "waits": line.showing is Showing.WAITS,
        "rough": line.is_rough,
        "hostless": line.hosts == 0,
    }
    return wanted.get(show, True)
