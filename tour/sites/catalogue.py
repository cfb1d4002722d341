"""The published sites as one read-only copy in memory.

A town has tens to a few thousands of sites and each is read far more often than it changes. A
process keeps a copy and asks the database, one tiny query a request, whether it is still right.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from tour.audit import queries as audit
from tour.geo import Point
from tour.i18n import localized
from tour.sites import national_holidays
from tour.sites.hours import DayException, HolidayRule, Hours, Span, weekly
from tour.sites.indexing import site_index
from tour.sites.models import (
    Craft,
    DoorState,
    HoursException,
    OpeningHours,
    Photo,
    PointQuality,
    Site,
    SiteDay,
    SiteKind,
    Station,
)
from tour.sites.revision import RevisionReader
from tour.sites.search import Entry, Found, Index, make_entry
from tour.sites.vocabulary import VocabularyReader
from tour.words.vocabulary import Vocabulary

Translations = dict[str, dict[str, str]]
TEXTS = ("name", "summary", "description", "access_note", "address")


@dataclass(frozen=True, slots=True)
class CraftEntry:
    id: str
    kind: SiteKind
    name: str
    emblem: str
    readings: tuple[str, ...]
    """In kana and in Latin letters."""
    translations: Translations

    @property
    def entry(self) -> Entry:
        """What every site of the craft can be found by."""
        translated = (texts.get("name", "") for texts in self.translations.values())
        kana, *latin = self.readings
        return make_entry(Found.CRAFT, self.id, (self.name, *latin, *translated), (kana,))

    def name_in(self, lang: str) -> str:
        return localized({"name": self.name}, "name", lang, self.translations)


@dataclass(frozen=True, slots=True)
class StationEntry:
    id: str
    name: str
    kind: str
    point: Point
    translations: Translations
    reading: str = ""

    def name_in(self, lang: str) -> str:
        return localized({"name": self.name}, "name", lang, self.translations)


@dataclass(frozen=True, slots=True)
class Approach:
    """The walk from the nearest station; `approximate` where no street data covers it (目安)."""

    station: StationEntry
    distance_m: float
    minutes: int
    approximate: bool


@dataclass(frozen=True, slots=True)
class PhotoEntry:
    """`name` is that of its files without the width; `width` and `height` are of the largest."""

    name: str
    width: int
    height: int
    alt: str
    translations: Translations

    def alt_in(self, lang: str) -> str:
        return localized({"alt": self.alt}, "alt", lang, self.translations)


@dataclass(frozen=True, slots=True)
class DoorEntry:
    """What the host last said about a date, as it happened."""

    on_date: date
    state: DoorState
    closed_minute: int | None
    waiting_minutes: int
    delay_minutes: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class SiteEntry:
    """One published site. `place` is its entrance where known, else its building."""

    id: int
    slug: str
    kind: SiteKind
    craft: CraftEntry | None
    own: Mapping[str, str]
    name_kana: str
    translations: Translations
    place: Point | None
    quality: PointQuality
    point_source: str
    access_features: tuple[str, ...]
    languages: tuple[str, ...]
    url: str
    is_sample: bool
    hours: Hours
    index: Index
    approach: Approach | None = None
    photos: tuple[PhotoEntry, ...] = ()
    door: DoorEntry | None = None
    phone: str = ""

    @property
    def is_walkable(self) -> bool:
        """Whether a walk may lead here: a town-level point would lead to somebody's door."""
        return self.place is not None and self.quality != PointQuality.TOWN

    def text(self, name: str, lang: str) -> str:
        return localized(self.own, name, lang, self.translations)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every published site, station and craft at one revision."""

    revision: int
    sites: tuple[SiteEntry, ...]
    stations: tuple[StationEntry, ...]
    by_slug: Mapping[str, SiteEntry]
    by_id: Mapping[int, SiteEntry]
    vocabulary: Vocabulary = field(default_factory=Vocabulary)

    def station(self, station_id: str) -> StationEntry | None:
        return next((s for s in self.stations if s.id == station_id), None)

    def place(self, name: str) -> Point | None:
        """Where a station's id or a site's slug is, if a walk may lead there."""
        if station := self.station(name):
            return station.point
        site = self.by_slug.get(name)
        return site.place if site and site.is_walkable else None


FindApproaches = Callable[[Sequence[SiteEntry], Sequence[StationEntry]], dict[int, Approach]]
"""Finds each site's nearest station on foot; `create_app` hands in the one that walks streets."""


