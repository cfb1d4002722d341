"""Who saved a plan asks on its page to be told, and is: once, and only by a tap."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

import httpx

from tests.accounts.signing import browser
from tests.conftest import TurnableClock
from tests.factories import EVENT_DAY, catalogue_changed, make_event, make_site
from tests.notifications.push_service import Phone
from tests.routes.plan_pages.test_pages import CONTACT, a_town, at, changed, planned, shown_sites
from tour.audit.service import Actor
from tour.changes import Kind, tell, together
from tour.db import transaction
from tour.events import undoing
from tour.events.models import Event
from tour.notifications.message import joined
from tour.notifications.models import Delivery, PushSubscription, Recipient, Reminder
from tour.notifications.sending import outbox
from tour.notifications.sending.fan_out import fan_out
from tour.notifications.states import DeliveryStatus, ReminderStatus
from tour.programmes.models import Slot
from tour.programmes.states import SlotStatus
from tour.reservations.changes import call_offs
from tour.reservations.changes.slots import cancel_slot
from tour.routes.days.edits import PlannedStop
from tour.routes.models import Itinerary, ItineraryReader
from tour.routes.plan_news.look_out import LookOut
from tour.routes.plan_news.news import pages_of_parties, tell_news, tell_sold_out
from tour.routes.plans import itineraries
from tour.sites.models import Site, SiteDay
from tour.sites.states import DoorState

API = "/api/v1/push-subscriptions"
ENGLISH = {"Accept-Language": "en"}


def a_phone(name: str = "mine") -> Phone:
    return Phone(name, "https://fcm.googleapis.com")


async def asked(
    client: httpx.AsyncClient, url: str, phone: Phone | None = None, **more: object
) -> httpx.Response:
    """What the page's script sends after a tap, or (`resync=True`) when the page is opened."""
    subscription = {**(phone or a_phone()).subscription(), **more}
    body = {"itinerary": url.rpartition("/")[2], "subscription": subscription}
    return await client.post(API, json=body)


async def reserved(client: httpx.AsyncClient, url: str, slot: Slot, phone: Phone) -> None:
    """A place from the plan, and its reminders in a browser."""
    contact = {**CONTACT, "email": "", "phone": "090-1234-5678", "adults": "2", "children": "1"}
    form = {**contact, "idempotency_key": "a-key-of-a-test", "slot": [slot.id]}
    made = await client.post(f"{url}/reserve", data=form)
    assert made.status_code == 303, made.text
    reference = made.headers["location"].partition("?")[0].rpartition("/")[2]
    body = {"reservation": reference, "subscription": phone.subscription()}
    assert (await client.post(API, json=body)).status_code == 201


async def a_plan(client: httpx.AsyncClient, *slots: Slot) -> str:
    """The address of a new plan with these sessions, whatever the planner makes of the day."""
    url = await planned(client)
    stops = []
    for slot in slots:
        programme = await slot.programme
        stops.append(PlannedStop(programme.site_id, slot.id, 60).as_json())  # type: ignore[attr-defined]
    await Itinerary.filter(edit_token=url.rpartition("/")[2]).update(stops=stops)
    return url


async def called_off(slot: Slot) -> None:
    await Slot.filter(id=slot.id).update(status=SlotStatus.CANCELLED)
    await catalogue_changed()


async def called_off_by_host(slot: Slot, now: datetime) -> None:
    """As the page of hosts does it: the parties hear of it."""
    plans = await pages_of_parties(slot.id)
    await cancel_slot(slot.id, "", actor=Actor(None, "host"), now=now, plans=plans)


async def news_waiting() -> list[Reminder]:
    return [told for told in await news() if told.status == ReminderStatus.WAITING]


async def withdrawn(day: Event, slots: Iterable[Slot], *, now: datetime) -> None:
    async with together(now=now):
        actor = Actor(None, "staff")
        shown = await Slot.filter(id__in=[s.id for s in slots]).select_related("programme__site")
        stands = await undoing.standing_of(day.id)
        cause = call_offs.Cause(event_id=day.id, before=stands, after=stands)
        await call_offs.call_off(cause, shown, "", actor=actor, now=now)


async def news() -> list[Reminder]:
    return await Reminder.filter(key__startswith="shared:plan:").order_by("id")


