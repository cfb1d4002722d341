"""Bringing sites in from the open dataset 観光施設一覧: what would change, then all or nothing.

A site is known by its name. An empty cell says nothing, so it erases nothing.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tour.audit.service import Actor
from tour.changes import edit
from tour.errors import BadInput, Conflict
from tour.i18n import lazy as _
from tour.sites import import_writing, vocabulary
from tour.sites.import_file import BROUGHT, WEEKDAYS, Reading, RowProblem, SiteRow, name_key
from tour.sites.import_writing import RowChange
from tour.sites.models import OpeningHours, Site
from tour.sites.states import SiteKind
from tour.sites.texts import OWN, stored

SUMMARY_LENGTH = 80


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
            new.append(RowChange(row, None, (*_differences(row, {}, ()), *_summary(row))))
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
    async with edit(actor, None, import_writing.CHANGED, now=now) as change:
        # Theirs are ours until the end: what is compared is what is overwritten.
        await Site.all().order_by("id").select_for_update(no_key=True).only("id")
        found = await compare(read)
        if found.problems:
            hint = _("Some rows need correcting. Nothing was imported.")
            raise BadInput(hint, {"file": hint})
        if found.fingerprint != fingerprint:
            raise Conflict(_("The places have changed meanwhile. Please look again."))
        if not (found.new or found.changed):
            change.nothing()
        await import_writing.create(change, found.new, kind)
        await import_writing.overwrite(change, found.changed)
    return len(found.new), len(found.changed)


async def _weeks() -> dict[int, tuple[tuple[int, int, int], ...]]:
    found: dict[int, list[tuple[int, int, int]]] = {}
    for row in await OpeningHours.all().values():
        hours = (row["weekday"], row["opens_minute"], row["closes_minute"])
        found.setdefault(row["site_id"], []).append(hours)
    return {site: tuple(sorted(hours)) for site, hours in found.items()}


def _stored(site: Site) -> dict[str, str]:
    own = {name: getattr(site, name) for name in OWN}
    texts = stored(own, site.translations.get("en", {}))
    return {**texts, "point": _point_text(site.lat, site.lon)}


def _differences(
    row: SiteRow, before: Mapping[str, str], week: Sequence[tuple[int, int, int]]
) -> Iterable[tuple[str, str, str]]:
    """(field, old, new). An empty cell says nothing, so it erases nothing. A known place keeps its
    name as it writes it."""
    told = {field: row.values[field] for field in BROUGHT} | {
        "point": _point_text(row.lat, row.lon)
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
        f"{WEEKDAYS[day]}{opens // 60:02d}:{opens % 60:02d}-{closes // 60:02d}:{closes % 60:02d}"
        for day, opens, closes in week
    )
