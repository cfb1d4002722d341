"""What a party has reserved stays in its plans, or goes by its own choice, said before."""

import re

import httpx

from tests.conftest import TurnableClock
from tests.factories import (
    EVENT_DAY,
    catalogue_changed,
    make_event,
    make_programme,
    make_site,
    make_slot,
)
from tests.routes.plan_news.test_departures import leaving, reserved_plan
from tests.routes.plan_pages.test_pages import (
    CONTACT,
    a_town,
    at,
    changed,
    form,
    planned,
    shown_sites,
    version_in,
)
from tour.programmes.models import Programme, Slot
from tour.reservations.models import Reservation
from tour.routes.models import Itinerary, ItineraryReservation

WOULD_GO = "予約済みの体験がプランから外れます"


async def reserve_elsewhere(client: httpx.AsyncClient, slot: Slot) -> None:
    """By the form of the session itself."""
    page = (await client.get(f"/slots/{slot.id}/reserve")).text
    fields = dict(re.findall(r'name="(idempotency_key)" value="([^"]+)"', page))
    party = {"adults": "2", "children": "1"}
    answer = await client.post(f"/slots/{slot.id}/reserve", data={**fields, **party, **CONTACT})
    assert answer.status_code == 303, answer.text


class TestProposals:
    async def test_an_older_idea_says_what_it_would_give_up(
        self, client: httpx.AsyncClient
    ) -> None:
        """It was proposed before the reservation was made."""
        url, slots = await reserved_plan(client)
        row = await Itinerary.get()
        without = [stop for stop in row.stops if stop["slot_id"] is None]
        idea = {"difference": "less_walking", "stops": without, "starts": 600, "kind": ""}
        await Itinerary.all().update(findings={**row.findings, "alternatives": [idea]})
        page = (await client.get(url)).text
        assert "予約済みの体験が入りません：11:00 体験11時・14:00 体験14時" in page
        blind = await changed(client, url, do="other", number="0")
        assert blind.status_code == 409
        assert WOULD_GO in blind.text
        assert set(shown_sites(blind.text)) >= {"workshop-a", "workshop-b"}
        assert {status for status, _due in (await leaving()).values()} == {"waiting"}
        named = ",".join(str(slot.id) for slot in slots)
        assert f'name="give_up" value="{named}"' in blind.text
        taken = await changed(client, url, do="other", number="0", give_up=named)
        assert shown_sites(taken.text) == ["workshop-c"]
        assert "予約済みで、このプランに入っていない体験があります" in taken.text

    async def test_new_conditions_ask_first(self, client: httpx.AsyncClient) -> None:
        url, slots = await reserved_plan(client)
        opened = (await client.get(f"{url}/conditions")).text
        asked = form(to_time="13:30") | {"version": version_in(opened)}
        answer = await client.post(f"{url}/conditions", data=asked)
        assert answer.status_code == 409
        assert WOULD_GO in answer.text
        assert "14:00 体験14時" in answer.text
        assert '<option value="13:30" selected>' in answer.text
        assert (await Itinerary.get()).version == 1
        yes = {**asked, "give_up": str(slots[1].id)}
        assert (await client.post(f"{url}/conditions", data=yes)).status_code == 303
        assert "workshop-b" not in shown_sites((await client.get(url)).text)
        assert (await Slot.get(id=slots[1].id)).seats_taken == 3

    async def test_another_day_asks_first(self, client: httpx.AsyncClient) -> None:
        url, _slots = await reserved_plan(client)
        later = EVENT_DAY.replace(day=EVENT_DAY.day + 1)
        await make_event(await make_site(slug="sunday"), day=later)
        asked = form(date=later.isoformat()) | {"version": "1"}
        answer = await client.post(f"{url}/conditions", data=asked)
        assert (answer.status_code, WOULD_GO in answer.text) == (409, True)

    async def test_a_paused_session_stays(self, client: httpx.AsyncClient) -> None:
        url, slots = await reserved_plan(client)
        await Programme.filter(id=slots[0].programme_id).update(is_published=False)
        await catalogue_changed()
        assert "このままでは予定どおりに回れません" not in (await client.get(url)).text
        page = (await changed(client, url, do="anew")).text
        assert slots[0].id in [stop["slot_id"] for stop in (await Itinerary.get()).stops]
        assert "workshop-a" in shown_sites(page)

    async def test_one_that_cannot_be_reached_any_more_asks_first(
        self, client: httpx.AsyncClient, clock: TurnableClock
    ) -> None:
        """At half past one the visit before still has an hour to go."""
        url, slots = await reserved_plan(client)
        row = await Itinerary.get()
        long = [{**stop, "stay": 200} if stop["slot_id"] is None else stop for stop in row.stops]
        first = sorted(long, key=lambda stop: stop["slot_id"] is not None)
        await Itinerary.all().update(stops=first)
        clock.turn_to(at(10, 40))
        answer = await changed(client, url, do="anew")
        assert (answer.status_code, WOULD_GO in answer.text) == (409, True)
        assert "11:00 体験11時" in answer.text
        assert str(slots[0].id) in answer.text


class TestReservedElsewhere:
    async def test_is_part_of_a_new_plan(self, client: httpx.AsyncClient) -> None:
        slots = await a_town()
        await reserve_elsewhere(client, slots[0])
        url = await planned(client)
        page = (await client.get(url)).text
        assert "予約済み" in page
        assert slots[0].id in [stop["slot_id"] for stop in (await Itinerary.get()).stops]
        reference = (await Reservation.get()).reference
        assert f"/reservations/{reference}" in page
        assert await ItineraryReservation.all().count() == 1
        assert set(await leaving()) == {f"leave:{slots[0].id}"}

    async def test_lunch_keeps_out_of_its_way(self, client: httpx.AsyncClient) -> None:
        await a_town()
        site = await make_site(slug="noon")
        noon = await make_slot(
            programme=await make_programme(site=site, title="正午"), starts_at=at(11, 45)
        )
        await reserve_elsewhere(client, noon)
        page = (await client.get(await planned(client))).text
        assert "noon" in shown_sites(page)
        assert "このままでは予定どおりに回れません" not in page

    async def test_is_told_on_a_plan_that_was_there_before(self, client: httpx.AsyncClient) -> None:
        slots = await a_town()
        url = await planned(client)
        await changed(client, url, do="remove", site="workshop-b")
        await reserve_elsewhere(client, slots[1])
        page = (await client.get(url)).text
        assert "予約済みで、このプランに入っていない体験があります：14:00 体験14時" in page
        page = (await changed(client, url, do="anew")).text
        assert "workshop-b" in shown_sites(page)
        assert "このプランに入っていない体験" not in page
        assert await ItineraryReservation.all().count() == 1

    async def test_of_another_browser_it_is_not(self, client: httpx.AsyncClient) -> None:
        slots = await a_town()
        await reserve_elsewhere(client, slots[0])
        client.cookies.clear()
        page = (await client.get(await planned(client))).text
        assert "予約済み" not in page
        assert await ItineraryReservation.all().count() == 0