class TestAsking:
    async def test_who_only_saved_a_plan_is_told_once(self, app, client, clock) -> None:
        slots = await a_town()
        url = await a_plan(client, *slots)
        assert (await asked(client, url)).status_code == 201
        assert await tell_news(app.state.parts, now=clock()) == 0
        await called_off(slots[0])
        assert await tell_news(app.state.parts, now=clock()) == 1
        assert await tell_news(app.state.parts, now=clock()) == 0
        [told] = await news()
        assert (told.url, told.status, told.due_at) == (url, ReminderStatus.WAITING, clock())
        assert told.title == "12月5日(土)のプランが変わりました"
        assert "残りを組み直す" in (await client.get(told.url)).text

    async def test_each_in_the_language_of_its_own_page(self, app, client, clock) -> None:
        slots = await a_town()
        url = await a_plan(client, *slots)
        client.headers.update(ENGLISH)
        await asked(client, url)
        client.headers.update({"Accept-Language": "ja"})
        await asked(client, url, a_phone("tablet"))
        await called_off(slots[0])
        assert await tell_news(app.state.parts, now=clock()) == 2
        first, second = await news()
        assert first.title.startswith("Your plan of ")
        assert second.title.startswith("12月5日(土)")
        assert await PushSubscription.all().count() == 2

    async def test_whoever_changes_the_language_is_told_in_the_new_one(
        self, app, client, clock
    ) -> None:
        slots = await a_town()
        url, mine = await a_plan(client, *slots), a_phone()
        await asked(client, url, mine)
        client.headers.update(ENGLISH)
        assert (await asked(client, url, mine, resync=True)).status_code == 201
        await called_off(slots[0])
        await tell_news(app.state.parts, now=clock())
        assert [told.title[:4] for told in await news()] == ["Your"]

    async def test_news_of_a_stop_dies_with_the_stop(self, app, client, clock) -> None:
        slot, _other = slots = await a_town()
        url = await a_plan(client, *slots)
        await asked(client, url)
        await called_off(slot)
        await tell_news(app.state.parts, now=clock())
        [told] = await news()
        assert told.expires_at == slot.ends_at

    async def test_a_withdrawn_event_is_told_when_nobody_can_take_it_back(
        self, app, client, clock
    ) -> None:
        slots = await a_town()
        await asked(client, await a_plan(client, *slots))
        look_out = LookOut(app.state.parts)
        await look_out.look()
        day = await make_event(day=EVENT_DAY)
        for _twice in range(2):
            await withdrawn(day, slots, now=clock())
            await look_out.look()
            clock.turn_to(clock() + timedelta(seconds=59))
            await look_out.look()
            assert await news() == []
            await call_offs.undo(event_id=day.id, actor=Actor(None, "staff"), now=clock())
            clock.turn_to(clock() + timedelta(seconds=5))
            await look_out.look()
            assert await news() == []
        await withdrawn(day, slots, now=clock())
        await look_out.look()
        clock.turn_to(clock() + timedelta(seconds=60))
        await look_out.look()
        assert len(await news_waiting()) == len(slots)

    async def test_only_plans_that_go_where_something_changed_are_looked_at(
        self, app, client, clock
    ) -> None:
        first, second = await a_town()
        await asked(client, await a_plan(client, first))
        await asked(client, await a_plan(client, second), a_phone("other"))
        look_out = LookOut(app.state.parts)
        await look_out.look()
        await Slot.all().update(status=SlotStatus.CANCELLED)
        await tell(Kind.SESSION, first.id, now=clock())
        await look_out.look()
        assert len(await news_waiting()) == 1
        await tell(Kind.PROGRAMME, second.programme_id, now=clock())  # type: ignore[attr-defined]
        await look_out.look()
        assert len(await news_waiting()) == 2

    async def test_a_door_is_told_of_when_its_time_comes_near(self, app, client, clock) -> None:
        """It is full from the morning on; nothing changes any more before one would be there."""
        slot, _other = await a_town()
        site_id = (await slot.programme).site_id  # type: ignore[attr-defined]
        url = await planned(client)
        stops = [PlannedStop(site_id, None, 30).as_json()]
        await Itinerary.filter(edit_token=url.rpartition("/")[2]).update(stops=stops)
        await asked(client, url)
        clock.turn_to(at(0, 30))
        look_out = LookOut(app.state.parts)
        await look_out.look()
        await SiteDay.create(site_id=site_id, on_date=EVENT_DAY, state=DoorState.FULL)
        await tell(Kind.DOOR, site_id, now=clock())
        told = 0
        for _quarter in range(48):
            await look_out.look()
            told = len(await news_waiting())
            if told:
                break
            clock.turn_to(clock() + timedelta(minutes=15))
        assert told == 1
        assert clock() > at(2)

    async def test_what_is_no_longer_so_is_not_told(self, app, client, clock) -> None:
        """Called off at night, on again before anybody was told; and off again, which is told."""
        slot, _other = slots = await a_town()
        url = await a_plan(client, *slots)
        await asked(client, url)
        clock.turn_to(at(23) - timedelta(days=1))
        await called_off(slot)
        assert await tell_news(app.state.parts, now=clock()) == 1
        await Slot.filter(id=slot.id).update(status=SlotStatus.OPEN)
        await catalogue_changed()
        assert await tell_news(app.state.parts, now=clock()) == 0
        assert await news_waiting() == []
        await called_off(slot)
        assert await tell_news(app.state.parts, now=clock()) == 1
        assert len(await news_waiting()) == 1

    async def test_no_more_browsers_than_a_plan_may_have(self, client) -> None:
        await a_town()
        url = await planned(client)
        for number in range(itineraries.MOST_READERS + 2):
            assert (await asked(client, url, a_phone(f"phone-{number}"))).status_code == 201
        assert await ItineraryReader.all().count() == itineraries.MOST_READERS
        assert await PushSubscription.all().count() == itineraries.MOST_READERS

    async def test_what_the_page_showed_when_they_asked_is_no_news(
        self, app, client, clock
    ) -> None:
        first, second = slots = await a_town()
        url = await a_plan(client, *slots)
        await called_off(first)
        await asked(client, url)
        assert await tell_news(app.state.parts, now=clock()) == 0
        assert [told.status for told in await news()] == [ReminderStatus.EXPIRED]
        await called_off(second)
        assert await tell_news(app.state.parts, now=clock()) == 1

    async def test_a_page_that_was_only_opened_asks_for_nobody(self, client) -> None:
        await a_town()
        url = await planned(client)
        assert (await asked(client, url, resync=True)).status_code == 409
        assert await Recipient.all().count() == 0
        mine = a_phone()
        await asked(client, url, mine)
        assert (await asked(client, url, a_phone("friend"), resync=True)).status_code == 409
        assert (await asked(client, url, mine, resync=True)).status_code == 201
        assert await PushSubscription.all().count() == await Recipient.all().count() == 1

    async def test_takes_the_key_that_may_change_the_plan(self, client) -> None:
        await a_town()
        url = await planned(client)
        plan = await Itinerary.get()
        assert (await asked(client, f"/{plan.show_token}")).status_code == 403
        assert (await asked(client, f"/{'k' * 24}")).status_code == 404
        bad = await asked(client, url, endpoint="https://example.org/push")
        assert bad.status_code == 422
        assert await Recipient.all().count() == 0
        assert await ItineraryReader.all().count() == 0


