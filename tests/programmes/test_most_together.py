"""How large a party may be: by its host's limit, the seats, and those that are left."""

import re
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from tests.conftest import NOON
from tests.factories import make_place, make_programme, make_slot
from tests.reservations.draws.test_questions import draw_of, drawn
from tests.reservations.factories import make_party, make_wish, typed
from tour.programmes.models import Slot
from tour.programmes.rules import most_together
from tour.reservations import service
from tour.reservations.errors import BookingRefused
from tour.reservations.held import changes
from tour.reservations.models import Place


@pytest.mark.parametrize(
    ("limit", "capacity", "kept", "left", "can_reserve", "most"),
    [
        (6, 8, 0, 8, True, 6),
        (6, 8, 0, 4, True, 4),
        (6, 4, 0, 4, True, 4),
        (6, 8, 3, 5, True, 5),
        (6, 8, 0, 0, False, 6),
        (6, 4, 1, 0, False, 3),
    ],
)
def test_the_most(
    limit: int, capacity: int, kept: int, left: int, can_reserve: bool, most: int
) -> None:
    assert most_together(limit, capacity, kept, left, can_reserve) == most


async def slot_with(left: int, capacity: int = 8, limit: int = 6) -> Slot:
    programme = await make_programme(max_party=limit)
    slot = await make_slot(programme=programme, capacity=capacity)
    if left < capacity:
        await make_place(slot, capacity - left)
    return slot


def largest(page: str) -> set[str]:
    """What the numbers of the form go up to."""
    return set(re.findall(r'type="number"[^>]*max="(\d+)"', page))


async def test_the_form_and_the_page_offer_no_more_than_is_left(client: httpx.AsyncClient) -> None:
    slot = await slot_with(left=4)
    form = (await client.get(f"/slots/{slot.id}/reserve?lang=en")).text
    assert largest(form) == {"4"}
    assert "Only 4 seats are left, so up to 4 people can come." in form
    page = (await client.get(f"/programmes/{slot.programme_id}?lang=en")).text
    assert "Up to 4 people" in page
    [item] = (await client.get("/api/v1/slots")).json()["items"]
    assert (item["seats_left"], item["max_party"]) == (4, 4)


async def test_the_page_of_a_session_says_what_its_roomiest_time_has(
    client: httpx.AsyncClient,
) -> None:
    slot = await slot_with(left=2)
    programme = await slot.programme
    later = await make_slot(slot.starts_at + timedelta(hours=2), programme=programme, capacity=5)
    page = f"/programmes/{programme.id}?lang=en"
    assert "Up to 5 people" in (await client.get(page)).text
    await Slot.filter(id=later.id).update(status="cancelled")
    assert "Up to 2 people" in (await client.get(page)).text


async def test_who_queues_may_be_as_many_as_fit(client: httpx.AsyncClient) -> None:
    slot = await slot_with(left=0)
    assert largest((await client.get(f"/slots/{slot.id}/reserve")).text) == {"6"}
    some = await slot_with(left=4)
    refused = await client.post(f"/slots/{some.id}/reserve", data=typed(6))
    assert refused.status_code == 409, "the way out is another time, or the queue"
    assert largest(refused.text) == {"6"}


async def test_the_draw_has_its_hosts_limit(client: httpx.AsyncClient) -> None:
    draw = await draw_of(await drawn(await make_programme(max_party=3)))
    assert largest((await client.get(f"/draws/{draw.id}/enter")).text) == {"3"}


async def test_an_error_names_no_more_than_is_left(client: httpx.AsyncClient) -> None:
    slot = await slot_with(left=4)
    refused = await client.post(f"/slots/{slot.id}/reserve?lang=en", data=typed(7))
    assert refused.status_code == 409
    assert "At most 4 people can come together here." in refused.text
    with pytest.raises(BookingRefused) as told:
        await service.reserve(make_wish(slot, party=make_party(7)), now=NOON)
    assert told.value.message.params == {"n": 4}
    queued = replace(make_wish(slot, party=make_party(7)), asks="queue")
    with pytest.raises(BookingRefused) as told:
        await service.reserve(queued, now=NOON)
    assert told.value.message.params == {"n": 6}


async def test_a_party_grows_into_what_is_left_beside_its_own(client: httpx.AsyncClient) -> None:
    slot = await slot_with(left=4)
    made = await service.reserve(make_wish(slot, party=make_party(2)), now=NOON)
    page = (await client.get(f"/reservations/{made.reference}/change?lang=en")).text
    assert largest(page) == {"4"}
    with pytest.raises(BookingRefused) as told:
        await changes.change_party(made.reference, adults=7, children=0, now=NOON)
    assert told.value.message.params == {"n": 4}
    await changes.change_party(made.reference, adults=4, children=0, now=NOON)
    assert (await Place.get(reservation_id=made.id)).seats == 4
