"""Photos that were sent and not described yet: kept for who sent them, until they are described,
discarded, or a day has passed. And the clearing up of the folder that they share with photos.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from tour.audit.service import Actor
from tour.changes import edit
from tour.changes.recent import KEPT
from tour.i18n import lazy as _
from tour.sites.editing import photo_files
from tour.sites.editing.photo_files import MAX_ALT, PhotoRefused, StoredPhoto
from tour.sites.editing.photos import ADDED, check_alt, put_last
from tour.sites.models import Photo, PhotoWaiting

WAITS = timedelta(days=1)
MOST_WAITING = 24
"""Of one account, at all of its places together."""
GONE = _(
    "This photo is not kept any more: it is on the page already, or more than a day has passed."
    " Please choose it again if it is missing."
)


async def keep(
    site_id: int, files: StoredPhoto, alt: str, alt_en: str, *, actor: Actor, now: datetime
) -> PhotoWaiting:
    """Keep stored files, with what was typed; the same photo once. PhotoRefused for one that the
    place shows already, and for one more than an account may keep."""
    if await Photo.exists(site_id=site_id, name=files.name):
        raise PhotoRefused(_("This photo is on the page already."))
    own = PhotoWaiting.filter(account_id=actor.account_id)
    is_again = await own.filter(site_id=site_id, name=files.name).exists()
    if not is_again and await own.count() >= MOST_WAITING:
        hint = _("%(n)s photos wait to be described. Describe or discard some first.")
        raise PhotoRefused(hint.filled(n=MOST_WAITING))
    size = {"width": files.width, "height": files.height, "created_at": now}
    kept, _made = await PhotoWaiting.update_or_create(
        {**size, **_typed(alt, alt_en)},
        account_id=actor.account_id,
        site_id=site_id,
        name=files.name,
    )
    return kept


async def waiting_of(site_id: int, actor: Actor, *, now: datetime) -> list[PhotoWaiting]:
    """What somebody has not described yet of a place's, in the order in which it came."""
    own = PhotoWaiting.filter(site_id=site_id, account_id=actor.account_id)
    return await own.filter(created_at__gt=now - WAITS).order_by("created_at", "id")


async def is_kept_for(account_id: int, name: str) -> bool:
    return await PhotoWaiting.exists(account_id=account_id, name=name)


async def remember(site_id: int, typed: Mapping[int, tuple[str, str]], *, actor: Actor) -> None:
    """Keep what was typed of some of them, described well or not."""
    for waiting_id, (alt, alt_en) in typed.items():
        own = PhotoWaiting.filter(id=waiting_id, site_id=site_id, account_id=actor.account_id)
        await own.update(**_typed(alt, alt_en))


async def show(
    waiting_id: int, site_id: int, alt: str, alt_en: str, *, actor: Actor, now: datetime
) -> Photo:
    """Put a kept photo on the page, behind the others. Raises BadInput for its description,
    PhotoRefused as `put_last` does, NotFound where it is kept no more."""
    check_alt(alt)
    async with edit(actor, None, ADDED, now=now) as change:
        own = PhotoWaiting.filter(site_id=site_id, account_id=actor.account_id)
        kept = await change.lock(PhotoWaiting, waiting_id, among=own, missing=GONE)
        made = await put_last(change, site_id, kept, alt, alt_en)
        await PhotoWaiting.filter(id=kept.id).delete()
    return made


async def discard(waiting_id: int, site_id: int, *, actor: Actor) -> None:
    """Keep it no longer; what is gone already is no error."""
    own = PhotoWaiting.filter(id=waiting_id, site_id=site_id, account_id=actor.account_id)
    await own.delete()


async def purge(folder: Path, *, now: datetime) -> int:
    """Delete for good what has waited for a day, what has been removed for 30, and files that
    belong to nothing (a disk was full, a process ended); returns how many photos."""
    overdue = PhotoWaiting.filter(created_at__lte=now - WAITS)
    waited = await overdue
    await overdue.filter(id__in=[each.id for each in waited]).delete()
    removed = await Photo.with_removed.filter(removed_at__lte=now - KEPT)
    for photo in removed:
        await Photo.with_removed.filter(id=photo.id, removed_at__lte=now - KEPT).delete()
    wanted = await _names()
    for name in {each.name for each in (*waited, *removed)} - wanted:
        await asyncio.to_thread(photo_files.delete, name, folder)
    for path in await asyncio.to_thread(photo_files.left_behind, folder, wanted):
        await asyncio.to_thread(path.unlink, missing_ok=True)
    return len(waited) + len(removed)


async def _names() -> set[str]:
    """Of all files that belong to a photo, shown, removed or waiting."""
    photos = await Photo.with_removed.all().values_list("name", flat=True)
    waiting = await PhotoWaiting.all().values_list("name", flat=True)
    return {str(name) for name in (*photos, *waiting)}


def _typed(alt: str, alt_en: str) -> dict[str, str]:
    """As much of it as is kept; a longer one is refused, and still in its form."""
    return {"alt": alt.strip()[:MAX_ALT], "alt_en": alt_en.strip()[:MAX_ALT]}
