"""Crafts, stations, places and their hours, from the files into the database.

Rows are found by their natural keys; a place that is there stays as it is.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from tour.changes import Part
from tour.demo.catalogue import Catalogue
from tour.demo.records import EventDay, HoursExceptionRecord, SiteRecord
from tour.sites.models import Craft, HoursException, OpeningHours, Site, Station


async def write_crafts_and_stations(_part: Part, catalogue: Catalogue) -> None:
    for craft in catalogue.crafts:
        await Craft.update_or_create(
            id=craft.id,
            defaults={
                "kind": craft.kind,
                "name": craft.name,
                "name_kana": craft.name_kana,
                "romaji": craft.name_romaji,
                "emblem": craft.emblem,
                "translations": craft.translations,
            },
        )
    for station in catalogue.stations:
        await Station.update_or_create(
            id=station.id,
            defaults={
                "name": station.name,
                "name_kana": station.name_kana,
                "translations": station.translations,
                "kind": station.kind,
                "lat": station.point.lat,
                "lon": station.point.lon,
            },
        )


async def write_sites(_part: Part, records: Sequence[SiteRecord]) -> dict[str, int]:
    """Site ids by slug."""
    for record in records:
        await Site.get_or_create(slug=record.slug, defaults=_site_values(record))
    rows = await Site.filter(slug__in=[r.slug for r in records]).values_list("slug", "id")
    return dict(rows)


def _site_values(record: SiteRecord) -> dict[str, Any]:
    entrance = record.entrance
    return {
        "kind": record.kind,
        "craft_id": record.craft,
        **record.texts,
        "translations": record.translations,
        "lat": record.point.lat,
        "lon": record.point.lon,
        "entrance_lat": entrance.lat if entrance else None,
        "entrance_lon": entrance.lon if entrance else None,
        "point_quality": record.point_quality,
        "point_source": record.point_source,
        "access_features": list(record.access_features),
        "languages": list(record.languages),
        "holiday_rule": record.holiday_rule,
        "closures": record.closures,
        "is_sample": record.is_sample,
    }


async def write_hours(
    _part: Part,
    catalogue: Catalogue,
    sites: Mapping[str, int],
    starts: Mapping[str, date],
    year: int,
) -> None:
    """The weeks of `sites` (ids by slug), and their exceptions of two years.

    `starts` is the first day of each event.
    """
    ids = list(sites.values())
    await OpeningHours.filter(site_id__in=ids).delete()
    await OpeningHours.bulk_create(
        [
            OpeningHours(
                site_id=sites[row.site],
                weekday=row.weekday,
                opens_minute=row.opens_minute,
                closes_minute=row.closes_minute,
            )
            for row in catalogue.hours
            if row.site in sites
        ]
    )
    await HoursException.filter(site_id__in=ids).delete()
    exceptions = {
        (record.site, day): record
        for record in sorted(catalogue.hours_exceptions, key=_is_event_day)
        if record.site in sites
        for day in _dates(record, starts, year)
    }
    await HoursException.bulk_create(
        [
            HoursException(
                site_id=sites[site],
                on_date=day,
                opens_minute=record.opens_minute,
                closes_minute=record.closes_minute,
                note=record.note,
                translations=record.translations,
            )
            for (site, day), record in exceptions.items()
        ]
    )


def _is_event_day(record: HoursExceptionRecord) -> bool:
    """Sorts yearly days first, so that an event's day on the same date replaces them."""
    return isinstance(record.rule, EventDay)


def _dates(record: HoursExceptionRecord, starts: Mapping[str, date], year: int) -> Iterator[date]:
    if isinstance(record.rule, EventDay):
        yield starts[record.rule.event] + timedelta(days=record.rule.day - 1)
        return
    for shown in (year, year + 1):
        yield date(shown, record.rule.month, record.rule.day)
