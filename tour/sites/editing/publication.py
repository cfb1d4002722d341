"""Showing a site to visitors and hiding it, with its line in the log."""

from datetime import datetime

from tour.audit.service import Actor, Subject
from tour.changes import edit
from tour.sites import showing
from tour.sites.models import Site
from tour.sites.showing import Showing


async def publish_site(site_id: int, *, actor: Actor, now: datetime) -> bool:
    """Show the site to visitors; twice is the same as once. Returns whether it was hidden."""
    return await _set_published(site_id, "site.publish", True, actor, now)


async def withdraw_site(site_id: int, *, actor: Actor, now: datetime) -> None:
    """Hide the site, its sessions with it; reservations stay."""
    await _set_published(site_id, "site.withdraw", False, actor, now)


def showing_of(site: Site) -> Showing:
    """What a visitor sees of a place."""
    return showing.of_place(is_published=bool(site.is_published), withdrawn_at=site.withdrawn_at)


async def _set_published(
    site_id: int, action: str, is_published: bool, actor: Actor, now: datetime
) -> bool:
    """Returns whether it changed anything."""
    async with edit(actor, Subject("site", site_id, site_id), action, now=now) as change:
        site = await change.lock(Site, site_id)
        if site.is_published == is_published:
            change.nothing()
            return False
        change.before, change.after = {"published": not is_published}, {"published": is_published}
        await Site.filter(id=site_id).update(
            is_published=is_published, withdrawn_at=None if is_published else now, updated_at=now
        )
    return True
