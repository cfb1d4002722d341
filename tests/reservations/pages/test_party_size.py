"""How many may come and what they pay, wherever people say how many they are."""

import html
import json
import re
from datetime import timedelta

import httpx

from tests.conftest import NOON, TurnableClock
from tests.factories import make_event, make_place, make_programme, make_slot
from tests.reservations.draws.test_questions import draw_of, drawn
from tests.reservations.factories import make_party, make_wish, typed
from tour.programmes.models import Programme, Slot
from tour.reservations import service
from tour.reservations.held import changes


async def slot_for(price: int = 1500, left: int = 8, limit: int = 4) -> Slot:
    programme = await make_programme(title="木版を摺る", price_yen=price, max_party=limit)
    slot = await make_slot(programme=programme, capacity=8)
    if left < 8:
        await make_place(slot, 8 - left)
    return slot


def sums(page: str) -> list[str]:
    """What the script puts beside the number of people, from one person on."""
    [found] = re.findall(r'data-sums="([^"]*)"', page)
    return list(json.loads(html.unescape(found)))


def shown_sum(page: str) -> str:
    [found] = re.findall(r"<strong data-sum>([^<]*)</strong>", page)
    return str(found)


async def test_the_form_says_what_each_number_of_people_pays(client: httpx.AsyncClient) -> None:
    slot = await slot_for()
    page = (await client.get(f"/slots/{slot.id}/reserve?lang=ja")).text
    assert sums(page) == ["1人・1,500円", "2人・3,000円", "3人・4,500円", "4人・6,000円"]
    assert shown_sum(page) == "1人・1,500円"
    assert 'data-with-sum="{sum}で予約する"' in page
    assert "一度に4人まで" in page


async def test_until_when_to_come_is_said_of_the_day(client: httpx.AsyncClient) -> None:
    """Not a time by which the form is to be filled in."""
    slot = await slot_for()
    said = "までにお越しください。過ぎると、席をほかの方にまわすことがあります。"
    page = (await client.get(f"/slots/{slot.id}/reserve?lang=ja")).text
    assert re.search(rf"当日、\d+:\d\d{said}", page)
    made = await service.reserve(make_wish(slot), now=NOON)
    page = (await client.get(f"/reservations/{made.reference}?lang=ja")).text
    assert re.search(rf"当日、\d+:\d\d{said}", page)
    page = (await client.get(f"/slots/{slot.id}/reserve?lang=en")).text
    assert "On the day, please come by " in page


async def test_who_waits_reads_how_many_can_wait_and_how_long_seats_are_held(
    client: httpx.AsyncClient, clock: TurnableClock
) -> None:
    slot = await slot_for(left=0)
    page = (await client.get(f"/slots/{slot.id}/reserve?lang=ja")).text
    assert "一度に4人までキャンセル待ちに登録できます。" in page
    assert "予約できます" not in page
    assert re.search(r"席を15分～\d+時間取り置きます", page)
    clock.turn_to(slot.starts_at - timedelta(hours=2))
    page = (await client.get(f"/slots/{slot.id}/reserve?lang=ja")).text
    assert "席を15分～30分取り置きます" in page


async def test_what_is_free_says_so(client: httpx.AsyncClient) -> None:
    slot = await slot_for(price=0, limit=2)
    page = (await client.get(f"/slots/{slot.id}/reserve?lang=ja")).text
    assert sums(page) == ["1人・無料", "2人・無料"]


async def test_a_refused_form_has_the_sum_of_what_was_typed(client: httpx.AsyncClient) -> None:
    slot = await slot_for()
    refused = await client.post(
        f"/slots/{slot.id}/reserve?lang=ja", data={**typed(1), "children": "2", "name": ""}
    )
    assert refused.status_code == 422
    assert shown_sum(refused.text) == "3人・4,500円"
    refused = await client.post(
        f"/slots/{slot.id}/reserve?lang=ja", data={**typed(1), "adults": "たくさん"}
    )
    assert shown_sum(refused.text) == "1人1,500円", "no sum of a number that nobody can read"


async def test_few_seats_are_why_few_can_come(client: httpx.AsyncClient) -> None:
    slot = await slot_for(left=2)
    page = (await client.get(f"/slots/{slot.id}/reserve?lang=ja")).text
    assert "残り2席のため、2人まで予約できます。" in page
    assert set(re.findall(r'type="number"[^>]*max="(\d+)"', page)) == {"2"}
    assert len(sums(page)) == 2


async def test_sessions_together_name_the_one_with_few_seats(client: httpx.AsyncClient) -> None:
    few, many = await slot_for(price=800, left=1), await slot_for(price=1500)
    page = (await client.get(f"/reserve?slot={few.id}&slot={many.id}&lang=ja")).text
    assert "木版を摺る：残り1席のため、1人まで予約できます。" in page
    assert sums(page) == ["1人・2,300円"]
    assert 'data-with-sum="2件・{sum}で予約する"' in page


async def test_children_are_those_whom_all_of_the_sessions_take(client: httpx.AsyncClient) -> None:
    young, old = await slot_for(), await slot_for()
    await Programme.filter(id=young.programme_id).update(min_age=5)
    await Programme.filter(id=old.programme_id).update(min_age=9)
    page = (await client.get(f"/reserve?slot={young.id}&slot={old.id}&lang=ja")).text
    assert '<p class="field__hint" id="children-hint">9歳から</p>' in page


async def test_too_many_for_a_draw_is_said_where_they_are_counted(
    client: httpx.AsyncClient,
) -> None:
    programme = await make_programme(max_party=3)
    slot = await drawn(programme)
    draw = await draw_of(slot)
    refused = await client.post(
        f"/draws/{draw.id}/enter?lang=ja", data={**typed(4), "choice-1": str(slot.id)}
    )
    assert refused.status_code == 422
    assert 'id="adults-error"' in refused.text
    assert 'id="choice-1-error"' not in refused.text


async def test_a_change_of_one_session_has_its_sum(client: httpx.AsyncClient) -> None:
    slot = await slot_for()
    made = await service.reserve(make_wish(slot, party=make_party(2)), now=NOON)
    page = (await client.get(f"/reservations/{made.reference}/change?lang=ja")).text
    assert shown_sum(page) == "2人・3,000円"


async def test_a_ticket_has_what_those_who_come_pay(client: httpx.AsyncClient) -> None:
    slot, other = await slot_for(), await slot_for(price=800)
    await Slot.filter(id=other.id).update(
        starts_at=slot.ends_at, ends_at=slot.ends_at + (slot.ends_at - slot.starts_at)
    )
    made = await service.reserve(make_wish(slot, other, party=make_party(2)), now=NOON)
    await changes.change_party(made.reference, adults=1, children=0, slot_id=other.id, now=NOON)
    page = (await client.get(f"/reservations/{made.reference}?lang=ja")).text
    assert "2人・3,000円（1人1,500円）" in page
    assert "1人・800円" in page


async def test_every_form_begins_with_one_adult(client: httpx.AsyncClient) -> None:
    slot = await slot_for()
    page = (await client.get(f"/slots/{slot.id}/reserve")).text
    assert re.findall(r'name="adults"[^>]*value="(\d+)"', page) == ["1"]
    await make_event()
    plan = (await client.get("/plan")).text
    assert re.findall(r'name="adults"[^>]*value="(\d+)"', plan) == ["1"]
