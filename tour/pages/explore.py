"""Choosing sites by what a visitor asked for, as the query string of a page says it.

First the filters, then the sites that meet them, last what is said above the list of the choice.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from tour.events.entries import ParticipantEntry
from tour.geo import Point, distance_m, parse_lon_lat
from tour.i18n import translate, translate_plural
from tour.pages.reasons import reason
from tour.pages.town_now import Found, TownNow
from tour.programmes.views import RESERVABLE
from tour.sites.choices import ACCESS, KINDS
from tour.sites.entries import SiteEntry
from tour.sites.finding.pieces import pieces
from tour.sites.finding.ranking import Hit
from tour.sites.states import SiteKind
from tour.web.forms import read_date
from tour.words.typed import number_in, read_whole

PER_PAGE = 24
MAX_QUERY = 100
MOST_CRAFTS = 8
LONGEST_SLUG = 80


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
            access=tuple(a for a in dict.fromkeys(query.getlist("access")) if a in ACCESS),
            near=query.get("near", "")[:60],
            page=number_in(query.get("page"), 3) or 1,
        )

    @classmethod
    def of_event(cls, query: QueryParams) -> "Filters":
        """What can be chosen on an event's own map: a day, kinds, seats."""
        asked = cls.read(query)
        return cls(kinds=asked.kinds, on=asked.on, seats=asked.seats, page=asked.page)

    def query_string(self, **changes: Any) -> str:
        """These filters as an address; with `page=` for another page of results."""
        asked = replace(self, **changes)
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


def select(town: TownNow, filters: Filters) -> list[SiteEntry]:
    """The sites that meet every filter: nearest first when a place was named, else those that a
    query fits best."""
    chosen = [site for site in _candidates(town, filters) if meets(town, site, filters)]
    start = start_point(town, filters.near)
    if start is None:
        return chosen
    placed = [site for site in chosen if site.point is not None]
    return sorted(placed, key=lambda site: distance_m(start, site.point or start))


def results(town: TownNow, sites: Sequence[SiteEntry], filters: Filters) -> list[Found]:
    """The sites as the list shows them: how far from the place that was named, with their number
    where an event was, and by what the query found them."""
    start = start_point(town, filters.near)
    event = town.agenda.event(filters.event) if filters.event else None
    parts = {part.site_id: part for part in event.participants} if event else {}
    hits = {hit.site_id: hit for hit in town.search(filters.q)} if filters.q else {}
    return [_result(town, site, start, parts.get(site.id), hits.get(site.id)) for site in sites]


def _result(
    town: TownNow,
    site: SiteEntry,
    start: Point | None,
    part: ParticipantEntry | None,
    hit: Hit | None,
) -> Found:
    found = town.found(site)
    if start is not None and site.point is not None:
        found = replace(found, site=replace(found.site, distance_m=distance_m(start, site.point)))
    if part is not None:
        found = found.taking_part(part)
    return found if hit is None else replace(found, why=str(reason(town, site, hit)))


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


def meets(town: TownNow, site: SiteEntry, filters: Filters) -> bool:
    """Whether a site is what was chosen, beside its words and its event."""
    hours = town.hours_of(site)
    return (
        (not filters.kinds or site.kind in filters.kinds)
        and all(feature in site.access_features for feature in filters.access)
        and (filters.on is None or hours.expects_on(filters.on))
        and (not filters.open_now or hours.is_open_at(town.local))
        and (not filters.seats or _has_seats(town, site, filters))
    )


def with_seats(town: TownNow, sites: Sequence[SiteEntry], filters: Filters) -> int:
    """How many of them have seats that can be reserved now, as many as were asked for."""
    wanted = replace(filters, seats=filters.seats or 1)
    return sum(1 for site in sites if _has_seats(town, site, wanted))


