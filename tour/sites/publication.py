"""Showing a site to visitors and hiding it, with its line in the log."""

from datetime import datetime

from tour.audit.service import Actor, Subject, note
from tour.db import transaction
from tour.sites.models import Site
from tour.sites.service import catalogue_changed


async def publish_site(site_id: int, *, actor: Actor, now: datetime) -> None:
    """Show the site to visitors; twice is the same as once."""
    await _set_published(site_id, "site.publish", True, actor, now)


async def withdraw_site(site_id: int, *, actor: Actor, now: datetime) -> None:
    """Hide the site, its sessions with it; reservations stay."""
    await _set_published(site_id, "site.withdraw", False, actor, now)


async def _set_published(
    site_id: int, action: str, is_published: bool, actor: Actor, now: datetime
) -> None:
    async with transaction():
        changed = Site.filter(id=site_id, is_published=not is_published)
        if await changed.update(is_published=is_published, updated_at=now):
            site = await Site.get(id=site_id)
            subject = Subject("site", site_id, site_id, site.name)
            before, after = {"published": not is_published}, {"published": is_published}
            await note(actor, action, subject, before=before, after=after, now=now)
            await catalogue_changed()
