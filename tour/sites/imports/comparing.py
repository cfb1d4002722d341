"""What a row of an imported file would change in a place."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tour.sites.imports.file import BROUGHT, WEEKDAYS, SiteRow
from tour.sites.models import OpeningHours, Site
from tour.sites.texts import OWN, stored
from tour.words.typed import padded

SUMMARY_LENGTH = 80
Week = tuple[tuple[int, int, int], ...]
Changes = tuple[tuple[str, str, str], ...]
"""(field, old, new)."""


@dataclass(frozen=True, slots=True)
class RowChange:
    """What a row would do: `site_id` is None for a new site."""

    row: SiteRow
    site_id: int | None
    changes: Changes


async def weeks_of(site_ids: Sequence[int]) -> dict[int, Week]:
    """The hours of these places."""
    found: dict[int, list[tuple[int, int, int]]] = {}
    for row in await OpeningHours.filter(site_id__in=site_ids).values():
        hours = (row["weekday"], row["opens_minute"], row["closes_minute"])
        found.setdefault(row["site_id"], []).append(hours)
    return {site: tuple(sorted(hours)) for site, hours in found.items()}


def changes_of(row: SiteRow, site: Site, week: Week) -> Changes:
    """What the row would change in a place that is there."""
    own = {name: getattr(site, name) for name in OWN}
    texts = stored(own, site.translations.get("en", {}))
    before = {
        **texts,
        "closures": site.closures,
        "office_phone": site.office_phone,
        "point": _point_text(site.lat, site.lon),
    }
    return tuple(_differences(row, before, week))


def changes_of_new(row: SiteRow) -> Changes:
    return (*_differences(row, {}, ()), *_summary(row))


def _differences(
    row: SiteRow, before: Mapping[str, str], week: Week
) -> Iterable[tuple[str, str, str]]:
    """(field, old, new). An empty cell says nothing, so it erases nothing. A known place keeps its
    name as it writes it."""
    told = {field: row.values[field] for field in BROUGHT} | {
        "office_phone": row.values["office_phone"],
        "point": _point_text(row.lat, row.lon),
        "closures": row.closures,
    }
    for name, text in told.items():
        if text and text != before.get(name, "") and not (before and name == "name"):
            yield name, before.get(name, ""), text
    if row.week and row.week != tuple(week):
        yield "hours", _week_text(week), _week_text(row.week)


def _summary(row: SiteRow) -> Iterable[tuple[str, str, str]]:
    """A new place needs a sentence for its card: the first that the file says about it."""
    first = re.split(r"(?<=。)|\n", row.values["description"])[0].strip()
    short = first if len(first) <= SUMMARY_LENGTH else f"{first[: SUMMARY_LENGTH - 1]}…"
    if short:
        yield "summary", "", short


def _point_text(lat: float | None, lon: float | None) -> str:
    return "" if lat is None or lon is None else f"{lat:.6f}, {lon:.6f}"


def _week_text(week: Sequence[tuple[int, int, int]]) -> str:
    return " ".join(
        f"{WEEKDAYS[day]}{padded(opens)}-{padded(closes)}" for day, opens, closes in week
    )
