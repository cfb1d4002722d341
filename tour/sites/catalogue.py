"""The published sites as one read-only copy in memory.

A town has tens to a few thousands of sites and each is read far more often than it changes. A
process keeps a copy and asks the database, one tiny query a request, what has changed of it.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from tour.changes import EVERY, Kind, NewsReader
from tour.changes.kinds import News
from tour.changes.reading import NOTHING_YET, in_transaction, newest
from tour.errors import NotFound
from tour.geo import Point
from tour.i18n import lazy as _
from tour.sites.entries import (
    LIFT,
    Approach,
    Catalogue,
    CraftEntry,
    DoorEntry,
    PhotoEntry,
    SiteEntry,
    StationEntry,
)
from tour.sites.finding.vocabulary import VocabularyReader
from tour.sites.indexing import site_index
from tour.sites.models import Craft, HoursException, OpeningHours, Photo, Site, SiteDay, Station
from tour.sites.opening import national_holidays
from tour.sites.opening.closures import from_codes
from tour.sites.opening.hours import DayException, HolidayRule, Hours, Span, weekly
from tour.sites.states import DoorState, PointQuality, SiteKind
from tour.sites.texts import OWN
from tour.words.vocabulary import Vocabulary

FindApproaches = Callable[[Sequence[SiteEntry], Sequence[StationEntry]], dict[int, Approach]]
"""Finds each site's nearest station on foot; `create_app` hands in the one that walks streets."""


class CatalogueCache:
    """Hands out the catalogue. Of what the news say has changed it reads those places again, and
    walks to them only where their point has moved; whatever else changed leaves it as it is."""

    def __init__(self, find_approaches: FindApproaches, news: NewsReader) -> None:
        self._find_approaches = find_approaches
        self._news = news
        self._catalogue: Catalogue | None = None
        self._stands_at = NOTHING_YET
        self._crafts: dict[str, CraftEntry] = {}
        self._reading = asyncio.Lock()
        self._vocabulary = VocabularyReader()

    async def current(self) -> Catalogue:
        if in_transaction():
            return await self._as_seen_inside()
        await self._news.read()
        while self._catalogue is None or self._stands_at != self._news.number:
            async with self._reading:
                if self._catalogue is None or self._stands_at != self._news.number:
                    await self._follow(self._news.number)
        return self._catalogue

    async def as_it_is(self, site_id: int) -> SiteEntry:
        """One place as its page would show it, public or not; NotFound where there is none."""
        catalogue = await self.current()
        found = await _sites(self._crafts, {site_id}, is_shown=False)
        if not found:
            raise NotFound(_("There is no such place. It may have been withdrawn."))
        [site] = await self._on_foot(found, catalogue.stations)
        return site

    async def _as_seen_inside(self) -> Catalogue:
        """For one transaction alone, which may have changed what nobody else sees yet."""
        number = await newest()
        if self._catalogue is not None and self._stands_at == number:
            return self._catalogue
        return await self._whole(number)

    async def _follow(self, number: int) -> None:
        news = self._news.since(self._stands_at)
        before = self._catalogue
        places = None if news is None or before is None else _places_in(news)
        if news is None or before is None or places is None:
            self._catalogue = await self._whole(number)
        elif places or any(kind == Kind.PROGRAMME for kind, _row in news):
            self._catalogue = await self._renewed(before, places, news, number)
        self._stands_at = number

    async def _whole(self, number: int) -> Catalogue:
        stations, lifts = await _stops()
        self._crafts = {row["id"]: craft_entry(row) for row in await Craft.all().values()}
        sites = await self._on_foot(await _sites(self._crafts), stations)
        vocabulary = await self._vocabulary.read()
        stops = (stations, lifts)
        return _catalogue(sites, stops, vocabulary, number, ground=number, words=number)

    async def _renewed(
        self, before: Catalogue, places: set[int], news: Iterable[News], number: int
    ) -> Catalogue:
        old = {i: before.by_id[i] for i in places if i in before.by_id}
        fresh = {site.id: site for site in await _sites(self._crafts, places)}
        stay = [site for i, site in fresh.items() if i in old and _stands_alike(site, old[i])]
        moved = [site for i, site in fresh.items() if i not in old or site not in stay]
        walked = await self._on_foot(moved, before.stations)
        others = [site for site in before.sites if site.id not in places]
        stay = [replace(site, approach=old[site.id].approach) for site in stay]
        is_same_ground = not moved and len(stay) == len(old)
        has_words = any(kind in (Kind.PLACE, Kind.PROGRAMME) for kind, _row in news)
        return _catalogue(
            [*others, *stay, *walked],
            (before.stations, before.lifts),
            await self._vocabulary.read() if has_words else before.vocabulary,
            number,
            ground=before.ground if is_same_ground else number,
            words=number if has_words else before.words,
        )

    async def _on_foot(
        self, sites: Sequence[SiteEntry], stations: Sequence[StationEntry]
    ) -> list[SiteEntry]:
        if not sites:
            return []
        found = await asyncio.to_thread(self._find_approaches, sites, stations)
        return [replace(site, approach=found.get(site.id)) for site in sites]


