"""A proposal is taken with its seats in one tap: they join the reservation and the QR code held."""

import html
import re
from datetime import timedelta

import httpx
import pytest
from starlette.applications import Starlette

from tests.conftest import TurnableClock
from tests.days import words
from tests.factories import catalogue_changed, make_event, make_programme, make_site, make_slot
from tests.parts import exchange
from tests.reservations.factories import answered
from tests.reservations.ledger import assert_ledger_holds
from tests.routes.plan_news.test_departures import leaving
from tests.routes.plan_news.test_readers import a_plan
from tests.routes.plan_pages.test_pages import CONTACT, a_town, at, changed, fields_of, shown_sites
from tour.limits.counting import Limit, RateLimits
from tour.notifications.models import Recipient, Reminder
from tour.programmes.models import BookingRules, Programme, Slot
from tour.programmes.states import Allocation, SlotStatus
from tour.reservations.held import changes
from tour.reservations.models import Place, Reservation
from tour.routes.days.edits import PlannedStop
from tour.routes.models import Itinerary
from tour.sites.models import Site

FORM = re.compile(r'<form[^>]*action="[^"]*/join"[^>]*>(.*?)</form>', re.DOTALL)
FIELD = re.compile(r'name="(\w+)" value="([^"]*)"')


def taps(page: str) -> list[dict[str, str]]:
    """What each of the buttons sends that reserve in one tap, or ask first."""
    return [
        {name: html.unescape(value) for name, value in FIELD.findall(form)}
        for form in FORM.findall(page)
    ]


async def holding(client: httpx.AsyncClient) -> tuple[str, list[Slot]]:
    """A plan whose party of three holds the session at eleven; the one at two is not in it."""
    slots = await a_town()
    url = await a_plan(client, slots[0])
    page = (await client.get(f"{url}/reserve")).text
    made = await client.post(f"{url}/reserve", data=fields_of(page) | CONTACT)
    assert made.status_code == 303, made.text
    return url, slots


async def stop_at(slot: Slot) -> dict[str, object]:
    programme = await Programme.get(id=slot.programme_id)
    return PlannedStop(programme.site_id, slot.id, 60).as_json()


async def proposed(*slots: Slot, mended: bool = True) -> None:
    """The same as news would: a proposal with these sessions beside the plan, or another idea."""
    row = await Itinerary.get()
    stops = [await stop_at(slot) for slot in slots]
    idea = {"difference": "other_interests", "stops": stops, "starts": 600, "kind": ""}
    new = {"mended": stops} if mended else {"alternatives": [idea]}
    await Itinerary.all().update(findings={**row.findings, **new})


async def tapped(client: httpx.AsyncClient, url: str, number: int = 0) -> httpx.Response:
    return await client.post(f"{url}/join", data=taps((await client.get(url)).text)[number])


async def held() -> dict[int, int]:
    places = Place.filter(status="confirmed")
    return {place.slot_id: place.seats for place in await places}


async def planned_slots() -> list[int]:
    return [stop["slot_id"] for stop in (await Itinerary.get()).stops]


