"""Choosing sites by what a visitor asked for, as the query string of a page says it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from tour.geo import Point, distance_m, parse_lon_lat
from tour.pages.town_now import TownNow
from tour.programmes.views import RESERVABLE, SlotCard
from tour.sites.entries import SiteEntry
from tour.sites.states import ACCESS_FEATURES, SiteKind
from tour.sites.views import SiteCard
from tour.web.forms import read_date
from tour.words.typed import number_in, read_whole

PER_PAGE = 24
MAX_QUERY = 100
LONGEST_SLUG = 80
KINDS = frozenset(SiteKind)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a visitor asked for. What makes no sense in an address is left out, never an error."""

    q: str = ""
    kinds: tuple[SiteKind, ...] = ()
    event: str = ""
    on: date | None = None
    open_now: bool = False
    seats: int = 0
    access: tuple[str, ...] = ()
    near: str = ""
    page: int = 1

    @classmethod
    def read(cls, query: QueryParams) -> "Filters":
        return cls(
            q=query.get("q", "").strip()[:MAX_QUERY],
            kinds=tuple(SiteKind(k) for k in dict.fromkeys(query.getlist("kind")) if k in KINDS),
            event=query.get("event", "")[:LONGEST_SLUG],
            on=read_date(query.get("date", "")),
            open_now=query.get("open_now") == "1",
            seats=read_whole(query.get("seats", ""), 0, 999) or 0,
            access=tuple(a for a in dict.fromkeys(query.getlist("access")) if a in ACCESS_FEATURES),
            near=query.get("near", "")[:60],
            page=number_in(query.get("page"), 3) or 1,
        )

    def query_string(self, **changes: object) -> str:
        """These filters as an address; with `page=` for another page of results."""
        asked = replace(self, **changes)  # type: ignore[arg-type]
        pairs: list[tuple[str, str]] = [("kind", kind.value) for kind in asked.kinds]
        pairs += [("access", feature) for feature in asked.access]
        single: Mapping[str, str] = {
            "q": asked.q,
            "event": asked.event,
            "date": asked.on.isoformat() if asked.on else "",
            "open_now": "1" if asked.open_now else "",
            "seats": str(asked.seats) if asked.seats else "",
            "near": asked.near,
            "page": str(asked.page) if asked.page > 1 else "",
        }
        return urlencode(pairs + [(name, value) for name, value in single.items() if value])

    @property
    def count(self) -> int:
        """How many filters are set, beside the words and the kind that are always visible."""
        chosen = (self.on, self.open_now, self.seats, self.near)
        return sum(1 for value in chosen if value) + len(self.access)


@dataclass(frozen=True, slots=True)
class Found:
    """One site of a result with the slot that best answers the search."""

    site: SiteCard
    slot: SlotCard | None
    why: str = ""
    """By what the query found it, where its card does not say so."""


def select(town: TownNow, filters: Filters) -> list[SiteEntry]:
    """The sites that meet every filter: nearest first when a place was named, else those that a
    query fits best."""
    chosen = [site for site in _candidates(town, filters) if _meets(town, site, filters)]
    start = start_point(town, filters.near)
    if start is None:
        return chosen
    placed = [site for site in chosen if site.point is not None]
    return sorted(placed, key=lambda site: distance_m(start, site.point or start))


def found(town: TownNow, site: SiteEntry, start: Point | None) -> Found:
    card, slot = town.site_and_slot(site)
    if start is not None and site.point is not None:
        card = replace(card, distance_m=distance_m(start, site.point))
    return Found(card, slot)


def start_point(town: TownNow, near: str) -> Point | None:
    """Where "near" is: a station, or lon,lat of the visitor's own position."""
    if not near:
        return None
    if point := town.catalogue.point_of(near):
        return point
    try:
        return parse_lon_lat(near)
    except ValueError:
        return None


def _candidates(town: TownNow, filters: Filters) -> list[SiteEntry]:
    """Those that the query finds, best first. Without one those of an event in the order of its
    map; else by day of the next session and reading."""
    event = town.agenda.event(filters.event)
    ids = [p.site_id for p in event.participants] if event else []
    if filters.q:
        found = [hit.site_id for hit in town.search(filters.q)]
        ids = [i for i in found if i in set(ids)] if filters.event else found
    elif not filters.event:
        return sorted(town.catalogue.sites, key=town.next_day)
    return [town.catalogue.by_id[i] for i in ids if i in town.catalogue.by_id]


def _meets(town: TownNow, site: SiteEntry, filters: Filters) -> bool:
    hours = town.agenda.hours_of(site)
    return (
        (not filters.kinds or site.kind in filters.kinds)
        and all(feature in site.access_features for feature in filters.access)
        and (filters.on is None or bool(hours.on(filters.on)))
        and (not filters.open_now or hours.is_open_at(town.local))
        and (not filters.seats or _has_seats(town, site, filters))
    )


def _has_seats(town: TownNow, site: SiteEntry, filters: Filters) -> bool:
    zone = town.local.tzinfo
    return any(
        slot.seats_left >= filters.seats
        and slot.availability(town.now) in RESERVABLE
        and (filters.on is None or slot.starts_at.astimezone(zone).date() == filters.on)
        for slot in town.slots_of(site)
    )
