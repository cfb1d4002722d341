"""A site that is not in the catalogue, for those who hold something there all the same."""

from tour.errors import NotFound
from tour.i18n import lazy as _
from tour.sites.catalogue import CLOSED, craft_entry, site_entry
from tour.sites.entries import SiteEntry
from tour.sites.models import Craft, Site


async def any_site(site_id: int) -> SiteEntry:
    """The site from its row, public or not: without hours, photos and the walk from a station."""
    rows = await Site.filter(id=site_id).values()
    if not rows:
        raise NotFound(_("There is no such place. It may have been withdrawn."))
    crafts = await Craft.filter(id=rows[0]["craft_id"]).values()
    return site_entry(rows[0], craft_entry(crafts[0]) if crafts else None, CLOSED)


async def was_withdrawn(slug: str) -> bool:
    """Whether a site of this address was shown once and is not any more; a draft never was."""
    return await Site.exists(slug=slug, is_published=False, withdrawn_at__not_isnull=True)
