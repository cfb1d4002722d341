"""A site's photos: added, described, put in order, removed and brought back."""

import asyncio
from datetime import datetime
from pathlib import Path

from tour.audit.service import Actor, Subject
from tour.changes import Change, edit
from tour.changes.recent import KEPT
from tour.errors import BadInput, Conflict
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.sites.editing import photo_files
from tour.sites.editing.photo_files import PhotoRefused, StoredPhoto
from tour.sites.editing.publication import showing_of
from tour.sites.models import Photo, PhotoWaiting, Site
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


async def stored(data: bytes, folder: Path) -> StoredPhoto:
    """The files of a photo, in every width; raises PhotoRefused, Unavailable."""
    async with decoding:
        return await asyncio.to_thread(photo_files.store, data, folder)


async def add_photo(
    site_id: int, data: bytes, alt: str, alt_en: str, *, folder: Path, actor: Actor, now: datetime
) -> Photo:
    """Store a photo and show it; raises PhotoRefused, and BadInput for its description."""
    check_alt(alt)
    await refuse_one_more(site_id)
    files = await stored(data, folder)
    async with edit(actor, None, ADDED, now=now) as change:
        return await put_last(change, site_id, files, alt, alt_en)


def check_alt(alt: str) -> None:
    """Raises BadInput for a description that will not do."""
    if problem := alt_problem(alt):
        raise BadInput(problem, {"alt": problem})


async def put_last(
    change: Change, site_id: int, files: StoredPhoto | PhotoWaiting, alt: str, alt_en: str
) -> Photo:
    """A row for stored files, behind the others; PhotoRefused for one too many, or twice the same.
    Locks the site."""
    await change.lock(Site, site_id)
    if await Photo.exists(site_id=site_id, name=files.name):
        raise PhotoRefused(_("This photo is on the page already."))
    await refuse_one_more(site_id)
    last = await Photo.filter(site_id=site_id).order_by("-position").first()
    made = await Photo.create(
        site_id=site_id,
        name=files.name,
        width=files.width,
        height=files.height,
        alt=alt.strip(),
        translations=_translations(alt_en),
        position=last.position + 1 if last else 0,
        created_at=change.now,
    )
    change.subject, change.after = _subject(made), {"file": made.name, "alt": made.alt}
    return made


async def describe(
    photo_id: int, site_id: int, alt: str, alt_en: str, *, actor: Actor, now: datetime
) -> None:
    """Change a photo's description; raises BadInput."""
    check_alt(alt)
    async with edit(actor, None, DESCRIBED, now=now) as change:
        photo = await _locked(change, photo_id, site_id)
        english = photo.translations.get("en", {}).get("alt", "")
        change.before = {"alt": photo.alt, "alt_en": english}
        await Photo.filter(id=photo_id).update(alt=alt.strip(), translations=_translations(alt_en))
        change.after = {"alt": alt.strip(), "alt_en": alt_en.strip()}


async def show_first(photo_id: int, site_id: int, *, actor: Actor, now: datetime) -> None:
    """Make a photo the main one: it stands on the card, at the head of the page, beside links."""
    async with edit(actor, None, "photo.first", now=now) as change:
        await change.lock(Site, site_id)
        photo = await _locked(change, photo_id, site_id)
        order = [each.id for each in await photos_of(site_id)]
        await _arrange(change, order, [photo.id, *(one for one in order if one != photo.id)])


async def put_beside(
    photo_id: int, site_id: int, other_id: int, *, behind: bool, actor: Actor, now: datetime
) -> None:
    """Put a photo directly before or behind another: the same, however often it is asked for.

    Conflict where the other is gone meanwhile: the order is not the one that was looked at.
    """
    async with edit(actor, None, "photo.move", now=now) as change:
        await change.lock(Site, site_id)
        photo = await _locked(change, photo_id, site_id)
        order = [each.id for each in await photos_of(site_id)]
        others = [one for one in order if one != photo.id]
        if other_id not in others:
            raise Conflict(_("The photos have changed meanwhile. This is how they stand now."))
        at = others.index(other_id) + (1 if behind else 0)
        await _arrange(change, order, [*others[:at], photo.id, *others[at:]])


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
        await refuse_one_more(site_id)
        await Photo.with_removed.filter(id=photo_id).update(removed_at=None)
        change.subject = _subject(photo)
        change.before, change.after = {"removed": True}, {"removed": False}


async def photos_of(site_id: int) -> list[Photo]:
    """What a site shows, in order; the first is its main photo."""
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


async def to_share(name: str, folder: Path) -> None:
    """Make a photo's picture for shared links where there is none yet."""
    if not (folder / photo_files.shared_name(name)).exists():
        async with decoding:
            await asyncio.to_thread(photo_files.store_to_share, name, folder)


async def refuse_one_more(site_id: int) -> None:
    """Raises PhotoRefused where the site shows as many photos as it may."""
    if len(await photos_of(site_id)) >= MOST:
        raise PhotoRefused(_("A place shows at most %(n)s photos. Remove one first.", n=MOST))


async def _arrange(change: Change, order: list[int], wanted: list[int]) -> None:
    """Write an order down, and which place the photo had and has in it, counted from one."""
    assert change.subject  # noqa: S101 - the photo is locked
    moved = change.subject.id
    change.before = {"position": order.index(moved) + 1}
    change.after = {"position": wanted.index(moved) + 1}
    for position, photo_id in enumerate(wanted):
        await Photo.filter(id=photo_id).update(position=position)
    change.only_if_different()


async def _locked(change: Change, photo_id: int, site_id: int) -> Photo:
    """The photo that the change is about. NotFound for another place's; Conflict for one that was
    removed meanwhile."""
    own = Photo.with_removed.filter(site_id=site_id)
    missing = _("There is no such photo.")
    photo: Photo = await change.lock(Photo, photo_id, among=own, missing=missing)
    if photo.removed_at:
        raise Conflict(_("This photo was removed meanwhile. It can be brought back below."))
    change.subject = _subject(photo)
    return photo


def _translations(alt_en: str) -> dict[str, dict[str, str]]:
    return {"en": {"alt": alt_en.strip()}} if alt_en.strip() else {}


def _subject(photo: Photo) -> Subject:
    return Subject(SUBJECT, photo.id, photo.site_id, photo.alt)
