"""An event's cover picture: set, described, taken away and brought back within 30 days.

A cover that was taken away stays in the log of the event, and its files where they are, until
it is too late to bring it back; `purge` then deletes them.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from tour.audit.models import AuditEntry
from tour.audit.service import RESTORABLE, Actor, Subject
from tour.changes import Change, edit
from tour.errors import BadInput, NotFound
from tour.events.editing import SUBJECT
from tour.events.models import Event
from tour.i18n import lazy as _
from tour.sites import photo_files
from tour.sites.photos import alt_problem, decoding

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
    """The cover that the last change took away, while it can be brought back."""
    changes = AuditEntry.filter(subject=SUBJECT, subject_id=event_id, action=ACTION)
    last = await changes.order_by("-id").limit(1)
    if not last or last[0].at <= now - RESTORABLE:
        return None
    before: dict[str, Any] | None = last[0].before.get("cover")
    after: dict[str, Any] | None = last[0].after.get("cover")
    return before if before and (not after or after["name"] != before["name"]) else None


async def is_shown(name: str) -> bool:
    """Whether a cover of this name is on a public page."""
    shown = Event.filter(is_published=True, cover__not_isnull=True)
    return any(row["cover"]["name"] == name for row in await shown.values("cover"))


async def purge(folder: Path, *, now: datetime) -> int:
    """Delete the files of covers that are neither shown nor to be brought back; how many."""
    shown = await Event.filter(cover__not_isnull=True).values_list("cover", flat=True)
    recent = AuditEntry.filter(action=ACTION, at__gt=now - RESTORABLE)
    before = [row.before.get("cover") for row in await recent]
    wanted = {str(cover["name"]) for cover in [*shown, *before] if cover}  # type: ignore[call-overload]
    unwanted = await asyncio.to_thread(photo_files.stored_names, folder) - wanted
    for name in unwanted:
        await asyncio.to_thread(photo_files.delete, name, folder)
    return len(unwanted)


def _texts(alt: str, alt_en: str) -> dict[str, str]:
    if problem := alt_problem(alt):
        raise BadInput(problem, {"cover_alt": problem})
    return {"alt": alt.strip(), "alt_en": alt_en.strip()[: photo_files.MAX_ALT]}


async def _write(change: Change, event: Event, cover: Mapping[str, Any] | None) -> None:
    change.before, change.after = {"cover": event.cover}, {"cover": cover}
    await Event.filter(id=event.id).update(cover=cover)