def _places_in(news: Iterable[News]) -> set[int] | None:
    """The places to read again; None: all of them."""
    own = [row for kind, row in news if kind in (Kind.PLACE, Kind.DOOR)]
    if EVERY in own or any(kind == Kind.TOWN for kind, _row in news):
        return None
    return set(own)


def _stands_alike(one: SiteEntry, other: SiteEntry) -> bool:
    return (one.point, one.is_walkable) == (other.point, other.is_walkable)


def _catalogue(
    sites: Iterable[SiteEntry],
    stops: tuple[Sequence[StationEntry], Sequence[StationEntry]],
    vocabulary: Vocabulary,
    number: int,
    *,
    ground: int,
    words: int,
) -> Catalogue:
    """In the order of the readings of their names."""
    ordered = tuple(sorted(sites, key=lambda site: (site.name_kana, site.id)))
    return Catalogue(
        revision=number,
        sites=ordered,
        stations=tuple(stops[0]),
        by_slug={site.slug: site for site in ordered},
        by_id={site.id: site for site in ordered},
        vocabulary=vocabulary,
        ground=ground,
        words=words,
        lifts=tuple(stops[1]),
    )


async def _stops() -> tuple[list[StationEntry], list[StationEntry]]:
    """The stations that one arrives at, and the stops of lifts."""
    stops = []
    for row in await Station.all().order_by("name_kana").values():
        at = Point(lat=row["lat"], lon=row["lon"])
        own = (row["id"], row["name"], row["kind"], at, row["translations"], row["name_kana"])
        stops.append(StationEntry(*own))
    return [s for s in stops if s.kind != LIFT], [s for s in stops if s.kind == LIFT]


async def _sites(
    crafts: Mapping[str, CraftEntry], ids: Collection[int] | None = None, *, is_shown: bool = True
) -> list[SiteEntry]:
    """All, or those of `ids`: the published ones, or whatever stands there."""
    own: dict[str, Any] = {} if ids is None else {"site_id__in": list(ids)}
    of_site: dict[str, Any] = {} if ids is None else {"id__in": list(ids)}
    week = await _hours(own)
    photos, doors = await _photos(own), await _doors(own)
    if is_shown:
        of_site["is_published"] = True
    rows = await Site.filter(**of_site).values()
    if any(row["holiday_rule"] != HolidayRule.NONE for row in rows):
        await asyncio.to_thread(national_holidays.load)
    return [
        replace(
            site_entry(
                row, crafts.get(row["craft_id"]), _by_rule(row, week.get(row["id"], CLOSED))
            ),
            photos=tuple(photos.get(row["id"], ())),
            door=doors.get(row["id"]),
        )
        for row in rows
    ]