class TestOneTap:
    async def test_takes_the_mended_plan_and_its_seats(self, client: httpx.AsyncClient) -> None:
        url, slots = await holding(client)
        await proposed(*slots)
        page = (await client.get(url)).text
        assert "北 花子さんの予約に加わります：14:00 体験14時" in page
        assert "3人（子ども1人）" in page
        answer = await tapped(client, url)
        assert answer.status_code == 303, answer.text
        assert await held() == {slots[0].id: 3, slots[1].id: 3}
        assert await planned_slots() == [slot.id for slot in slots]
        assert await Reservation.all().count() == 1
        shown = (await client.get(answer.headers["location"])).text
        assert "予約しました：14:00 体験14時" in shown
        assert f"/reservations/{(await Reservation.get()).reference}#qr" in shown
        assert 'value="undo"' not in shown
        assert set(await leaving()) == {f"leave:{slot.id}" for slot in slots}
        await assert_ledger_holds()

    async def test_takes_another_idea_and_its_seats(self, client: httpx.AsyncClient) -> None:
        url, slots = await holding(client)
        await proposed(*slots, mended=False)
        assert (await tapped(client, url)).status_code == 303
        assert await held() == {slots[0].id: 3, slots[1].id: 3}
        assert await planned_slots() == [slot.id for slot in slots]

    async def test_reserves_what_was_put_into_the_plan(self, client: httpx.AsyncClient) -> None:
        url, slots = await holding(client)
        await Itinerary.all().update(stops=[await stop_at(slot) for slot in slots])
        page = (await client.get(url)).text
        assert re.search(
            'この1件も予約する<span class="plan__comes-to">[^<]+人[^<]*(円|無料)</span>', page
        )
        assert f"{url}/reserve" in page
        assert (await tapped(client, url)).status_code == 303
        assert await held() == {slots[0].id: 3, slots[1].id: 3}
        assert (await tapped_blindly(client, url, slots[1])).status_code == 303
        assert taps((await client.get(url)).text) == []

    async def test_for_others_there_is_the_ordinary_form(self, client: httpx.AsyncClient) -> None:
        """Beside the one tap; whoever it is for has a reservation of their own."""
        url, slots = await holding(client)
        await Itinerary.all().update(stops=[await stop_at(slot) for slot in slots])
        page = (await client.get(f"{url}/reserve")).text
        others = {**CONTACT, "name": "王子 太郎", "email": "taro@example.org"}
        made = await client.post(f"{url}/reserve", data=fields_of(page) | others)
        assert made.status_code == 303, made.text
        assert await Reservation.all().count() == 2
        assert await held() == {slots[0].id: 3, slots[1].id: 3}

    async def test_is_told_once(self, client: httpx.AsyncClient) -> None:
        url, slots = await holding(client)
        await proposed(*slots)
        tap = taps((await client.get(url)).text)[0]
        for _twice in range(2):
            assert (await client.post(f"{url}/join", data=tap)).status_code == 303
        told = await Reminder.get(key="receipt")
        assert (told.title, told.revision) == ("予約に追加しました", 2)
        assert not await Reminder.filter(key__startswith="given-up").exists()

    async def test_after_back_and_another_change_it_is_not_made_again(
        self, client: httpx.AsyncClient
    ) -> None:
        url, slots = await holding(client)
        await proposed(*slots)
        tap = taps((await client.get(url)).text)[0]
        await client.post(f"{url}/join", data=tap)
        await changed(client, url, do="lock", site="workshop-a")
        reference = (await Reservation.get()).reference
        await changes.cancel_place(reference, slots[1].id, now=at(9))
        answer = await client.post(f"{url}/join", data=tap)
        assert answer.status_code == 409
        assert "ほかの端末" in answer.text
        assert await held() == {slots[0].id: 3}

    async def test_in_english(self, client: httpx.AsyncClient) -> None:
        url, slots = await holding(client)
        await proposed(*slots)
        client.headers["Accept-Language"] = "en"
        page = (await client.get(url)).text
        assert "Is added to the reservation of 北 花子: 14:00" in page
        assert "3 people (1 child)" in page


async def tapped_blindly(client: httpx.AsyncClient, url: str, slot: Slot) -> httpx.Response:
    return await client.post(f"{url}/join", data={"slots": str(slot.id)})


class TestGivingUp:
    async def between(self, client: httpx.AsyncClient) -> tuple[str, Slot, Slot]:
        """A proposal that goes to another session at half past eleven instead of eleven."""
        url, slots = await holding(client)
        site = await make_site(slug="workshop-d", name="工房d")
        programme = await make_programme(site=site, title="体験d")
        new = await make_slot(programme=programme, starts_at=at(11, 30))
        await catalogue_changed()
        await proposed(new)
        return url, slots[0], new

    async def test_is_said_before_and_done_in_the_same_tap(self, client: httpx.AsyncClient) -> None:
        url, _old, new = await self.between(client)
        page = (await client.get(url)).text
        assert "次の席を取り消します：11:00 体験11時" in page
        assert (await tapped(client, url)).status_code == 303
        assert await held() == {new.id: 3}
        told = await Reminder.get(key="receipt")
        assert "取り消した体験" in told.body
        assert not await Reminder.filter(key__startswith="given-up").exists()
        await assert_ledger_holds()

    async def test_of_which_a_page_did_not_speak_is_asked_first(
        self, client: httpx.AsyncClient
    ) -> None:
        url, old, _new = await self.between(client)
        tap = taps((await client.get(url)).text)[0]
        answer = await client.post(f"{url}/join", data={**tap, "give_up": "", "give_back": ""})
        assert answer.status_code == 409
        assert "予約済みの体験がプランから外れます" in answer.text
        assert await held() == {old.id: 3}

    async def test_past_its_cut_off_it_stays_and_the_page_says_so(
        self, client: httpx.AsyncClient, clock: TurnableClock
    ) -> None:
        """At half past ten: later in the day there is a session that may still be booked."""
        url, slots = await holding(client)
        late = slots[1]
        await Slot.filter(id=late.id).update(booking_closes_at=at(13))
        await Slot.filter(id=slots[0].id).update(booking_closes_at=at(10))
        await catalogue_changed()
        clock.turn_to(at(10, 20))
        await proposed(late)
        page = (await client.get(url)).text
        assert "予約は残ります" in page
        assert "次の席を取り消します" not in page
        assert (await tapped(client, url)).status_code == 303
        assert await held() == {slots[0].id: 3, late.id: 3}

    async def test_past_its_cut_off_meanwhile_nothing_is_done(
        self, client: httpx.AsyncClient, clock: TurnableClock
    ) -> None:
        url, old, _new = await self.between(client)
        tap = taps((await client.get(url)).text)[0]
        await Slot.filter(id=old.id).update(booking_closes_at=clock() - timedelta(minutes=1))
        before = await planned_slots()
        answer = await client.post(f"{url}/join", data=tap)
        assert answer.status_code == 409
        assert "変更は締め切りました" in answer.text
        assert (await held(), await planned_slots()) == ({old.id: 3}, before)
        await assert_ledger_holds()


