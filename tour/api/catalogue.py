"""GET sites, events, slots."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from tour.api import replies
from tour.api.replies import GEOJSON
from tour.errors import BadInput
from tour.events.entries import EventEntry, ParticipantEntry
from tour.geo import parse_bbox
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.pages.explore import Filters, select
from tour.pages.town_now import TownNow, town_now
from tour.programmes.entries import ProgrammeEntry, SlotEntry
from tour.programmes.rules import Availability
from tour.sites.entries import SiteEntry
from tour.sites.texts import IN_API
from tour.sites.views import spans_text
from tour.web import parts_of
from tour.web.json_reply import SHARED, replied

T = TypeVar("T")
MOST_SITES = 5000
MOST_SLOTS = 200
MOST_DIGITS = 9
LAST_DAY = date(9999, 12, 30)
"""The last but one: the day after it can still be written."""
PUBLIC_STATUS: dict[Availability, replies.Status] = {
    Availability.OPEN: "open",
    Availability.FEW: "open",
    Availability.DRAW: "open",
    Availability.FULL: "full",
    Availability.SOON: "closed",
    Availability.CLOSED: "closed",
    Availability.CANCELLED: "cancelled",
}
HOURS_IN = "en"
"""Programs read 10:00–16:00, whatever the language of the texts."""


async def sites(request: Request) -> Response:
    """GeoJSON FeatureCollection of published sites; those without a place have no geometry."""
    town = await town_now(request)
    query = request.query_params
    filters = replace(Filters.read(query), page=1)
    chosen = select(town, filters)
    if slug := query.get("slug"):
        chosen = [site for site in chosen if site.slug == slug]
    if box := _read(query, "bbox", parse_bbox, _("A box is written west,south,east,north.")):
        chosen = [site for site in chosen if site.point and site.point in box]
    limit = _limit(query, MOST_SITES)
    event = town.agenda.event(filters.event)
    parts = {p.site_id: p for p in event.participants} if event else {}
    features = [_site_feature(request, town, s, parts.get(s.id)) for s in chosen[:limit]]
    collection = replies.SiteCollection(type="FeatureCollection", features=features)
    return replied(collection, headers=SHARED, media_type=GEOJSON)


async def events(request: Request) -> Response:
    town = await town_now(request)
    items = [_event(request, town, entry) for entry in town.agenda.events]
    return replied(replies.Events(items=items), headers=SHARED)


def _event(request: Request, town: TownNow, entry: EventEntry) -> replies.Event:
    card = town.event(entry)
    return replies.Event(
        slug=card.slug,
        title=card.title,
        summary=card.summary,
        starts_on=entry.starts_on.isoformat(),
        ends_on=entry.ends_on.isoformat(),
        opens=card.opens,
        closes=card.closes,
        timezone=entry.zone.key,
        sites=[
            replies.EventSite(slug=site.slug, number=p.number, role=p.role.value)
            for p in entry.participants
            if (site := town.catalogue.by_id.get(p.site_id))
        ],
        url=_absolute(request, "events:detail", slug=card.slug),
    )


async def slots(request: Request) -> Response:
    """Coming slots in the order of their start; `cursor` is the last slot of the page before."""
    town = await town_now(request)
    query = request.query_params
    keep = _slot_filter(town, query)
    chosen = [slot for slot in town.board.slots if keep(slot)]
    after = _cursor(query.get("cursor", ""))
    if after:
        chosen = [slot for slot in chosen if (slot.starts_at, slot.id) > after]
    limit = _limit(query, MOST_SLOTS)
    page = chosen[:limit]
    more = len(chosen) > limit
    return replied(
        replies.Slots(
            items=[_slot(town, slot) for slot in page],
            next=f"{page[-1].starts_at.isoformat()}_{page[-1].id}" if more else None,
        ),
        headers=SHARED,
    )


def _site_feature(
    request: Request, town: TownNow, site: SiteEntry, part: ParticipantEntry | None
) -> replies.SiteFeature:
    card, hours = town.card(site), town.hours_of(site)
    return replies.SiteFeature(
        type="Feature",
        id=site.id,
        geometry=replies.PointGeometry.of(site.point) if site.point else None,
        properties=replies.Site(
            id=site.id,
            slug=site.slug,
            kind=site.kind.value,
            kind_label=card.kind_label,
            **{text.name: site.text(text.name, town.lang) for text in IN_API},
            name_en=site.text("name", "en"),
            access=list(site.access_features),
            hours=spans_text(hours.on(town.today), HOURS_IN),
            session_hours=spans_text(hours.sessions_on(town.today), HOURS_IN),
            url=str(request.app.url_path_for("sites:detail", slug=site.slug)),
            sample=site.is_sample,
            approximate=card.approximate,
            number=part.number if part else None,
            role=part.role.value if part else None,
        ),
    )


def _slot(town: TownNow, slot: SlotEntry) -> replies.Slot:
    programme = town.board.programmes[slot.programme_id]
    site = town.catalogue.by_id.get(programme.site_id)
    return replies.Slot(
        id=slot.id,
        programme=replies.SlotProgramme(id=programme.id, title=programme.text("title", town.lang)),
        site=site.slug if site else None,
        starts_at=slot.starts_at.isoformat(),
        ends_at=slot.ends_at.isoformat(),
        capacity=slot.capacity,
        seats_left=slot.seats_left,
        max_party=slot.most_together(programme.max_party, town.now),
        price_yen=programme.price_yen,
        allocation=slot.allocation.value,
        status=PUBLIC_STATUS[slot.availability(town.now)],
    )


def _slot_filter(town: TownNow, query: QueryParams) -> Callable[[SlotEntry], bool]:
    zone = town.local.tzinfo
    assert isinstance(zone, ZoneInfo)  # noqa: S101 - the town's own zone
    day = _("A day is written YYYY-MM-DD.")
    start = _read(query, "from", _midnight(zone), day)
    until = _read(query, "to", _midnight(zone, days_after=1), day)
    seats = _read(query, "seats", _whole, _("Seats is a whole number.")) or 0
    event = town.agenda.event(query.get("event", ""))
    site = town.catalogue.by_slug.get(query.get("site", ""))

    def keep(slot: SlotEntry) -> bool:
        programme = town.board.programmes[slot.programme_id]
        return (
            ("event" not in query or (event is not None and _belongs(programme, slot, event)))
            and ("site" not in query or (site is not None and programme.site_id == site.id))
            and (start is None or slot.starts_at >= start)
            and (until is None or slot.starts_at < until)
            and (not seats or slot.seats_left >= seats)
        )

    return keep


def _belongs(programme: ProgrammeEntry, slot: SlotEntry, event: EventEntry) -> bool:
    is_listed = programme.event_id == event.id
    return is_listed and event.includes(programme.site_id, slot.starts_at)


def _midnight(zone: ZoneInfo, *, days_after: int = 0) -> Callable[[str], datetime]:
    """Reads a local date as the instant at which it, or a day after it, begins."""

    def read(text: str) -> datetime:
        day = min(date.fromisoformat(text), LAST_DAY) + timedelta(days=days_after)
        return datetime(day.year, day.month, day.day, tzinfo=zone)

    return read


def _read(query: QueryParams, name: str, reader: Callable[[str], T], hint: Text) -> T | None:
    """A parameter's value, None when absent, BadInput when it makes no sense."""
    text = query.get(name)
    if not text:
        return None
    try:
        return reader(text)
    except ValueError:
        raise BadInput(hint, {name: hint}) from None


def _limit(query: QueryParams, most: int) -> int:
    asked = _read(query, "limit", _count, _("Limit is a whole number from 1."))
    return min(most, asked or most)


def _whole(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise ValueError("nobody means so many")
    return int(text)


def _count(text: str) -> int:
    number = _whole(text)
    if number < 1:
        raise ValueError("nothing is no limit")
    return number


def _cursor(text: str) -> tuple[datetime, int] | None:
    if not text:
        return None
    try:
        instant, _sep, slot_id = text.replace(" ", "+").rpartition("_")
        after = datetime.fromisoformat(instant)
        if after.tzinfo is None:
            raise ValueError("we give out none without an offset")
        return after, int(slot_id)
    except ValueError:
        hint = _("This cursor is not one that was given out.")
        raise BadInput(hint, {"cursor": hint}) from None


def _absolute(request: Request, name: str, **params: Any) -> str:
    base = parts_of(request).settings.base_url
    return base + str(request.app.url_path_for(name, **params))
