"""Whether a database is a demonstration's: told by a mark in it, which the first loading leaves.

Samples and sample staff that anybody signs in as must never come into a town's own data. So
nothing is loaded into a database that holds any, unless it is marked, or is a demonstration from
before there were marks.
"""

from datetime import datetime

from tortoise import fields
from tortoise.models import Model

from tour.accounts.models import Account
from tour.changes import Part
from tour.demo.catalogue import Catalogue
from tour.errors import ConfigurationError
from tour.events.models import Event
from tour.programmes.models import Programme
from tour.sites.models import Site

REFUSED = (
    "TOUR_DEMO=1 would mix samples, and sample staff whom anybody can sign in as, into the data of"
    " a town that this database holds: unset TOUR_DEMO, or name an empty database in"
    " TOUR_DATABASE_URL / このデータベースには町のデータがあります。見本と、だれでもログイン"
    "できる見本の職員がまざるため、TOUR_DEMO=1 では起動しません。TOUR_DEMO を外すか、"
    "TOUR_DATABASE_URL に空のデータベースを指定してください"
)


class Demonstration(Model):
    """The mark: one row in a database that is a demonstration's."""

    id = fields.IntField(primary_key=True)
    since: datetime = fields.DatetimeField()

    class Meta:
        table = "demonstration"


async def check_is_demo(catalogue: Catalogue) -> None:
    """Raises ConfigurationError for a database with a town in it; an empty one will do."""
    if await Demonstration.exists() or await _is_empty() or await _was_demo(catalogue):
        return
    raise ConfigurationError(REFUSED)


async def mark(part: Part) -> None:
    """Say in the database that it is a demonstration's."""
    await Demonstration.get_or_create({"since": part.now}, id=1)


async def _is_empty() -> bool:
    """A town begins with places, staff or an event."""
    return not (await Account.exists() or await Site.exists() or await Event.exists())


async def _was_demo(catalogue: Catalogue) -> bool:
    """Whether it was one before there were marks: it began with the samples, or holds no place,
    event or session but the catalogue's. A town in which somebody has loaded samples by mistake
    began with its own people."""
    has_samples = await Site.exists(is_sample=True) or await Account.exists(is_sample=True)
    if not has_samples:
        return False
    first = await Account.all().order_by("id").first()
    return first is None or first.is_sample or not await _has_more_than(catalogue)


async def _has_more_than(catalogue: Catalogue) -> bool:
    sites = {site.slug for site in catalogue.sites}
    events = {event.slug for event in catalogue.events}
    programmes = {programme.slug for programme in catalogue.programmes}
    return (
        await Site.exclude(slug__in=sites).exists()
        or await Event.exclude(slug__in=events).exists()
        or await Programme.exclude(slug__in=programmes).exists()
    )
