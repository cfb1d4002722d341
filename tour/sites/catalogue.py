"""The published sites as one read-only copy in memory.

A town has tens to a few thousands of sites and each is read far more often than it changes. A
process keeps a copy and asks the database, one tiny query a request, whether it is still right.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from tour.audit import queries as audit
from tour.geo import Point
from tour.sites import national_holidays
from tour.sites.entries import (
    Approach,
    Catalogue,
    CraftEntry,
    DoorEntry,
    PhotoEntry,
    SiteEntry,
    StationEntry,
)
from tour.sites.hours import DayException, HolidayRule, Hours, Span, weekly
from tour.sites.indexing import site_index
from tour.sites.models import Craft, HoursException, OpeningHours, Photo, Site, SiteDay, Station
from tour.sites.revision import RevisionReader
from tour.sites.states import DoorState, PointQuality, SiteKind
from tour.sites.texts import OWN
from tour.sites.vocabulary import VocabularyReader

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
        own={name: row[name] for name in OWN},
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
