"""An event's cover picture: set, described, taken away and brought back within 30 days.

The cover that was taken away last is kept, and its files where they are, until it is too late to
bring it back; `purge` then deletes them.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from tour.audit.service import Actor, Subject
from tour.changes import Change, edit
from tour.changes.recent import KEPT
from tour.errors import BadInput, NotFound
from tour.events.editing import SUBJECT
from tour.events.models import CoverKept, Event
from tour.i18n import lazy as _
from tour.sites.editing import photo_files
from tour.sites.editing.photos import alt_problem, decoding

ACTION = "event.cover"


def folder_in(var: Path) -> Path:
    return var / "covers"


async def set_cover(
    event_id: int, data: bytes, alt: str, alt_en: str, *, folder: Path, actor: Actor, now: datetime
) -> None:
    """Store a picture as the event's cover; raises PhotoRefused, BadInput for its description."""
    texts = _texts(alt, alt_en)
    async with decoding:
        stored = await asyncio.to_thread(photo_files.store, data, folder)
        await asyncio.to_thread(photo_files.store_to_share, stored.name, folder)
    cover = {"name": stored.name, "width": stored.width, "height": stored.height, **texts}
    async with edit(actor, Subject(SUBJECT, event_id), ACTION, now=now) as change:
        await _write(change, await change.lock(Event, event_id), cover)


async def describe_cover(
    event_id: int, alt: str, alt_en: str, *, actor: Actor, now: datetime
) -> None:
    """Say anew what the cover shows; raises BadInput, NotFound."""
    texts = _texts(alt, alt_en)
    async with edit(actor, Subject(SUBJECT, event_id), ACTION, now=now) as change:
        event = await change.lock(Event, event_id)
        if not event.cover:
            raise NotFound(_("There is no such photo."))
        await _write(change, event, {**event.cover, **texts})


async def remove_cover(event_id: int, *, actor: Actor, now: datetime) -> None:
    async with edit(actor, Subject(SUBJECT, event_id), ACTION, now=now) as change:
        await _write(change, await change.lock(Event, event_id), None)


async def restore_cover(event_id: int, *, actor: Actor, now: datetime) -> None:
    """Show the cover again that was there before; raises NotFound when it is too late."""
    async with edit(actor, Subject(SUBJECT, event_id), ACTION, now=now) as change:
        event = await change.lock(Event, event_id)
        before = await former_cover(event_id, now=now)
        if before is None:
            raise NotFound(_("This photo can no longer be brought back."))
        await _write(change, event, before)


async def former_cover(event_id: int, *, now: datetime) -> dict[str, Any] | None:
    """The cover that was taken away last, while it can be brought back."""
    kept = await CoverKept.get_or_none(event_id=event_id, taken_at__gt=now - KEPT)
    return kept.cover if kept else None


async def is_shown(name: str) -> bool:
    """Whether a cover of this name is on a public page."""
    shown = Event.filter(is_published=True, cover__not_isnull=True)
    return any(row["cover"]["name"] == name for row in await shown.values("cover"))


async def purge(folder: Path, *, now: datetime) -> int:
    """Delete the files of covers that are neither shown nor to be brought back; how many."""
    shown = await Event.filter(cover__not_isnull=True).values("cover")
    await CoverKept.filter(taken_at__lte=now - KEPT).delete()
    kept = await CoverKept.all().values("cover")
    wanted = {str(row["cover"]["name"]) for row in [*shown, *kept] if row["cover"]}
    unwanted = await asyncio.to_thread(photo_files.stored_names, folder) - wanted
    for name in unwanted:
        await asyncio.to_thread(photo_files.delete, name, folder)
    return len(unwanted)


def _texts(alt: str, alt_en: str) -> dict[str, str]:
    if problem := alt_problem(alt):
        raise BadInput(problem, {"cover_alt": problem})
    return {"alt": alt.strip(), "alt_en": alt_en.strip()[: photo_files.MAX_ALT]}


async def _write(change: Change, event: Event, cover: Mapping[str, Any] | None) -> None:
    before = event.cover
    change.before, change.after = {"cover": before}, {"cover": cover}
    if before and (cover is None or cover["name"] != before["name"]):
        kept = {"cover": before, "taken_at": change.now}
        await CoverKept.update_or_create(kept, event_id=event.id)
    await Event.filter(id=event.id).update(cover=cover)
