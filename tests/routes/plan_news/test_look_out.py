"""What is done about plans beside the pages: news of them is told, old ones are erased."""

from datetime import timedelta

import pytest

from tests.conftest import NOON
from tests.factories import (
    catalogue_changed,
    make_event,
    make_programme,
    make_site,
    make_slot,
    make_station,
)
from tests.reservations.factories import make_wish
from tests.routes.plan_news.test_readers import asked
from tests.routes.plan_pages.test_pages import CONTACT, EVENT_DAY, a_town, at, planned, shown_sites
from tour.notifications.models import PushSubscription, Reminder
from tour.programmes.models import Programme, Slot
from tour.programmes.purging import purge_programmes
from tour.programmes.states import SlotStatus
from tour.reservations import service
from tour.reservations.models import Reservation
from tour.routes.models import Itinerary, ItineraryReservation
from tour.routes.plan_news.news import tell_news
from tour.routes.plans.itineraries import KEPT, forget_plans
from tour.sites.models import SiteDay
from tour.sites.states import DoorState, SiteKind


async def reserved(client, url: str, *slots: Slot) -> None:
    contact = {**CONTACT, "adults": "2", "children": "1", "idempotency_key": "a-key-of-a-test"}
    answer = await client.post(f"{url}/reserve", data={**contact, "slot": [s.id for s in slots]})
    assert answer.status_code == 303, answer.text


async def news() -> list[Reminder]:
    return await Reminder.filter(key__startswith="shared:plan:").order_by("id")


class TestNews:
    async def test_of_a_session_called_off_goes_to_who_reserved_once(
        self, app, client, clock
    ) -> None:
        slots = await a_town()
        url = await planned(client)
        await reserved(client, url, *slots)
        assert await tell_news(app.state.parts, now=clock()) == 0
        await Slot.filter(id=slots[0].id).update(status=SlotStatus.CANCELLED)
        await catalogue_changed()
        assert await tell_news(app.state.parts, now=clock()) == 1
        assert await tell_news(app.state.parts, now=clock()) == 0
        told = (await news())[0]
        assert told.url == url
        assert told.title == "12月5日(土)のプランが変わりました"
        assert "工房aの体験は中止になりました。" in told.body
        page = (await client.get(told.url)).text
        assert "残りを組み直す" in page

    async def test_of_a_door_that_closes_early(self, app, client, clock) -> None:
        await make_station(id="oji")
        early = await make_site(slug="early", name="早じまい工場", kind=SiteKind.FACTORY)
        host = await make_site(slug="host")
        await make_event(early, host)
        programme = await make_programme(site=host)
        slot = await make_slot(programme=programme, starts_at=at(11))
        url = await planned(client, from_time="10:30", lunch="")
        assert shown_sites((await client.get(url)).text) == ["host", "early"]
        await reserved(client, url, slot)
        clock.turn_to(at(11, 30))
        closing = {"state": DoorState.CLOSED, "closed_minute": 690, "waiting_minutes": 0}
        await SiteDay.create(site=early, on_date=EVENT_DAY, **closing)
        await catalogue_changed()
        assert await tell_news(app.state.parts, now=clock()) == 1
        assert "早じまい工場は、着くころには閉まっています。" in (await news())[0].body

    async def test_is_none_when_the_visit_is_over_or_nobody_can_be_told(
        self, app, client, clock
    ) -> None:
        slots = await a_town()
        await planned(client)
        mine = await planned(client)
        await reserved(client, mine, *slots)
        clock.turn_to(at(11, 5))
        await Slot.filter(id=slots[0].id).update(status=SlotStatus.CANCELLED)
        await catalogue_changed()
        assert await tell_news(app.state.parts, now=clock()) == 0
        clock.turn_to(at(15) + timedelta(days=1))
        await Slot.filter(id=slots[1].id).update(status=SlotStatus.CANCELLED)
        assert await tell_news(app.state.parts, now=clock()) == 0


class TestSweeping:
    async def test_erases_plans_a_month_after_their_day(self, client, clock) -> None:
        slots = await a_town()
        url = await planned(client)
        await reserved(client, url, *slots)
        clock.turn_to(at(12) + KEPT)
        assert await forget_plans(now=clock()) == 0
        clock.turn(days=1)
        assert await forget_plans(now=clock()) == 1
        assert (await client.get(url)).status_code == 404
        assert await Itinerary.all().count() == await ItineraryReservation.all().count() == 0
        assert await Reservation.all().count() == 1

    async def test_forgets_the_browsers_that_were_told_of_them(self, client, clock) -> None:
        await a_town()
        for day in (EVENT_DAY, EVENT_DAY + timedelta(days=1)):
            url = await planned(client)
            assert (await asked(client, url)).status_code == 201
            await Itinerary.filter(edit_token=url.rpartition("/")[2]).update(on_date=day)
        clock.turn_to(at(12) + KEPT + timedelta(days=1))
        assert await forget_plans(now=clock()) == 1
        assert await PushSubscription.all().count() == 1

    @pytest.mark.usefixtures("database")
    async def test_deletes_removed_sessions_but_those_that_were_reserved(self) -> None:
        removed, kept, recent = [await make_programme() for _number in range(3)]
        slot = await make_slot(programme=kept)
        await make_slot(programme=removed)
        await service.reserve(make_wish(slot), now=NOON)
        for programme, days in ((removed, 31), (kept, 31), (recent, 29)):
            removed_at = NOON - timedelta(days=days)
            await Programme.filter(id=programme.id).update(
                removed_at=removed_at, is_published=False
            )
        assert await purge_programmes(now=NOON) == 1
        left = {programme.id for programme in await Programme.all()}
        assert left == {kept.id, recent.id}
        assert await purge_programmes(now=NOON) == 0
