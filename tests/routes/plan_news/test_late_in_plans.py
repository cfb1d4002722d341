"""A host who runs late: whoever has the session in a plan hears it once, with or without a seat."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest
from starlette.applications import Starlette

from tests.accounts.signing import browser
from tests.conftest import TurnableClock
from tests.notifications.push_service import Phone
from tests.routes.plan_news.test_readers import ENGLISH, a_phone, a_plan, asked, news, reserved
from tests.routes.plan_pages.test_pages import a_town, at
from tour.audit.service import Actor
from tour.db import transaction
from tour.notifications.models import Delivery, Reminder
from tour.notifications.sending.fan_out import fan_out
from tour.notifications.states import ReminderStatus
from tour.programmes.models import Slot
from tour.reservations.changes.lateness import run_late
from tour.routes.models import Itinerary
from tour.routes.plan_news.look_out import LookOut
from tour.routes.plan_news.news import pages_of_parties_at
from tour.sites.models import Site

TOKYO = ZoneInfo("Asia/Tokyo")
HOST = Actor(None, "host")


async def late(slot: Slot, minutes: int, clock: TurnableClock) -> None:
    """As the host's button does it."""
    site = await Site.get(programmes__id=slot.programme_id)
    plans = await pages_of_parties_at(site.id, clock().astimezone(TOKYO).date())
    await run_late(site, TOKYO, minutes, actor=HOST, now=clock(), plans=plans)


async def told() -> list[Reminder]:
    return [row for row in await news() if row.status == ReminderStatus.WAITING]


@pytest.fixture
async def slots(app: Starlette, clock: TurnableClock) -> list[Slot]:  # noqa: ARG001 - opens it
    made = await a_town()
    clock.turn_to(at(9, 30))
    return made


async def a_reader(client: httpx.AsyncClient, *slots: Slot, phone: Phone | None = None) -> str:
    url = await a_plan(client, *slots)
    assert (await asked(client, url, phone)).status_code == 201
    return url


async def test_told_once_and_with_the_new_time(app, client, clock, slots) -> None:
    url = await a_reader(client, *slots)
    look_out = LookOut(app.state.parts)
    await look_out.look()
    for _twice in range(2):
        await late(slots[0], 15, clock)
        await look_out.look()
    [row] = await told()
    assert "15分遅れ、11:15に始まります" in row.body
    assert "このまま回れます" in row.body
    assert (row.url, row.revision) == (url, 1)
    page = (await client.get(url)).text
    assert "11:15" in page
    assert "このままでは予定どおりに回れません" not in page


async def test_each_in_their_own_language(app, client, clock, slots) -> None:
    url = await a_reader(client, *slots)
    client.headers.update(ENGLISH)
    await asked(client, url, a_phone("tablet"))
    await late(slots[0], 15, clock)
    await LookOut(app.state.parts).look()
    first, second = await told()
    assert "15分遅れ" in first.body
    assert "15 minutes late: it begins at 11:15" in second.body


async def test_later_still_and_on_time_again(app, client, clock, slots) -> None:
    """Each word replaces the one before, on the phone, too; the same word is not said again."""
    await a_reader(client, *slots)
    look_out, heard = LookOut(app.state.parts), []
    for minutes in (15, 30, 30, 0, 15):
        await late(slots[0], minutes, clock)
        await look_out.look()
        await look_out.look()
        [row] = await news()
        heard.append((row.revision, "予定どおり" in row.body))
        await Reminder.all().update(status=ReminderStatus.SENT)
    assert heard == [(1, False), (2, False), (2, False), (3, True), (4, False)]


async def test_taken_back_before_anybody_was_told_nothing_is_said(
    app, client, clock, slots
) -> None:
    await a_reader(client, *slots)
    look_out = LookOut(app.state.parts)
    await late(slots[0], 15, clock)
    await look_out.look()
    await late(slots[0], 0, clock)
    await look_out.look()
    assert await told() == []


async def test_who_has_seats_hears_it_from_the_host_alone(app, client, clock, slots) -> None:
    url, mine = await a_plan(client, *slots), a_phone()
    await reserved(client, url, slots[0], mine)
    await asked(client, url, mine)
    async with browser(app) as friend:
        await asked(friend, url, a_phone("friend"))
    await late(slots[0], 15, clock)
    await LookOut(app.state.parts).look()
    assert len(await told()) == 1  # the friend
    [row] = await Reminder.filter(key__startswith="delay:")
    assert row.actions == [{"title": "プランを見る", "url": url}]
    async with transaction():
        await fan_out(clock(), 100)
    endpoints = await Delivery.filter(reminder__key__in=[row.key, (await told_keys())]).values_list(
        "subscription__endpoint", flat=True
    )
    assert len(endpoints) == len(set(endpoints)) == 2


async def told_keys() -> str:
    return next(row.key for row in await news() if row.status != ReminderStatus.EXPIRED)


async def test_where_it_meets_the_next_stop_a_proposal_is_there(app, client, clock, slots) -> None:
    await Slot.filter(id=slots[1].id).update(starts_at=at(12, 30), ends_at=at(13, 30))
    url = await a_reader(client, *slots)
    await late(slots[0], 60, clock)
    await LookOut(app.state.parts).look()
    [row] = await told()
    assert "残りの時間を組み直せます" in row.body
    page = (await client.get(url)).text
    assert "このままでは予定どおりに回れません" in page
    assert (await Itinerary.get()).findings["mended"]


async def test_what_has_begun_is_no_news(app, client, clock, slots) -> None:
    await a_reader(client, *slots)
    clock.turn_to(at(11, 20))
    await late(slots[0], 15, clock)
    await LookOut(app.state.parts).look()
    assert [row for row in await told() if "遅れ" in row.body] == []


async def test_news_of_it_dies_with_the_session(app, client, clock, slots) -> None:
    await a_reader(client, *slots)
    await late(slots[0], 15, clock)
    await LookOut(app.state.parts).look()
    [row] = await told()
    assert row.expires_at == slots[0].ends_at + timedelta(minutes=15)
