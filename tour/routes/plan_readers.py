"""Browsers that asked, on the page of a plan, to be told when others change something about it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from starlette.datastructures import State

from tour.db import transaction
from tour.errors import Conflict
from tour.i18n import lazy as _
from tour.notifications import queries
from tour.notifications import service as notifications
from tour.notifications.models import Recipient
from tour.notifications.service import Draft
from tour.routes import itineraries, plan_news
from tour.routes.desks import desks_at
from tour.routes.itineraries import ItineraryEntry
from tour.routes.plan_news import News


class NotAsked(Conflict):
    """A page says again what its browser agreed to, but that was not for this plan."""

    def __init__(self) -> None:
        super().__init__(_("This browser has not asked to be told about this plan."))


async def subscribe(
    parts: State, token: str, subscription: dict[str, Any], *, lang: str, now: datetime
) -> None:
    """Tell a browser of this plan from now on, in the language of whoever asked first.

    Only who may change the plan may ask, and only by a tap: a page that merely tells us again
    (`"resync": true`) is answered with NotAsked unless this browser did ask for this plan.
    """
    plan = await itineraries.find_to_edit(token)
    if subscription.get("resync") and not await _has_asked(plan, subscription):
        raise NotAsked
    seen = [] if await _is_read(plan) else await _on_the_page(parts, plan, now)
    async with transaction():
        zone = parts.town.timezone.key
        reader = await itineraries.recipient_for(plan, lang=lang, timezone=zone)
        await notifications.subscribe(reader.id, subscription, parts.push_policy, now=now)
        await _pass_over(reader, seen, now)


async def stop(token: str, *, now: datetime) -> None:
    """Tell no browser of this plan any more, until one asks again."""
    plan = await itineraries.find_to_edit(token)
    if plan.recipient_id:
        await notifications.stop(plan.recipient_id, now=now)


async def _has_asked(plan: ItineraryEntry, subscription: dict[str, Any]) -> bool:
    endpoint = str(subscription.get("endpoint", ""))
    return plan.recipient_id in await queries.recipients_of_browser(endpoint)


async def _is_read(plan: ItineraryEntry) -> bool:
    """Whether some browser is told of it already."""
    return bool(plan.recipient_id and await queries.browser_count(plan.recipient_id))


async def _on_the_page(parts: State, plan: ItineraryEntry, now: datetime) -> list[News]:
    """What the page shows to who asks; those who reserved from it are told of it first."""
    desks = await desks_at(parts, now)
    seen = await plan_news.news_of(desks, plan)
    for news in seen:
        await plan_news.tell_once(desks, news)
    return seen


async def _pass_over(reader: Recipient, seen: Sequence[News], now: datetime) -> None:
    """What they have seen is no news to them: a row that is over at once marks it."""
    drafts = [Draft(news.key, news.told_to(reader), now, now) for news in seen]
    await notifications.queue_all(reader.id, drafts, now=now)
