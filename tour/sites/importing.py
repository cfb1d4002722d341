"""Bringing sites in from the open dataset 観光施設一覧: what would change, then all or nothing.

A site is known by its name. An empty cell says nothing, so it erases nothing.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tour.audit.service import Actor, Subject, note
from tour.db import transaction
from tour.errors import BadInput, Conflict
from tour.i18n import lazy as _
from tour.sites import vocabulary
from tour.sites.import_file import WEEKDAYS, Reading, RowProblem, SiteRow, name_key
from tour.sites.models import OpeningHours, PointQuality, Site, SiteKind
from tour.sites.service import catalogue_changed
from tour.words.folding import fold, romanized

SUMMARY_LENGTH = 80


@dataclass(frozen=True, slots=True)
class RowChange:
    """What a row would do: `site_id` is None for a new site; `changes` is (field, old, new)."""

    row: SiteRow
    site_id: int | None
    changes: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    new: tuple[RowChange, ...]
    changed: tuple[RowChange, ...]
    same: int
    problems: tuple[RowProblem, ...]

    @property
    def fingerprint(self) -> str:
        """Of everything that would be written: what was looked at is what is applied."""
        parts = [(c.row.name, c.site_id, c.changes) for c in (*self.new, *self.changed)]
        return hashlib.sha256(repr(parts).encode()).hexdigest()


async def compare(read: Reading) -> Comparison:
    """What the rows would change in the sites as they are now."""
    by_name: dict[str, list[Site]] = {}
    for site in await Site.all():
        by_name.setdefault(name_key(site.name), []).append(site)
    weeks = await _weeks()
    new, changed, problems, same = [], [], list(read.problems), 0
    for row in read.rows:
        found = by_name.get(name_key(row.name), [])
        if len(found) > 1:
            problem = _("Several places have this name; change them one by one.")
            problems.append(RowProblem(row.line, "名称", problem))
        elif not found:
            new.append(RowChange(row, None, tuple(_differences(row, {}, ()))))
        elif changes := tuple(_differences(row, _stored(found[0]), weeks.get(found[0].id, ()))):
            changed.append(RowChange(row, found[0].id, changes))
        else:
            same += 1
    problems.sort(key=lambda each: each.line)
    return Comparison(tuple(new), tuple(changed), same, tuple(problems))


async def apply(
    read: Reading, fingerprint: str, kind: SiteKind, *, actor: Actor, now: datetime
) -> tuple[int, int]:
    """Write what was looked at, all or nothing; returns (new, changed).

    New sites are of `kind` and not yet published. Raises BadInput while a row is wrong, and
    Conflict when the sites have changed since the look.
    """
    await vocabulary.learn(text for row in read.rows for text in (row.name, *row.values.values()))
    async with transaction():
        found = await compare(read)
        if found.problems:
            hint = _("Some rows need correcting. Nothing was imported.")
            raise BadInput(hint, {"file": hint})
        if found.fingerprint != fingerprint:
            raise Conflict(_("The places have changed meanwhile. Please look again."))
        taken = {str(slug) for slug in await Site.all().values_list("slug", flat=True)}
        for change in found.new:
            await _create(change, kind, taken, actor, now)
        for change in found.changed:
            await _change(change, actor, now)
        await catalogue_changed()
    return len(found.new), len(found.changed)


async def _weeks() -> dict[int, tuple[tuple[int, int, int], ...]]:
    found: dict[int, list[tuple[int, int, int]]] = {}
    for row in await OpeningHours.all().values():
        hours = (row["weekday"], row["opens_minute"], row["closes_minute"])
        found.setdefault(row["site_id"], []).append(hours)
    return {site: tuple(sorted(hours)) for site, hours in found.items()}


def _stored(site: Site) -> dict[str, str]:
    english = site.translations.get("en", {})
    return {
        "name_kana": site.name_kana,
        "name_en": english.get("name", ""),
        "address": site.address,
        "description": site.description,
        "description_en": english.get("description", ""),
        "access_note": site.access_note,
        "url": site.url,
        "point": _point_text(site.lat, site.lon),
    }


def _differences(
    row: SiteRow, stored: Mapping[str, str], week: Sequence[tuple[int, int, int]]
) -> Iterable[tuple[str, str, str]]:
    """(field, old, new). An empty cell says nothing, so it erases nothing."""
    told = {
        **{name: row.values[name] for name in row.values if name in _stored_names()},
        "address": f"{row.values['address']} {row.values['building']}".strip(),
        "point": _point_text(row.lat, row.lon),
    }
    for name, text in told.items():
        if text and text != stored.get(name, ""):
            yield name, stored.get(name, ""), text
    if row.week and row.week != tuple(week):
        yield "hours", _week_text(week), _week_text(row.week)


def _stored_names() -> tuple[str, ...]:
    return ("name_kana", "name_en", "description", "description_en", "access_note", "url")


def _point_text(lat: float | None, lon: float | None) -> str:
    return "" if lat is None or lon is None else f"{lat:.6f}, {lon:.6f}"


def _week_text(week: Sequence[tuple[int, int, int]]) -> str:
    return " ".join(
        f"{WEEKDAYS[day]}{opens // 60:02d}:{opens % 60:02d}-{closes // 60:02d}:{closes % 60:02d}"
        for day, opens, closes in week
    )


async def _create(
    change: RowChange, kind: SiteKind, taken: set[str], actor: Actor, now: datetime
) -> None:
    slug = _slug(change.row, taken)
    taken.add(slug)
    site = await Site.create(
        slug=slug,
        kind=kind,
        name=change.row.name,
        summary=_first_sentence(change.row.values["description"]),
        is_published=False,
        **_columns(change, {}),
    )
    await _write_week(site.id, change.row)
    await _log(actor, "site.import_new", site, change, now)


async def _change(change: RowChange, actor: Actor, now: datetime) -> None:
    site = await Site.get(id=change.site_id)
    columns = _columns(change, site.translations)
    if columns:
        await Site.filter(id=site.id).update(**columns, updated_at=now)
    if any(name == "hours" for name, _old, _new in change.changes):
        await _write_week(site.id, change.row)
    await _log(actor, "site.import_change", site, change, now)


def _columns(change: RowChange, translations: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    told = {name: new for name, _old, new in change.changes}
    columns: dict[str, Any] = {
        name: told[name]
        for name in ("name_kana", "address", "description", "access_note", "url")
        if name in told
    }
    english = {
        name.removesuffix("_en"): told[name]
        for name in ("name_en", "description_en")
        if name in told
    }
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


async def _write_week(site_id: int, row: SiteRow) -> None:
    await OpeningHours.filter(site_id=site_id).delete()
    await OpeningHours.bulk_create(
        [
            OpeningHours(site_id=site_id, weekday=day, opens_minute=opens, closes_minute=closes)
            for day, opens, closes in row.week
        ]
    )


async def _log(actor: Actor, action: str, site: Site, change: RowChange, now: datetime) -> None:
    subject = Subject("site", site.id, site.id, site.name)
    before = {name: old for name, old, _new in change.changes}
    after = {name: new for name, _old, new in change.changes}
    await note(actor, action, subject, before=before, after=after, now=now)


def _slug(row: SiteRow, taken: set[str]) -> str:
    """From the English name, else from the reading in Latin letters."""
    latin = fold(row.values["name_en"]) or romanized(row.values["name_kana"])
    base = re.sub(r"[^a-z0-9]+", "-", latin).strip("-")[:60] or "site"
    number, slug = 1, base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


def _first_sentence(text: str) -> str:
    first = re.split(r"(?<=。)|\n", text)[0].strip()
    return first if len(first) <= SUMMARY_LENGTH else f"{first[: SUMMARY_LENGTH - 1]}…"
