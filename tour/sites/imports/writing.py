"""Writing what an import changes: a batch of rows in a few statements, for others wait for them."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import datetime, timedelta
from typing import Any

from tour.audit.service import Subject
from tour.changes import Change
from tour.db import plain
from tour.sites.imports.comparing import RowChange
from tour.sites.imports.file import BROUGHT, SiteRow
from tour.sites.models import OpeningHours, Site
from tour.sites.states import PointQuality, SiteKind
from tour.sites.texts import ENGLISH, OWN, TRANSLATED
from tour.words.folding import fold, romanized

CREATED, CHANGED = "site.import_new", "site.import_change"
BATCH = 500
"""Rows in one statement."""
TICK = timedelta(microseconds=1)
COLUMNS = (
    *(name for name in OWN if name in BROUGHT),
    "translations",
    "lat",
    "lon",
    "point_quality",
    "point_source",
    "closures",
    "office_phone",
    "updated_at",
)
_SET = ", ".join(f"{column} = ${number}" for number, column in enumerate(COLUMNS, 1))
UPDATE = f"UPDATE site SET {_SET} WHERE id = ${len(COLUMNS) + 1}"  # noqa: S608 - our own names


async def create(change: Change, found: Sequence[RowChange], kind: SiteKind) -> list[int]:
    """New sites of `kind`, not yet published; their ids."""
    by_slug = await _slugs(found)
    await Site.bulk_create(
        [_new_site(slug, each, kind) for slug, each in by_slug.items()], batch_size=BATCH
    )
    made = await Site.filter(slug__in=list(by_slug)).order_by("id").values("id", "slug")
    written = [(int(row["id"]), by_slug[row["slug"]]) for row in made]
    await _write_weeks(change, [(i, each.row) for i, each in written if _has_hours(each)])
    _log(change, CREATED, written)
    return [site_id for site_id, _each in written]


async def _slugs(found: Sequence[RowChange]) -> dict[str, RowChange]:
    """An address for each that nobody has."""
    taken: set[str] = set()
    while True:
        chosen: dict[str, RowChange] = {}
        for each in found:
            chosen[_slug(each.row, taken | chosen.keys())] = each
        known = await Site.filter(slug__in=list(chosen)).values("slug")
        if not known:
            return chosen
        taken |= {row["slug"] for row in known}


def _new_site(slug: str, change: RowChange, kind: SiteKind) -> Site:
    return Site(
        slug=slug,
        kind=kind,
        is_published=False,
        **_columns(change, {}),
    )


async def overwrite(change: Change, found: Sequence[tuple[Site, RowChange]]) -> None:
    """Sites that are there, of which this transaction has the rows."""
    rows = [_updated(site, each, change.now) for site, each in found]
    await plain.execute_each(UPDATE, rows)
    weeks = [(site.id, each.row) for site, each in found if _has_hours(each)]
    await OpeningHours.filter(site_id__in=[site_id for site_id, _row in weeks]).delete()
    await _write_weeks(change, weeks)
    _log(change, CHANGED, [(site.id, each) for site, each in found])


def _has_hours(change: RowChange) -> bool:
    return any(name == "hours" for name, _old, _new in change.changes)


def _updated(site: Site, change: RowChange, now: datetime) -> list[Any]:
    """All that an import may write, as it is or as it becomes. Whoever has the page open to change
    it sees by `updated_at` that it is another one now."""
    columns = _columns(change, site.translations)
    columns["updated_at"] = max(now, site.updated_at + TICK)
    values = {name: columns.get(name, getattr(site, name)) for name in COLUMNS}
    values["translations"] = json.dumps(values["translations"], ensure_ascii=False)
    values["point_quality"] = str(values["point_quality"])
    return [*values.values(), site.id]


def _columns(change: RowChange, translations: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    told = {name: new for name, _old, new in change.changes}
    columns: dict[str, Any] = {n: told[n] for n in (*OWN, "office_phone") if n in told}
    english = {name: told[name + ENGLISH] for name in TRANSLATED if name + ENGLISH in told}
    if english:
        columns["translations"] = {
            **translations,
            "en": {**translations.get("en", {}), **english},
        }
    if "closures" in told:
        columns["closures"] = told["closures"]
    if "point" in told:
        columns |= {
            "lat": change.row.lat,
            "lon": change.row.lon,
            "point_quality": (
                PointQuality.APPROXIMATE if change.row.is_rough else PointQuality.BUILDING
            ),
            "point_source": "観光施設一覧",
        }
    return columns


async def _write_weeks(_change: Change, weeks: Iterable[tuple[int, SiteRow]]) -> None:
    hours = [
        OpeningHours(site_id=site_id, weekday=day, opens_minute=opens, closes_minute=closes)
        for site_id, row in weeks
        for day, opens, closes in row.week
    ]
    await OpeningHours.bulk_create(hours, batch_size=BATCH)


def _log(change: Change, action: str, written: Iterable[tuple[int, RowChange]]) -> None:
    for site_id, each in written:
        change.line(
            Subject("site", site_id, site_id, each.row.name),
            {name: old for name, old, _new in each.changes},
            {name: new for name, _old, new in each.changes},
            action=action,
        )


def _slug(row: SiteRow, taken: Set[str]) -> str:
    """From the English name, else from the reading in Latin letters."""
    latin = fold(row.values["name_en"]) or romanized(row.values["name_kana"])
    base = re.sub(r"[^a-z0-9]+", "-", latin).strip("-")[:60] or "site"
    number, slug = 1, base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug
