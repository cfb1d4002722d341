"""Bringing sites in from the open dataset 観光施設一覧: a look at what would change, then that.

A site is known by its name. An empty cell says nothing, so it erases nothing.

A town has thousands of rows, and nobody shall wait for all of them: they are looked at a few at a
time, between the pages, and written some at a time (`BATCH`), each time compared again under lock.
A place that somebody saves meanwhile stays as that person wrote it.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from tortoise.exceptions import IntegrityError

from tour.audit.service import Actor
from tour.changes import edit
from tour.errors import BadInput, Conflict, Unavailable
from tour.i18n import lazy as _
from tour.patience import PAGE_WAITS, gently, waiting_at_most
from tour.sites.finding import vocabulary
from tour.sites.imports import writing
from tour.sites.imports.choosing import EVERYTHING, Choice
from tour.sites.imports.comparing import RowChange, Week, changes_of, changes_of_new, weeks_of
from tour.sites.imports.file import Reading, RowProblem, name_key
from tour.sites.models import Site
from tour.sites.states import SiteKind
from tour.sites.texts import FIELDS

BATCH = 50
"""Places in one transaction: whoever writes meanwhile waits for it, some hundredths of a second."""
SLICE = 200
"""Places read at once: the loop of the pages stands still while they become objects."""


@dataclass(frozen=True, slots=True)
class Comparison:
    new: tuple[RowChange, ...]
    changed: tuple[RowChange, ...]
    same: int
    problems: tuple[RowProblem, ...]
    fingerprint: str
    """Of everything that would be written: what was looked at is what is applied."""
    last_id: int
    """Of the places that it knows."""


@dataclass(frozen=True, slots=True)
class Imported:
    new: int
    changed: int
    left: int
    """Places that somebody else wrote, or held, meanwhile: they stay as they are, to be looked at
    again."""


async def compare(rows: Reading) -> Comparison:
    """What the rows would change in the sites as they are now."""
    sites: list[Site] = []
    weeks: dict[int, Week] = {}
    # Whoever makes a place while the others are read is seen when the rows are written.
    while some := await _after(sites[-1].id if sites else 0):
        sites += some
        weeks |= await weeks_of([site.id for site in some])
    return await _compare(rows, sites, weeks)


async def _after(site_id: int) -> list[Site]:
    return await Site.filter(id__gt=site_id).order_by("id").limit(SLICE)


async def _compare(rows: Reading, sites: Sequence[Site], weeks: Mapping[int, Week]) -> Comparison:
    by_name: dict[str, list[Site]] = {}
    async for site in gently(sites):
        by_name.setdefault(name_key(site.name), []).append(site)
    new, changed, problems, same = [], [], list(rows.problems), 0
    wrong = rows.wrong
    async for row in gently(rows.rows):
        if row.line in wrong:
            continue
        found = by_name.get(name_key(row.name), [])
        if len(found) > 1:
            problem = _("Several places have this name; change them one by one.")
            problems.append(RowProblem(row.line, "名称", problem))
        elif not found:
            new.append(RowChange(row, None, changes_of_new(row)))
        elif changes := changes_of(row, found[0], weeks.get(found[0].id, ())):
            changed.append(RowChange(row, found[0].id, changes))
        else:
            same += 1
    problems.sort(key=lambda each: each.line)
    seal = hashlib.sha256()
    async for each in gently((*new, *changed)):
        seal.update(repr((each.row.name, each.site_id, each.changes)).encode())
    last = sites[-1].id if sites else 0
    return Comparison(tuple(new), tuple(changed), same, tuple(problems), seal.hexdigest(), last)


async def apply(
    rows: Reading,
    fingerprint: str,
    kind: SiteKind,
    choice: Choice = EVERYTHING,
    *,
    actor: Actor,
    now: datetime,
) -> Imported:
    """Write of what was looked at all that was not left out; a row that is wrong never is written.
    New sites are of `kind` and not yet published.

    Raises BadInput where nothing is left, and Conflict when the sites have changed since the look;
    nothing is written then. Broken off, what is written stays, and the same file brings the rest.
    Each batch has the patience of a page.
    """
    found = await compare(rows)
    if found.fingerprint != fingerprint:
        raise Conflict(_("The places have changed meanwhile. Please look again."))
    to_change, to_make = choice.among(found.changed), choice.among(found.new)
    if not (to_change or to_make) and (found.changed or found.new or found.problems):
        hint = _("Nothing is left to import. Nothing was imported.")
        raise BadInput(hint, {"file": hint})
    await vocabulary.learn(_searched((*to_make, *to_change)))
    new = changed = 0
    last_id = found.last_id
    for some in _batches(to_change):
        with suppress(Unavailable), waiting_at_most(PAGE_WAITS):
            changed += await _overwrite(some, choice, actor=actor, now=now)
    for some in _batches(to_make):
        with suppress(Unavailable), waiting_at_most(PAGE_WAITS):
            made = await _create(some, kind, last_id, actor=actor, now=now)
            new, last_id = new + len(made), max([last_id, *made])
    return Imported(new, changed, len(to_change) + len(to_make) - new - changed)


def _searched(found: Sequence[RowChange]) -> Iterator[str]:
    """The texts to be written that somebody may search by their sound."""
    for each in found:
        for field, _old, new in each.changes:
            if field in FIELDS and FIELDS[field].found_by:
                yield new


def _batches(found: Sequence[RowChange]) -> Iterator[Sequence[RowChange]]:
    return (found[start : start + BATCH] for start in range(0, len(found), BATCH))


async def _overwrite(
    found: Sequence[RowChange], choice: Choice, *, actor: Actor, now: datetime
) -> int:
    """How many of these places were as they were looked at, and are changed."""
    async with edit(actor, None, writing.CHANGED, now=now) as change:
        ids = [each.site_id for each in found]
        # Theirs are ours until the end: what is compared is what is overwritten.
        locked = Site.filter(id__in=ids).order_by("id").select_for_update(no_key=True)
        sites = {site.id: site for site in await locked}
        weeks = await weeks_of(list(sites))
        mine = [
            (site, each)
            for each in found
            if (site := sites.get(each.site_id or 0))
            and choice.of(changes_of(each.row, site, weeks.get(site.id, ()))) == each.changes
        ]
        if not mine:
            change.nothing()
        await writing.overwrite(change, mine)
    return len(mine)


async def _create(
    found: Sequence[RowChange], kind: SiteKind, last_id: int, *, actor: Actor, now: datetime
) -> list[int]:
    """The ids of those of these places that are new: somebody may have made one of that name since
    `last_id` was the last."""
    try:
        async with edit(actor, None, writing.CREATED, now=now) as change:
            others = await Site.filter(id__gt=last_id).values("name")
            taken = {name_key(row["name"]) for row in others}
            mine = [each for each in found if name_key(each.row.name) not in taken]
            if not mine:
                change.nothing()
            return await writing.create(change, mine, kind)
    except IntegrityError:  # two imports of one file at the same moment, on PostgreSQL
        return []
