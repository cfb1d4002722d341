"""What changes the catalogue."""

from tortoise.expressions import F

from tour.sites.models import CatalogueRevision


async def catalogue_changed() -> None:
    """Tell every process that its copy is old; call it in the transaction of the change."""
    await CatalogueRevision.filter(id=1).update(number=F("number") + 1)