class TestMeanwhile:
    """Whatever came between the page and the tap, the plan and its places stay as they were."""

    async def refused(
        self, client: httpx.AsyncClient, url: str, tap: dict[str, str], says: str
    ) -> None:
        before = (await held(), await planned_slots())
        answer = await client.post(f"{url}/join", data=tap)
        assert answer.status_code == 409
        assert says in words(answer.text)
        assert (await held(), await planned_slots()) == before
        await assert_ledger_holds()

    async def ready(self, client: httpx.AsyncClient) -> tuple[str, list[Slot], dict[str, str]]:
        url, slots = await holding(client)
        await proposed(*slots)
        return url, slots, taps((await client.get(url)).text)[0]

    async def test_sold_out(self, client: httpx.AsyncClient) -> None:
        url, slots, tap = await self.ready(client)
        await Slot.filter(id=slots[1].id).update(capacity=8, seats_taken=6, walk_ins=6)
        await self.refused(client, url, tap, "14:00「体験14時」：席が足りなくなりました")

    async def test_called_off(self, client: httpx.AsyncClient) -> None:
        url, slots, tap = await self.ready(client)
        await Slot.filter(id=slots[1].id).update(status=SlotStatus.CANCELLED)
        await self.refused(client, url, tap, "中止")

    async def test_the_reservation_was_cancelled(self, client: httpx.AsyncClient) -> None:
        url, _slots, tap = await self.ready(client)
        reference = (await Reservation.get()).reference
        await changes.cancel(reference, now=at(9) - timedelta(days=2))
        await self.refused(client, url, tap, "取り消されたか、終わっています")
        page = (await client.get(url)).text
        assert "この案にする" in page
        assert taps(page) == []

    async def test_another_proposal(self, client: httpx.AsyncClient) -> None:
        url, slots, tap = await self.ready(client)
        await proposed(slots[1])
        await self.refused(client, url, tap, "案が新しくなりました")

    async def test_the_plan_was_changed(self, client: httpx.AsyncClient) -> None:
        url, _slots, tap = await self.ready(client)
        await changed(client, url, do="lock", site="workshop-a")
        await self.refused(client, url, tap, "ほかの端末")

    async def test_the_session_left_the_plan(self, client: httpx.AsyncClient) -> None:
        url, slots, _tap = await self.ready(client)
        await self.refused(client, url, {"slots": str(slots[1].id)}, "ほかの端末")

    async def test_nonsense(self, client: httpx.AsyncClient) -> None:
        url, _slots, tap = await self.ready(client)
        for nonsense in ({}, {"slots": "x"}, {**tap, "version": "x"}, {**tap, "slots": "999999"}):
            assert (await client.post(f"{url}/join", data=nonsense)).status_code == 409
        assert (await client.get(f"{url}/join")).status_code == 409

    async def test_with_the_link_that_only_shows(self, client: httpx.AsyncClient) -> None:
        _url, _slots, tap = await self.ready(client)
        shown = f"/itineraries/{(await Itinerary.get()).show_token}"
        assert (await client.post(f"{shown}/join", data=tap)).status_code == 403
        assert taps((await client.get(shown)).text) == []


