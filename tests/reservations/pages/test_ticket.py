"""What the face of a ticket says, from the day it is made until the day after."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.conftest import NOON, TurnableClock
from tests.factories import (
    STAFF,
    catalogue_changed,
    make_programme,
    make_site,
    make_slot,
    make_station,
)
from tests.reservations.factories import make_party, make_wish, typed
from tour.programmes.models import Programme, Slot
from tour.programmes.states import SlotStatus
from tour.reservations import service
from tour.reservations.door import arrivals
from tour.reservations.door.arrivals import Door
from tour.reservations.models import Reservation
from tour.sites.models import Site

START = NOON + timedelta(days=7)
"""Noon in Tokyo, a week ahead."""
HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
NEAR = {"lat": 35.75327, "lon": 139.737886}
"""Eleven metres from the station of Oji: a minute on foot."""
FAR = {"lat": 35.7571, "lon": 139.737886}
"""Some 430 m further north, seven minutes on foot; eight from the station."""


@pytest.fixture
async def slot() -> Slot:
    """Beside the station of Oji."""
    await make_station()
    return await make_slot(START, programme=await make_programme(site=await make_site(**NEAR)))


@pytest.fixture
async def ticket(slot: Slot) -> str:
    made = await service.reserve(make_wish(slot, party=make_party(2)), now=NOON)
    return f"/reservations/{made.reference}"


async def text_of(client: httpx.AsyncClient, path: str, lang: str = "ja") -> str:
    """The page as it is read, without its markup."""
    page = (await client.get(path, headers={"Accept-Language": lang})).text
    shown = re.sub("<(script|template).*?</\\1>", "", page, flags=re.DOTALL)
    return " ".join(re.sub("<[^>]+>", " ", shown).split())


async def arrive(slot: Slot, clock: TurnableClock) -> None:
    """The one party is checked in at the door."""
    site_id = (await slot.programme).site_id  # type: ignore[attr-defined]
    door = Door(site_id, ZoneInfo("Asia/Tokyo"), STAFF)
    await arrivals.check_in((await Reservation.get()).door_code, door, now=clock())


@pytest.mark.parametrize(
    ("ahead", "ja", "en"),
    [
        (7 * DAY, ("あと7日", "王子駅を11:49に出る", "徒歩約1分（目安）"), "In 7 days"),
        (DAY, ("あした", "王子駅を11:49に出る"), "Tomorrow"),
        (11 * HOUR, ("きょう", "王子駅を11:49に出る"), "Today"),
        (11 * MINUTE, ("いま（11:49）王子駅を出ると11:50着",), "now (11:49)"),
        (0 * MINUTE, ("開催中",), "Now"),
    ],
)
async def test_how_long_to_go_and_when_to_leave(
    client: httpx.AsyncClient,
    clock: TurnableClock,
    ticket: str,
    ahead: timedelta,
    ja: tuple[str, ...],
    en: str,
) -> None:
    clock.turn_to(START - ahead)
    shown = await text_of(client, ticket)
    assert all(words in shown for words in ja)
    assert en in await text_of(client, ticket, "en")


async def test_who_would_come_late_is_told_with_the_buttons_to_say_so(
    client: httpx.AsyncClient, clock: TurnableClock
) -> None:
    await make_station()
    far = await make_slot(START, programme=await make_programme(site=await make_site(**FAR)))
    made = await service.reserve(make_wish(far), now=NOON)
    clock.turn_to(START - 2 * MINUTE)
    shown = await text_of(client, f"/reservations/{made.reference}")
    assert "いま（11:58）王子駅を出ると12:06着" in shown
    assert "開始に間に合いません" in shown
    assert "10分遅れ" in shown


@pytest.mark.parametrize("after", [0 * MINUTE, 5 * MINUTE, 59 * MINUTE])
async def test_once_it_has_begun_nothing_is_said_of_the_way(
    client: httpx.AsyncClient, clock: TurnableClock, ticket: str, after: timedelta
) -> None:
    clock.turn_to(START + after)
    shown = await text_of(client, ticket)
    assert "に出る" not in shown
    assert "出ると" not in shown
    assert "まわりで半日" not in shown


async def test_nothing_of_the_way_to_who_is_there(
    client: httpx.AsyncClient, clock: TurnableClock, ticket: str
) -> None:
    clock.turn_to(START - 10 * MINUTE)
    assert "出ると" in await text_of(client, ticket)
    await arrive(await Slot.get(), clock)
    assert "出ると" not in await text_of(client, ticket)


async def test_nothing_of_the_way_where_nobody_knows_it(client: httpx.AsyncClient) -> None:
    nowhere = await make_slot(START)
    made = await service.reserve(make_wish(nowhere), now=NOON)
    shown = await text_of(client, f"/reservations/{made.reference}")
    assert "あと7日" in shown
    assert "に出る" not in shown


async def test_from_the_session_before_on_the_same_day(
    client: httpx.AsyncClient, clock: TurnableClock, slot: Slot
) -> None:
    site = await make_site(**FAR)
    second = await make_slot(START + 2 * HOUR, programme=await make_programme(site=site))
    made = await service.reserve(make_wish(slot, second), now=NOON)
    path = f"/reservations/{made.reference}"
    assert "王子駅を11:49に出る" in await text_of(client, path), "the day begins with the first"
    clock.turn_to(START + 5 * MINUTE)
    await arrive(slot, clock)
    workshop = (await (await slot.programme).site).name
    assert f"{workshop}を13:43に出る" in await text_of(client, path)


async def test_an_hour_before_it_lies_with_the_code_upwards(
    client: httpx.AsyncClient, clock: TurnableClock, ticket: str
) -> None:
    clock.turn_to(START - HOUR - MINUTE)
    assert "ticket--turned" not in (await client.get(ticket)).text
    clock.turn_to(START - HOUR)
    assert "ticket--turned" in (await client.get(ticket)).text


@pytest.mark.parametrize("ahead", [7 * DAY, HOUR, 2 * MINUTE, -5 * MINUTE, -2 * HOUR])
async def test_nothing_is_on_the_page_twice(
    client: httpx.AsyncClient, clock: TurnableClock, ticket: str, ahead: timedelta
) -> None:
    clock.turn_to(START - ahead)
    page = (await client.get(ticket)).text
    ids, forms = re.findall(' id="([^"]+)"', page), re.findall('<form[^>]* action="([^"]+)"', page)
    assert sorted(ids) == sorted(set(ids))
    assert sorted(forms) == sorted(set(forms))


class TestAround:
    @pytest.fixture
    async def near(self) -> Slot:
        programme = await make_programme(site=await make_site(**FAR), price_yen=800)
        return await make_slot(START + 2 * HOUR, programme=programme)

    async def test_what_fits_is_shown_with_walk_seats_and_ways_to_have_it(
        self, client: httpx.AsyncClient, ticket: str, near: Slot
    ) -> None:
        shown = await text_of(client, ticket)
        assert "この後・徒歩7分 目安" in shown
        assert "14:00 ～15:00 残り8席 800円" in shown
        page = (await client.get(ticket)).text
        site = await (await near.programme).site
        assert f'href="/slots/{near.id}/reserve"' in page
        assert f'href="/plan/into?site={site.slug}"' in page
        assert "After, 7 min on foot" in await text_of(client, ticket, "en")

    @pytest.mark.parametrize(
        "change",
        [
            {"seats_taken": 7},
            {"status": SlotStatus.CANCELLED},
            {"status": SlotStatus.CLOSED},
            {"starts_at": START + HOUR + 10 * MINUTE},
        ],
    )
    async def test_what_does_not_fit_is_not(
        self, client: httpx.AsyncClient, ticket: str, near: Slot, change: dict
    ) -> None:
        await Slot.filter(id=near.id).update(**change)
        await catalogue_changed()
        assert "まわりで半日" not in await text_of(client, ticket)

    async def test_nor_what_is_not_public(
        self, client: httpx.AsyncClient, ticket: str, near: Slot
    ) -> None:
        await Programme.filter(id=near.programme_id).update(is_published=False)  # type: ignore[attr-defined]
        await catalogue_changed()
        assert "まわりで半日" not in await text_of(client, ticket)

    async def test_a_withdrawn_place_still_has_its_ticket(
        self, client: httpx.AsyncClient, ticket: str, slot: Slot, near: Slot
    ) -> None:
        assert near
        site = await (await slot.programme).site
        await Site.filter(id=site.id).update(is_published=False)
        await catalogue_changed()
        shown = await text_of(client, ticket)
        assert "あと7日" in shown
        assert "まわりで半日" not in shown
        assert "に出る" not in shown


class TestAfterwards:
    async def test_a_card_to_keep_has_nobody_on_it(
        self, client: httpx.AsyncClient, clock: TurnableClock, ticket: str, slot: Slot
    ) -> None:
        clock.turn_to(slot.ends_at + HOUR)
        page = (await client.get(ticket)).text
        card = page.partition("data-keepsake-card")[2].partition("</section>")[0]
        assert (await slot.programme).title in card
        assert "2026年12月8日" in card
        assert f'href="/programmes/{slot.programme_id}"' in card  # type: ignore[attr-defined]
        made = await Reservation.get()
        for secret in (made.name, made.reference, made.door_code):
            assert secret not in card

    async def test_a_session_that_is_public_no_more_is_not_linked(
        self, client: httpx.AsyncClient, clock: TurnableClock, ticket: str, slot: Slot
    ) -> None:
        await Programme.all().update(is_published=False)
        await catalogue_changed()
        clock.turn_to(slot.ends_at + HOUR)
        page = (await client.get(ticket)).text
        assert "体験の記念" in page
        assert f'href="/programmes/{slot.programme_id}"' not in page  # type: ignore[attr-defined]

    async def test_who_gave_it_back_made_nothing(
        self, client: httpx.AsyncClient, clock: TurnableClock, ticket: str, slot: Slot
    ) -> None:
        assert (await client.post(f"{ticket}/cancel")).status_code == 303
        clock.turn_to(slot.ends_at + HOUR)
        assert "体験の記念" not in (await client.get(ticket)).text


class TestList:
    async def test_the_next_comes_first_and_what_is_over_below(
        self, client: httpx.AsyncClient, clock: TurnableClock
    ) -> None:
        starts = [START + 3 * DAY, START, START + DAY]
        titles = []
        for starts_at in starts:
            slot = await make_slot(starts_at)
            answer = await client.post(f"/slots/{slot.id}/reserve", data=typed())
            assert answer.status_code == 303, answer.text
            titles.append((await slot.programme).title)
        last, first, second = titles
        shown = await text_of(client, "/reservations")
        assert _in_order(shown, "これからの予約", first, second, last)
        assert "終わった予約" not in shown
        clock.turn_to(START + DAY + 2 * HOUR)
        shown = await text_of(client, "/reservations")
        assert _in_order(shown, "これからの予約", last, "終わった予約", second, first)


def _in_order(text: str, *words: str) -> bool:
    places = [text.index(word) for word in words]
    return places == sorted(places)
