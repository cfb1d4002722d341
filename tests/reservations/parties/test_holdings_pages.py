"""Back and send again: what a browser, a stranger and a program are told of what is held."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
from starlette.applications import Starlette

from tests.conftest import NOON
from tests.factories import DAY_AHEAD, make_event, make_programme, make_slot
from tests.reservations.factories import make_party, make_wish, typed
from tour.programmes.models import BookingRules, Slot
from tour.programmes.slot_editing import MAX_CAPACITY
from tour.reservations import service
from tour.reservations.draws import draws
from tour.reservations.models import ContactCheck, Place, Reservation, WaitlistEntry
from tour.reservations.states import PlaceStatus
from tour.reservations.waitlist import queue as waitlist

HOUR = timedelta(hours=1)
HOLDS, TAKEN = "You hold this already.", "this time is reserved already"
BESIDE = "You hold another session at that time."
EN = {"Accept-Language": "en"}
Client = httpx.AsyncClient


def key_in(page: str) -> str:
    return page.split('name="idempotency_key" value="')[1].split('"')[0]


async def places() -> int:
    return await Place.filter(status=PlaceStatus.CONFIRMED).count()


async def test_back_and_send_again_asks_instead_of_reserving_twice(client: Client) -> None:
    slot = await make_slot()
    form = typed(2, email="hanako@example.org")
    url = f"/slots/{slot.id}/reserve"
    made = await client.post(url, data=form, headers=EN)
    again = form | {"idempotency_key": uuid4().hex}
    answer = await client.post(url, data=again, headers=EN)
    assert answer.status_code == 409
    assert HOLDS in answer.text
    assert "2 people" in answer.text
    assert f'href="{made.headers["location"]}"' in answer.text
    assert 'name="again"' in answer.text
    assert await places() == 1
    chosen = await client.post(url, data=again | {"again": "1"}, headers=EN)
    assert chosen.status_code == 303
    assert await places() == 2


async def test_before_it_is_sent_the_browser_that_holds_it_is_told(client: Client) -> None:
    slot, beside = await make_slot(), await make_slot(starts_at=DAY_AHEAD + HOUR / 2)
    made = await client.post(f"/slots/{slot.id}/reserve", data=typed(2), headers=EN)
    page = await client.get(f"/slots/{slot.id}/reserve", headers=EN)
    assert HOLDS in page.text
    assert made.headers["location"] in page.text
    page = await client.get(f"/slots/{beside.id}/reserve", headers=EN)
    assert BESIDE in page.text
    assert 'name="split"' in page.text


async def test_an_answer_lost_on_a_train_still_finds_its_reservation(app: Starlette) -> None:
    """The browser never saw the cookie of the answer; the form that it was given shows whose it
    is."""
    slot = await make_slot()
    url, email = f"/slots/{slot.id}/reserve", "hanako@example.org"
    async with visitor(app) as phone:
        key = key_in((await phone.get(url)).text)
        async with visitor(app) as lost:
            await lost.post(url, data=typed(2, key, email=email))
        again = key_in((await phone.get(url)).text)
        answer = await phone.post(url, data=typed(2, again, email=email), headers=EN)
    assert answer.status_code == 409
    assert HOLDS in answer.text
    assert (await Reservation.get()).reference in answer.text
    assert await places() == 1


async def test_a_stranger_is_told_neither_who_nor_how_many_nor_where(app: Starlette) -> None:
    slot = await make_slot()
    party = make_party(3, name="王子 一郎", email="ichiro@example.org")
    made = await service.reserve(make_wish(slot, party=party), now=NOON)
    async with visitor(app) as stranger:
        form = typed(1, email="ichiro@example.org")
        answer = await stranger.post(f"/slots/{slot.id}/reserve", data=form, headers=EN)
    assert answer.status_code == 409
    assert TAKEN in answer.text
    words = re.sub(r'data-\w+(-\w+)*="[^"]*"', "", answer.text)  # what the form itself can say
    for secret in (made.reference, made.door_code, "王子 一郎", "3 people", party.phone):
        assert secret not in words


async def test_two_of_one_day_at_one_time_are_said_before_they_are_sent(client: Client) -> None:
    first, beside = await make_slot(), await make_slot(starts_at=DAY_AHEAD + HOUR / 2)
    path = f"/reserve?slot={first.id}&slot={beside.id}"
    page = await client.get(path, headers=EN)
    assert "Two of these sessions are at the same time." in page.text
    form: dict[str, Any] = typed(2) | {"slot": [str(first.id), str(beside.id)]}
    refused = await client.post("/reserve", data=form, headers=EN)
    assert refused.status_code == 409
    assert await places() == 0
    made = await client.post("/reserve", data=form | {"split": "1"}, headers=EN)
    assert made.status_code == 303
    assert await places() == 2


async def test_another_mistake_keeps_the_choice(client: Client) -> None:
    slot = await make_slot()
    await client.post(f"/slots/{slot.id}/reserve", data=typed(2, email="h@example.org"))
    form = typed(2, email="h@example.org", name="") | {"again": "1"}
    page = await client.post(f"/slots/{slot.id}/reserve", data=form)
    assert page.status_code == 422
    assert 'name="again" value="1" checked' in page.text


def body(*slots: Slot, **values: object) -> dict[str, object]:
    contact = {"name": "北 花子", "kana": "", "email": "hanako@example.org", "phone": ""}
    party = {"adults": 2, "children": 0}
    ids = [slot.id for slot in slots]
    return {"slots": ids, "party": party, "contact": contact, "consent": True, **values}


async def test_the_api_tells_the_two_apart(client: Client) -> None:
    slot, beside = await make_slot(), await make_slot(starts_at=DAY_AHEAD + HOUR / 2)

    async def post(*slots: Slot, **values: object) -> httpx.Response:
        key = {"Idempotency-Key": uuid4().hex}
        return await client.post("/api/v1/reservations", json=body(*slots, **values), headers=key)

    assert (await post(slot)).status_code == 201
    answer = await post(slot)
    assert (answer.status_code, answer.json()["slot"]) == (409, slot.id)
    assert answer.json()["type"].endswith("already-reserved")
    assert (await post(slot, again=False)).status_code == 409
    assert (await post(slot, again=True)).status_code == 201
    answer = await post(beside)
    assert (answer.status_code, answer.json()["slot"]) == (409, beside.id)
    assert answer.json()["type"].endswith("overlapping")
    assert (await post(beside, again=True)).json()["type"].endswith("overlapping")
    assert (await post(beside, split=True)).status_code == 201


async def test_an_offer_is_accepted_beside_another_session_only_by_choice(client: Client) -> None:
    full, beside = await make_slot(capacity=1), await make_slot(starts_at=DAY_AHEAD + HOUR / 2)
    await service.reserve(make_wish(full), now=NOON)
    party = make_party()
    turn = await waitlist.join(make_wish(full, party=party), now=NOON)
    await service.reserve(make_wish(beside, party=party), now=NOON)
    await Slot.filter(id=full.id).update(capacity=MAX_CAPACITY)
    await waitlist.offer_free_seats(full.id, now=NOON)
    path = f"/reservations/{turn.reference}/queues/{full.id}/accept"
    api = f"/api/v1/reservations/{turn.reference}/waitlist/{full.id}"
    answer = await client.post(path, headers=EN)
    assert answer.status_code == 409
    assert 'name="split"' in answer.text
    assert await WaitlistEntry.filter(status="offered").exists()
    assert (await client.post(api)).status_code in (404, 405, 409)
    made = await client.post(path, data={"split": "1"})
    assert made.status_code == 303
    assert await Place.filter(slot_id=full.id, reservation_id=turn.id).exists()


async def test_nobody_queues_or_enters_a_draw_beside_what_is_held_without_choosing(
    client: Client,
) -> None:
    held, party = await make_slot(), make_party()
    await service.reserve(make_wish(held, party=party), now=NOON)
    full = await make_slot(starts_at=DAY_AHEAD + HOUR / 2, capacity=1)
    await service.reserve(make_wish(full), now=NOON)
    form = typed(1, email=party.email)
    queue = await client.post(f"/slots/{full.id}/queue", data=form, headers=EN)
    assert queue.status_code == 409
    assert 'name="split"' in queue.text
    queue = await client.post(f"/slots/{full.id}/queue", data=form | {"split": "1"})
    assert queue.status_code == 303
    drawn = await make_slot(starts_at=DAY_AHEAD + HOUR / 2, allocation="draw")
    draw = await draws.open_draw([drawn.id], event_id=None, entries_close_at=NOON + HOUR)
    form = typed(1, email=party.email) | {"choice-1": str(drawn.id)}
    entry = await client.post(f"/draws/{draw.id}/enter", data=form, headers=EN)
    assert entry.status_code == 409
    assert 'name="split"' in entry.text
    entry = await client.post(f"/draws/{draw.id}/enter", data=form | {"split": "1"})
    assert entry.status_code == 303


async def test_where_a_code_is_asked_for_it_is_said_after_the_code(client: Client) -> None:
    event = await make_event(day=DAY_AHEAD.date())
    await BookingRules.create(event=event, checks_contact=True)
    slot = await make_slot(programme=await make_programme(event=event))
    url, held = f"/slots/{slot.id}/reserve", []
    for _time in range(2):
        made = await client.post(url, data=typed(1, email="h@example.org"), headers=EN)
        assert made.status_code == 303
        held.append(made.headers["location"])
    codes = [check.code for check in await ContactCheck.all().order_by("id")]
    assert (await client.post(f"{held[0]}/code", data={"code": codes[0]})).status_code == 303
    client.cookies.clear()
    refused = await client.post(f"{held[1]}/code", data={"code": codes[1]}, headers=EN)
    assert refused.status_code == 409
    assert HOLDS in refused.text
    assert held[0] in refused.text
    assert await places() == 1
    chosen = {"code": codes[1], "again": "1"}
    assert (await client.post(f"{held[1]}/code", data=chosen)).status_code == 303
    assert await places() == 2


def visitor(app: Starlette) -> Client:
    transport = httpx.ASGITransport(app=app)
    return httpx.AsyncClient(transport=transport, base_url="http://testserver")