class TestWhatIsAskedFirst:
    async def asking(self, client: httpx.AsyncClient, **values: object) -> tuple[str, list[Slot]]:
        url, slots = await holding(client)
        await Programme.filter(id=slots[1].programme_id).update(**values)
        await catalogue_changed()
        await proposed(*slots)
        return url, slots

    async def test_only_the_question(self, client: httpx.AsyncClient) -> None:
        questions = [{"text": "お子さんは何歳ですか", "required": True}]
        url, slots = await self.asking(client, questions=questions)
        [tap] = taps((await client.get(url)).text)
        asked = await client.get(f"{url}/join", params=tap)
        assert asked.status_code == 200
        assert "お子さんは何歳ですか" in asked.text
        assert 'name="email"' not in asked.text
        assert 'name="name"' not in asked.text
        again = await client.post(f"{url}/join", data=tap)
        assert (again.status_code, await held()) == (422, {slots[0].id: 3})
        assert await planned_slots() == [slots[0].id]
        [sent] = taps(again.text)
        answers = {f"answer-{slots[1].id}-0": "7歳"}
        assert (await client.post(f"{url}/join", data={**sent, **answers})).status_code == 303
        assert answered((await Place.get(slot_id=slots[1].id)).answers) == ["7歳"]
        assert await planned_slots() == [slot.id for slot in slots]

    async def test_an_answer_that_is_sent_too_often_is_kept(
        self, client: httpx.AsyncClient, app: Starlette, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        url, slots = await self.asking(client, questions=[{"text": "何歳", "required": True}])
        [tap] = taps((await client.get(url)).text)
        exchange(app, rate_limits=RateLimits("secret"))
        monkeypatch.setattr("tour.reservations.parties.intake.BY_CROWD", Limit(0, 60))
        answers = {f"answer-{slots[1].id}-0": "7歳"}
        answer = await client.post(f"{url}/join", data={**tap, **answers})
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
        assert 'value="7歳"' in answer.text
        assert 'class="error-summary" role="alert"' in answer.text
        assert await planned_slots() == [slots[0].id]

    async def test_an_optional_one_keeps_nobody(self, client: httpx.AsyncClient) -> None:
        url, slots = await self.asking(client, questions=[{"text": "好きな色", "required": False}])
        assert (await tapped(client, url)).status_code == 303
        assert slots[1].id in await held()

    async def test_whether_pictures_may_be_taken(self, client: httpx.AsyncClient) -> None:
        url, _slots = await self.asking(client, asks_photo_consent=True)
        [tap] = taps((await client.get(url)).text)
        asked = (await client.get(f"{url}/join", params=tap)).text
        assert 'name="photos_ok"' in asked
        answer = await client.post(f"{url}/join", data={**tap, "photos_asked": "1"})
        assert answer.status_code == 303
        assert (await Reservation.get()).photos_allowed is False


class TestWhereItCannotJoin:
    """Then the plan is taken alone, and the ordinary form asks for what is needed."""

    async def alone(self, client: httpx.AsyncClient, url: str) -> None:
        page = (await client.get(url)).text
        assert taps(page) == []
        assert "この案にする" in page

    async def test_nothing_is_reserved_yet(self, client: httpx.AsyncClient) -> None:
        slots = await a_town()
        url = await a_plan(client, slots[0])
        await proposed(*slots)
        await self.alone(client, url)
        page = (await changed(client, url, do="mended")).text
        assert f"{url}/reserve" in page

    async def test_the_contact_must_be_proved(self, client: httpx.AsyncClient) -> None:
        url, slots = await holding(client)
        programme = await Programme.get(id=slots[1].programme_id)
        event_id = await a_checked_event()
        await Programme.filter(id=programme.id).update(event_id=event_id)
        await catalogue_changed()
        await proposed(*slots)
        await self.alone(client, url)
        await Recipient.all().update(proved_at=at(9))
        assert taps((await client.get(url)).text)

    async def test_seats_for_the_plan_but_not_for_the_party(
        self, client: httpx.AsyncClient
    ) -> None:
        url, slots = await holding(client)
        reference = (await Reservation.get()).reference
        await changes.change_party(reference, adults=5, children=1, now=at(9) - timedelta(days=2))
        await Slot.filter(id=slots[1].id).update(capacity=4)
        await catalogue_changed()
        await proposed(*slots)
        await self.alone(client, url)

    async def test_given_by_a_draw(self, client: httpx.AsyncClient) -> None:
        url, slots = await holding(client)
        await Slot.filter(id=slots[1].id).update(allocation=Allocation.DRAW)
        await catalogue_changed()
        await proposed(*slots)
        assert taps((await client.get(url)).text) == []
        blind = await tapped_blindly(client, url, slots[1])
        assert (blind.status_code, await held()) == (409, {slots[0].id: 3})


async def a_checked_event() -> int:
    programme = await Programme.get(title="体験14時")
    site = await Site.get(id=programme.site_id)  # type: ignore[attr-defined]
    event = await make_event(site, slug="checked")
    await BookingRules.update_or_create({"checks_contact": True}, event_id=event.id)
    return int(event.id)


async def test_a_proposal_that_was_replaced_is_not_taken_unseen(
    client: httpx.AsyncClient,
) -> None:
    """Alone, too: the page showed one, and news has put another in its place."""
    url, slots = await holding(client)
    await proposed(*slots)
    page = (await client.get(url)).text
    [shown] = set(re.findall(r'name="shown" value="(\w+)"', page))
    await proposed(slots[1])
    answer = await changed(client, url, do="mended", shown=shown)
    assert answer.status_code == 409
    assert "案が新しくなりました" in answer.text
    assert shown_sites(answer.text) == ["workshop-a"]
