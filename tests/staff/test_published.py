"""Who tends a place hears when visitors can see it: once, and only while it is so."""

from datetime import timedelta

import pytest

from tests.accounts.signing import OPERATOR, make_account
from tests.conftest import NOON
from tests.factories import make_site
from tour.accounts.people import published
from tour.accounts.roles import Role
from tour.db import transaction
from tour.notifications.models import Recipient, Reminder
from tour.notifications.sending.wording import Promised, Words
from tour.reservations.waitlist.queue import publish_site
from tour.sites.editing.publication import withdraw_site
from tour.sites.models import Site

pytestmark = pytest.mark.usefixtures("database")
MINUTE = timedelta(minutes=1)


async def draft_of_two() -> Site:
    site = await make_site(name="見本工房", is_published=False)
    await make_account("one@example.org", Role.HOST, site)
    await make_account("two@example.org", Role.HOST, site)
    await make_account("other@example.org", Role.HOST, await make_site())
    return site


async def letters() -> list[Reminder]:
    found = Reminder.filter(key__startswith=published.KEY)
    return await found.order_by("id").select_related("recipient")


async def as_it_leaves(one: Reminder) -> Words | None:
    message = published._letter(await Site.get(id=int(one.key.split(":")[1])), one.recipient)
    return await published.words(Promised(one.recipient.id, one.key, message), NOON)


async def test_each_who_tends_it_is_told_once() -> None:
    site = await draft_of_two()
    await publish_site(site.id, actor=OPERATOR, now=NOON)
    await publish_site(site.id, actor=OPERATOR, now=NOON + MINUTE)
    told = await letters()
    assert [one.recipient.email for one in told] == ["one@example.org", "two@example.org"]
    assert told[0].title == "ページを公開しました：見本工房"
    assert told[0].url == f"/sites/{site.slug}"
    assert await as_it_leaves(told[0]) is not None


async def test_nobody_is_told_of_what_is_not_so_any_more() -> None:
    site = await draft_of_two()
    await publish_site(site.id, actor=OPERATOR, now=NOON)
    await withdraw_site(site.id, actor=OPERATOR, now=NOON + MINUTE)
    assert [await as_it_leaves(one) for one in await letters()] == [None, None]
    await publish_site(site.id, actor=OPERATOR, now=NOON + 2 * MINUTE)
    assert len(await letters()) == 4


async def test_a_place_that_nobody_tends_is_published_all_the_same() -> None:
    site = await make_site(is_published=False)
    await publish_site(site.id, actor=OPERATOR, now=NOON)
    assert (await Site.get(id=site.id)).is_published
    assert await letters() == []


async def test_who_has_stopped_all_notices_is_not_among_the_told() -> None:
    """It is written down all the same, as somebody may have to ring them."""
    site = await draft_of_two()
    await Recipient.filter(email="one@example.org").update(stopped_at=NOON)
    async with transaction():
        assert await published.tell_published(site.id, now=NOON) == 1
    assert len(await letters()) == 2