class CatalogueCache:
    """Hands out the catalogue, read again when its revision has moved."""

    def __init__(self, find_approaches: FindApproaches) -> None:
        self._find_approaches = find_approaches
        self._catalogue: Catalogue | None = None
        self._reading = asyncio.Lock()
        self._revision = RevisionReader()
        self._vocabulary = VocabularyReader()

    async def current(self) -> Catalogue:
        revision = await self._revision.read()
        if self._catalogue is None or self._catalogue.revision != revision:
            async with self._reading:
                if self._catalogue is None or self._catalogue.revision != revision:
                    self._catalogue = await self._read(revision)
        return self._catalogue

    async def _read(self, revision: int) -> Catalogue:
        stations = await _stations()
        sites = await _sites()
        approaches = await asyncio.to_thread(self._find_approaches, sites, stations)
        placed = tuple(replace(site, approach=approaches.get(site.id)) for site in sites)
        return Catalogue(
            revision=revision,
            sites=placed,
            stations=tuple(stations),
            by_slug={site.slug: site for site in placed},
            by_id={site.id: site for site in placed},
            vocabulary=await self._vocabulary.read(),
        )


async def _stations() -> list[StationEntry]:
    return [
        StationEntry(
            row["id"],
            row["name"],
            row["kind"],
            Point(lat=row["lat"], lon=row["lon"]),
            row["translations"],
            row["name_kana"],
        )
        for row in await Station.all().order_by("name_kana").values()
    ]


async def _sites() -> list[SiteEntry]:
    crafts = {row["id"]: craft_entry(row) for row in await Craft.all().values()}
    week = await _hours()
    photos, doors = await _photos(), await _doors()
    rows = await Site.filter(is_published=True).order_by("name_kana", "id").values()
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
    rule = HolidayRule(row["holiday_rule"])
    return replace(hours, holiday_rule=rule, is_holiday=national_holidays.is_national_holiday)


async def _hours() -> dict[int, Hours]:
    week: dict[int, list[tuple[int, int, int]]] = {}
    for row in await OpeningHours.all().values():
        times = (row["weekday"], row["opens_minute"], row["closes_minute"])
        week.setdefault(row["site_id"], []).append(times)
    exceptions: dict[int, dict[date, DayException]] = {}
    for row in await HoursException.all().order_by("opens_minute").values():
        days = exceptions.setdefault(row["site_id"], {})
        before = days[row["on_date"]].spans if row["on_date"] in days else ()
        days[row["on_date"]] = DayException(
            spans=(*before, *_span(row)), note=row["note"], translations=row["translations"]
        )
    return {
        site: Hours(weekly(week.get(site, [])), exceptions.get(site, {}))
        for site in week.keys() | exceptions.keys()
    }


async def _photos() -> dict[int, list[PhotoEntry]]:
    removed = set(await audit.removed_ids("photo"))
    found: dict[int, list[PhotoEntry]] = {}
    for row in await Photo.all().order_by("position", "id").values():
        if row["id"] not in removed:
            names = ("name", "width", "height", "alt", "translations")
            entry = PhotoEntry(**{name: row[name] for name in names})
            found.setdefault(row["site_id"], []).append(entry)
    return found


async def _doors() -> dict[int, DoorEntry]:
    """The latest date that each host has said something about."""
    rows = await SiteDay.all().order_by("on_date").values()
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
        own={name: row[name] for name in TEXTS},
        name_kana=row["name_kana"],
        translations=row["translations"],
        place=_point(row, "entrance_lat", "entrance_lon") or _point(row, "lat", "lon"),
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