class TestReservedToo:
    async def test_one_browser_is_told_once(self, app, client, clock) -> None:
        slot, other = slots = await a_town()
        url, mine = await a_plan(client, *slots), a_phone()
        await reserved(client, url, other, mine)
        await asked(client, url, mine)
        await called_off(slot)
        assert await tell_news(app.state.parts, now=clock()) == 2
        async with transaction():
            await fan_out(clock(), 1)
        made = await Delivery.filter(reminder__key__startswith="shared:").order_by("id")
        assert {d.status for d in made} == {DeliveryStatus.WAITING, DeliveryStatus.TOGETHER}

    async def test_two_browsers_are_told_each(self, app, client, clock) -> None:
        slot, other = slots = await a_town()
        url = await a_plan(client, *slots)
        await reserved(client, url, other, a_phone())
        async with browser(app) as friend:
            await asked(friend, url, a_phone("friend"))
        await called_off(slot)
        assert await tell_news(app.state.parts, now=clock()) == 2
        async with transaction():
            await fan_out(clock(), 10)
        waiting = Delivery.filter(status=DeliveryStatus.WAITING, reminder__key__startswith="shared")
        assert await waiting.count() == 2

    async def test_who_asks_later_is_not_told_of_what_was_told(self, app, client, clock) -> None:
        slot, other = slots = await a_town()
        url, mine = await a_plan(client, *slots), a_phone()
        await reserved(client, url, other, mine)
        await called_off(slot)
        await asked(client, url, mine)
        told = [reminder.status for reminder in await news()]
        assert told == [ReminderStatus.WAITING, ReminderStatus.EXPIRED]
        assert await tell_news(app.state.parts, now=clock()) == 0

    async def test_of_a_session_that_a_host_calls_off_by_the_host_alone(
        self, app, client, clock
    ) -> None:
        slot, other = slots = await a_town()
        url, mine = await a_plan(client, *slots), a_phone()
        await reserved(client, url, slot, mine)
        await asked(client, url, mine)
        await called_off_by_host(slot, clock())
        assert await tell_news(app.state.parts, now=clock()) == 0
        [told] = await Reminder.filter(key=f"cancelled:{slot.id}")
        assert told.url == url
        assert "プランを開くと、残りの時間の新しい案があります" in told.body
        [action] = told.actions
        assert action["url"].startswith("/reservations/")
        assert "残りを組み直す" in (await client.get(told.url)).text
        async with transaction():
            await fan_out(clock(), 10)
        assert await Delivery.all().count() == 1
        await called_off_by_host(other, clock())
        assert await tell_news(app.state.parts, now=clock()) == 2

    async def test_who_only_saved_the_plan_hears_what_the_party_hears_from_the_host(
        self, app, client, clock
    ) -> None:
        slot, _other = slots = await a_town()
        url = await a_plan(client, *slots)
        await reserved(client, url, slot, a_phone())
        async with browser(app) as friend:
            await asked(friend, url, a_phone("friend"))
        await called_off_by_host(slot, clock())
        assert await tell_news(app.state.parts, now=clock()) == 1
        assert await tell_news(app.state.parts, now=clock()) == 0
        [told] = await news_waiting()
        assert told.recipient_id == (await ItineraryReader.get()).recipient_id  # type: ignore[attr-defined]

    async def test_a_second_browser_of_the_plan_asks_and_is_told_nothing_old(
        self, app, client, clock
    ) -> None:
        slot, _other = slots = await a_town()
        url, mine = await a_plan(client, *slots), a_phone()
        await reserved(client, url, slot, mine)
        await asked(client, url, mine)
        await called_off_by_host(slot, clock())
        assert await tell_news(app.state.parts, now=clock()) == 0
        await asked(client, url, a_phone("friend"))
        assert await tell_news(app.state.parts, now=clock()) == 0

    async def test_in_its_own_language_though_another_shares_the_phone(
        self, app, client, clock
    ) -> None:
        """The party reserved in Japanese; the plan is read in English on the same phone since."""
        slot, other = slots = await a_town()
        url, mine = await a_plan(client, *slots), a_phone()
        await reserved(client, url, other, mine)
        client.headers.update(ENGLISH)
        await asked(client, url, mine)
        await called_off(slot)
        await tell_news(app.state.parts, now=clock())
        async with transaction():
            await fan_out(clock(), 10)
            [job] = await outbox.claim(clock(), 10, {}, default_room=10)
        assert job.lang == "en"
        assert len(job.parts) == 2
        said = joined(job.parts).opened(app.state.parts.seal)
        assert said.title.startswith("Your plan of ")
        assert "プラン" not in said.body