def _has_seats(town: TownNow, site: SiteEntry, filters: Filters) -> bool:
    zone = town.local.tzinfo
    return any(
        slot.seats_left >= filters.seats
        and slot.availability(town.now) in RESERVABLE
        and (filters.on is None or slot.starts_at.astimezone(zone).date() == filters.on)
        for slot in town.slots_of(site)
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """`label`, or the day `on` which the template writes; `without` is a query string."""

    label: str
    without: str
    on: date | None = None


def choices(town: TownNow, filters: Filters) -> list[Choice]:
    """The choices that the closed form does not show; words and kinds are in sight."""
    return list(_choices(town, filters))


def _choices(town: TownNow, filters: Filters) -> Iterator[Choice]:
    if filters.event:
        event = town.agenda.event(filters.event)
        title = event.text("title", town.lang) if event else translate("An event that is over")
        yield Choice(title, filters.query_string(event="", page=1))
    if filters.on:
        yield Choice("", filters.query_string(on=None, page=1), filters.on)
    if start_point(town, filters.near):
        yield Choice(_near(town, filters), filters.query_string(near="", page=1))
    if filters.seats:
        seats = translate_plural("%(num)d seat or more", "%(num)d seats or more", filters.seats)
        yield Choice(seats, filters.query_string(seats=0, page=1))
    if filters.open_now:
        yield Choice(translate("Open now"), filters.query_string(open_now=False, page=1))
    for feature in filters.access:
        others = tuple(other for other in filters.access if other != feature)
        yield Choice(str(ACCESS[feature]), filters.query_string(access=others, page=1))


def _near(town: TownNow, filters: Filters) -> str:
    if station := town.catalogue.station(filters.near):
        return translate("Nearest to %(place)s first", place=station.name_in(town.lang))
    if site := town.catalogue.by_slug.get(filters.near):
        return translate("Nearest to %(place)s first", place=site.text("name", town.lang))
    return translate("Nearest to you first")


@dataclass(frozen=True, slots=True)
class Instead:
    """Another search, where this one finds nothing: what it is called, its address and how many
    places it finds."""

    label: str
    """Empty where it is the day `on` which the template writes."""
    query: str
    count: int
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Ways:
    """Ways out of an empty list."""

    words: tuple[Instead, ...]
    """Pieces of what was typed."""
    fewer: tuple[Instead, ...]
    """The same with one choice less."""
    crafts: tuple[Instead, ...]
    """What there is in this town, most places first."""


def ways_out(town: TownNow, filters: Filters) -> Ways:
    """What can be asked instead and finds something."""
    typed = pieces(town.finders.of(town.catalogue, town.board), filters.q)
    words = _with_some([_instead(town, word, replace(filters, q=word, page=1)) for word in typed])
    if not words:
        alone = Filters(event=filters.event)
        words = _with_some([_instead(town, word, replace(alone, q=word)) for word in typed])
    fewer = list(_with_one_less(town, filters))
    return Ways(words, _with_some(fewer), tuple(_crafts(town)))


def _instead(town: TownNow, label: str, filters: Filters) -> Instead:
    return Instead(label, filters.query_string(), len(select(town, filters)))


def _with_some(found: list[Instead]) -> tuple[Instead, ...]:
    return tuple(each for each in found if each.count)


def _with_one_less(town: TownNow, filters: Filters) -> Iterator[Instead]:
    for choice in choices(town, filters):
        less = _instead(town, choice.label, Filters.read(QueryParams(choice.without)))
        yield replace(less, on=choice.on)
    if filters.kinds:
        labels = translate(", ").join(str(KINDS[kind].label) for kind in filters.kinds)
        yield _instead(town, labels, replace(filters, kinds=(), page=1))


def _crafts(town: TownNow) -> Iterator[Instead]:
    crafts = Counter(town.base_card(site).craft_label for site in town.catalogue.sites)
    del crafts[""]
    for label, count in crafts.most_common(MOST_CRAFTS):
        yield Instead(label, urlencode({"q": label}), count)