CLOSED = Hours(week=((),) * 7, exceptions={})


def _by_rule(row: Mapping[str, Any], hours: Hours) -> Hours:
    rule, is_holiday = HolidayRule(row["holiday_rule"]), national_holidays.is_national_holiday
    closures = from_codes(row["closures"])
    return replace(hours, holiday_rule=rule, is_holiday=is_holiday, closures=closures)


async def hours_of(site: Site) -> Hours:
    """The hours of one site, public or not, as they are stored now."""
    found = await _hours({"site_id": site.id})
    kept = {"holiday_rule": site.holiday_rule, "closures": site.closures}
    return _by_rule(kept, found.get(site.id, CLOSED))


async def _hours(own: Mapping[str, Any]) -> dict[int, Hours]:
    week: dict[int, list[tuple[int, int, int]]] = {}
    for row in await OpeningHours.filter(**own).values():
        times = (row["weekday"], row["opens_minute"], row["closes_minute"])
        week.setdefault(row["site_id"], []).append(times)
    exceptions: dict[int, dict[date, DayException]] = {}
    for row in await HoursException.filter(**own).order_by("opens_minute").values():
        days = exceptions.setdefault(row["site_id"], {})
        before = days[row["on_date"]].spans if row["on_date"] in days else ()
        days[row["on_date"]] = DayException(
            spans=(*before, *_span(row)), note=row["note"], translations=row["translations"]
        )
    return {
        site: Hours(weekly(week.get(site, [])), exceptions.get(site, {}))
        for site in week.keys() | exceptions.keys()
    }


async def _photos(own: Mapping[str, Any]) -> dict[int, list[PhotoEntry]]:
    found: dict[int, list[PhotoEntry]] = {}
    for row in await Photo.filter(**own).order_by("position", "id").values():
        names = ("name", "width", "height", "alt", "translations")
        entry = PhotoEntry(**{name: row[name] for name in names})
        found.setdefault(row["site_id"], []).append(entry)
    return found


async def _doors(own: Mapping[str, Any]) -> dict[int, DoorEntry]:
    """The latest date that each host has said something about."""
    rows = await SiteDay.filter(**own).order_by("on_date").values()
    return {
        row["site_id"]: DoorEntry(
            row["on_date"],
            DoorState(row["state"]),
            row["closed_minute"],
            row["waiting_minutes"],
            row["delay_minutes"],
        )
        for row in rows
    }


def _span(row: Mapping[str, Any]) -> tuple[Span, ...]:
    if row["opens_minute"] is None:
        return ()
    return (Span(row["opens_minute"], row["closes_minute"]),)


def craft_entry(row: Mapping[str, Any]) -> CraftEntry:
    return CraftEntry(
        id=row["id"],
        kind=SiteKind(row["kind"]),
        name=row["name"],
        emblem=row["emblem"],
        readings=(row["name_kana"], row["romaji"]),
        translations=row["translations"],
    )


def site_entry(row: Mapping[str, Any], craft: CraftEntry | None, hours: Hours) -> SiteEntry:
    return SiteEntry(
        id=row["id"],
        slug=row["slug"],
        kind=SiteKind(row["kind"]),
        craft=craft,
        own={name: row[name] for name in OWN},
        name_kana=row["name_kana"],
        translations=row["translations"],
        point=_point(row, "entrance_lat", "entrance_lon") or _point(row, "lat", "lon"),
        quality=PointQuality(row["point_quality"]),
        point_source=row["point_source"],
        access_features=tuple(row["access_features"]),
        languages=tuple(row["languages"]),
        url=row["url"],
        phone=row["phone"],
        is_sample=bool(row["is_sample"]),
        hours=hours,
        index=site_index(row, craft.entry if craft else None),
    )


def _point(row: Mapping[str, Any], lat: str, lon: str) -> Point | None:
    return None if row[lat] is None else Point(lat=row[lat], lon=row[lon])
