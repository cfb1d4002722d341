"""A site's photos: added, described, put in order, removed and brought back."""

import asyncio
from datetime import datetime
from pathlib import Path

from tour.audit.service import Actor, Subject
from tour.changes import Change, edit
from tour.changes.recent import KEPT
from tour.errors import BadInput
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.sites.editing import photo_files
from tour.sites.editing.photo_files import PhotoRefused
from tour.sites.editing.publication import showing_of
from tour.sites.models import Photo, Site
from tour.sites.showing import Showing, of_photo

MOST = 12
SUBJECT = "photo"
ADDED = "photo.add"
DESCRIBED = "photo.describe"

decoding = asyncio.Semaphore(1)
"""A large photo takes a quarter of a gigabyte while it is decoded: one at a time."""


def alt_problem(alt: str) -> Text | None:
    """Why a description will not do, or None."""
    if not alt.strip():
        return _("Say in a few words what the photo shows, for those who do not see it.")
    if len(alt) > photo_files.MAX_ALT:
        return _("At most %(n)s characters.", n=photo_files.MAX_ALT)
    return None


async def add_photo(
    site_id: int, data: bytes, alt: str, alt_en: str, *, folder: Path, actor: Actor, now: datetime
) -> Photo:
    """Store a photo and show it; raises PhotoRefused, and BadInput for its description."""
    if problem := alt_problem(alt):
        raise BadInput(problem, {"alt": problem})
    await _refuse_one_more(site_id)
    async with decoding:
        stored = await asyncio.to_thread(photo_files.store, data, folder)
    async with edit(actor, None, ADDED, now=now) as change:
        await change.lock(Site, site_id)
        await _refuse_one_more(site_id)
        last = await Photo.filter(site_id=site_id).order_by("-position").first()
        made = await Photo.create(
            site_id=site_id,
            name=stored.name,
            width=stored.width,
            height=stored.height,
            alt=alt.strip(),
            translations={"en": {"alt": alt_en.strip()}} if alt_en.strip() else {},
            position=last.position + 1 if last else 0,
            created_at=now,
        )
        change.subject, change.after = _subject(made), {"file": stored.name, "alt": made.alt}
    return made


async def describe(
    photo_id: int, site_id: int, alt: str, alt_en: str, *, actor: Actor, now: datetime
) -> None:
    """Change a photo's description; raises BadInput."""
    if problem := alt_problem(alt):
        raise BadInput(problem, {"alt": problem})
    async with edit(actor, None, DESCRIBED, now=now) as change:
        photo = await _locked(change, photo_id, site_id)
        english = photo.translations.get("en", {}).get("alt", "")
        change.before = {"alt": photo.alt, "alt_en": english}
        translations = {"en": {"alt": alt_en.strip()}} if alt_en.strip() else {}
        await Photo.filter(id=photo_id).update(alt=alt.strip(), translations=translations)
        change.after = {"alt": alt.strip(), "alt_en": alt_en.strip()}


async def show_first(photo_id: int, site_id: int, *, actor: Actor, now: datetime) -> None:
    """Put a photo before the others: it stands on the card."""
    async with edit(actor, None, "photo.first", now=now) as change:
        await change.lock(Site, site_id)
        photo = await _locked(change, photo_id, site_id)
        first = await Photo.filter(site_id=site_id).order_by("position", "id").first()
        lowest = (first.position if first else 0) - 1
        change.before, change.after = {"position": photo.position}, {"position": lowest}
        await Photo.filter(id=photo_id).update(position=lowest)


async def remove_photo(photo_id: int, site_id: int, *, actor: Actor, now: datetime) -> None:
    """Take a photo off the page; it can be brought back for 30 days."""
    async with edit(actor, None, "photo.remove", now=now) as change:
        await _locked(change, photo_id, site_id)
        await Photo.filter(id=photo_id).update(removed_at=now)
        change.after = {"removed": True}


async def restore_photo(photo_id: int, site_id: int, *, actor: Actor, now: datetime) -> None:
    """Show a removed photo again; raises NotFound when it is too late, PhotoRefused when the place
    shows as many as it may by now."""
    gone = _("This photo can no longer be brought back.")
    async with edit(actor, None, "photo.restore", now=now) as change:
        await change.lock(Site, site_id)
        removed = Photo.with_removed.filter(site_id=site_id, removed_at__gt=now - KEPT)
        photo = await change.lock(Photo, photo_id, among=removed, missing=gone)
        await _refuse_one_more(site_id)
        await Photo.with_removed.filter(id=photo_id).update(removed_at=None)
        change.subject = _subject(photo)
        change.before, change.after = {"removed": True}, {"removed": False}


async def photos_of(site_id: int) -> list[Photo]:
    """What a site shows, in order."""
    return await Photo.filter(site_id=site_id).order_by("position", "id")


async def removed_photos(site_id: int, *, now: datetime) -> list[Photo]:
    """What it can bring back, latest removed first."""
    removed = Photo.with_removed.filter(site_id=site_id, removed_at__gt=now - KEPT)
    return list(await removed.order_by("-removed_at", "-id"))


async def showings_of(name: str) -> dict[int, Showing]:
    """{site: what a visitor sees of its photo of this name}, removed ones too; of a site that has
    it twice, the one that is seen."""
    found: dict[int, Showing] = {}
    for photo in await Photo.with_removed.filter(name=name).select_related("site"):
        showing = of_photo(showing_of(photo.site), removed_at=photo.removed_at)
        if found.get(photo.site_id) is not Showing.SHOWN:
            found[photo.site_id] = showing
    return found


def folder_in(var: Path) -> Path:
    return var / "photos"


async def purge(folder: Path, *, now: datetime) -> int:
    """Delete for good what has been removed for 30 days, files included; returns how many."""
    overdue = await Photo.with_removed.filter(removed_at__lte=now - KEPT)
    for photo in overdue:
        await Photo.with_removed.filter(id=photo.id, removed_at__lte=now - KEPT).delete()
        if not await Photo.with_removed.filter(name=photo.name).exists():
            await asyncio.to_thread(photo_files.delete, photo.name, folder)
    return len(overdue)


async def _refuse_one_more(site_id: int) -> None:
    if len(await photos_of(site_id)) >= MOST:
        raise PhotoRefused(_("A place shows at most %(n)s photos. Remove one first.", n=MOST))


async def _locked(change: Change, photo_id: int, site_id: int) -> Photo:
    """The photo that the change is about; NotFound, for removed ones and another place's, too."""
    missing = _("There is no such photo.")
    photo = await change.lock(Photo, photo_id, site_id=site_id, missing=missing)
    change.subject = _subject(photo)
    return photo


def _subject(photo: Photo) -> Subject:
    return Subject(SUBJECT, photo.id, photo.site_id, photo.alt)