def this_browser(phone: Phone) -> dict[str, str]:
    """What the page's script fills into the form."""
    return {"endpoint": phone.subscription()["endpoint"]}


class TestPage:
    async def test_asks_in_both_languages_and_says_what_holds_without(self, client) -> None:
        await a_town()
        url = await planned(client)
        page = (await client.get(url)).text
        assert "このプランが変わったら知らせる" in page
        assert f'data-about="itinerary" data-key="{url.rpartition("/")[2]}"' in page
        assert "このページはいつも最新です" in page
        english = (await client.get(url, headers=ENGLISH)).text
        assert "Tell me when this plan changes" in english
        assert "Being told needs JavaScript" in english

    async def test_asks_nobody_who_may_only_look_or_when_the_day_is_over(
        self, client, clock
    ) -> None:
        await a_town()
        url = await planned(client)
        plan = await Itinerary.get()
        assert (
            "data-push data-vapid-key"
            not in (await client.get(f"/itineraries/{plan.show_token}")).text
        )
        clock.turn_to(at(20))
        assert "data-push data-vapid-key" not in (await client.get(url)).text

    async def test_stops_by_its_button_until_one_asks_again(self, app, client, clock) -> None:
        slot, other = slots = await a_town()
        url, mine = await a_plan(client, *slots), a_phone()
        await asked(client, url, mine)
        stop = re.search(r'action="([^"]+/stop-news)"', (await client.get(url)).text)
        assert stop
        answer = await client.post(stop[1], data=this_browser(mine))
        assert answer.headers["location"] == f"{url}#news"
        assert (await asked(client, url, mine, resync=True)).status_code == 409
        assert await Recipient.filter(itinerary_reader__id__not_isnull=True).count() == 0
        await called_off(slot)
        assert await tell_news(app.state.parts, now=clock()) == 0
        await asked(client, url, mine)
        assert await tell_news(app.state.parts, now=clock()) == 0
        await called_off(other)
        assert await tell_news(app.state.parts, now=clock()) == 1

    async def test_one_sharers_stop_stops_that_one(self, app, client, clock) -> None:
        slots = await a_town()
        url, mine, friends = await a_plan(client, *slots), a_phone(), a_phone("friend")
        await asked(client, url, mine)
        await asked(client, url, friends)
        await client.post(f"{url}/stop-news", data=this_browser(friends))
        assert (await asked(client, url, mine, resync=True)).status_code == 201
        assert (await asked(client, url, friends, resync=True)).status_code == 409
        await called_off(slots[0])
        assert await tell_news(app.state.parts, now=clock()) == 1

    async def test_a_stop_without_a_browser_stops_nobody(self, client) -> None:
        await a_town()
        url = await planned(client)
        await asked(client, url)
        assert (await client.post(f"{url}/stop-news")).status_code == 303
        assert await PushSubscription.all().count() == 1


