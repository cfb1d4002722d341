"""Writing what an import changes: for all rows at once, since others wait for its transaction."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tour.audit.service import Actor, Change, Subject, note_each
from tour.db import plain
from tour.sites.import_file import BROUGHT, SiteRow
from tour.sites.models import OpeningHours, Site
from tour.sites.states import PointQuality, SiteKind
from tour.sites.texts import ENGLISH, OWN, TRANSLATED
from tour.words.folding import fold, romanized

BATCH = 500
"""Rows in one statement."""
COLUMNS = (
    *(name for name in OWN if name in BROUGHT),
    "translations",
    "lat",
    "lon",
    "point_quality",
    "point_source",
    "updated_at",
)
_SET = ", ".join(f"{column} = ${number}" for number, column in enumerate(COLUMNS, 1))
UPDATE = f"UPDATE site SET {_SET} WHERE id = ${len(COLUMNS) + 1}"  # noqa: S608 - our own names


@dataclass(frozen=True, slots=True)
class RowChange:
    """What a row would do: `site_id` is None for a new site; `changes` is (field, old, new)."""

    row: SiteRow
    site_id: int | None
    changes: tuple[tuple[str, str, str], ...]


async def create(
    changes: Sequence[RowChange], kind: SiteKind, *, actor: Actor, now: datetime
) -> None:
    """New sites of `kind`, not yet published."""
    taken = {str(slug) for slug in await Site.all().values_list("slug", flat=True)}
    by_slug: dict[str, RowChange] = {}
    for change in changes:
        slug = _slug(change.row, taken)
        taken.add(slug)
        by_slug[slug] = change
    await Site.bulk_create(
        [_new_site(slug, change, kind) for slug, change in by_slug.items()], batch_size=BATCH
    )
    made = await Site.filter(slug__in=list(by_slug)).order_by("id").values("id", "slug")
    written = [(int(row["id"]), by_slug[row["slug"]]) for row in made]
    await _write_weeks([(site_id, change.row) for site_id, change in written])
    await _log(actor, "site.import_new", written, now)


def _new_site(slug: str, change: RowChange, kind: SiteKind) -> Site:
    return Site(
        slug=slug,
        kind=kind,
        is_published=False,
        **_columns(change, {}),
    )


async def change(changes: Sequence[RowChange], *, actor: Actor, now: datetime) -> None:
    """Sites that are there, of which this transaction has the rows."""
    ids = [found.site_id for found in changes]
    sites = {site.id: site for site in await Site.filter(id__in=ids)}
    written = [(int(found.site_id or 0), found) for found in changes]
    rows = []
    for site_id, found in written:
        site = sites[site_id]
        if columns := _columns(found, site.translations):
            rows.append(_updated(site, columns | {"updated_at": now}))
    await plain.execute_each(UPDATE, rows)
    weeks = [
        (site_id, found.row)
        for site_id, found in written
        if any(name == "hours" for name, _old, _new in found.changes)
    ]
    await OpeningHours.filter(site_id__in=[site_id for site_id, _row in weeks]).delete()
    await _write_weeks(weeks)
    await _log(actor, "site.import_change", written, now)


def _updated(site: Site, columns: Mapping[str, Any]) -> list[Any]:
    """All that an import may write, as it is or as it becomes."""
    values = {name: columns.get(name, getattr(site, name)) for name in COLUMNS}
    values["translations"] = json.dumps(values["translations"], ensure_ascii=False)
    values["point_quality"] = str(values["point_quality"])
    return [*values.values(), site.id]


def _columns(change: RowChange, translations: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    told = {name: new for name, _old, new in change.changes}
    columns: dict[str, Any] = {name: told[name] for name in OWN if name in told}
    english = {name: told[name + ENGLISH] for name in TRANSLATED if name + ENGLISH in told}
    if english:
        columns["translations"] = {
            **translations,
            "en": {**translations.get("en", {}), **english},
        }
    if "point" in told:
        columns |= {
            "lat": change.row.lat,
            "lon": change.row.lon,
            "point_quality": PointQuality.APPROXIMATE,
            "point_source": "観光施設一覧",
        }
    return columns


async def _write_weeks(weeks: Iterable[tuple[int, SiteRow]]) -> None:
    hours = [
        OpeningHours(site_id=site_id, weekday=day, opens_minute=opens, closes_minute=closes)
        for site_id, row in weeks
        for day, opens, closes in row.week
    ]
    await OpeningHours.bulk_create(hours, batch_size=BATCH)


async def _log(
    actor: Actor, action: str, written: Iterable[tuple[int, RowChange]], now: datetime
) -> None:
    changes = [
        Change(
            Subject("site", site_id, site_id, found.row.name),
            {name: old for name, old, _new in found.changes},
            {name: new for name, _old, new in found.changes},
        )
        for site_id, found in written
    ]
    await note_each(actor, action, changes, now=now)


def _slug(row: SiteRow, taken: set[str]) -> str:
    """From the English name, else from the reading in Latin letters."""
    latin = fold(row.values["name_en"]) or romanized(row.values["name_kana"])
    base = re.sub(r"[^a-z0-9]+", "-", latin).strip("-")[:60] or "site"
    number, slug = 1, base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug
