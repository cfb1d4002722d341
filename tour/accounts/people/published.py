"""What the people of a place read when visitors can see it."""

from datetime import datetime, timedelta

from tour.accounts.people.queries import members_of
from tour.i18n import localized, translate
from tour.notifications import service as notifications
from tour.notifications.message import Message
from tour.notifications.models import Recipient
from tour.notifications.sending.wording import Promised, Words
from tour.sites.editing.publication import showing_of
from tour.sites.models import Site
from tour.sites.showing import Showing

KEY = "published:"
LASTS = timedelta(days=14)


async def tell_published(site_id: int, *, now: datetime) -> int:
    """Write to everybody who tends it, in the caller's transaction; returns to how many."""
    site = await Site.get(id=site_id)
    return await notifications.tell_now(
        [member.recipient_id for member in await members_of(site_id)],
        notifications.words_key(f"{KEY}{site_id}", now.isoformat()),
        lambda reader: _letter(site, reader),
        concerns=None,
        expires_at=now + LASTS,
        now=now,
    )


async def words(promised: Promised, _now: datetime) -> Words | None:
    """Nothing where it was taken off again meanwhile."""
    site = await Site.get_or_none(id=int(promised.subject))
    if site is None or showing_of(site) is not Showing.SHOWN:
        return None
    return Words(_letter(site, await Recipient.get(id=promised.recipient_id)))


def _letter(site: Site, reader: Recipient) -> Message:
    name = localized({"name": site.name}, "name", reader.lang, site.translations)
    title = translate("Your page is public: %(site)s", reader.lang, site=name)
    body = translate(
        "The staff have published the page of %(site)s: visitors see it from now on."
        " What you change there is public at once.",
        reader.lang,
        site=name,
    )
    return Message(title, body, f"/sites/{site.slug}")
