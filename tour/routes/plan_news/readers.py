"""Browsers that asked, on the page of a plan, to be told when others change something about it.

What was reserved in such a browser for the plan is told there, too, as if it had been asked on the
page of the reservation: a letter goes only where the push does not arrive. So a host's news of one
session reaches nobody twice.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from tour.db import transaction
from tour.errors import Conflict
from tour.i18n import lazy as _
from tour.notifications import queries, recipients
from tour.notifications import service as notifications
from tour.notifications.models import Recipient
from tour.notifications.service import Draft
from tour.parts import Parts
from tour.reservations.models import Reservation
from tour.routes.plan_news import news as plan_news
from tour.routes.plan_news.changes import News, news_of
from tour.routes.plans import itineraries
from tour.routes.plans.enquiry import Enquiry
from tour.routes.plans.itineraries import ItineraryEntry


class NotAsked(Conflict):
    """A page says again what its browser agreed to, but that was not for this plan."""

    def __init__(self) -> None:
        super().__init__(_("This device has not asked for notifications of this plan."))


async def subscribe(
    parts: Parts,
    token: str,
    subscription: dict[str, Any],
    *,
    made: Collection[str],
    lang: str,
    now: datetime,
) -> None:
    """Tell a browser of this plan from now on, in the language in which it reads the plan.

    Only who may change the plan may ask, and only by a tap: a page that merely tells us again
    (`"resync": true`) is answered with NotAsked unless this browser did ask for this plan. `made`
    are the references of what was reserved in it.
    """
    plan = await itineraries.find_to_edit(token)
    known = await _reader_in(plan, str(subscription.get("endpoint", "")))
    if subscription.get("resync") and known is None:
        raise NotAsked
    seen = [] if known else await _on_the_page(parts, plan, now)
    async with transaction():
        zone = parts.town.timezone.key
        reader_id = known or (await itineraries.add_reader(plan, lang=lang, timezone=zone)).id
        # The reader last: what a browser told us last gives the language of what it is told once.
        for recipient_id in (*await _own(plan, made), reader_id):
            await recipients.subscribe(recipient_id, subscription, parts.push_policy, now=now)
        await recipients.speak(reader_id, lang)
        await _pass_over(reader_id, seen, now)


async def stop(token: str, endpoint: str) -> None:
    """Tell this browser of the plan no more, until it asks again; the others that share the plan
    are told as before. What is reserved from the plan is told by mail from then on, where it has
    one."""
    plan = await itineraries.find_to_edit(token)
    async with transaction():
        reader_id = await _reader_in(plan, endpoint)
        if reader_id is None:
            return
        if not await recipients.forget_browser(reader_id, endpoint):
            await itineraries.remove_reader(reader_id)
        for party in plan.reservations:
            await recipients.prefer_mail(party.reservation.recipient_id, endpoint)


def own_parties(plan: ItineraryEntry, made: Collection[str]) -> list[Reservation]:
    """What this browser has reserved for the plan. Nothing where it did so for several contacts:
    one of them is somebody else, whose letters go on."""
    parties = [party.reservation for party in plan.reservations]
    own = [party for party in parties if party.reference in made and not party.erased_at]
    return own if len({party.email_key or party.phone_key for party in own}) <= 1 else []


async def _own(plan: ItineraryEntry, made: Collection[str]) -> list[int]:
    """The recipients of `own_parties`, as far as they have not stopped messages."""
    ids = [party.recipient_id for party in own_parties(plan, made)]
    wanted = Recipient.filter(id__in=ids, stopped_at=None)
    return [int(row["id"]) for row in await wanted.order_by("id").values("id")]


async def _reader_in(plan: ItineraryEntry, endpoint: str) -> int | None:
    """The recipient that this browser is for the plan, if it has asked."""
    readers = await itineraries.readers(plan.id)
    asked = set(await queries.recipients_of_browser(endpoint)) & set(readers)
    return max(asked, default=None)


async def _on_the_page(parts: Parts, plan: ItineraryEntry, now: datetime) -> list[News]:
    """What the page shows to who asks; those who reserved from it are told of it first."""
    enquiry = await Enquiry.at(parts, now)
    seen = await news_of(enquiry, plan)
    for news in seen:
        await plan_news.tell_once(enquiry, news)
    return seen


async def _pass_over(reader_id: int, seen: Sequence[News], now: datetime) -> None:
    """What they have seen is no news to them: a row that is over at once marks it."""
    reader = await Recipient.get(id=reader_id)
    drafts = [Draft(news.key, news.told_to(reader), now, now) for news in seen]
    await notifications.queue_all(reader.id, drafts, now=now)