async def signed(slug: str, **sign: object) -> None:
    """What a host says at the door today."""
    values = {"state": DoorState.OPEN, "closed_minute": None, "waiting_minutes": 0, **sign}
    await SiteDay.update_or_create(
        site=await Site.get(slug=slug), on_date=EVENT_DAY, defaults=values
    )
    await catalogue_changed()


class TestWhatChangesAPlan:
    """A sign at a door, a session sold out: told once, with the mended plan there before."""

    async def looks_at_c(self, client: httpx.AsyncClient, clock: TurnableClock) -> str:
        """A plan of the day itself that looks around at the third workshop at eleven."""
        await a_town()
        await make_site(slug="workshop-d", name="工房d")
        url = await planned(client, from_time="10:50", lunch="")
        site = await Site.get(slug="workshop-c")
        stops = [PlannedStop(site.id, None, 30).as_json()]
        await Itinerary.all().update(stops=stops)
        clock.turn_to(at(10, 20))
        await asked(client, url)
        return url

    async def test_a_door_that_is_full(self, app, client, clock) -> None:
        url = await self.looks_at_c(client, clock)
        await signed("workshop-c", state=DoorState.FULL)
        assert await tell_news(app.state.parts, now=clock()) == 1
        assert await tell_news(app.state.parts, now=clock()) == 0
        page = (await client.get(url)).text
        assert "満員" in page
        assert "残りの時間の新しい案" in page
        shown = shown_sites((await changed(client, url, do="mended")).text)
        assert shown
        assert shown[0] != "workshop-c"

    async def test_a_long_wait(self, app, client, clock) -> None:
        url = await self.looks_at_c(client, clock)
        await signed("workshop-c", waiting_minutes=20)
        assert await tell_news(app.state.parts, now=clock()) == 0
        assert "待ち時間 約20分" in (await client.get(url)).text
        await signed("workshop-c", waiting_minutes=60)
        assert await tell_news(app.state.parts, now=clock()) == 1

    async def test_a_door_that_opens_again_in_time_is_no_news(self, app, client, clock) -> None:
        await self.looks_at_c(client, clock)
        await signed("workshop-c", state=DoorState.FULL)
        await tell_news(app.state.parts, now=clock())
        await signed("workshop-c")
        await tell_news(app.state.parts, now=clock())
        assert await news_waiting() == []

    async def test_a_session_that_sells_out(self, app, client, clock) -> None:
        slots = await a_town()
        url = await a_plan(client, *slots)
        clock.turn_to(at(8))
        await asked(client, url)
        known = await tell_sold_out(app.state.parts, frozenset(), now=clock())
        assert await news() == []
        await Slot.filter(id=slots[1].id).update(seats_taken=8)
        await catalogue_changed()
        full = await tell_sold_out(app.state.parts, known, now=clock())
        assert full == {slots[1].id}
        [told] = await news_waiting()
        assert "空席" in told.body
        page = (await client.get(url)).text
        assert "残りの時間の新しい案" in page
        assert "外れるもの：14:00 体験14時" in page
        await changed(client, url, do="mended")
        row = await Itinerary.get()
        assert slots[1].id not in [stop["slot_id"] for stop in row.stops]
        assert "残りの時間の新しい案" not in (await client.get(url)).text

    async def test_what_is_reserved_is_not_sold_out(self, app, client, clock) -> None:
        slots = await a_town()
        url = await a_plan(client, *slots)
        await reserved(client, url, slots[1], a_phone())
        await Slot.filter(id=slots[1].id).update(seats_taken=8)
        await catalogue_changed()
        assert await tell_news(app.state.parts, now=clock()) == 0
