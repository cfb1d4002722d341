"""A day in several sessions: each place has its own cut-off, and what is open can be given back."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.conftest import NOON, TurnableClock
from tests.factories import make_slot
from tests.reservations.factories import make_party, make_wish
from tests.reservations.ledger import assert_ledger_holds
from tour.audit.service import Actor
from tour.programmes.editing import Times, TimesRefused, add_times
from tour.programmes.models import Programme, Slot
from tour.programmes.slot_editing import walk_in
from tour.programmes.states import Allocation, SlotStatus
from tour.reservations import service
from tour.reservations.changes.slots import cancel_slot
from tour.reservations.door.arrivals import Door, Outcome, check_in, check_in_place, let_in
from tour.reservations.errors import BookingRefused, TooLateToChange
from tour.reservations.held import changes
from tour.reservations.models import Place, Reservation
from tour.reservations.rules import Audience, resize_problem

HOUR = timedelta(hours=1)
MORNING, AFTERNOON = NOON + 22 * HOUR, NOON + 26 * HOUR
BEGUN = MORNING + HOUR / 2
EN = {"Accept-Language": "en"}
STAFF = Actor(None, "王子 花子")
LIMITS = Audience(max_party=3, capacity=8)


async def day(people: int = 3) -> tuple[Reservation, Slot, Slot]:
    morning, afternoon = await make_slot(starts_at=MORNING), await make_slot(starts_at=AFTERNOON)
    wish = make_wish(morning, afternoon, party=make_party(people))
    return await service.reserve(wish, now=NOON), morning, afternoon


async def held() -> dict[int, int]:
    places = await Place.filter(status="confirmed")
    return {place.slot_id: place.seats for place in places}


@pytest.mark.parametrize(
    ("before", "after", "limits", "is_refused"),
    [
        ((5, 0), (4, 0), LIMITS, False),
        ((5, 0), (5, 0), LIMITS, False),
        ((5, 0), (6, 0), LIMITS, True),
        ((2, 0), (4, 0), LIMITS, True),
        ((4, 0), (3, 0), Audience(3, 2), False),
        ((0, 3), (0, 2), Audience(3, 8, needs_adult=True), False),
        ((1, 2), (0, 2), Audience(3, 8, needs_adult=True), True),
        ((1, 2), (1, 1), Audience(3, 8, min_age=18), False),
        ((1, 0), (1, 1), Audience(3, 8, min_age=18), True),
    ],
)
def test_what_was_granted_stays_granted(
    before: tuple[int, int], after: tuple[int, int], limits: Audience, is_refused: bool
) -> None:
    assert (resize_problem(before, after, limits) is not None) == is_refused


@pytest.mark.usefixtures("database")
async def test_a_party_grows_smaller_though_its_host_takes_fewer_now() -> None:
    slot = await make_slot(starts_at=MORNING)
    made = await service.reserve(make_wish(slot, party=make_party(5)), now=NOON)
    await Programme.all().update(max_party=3)
    with pytest.raises(BookingRefused):
        await changes.change_party(made.reference, adults=6, children=0, now=NOON)
    await changes.change_party(made.reference, adults=4, children=0, now=NOON)
    assert await held() == {slot.id: 4}


@pytest.mark.usefixtures("database")
async def test_once_the_morning_has_begun_the_afternoon_is_given_back_alone() -> None:
    made, morning, afternoon = await day()
    await changes.cancel_place(made.reference, afternoon.id, now=BEGUN)
    assert await held() == {morning.id: 3}
    with pytest.raises(TooLateToChange):
        await changes.cancel_place(made.reference, morning.id, now=BEGUN)
    with pytest.raises(TooLateToChange):
        await changes.cancel(made.reference, now=BEGUN)
    await assert_ledger_holds()


@pytest.mark.usefixtures("database")
async def test_all_that_is_left_is_given_back_at_once() -> None:
    made, morning, _afternoon = await day()
    await changes.cancel(made.reference, now=BEGUN)
    assert await held() == {morning.id: 3}
    await assert_ledger_holds()


@pytest.mark.usefixtures("database")
async def test_what_is_open_is_made_smaller_and_named_anew() -> None:
    made, morning, afternoon = await day()
    await changes.change_party(made.reference, adults=2, children=0, now=BEGUN)
    assert await held() == {morning.id: 3, afternoon.id: 2}
    named = await changes.rename(made.reference, name="北 次郎", kana="", now=BEGUN)
    assert named.name == "北 次郎"
    with pytest.raises(TooLateToChange):
        await changes.rename(made.reference, name="北 三郎", kana="", now=AFTERNOON)
    await assert_ledger_holds(may_split=True)


@pytest.mark.usefixtures("database")
async def test_a_form_that_changes_size_and_name_changes_both_or_neither() -> None:
    made, morning, afternoon = await day()
    own = {"adults": 2, "children": 0, "name": "北 次郎", "kana": ""}
    both = await changes.change_details(made.reference, **own, now=NOON)
    assert (both.name, both.party_size) == ("北 次郎", 2)
    await Reservation.filter(id=made.id).update(erased_at=NOON)
    with pytest.raises(TooLateToChange):
        await changes.change_details(made.reference, **{**own, "adults": 1}, now=NOON)
    assert await held() == {morning.id: 2, afternoon.id: 2}


@pytest.mark.usefixtures("database")
async def test_one_session_alone_is_made_smaller() -> None:
    made, morning, afternoon = await day()
    await changes.change_party(made.reference, adults=1, children=0, slot_id=afternoon.id, now=NOON)
    assert await held() == {morning.id: 3, afternoon.id: 1}
    assert (await Reservation.get()).party_size == 3


async def test_the_page_offers_what_is_open(
    client: httpx.AsyncClient, clock: TurnableClock
) -> None:
    made, morning, afternoon = await day()
    clock.turn_to(BEGUN)
    path = f"/reservations/{made.reference}"
    for page in (await client.get(path, headers=EN), await client.get(f"{path}/cannot-come")):
        assert f"{path}/cancel" in page.text
    assert "too late" not in page.text
    edit = await client.get(f"{path}/change", headers=EN)
    assert "14:00" not in edit.text.split("<h1>")[0]
    await client.post(f"{path}/cancel")
    assert await held() == {morning.id: 3}
    page = await client.get(path, headers=EN)
    assert f"{path}/cancel" not in page.text
    assert afternoon.id not in await held()


async def test_the_api_gives_back_and_shrinks_one_of_several(
    client: httpx.AsyncClient, clock: TurnableClock
) -> None:
    made, morning, afternoon = await day()
    clock.turn_to(BEGUN)
    path = f"/api/v1/reservations/{made.reference}"
    smaller = {"party": {"adults": 2}, "slot": afternoon.id}
    assert (await client.patch(path, json=smaller)).status_code == 200
    assert await held() == {morning.id: 3, afternoon.id: 2}
    late = await client.delete(f"{path}/slots/{morning.id}")
    assert late.json()["type"].endswith("too-late-to-change")
    assert (await client.delete(f"{path}/slots/{afternoon.id}")).status_code == 204
    assert await held() == {morning.id: 3}


@pytest.mark.usefixtures("database")
async def test_a_time_that_was_called_off_is_offered_again() -> None:
    slot = await make_slot(starts_at=MORNING, capacity=4)
    programme = await Programme.get()
    made = await service.reserve(make_wish(slot), now=NOON)
    await cancel_slot(slot.id, "", actor=STAFF, now=NOON)
    offered = Times((MORNING,), 6, Allocation.FIRST_COME, None, None)
    await add_times(programme, offered, actor=STAFF, now=NOON)
    again = await Slot.get()
    assert (again.id, again.status, again.seats_left) == (slot.id, SlotStatus.OPEN, 6)
    assert await held() == {}
    await service.reserve(make_wish(again, party=make_party(2)), now=NOON)
    assert (await Place.get(reservation_id=made.id)).status == "cancelled"
    await assert_ledger_holds()
    await cancel_slot(slot.id, "", actor=STAFF, now=NOON)
    drawn = replace(offered, allocation=Allocation.DRAW)
    with pytest.raises(TimesRefused):
        await add_times(programme, drawn, actor=STAFF, now=NOON)


@pytest.mark.usefixtures("database")
async def test_a_session_past_midnight_lets_its_late_guests_in() -> None:
    """From 23:00 to 1:00, by a guest of 0:20; the day after it is another day again."""
    slot = await make_slot(starts_at=NOON + 11 * HOUR, ends_at=NOON + 13 * HOUR)
    made = await service.reserve(make_wish(slot), now=NOON)
    site_id = (await Programme.get()).site_id  # type: ignore[attr-defined]
    door = Door(site_id, ZoneInfo("Asia/Tokyo"), STAFF)
    late = await check_in(made.door_code, door, now=NOON + 14 * HOUR)
    assert late.outcome == Outcome.OTHER_DAY
    let_in = await check_in(made.door_code, door, now=NOON + 12 * HOUR + HOUR / 3)
    assert let_in.outcome == Outcome.ARRIVED


@pytest.mark.usefixtures("database")
async def test_who_gave_a_session_up_is_let_in_as_many_as_they_are_by_then() -> None:
    """Two gave the second session up, are three in the first now, and stand at the door."""
    first, second = (
        await make_slot(starts_at=MORNING),
        await make_slot(starts_at=AFTERNOON, capacity=3),
    )
    made = await service.reserve(make_wish(first, second, party=make_party(2)), now=NOON)
    await changes.cancel_place(made.reference, second.id, now=NOON)
    await changes.change_party(made.reference, adults=3, children=0, now=NOON)
    gave_up = Place.get(reservation_id=made.id, slot_id=second.id)
    place = await gave_up.select_related("reservation")
    site_id = (await Programme.get(slots=second.id)).site_id  # type: ignore[attr-defined]
    door = Door(site_id, ZoneInfo("Asia/Tokyo"), STAFF)
    at_the_door = AFTERNOON + HOUR / 10
    said = await check_in_place(place, door, now=at_the_door)
    assert (said.outcome, said.can_be_let_in) == (Outcome.CANCELLED, True)
    await walk_in(second, 1, site_id=site_id, actor=STAFF, now=at_the_door)
    assert (await let_in(place.id, door, now=at_the_door)).outcome == Outcome.CANCELLED
    await walk_in(second, -1, site_id=site_id, actor=STAFF, now=at_the_door)
    assert (await let_in(place.id, door, now=at_the_door)).outcome == Outcome.ARRIVED
    assert (await Slot.get(id=second.id)).seats_taken == 3
    await assert_ledger_holds()


@pytest.mark.usefixtures("database")
async def test_who_holds_nothing_changes_its_size_while_the_door_lets_it_in() -> None:
    """Several times, because on PostgreSQL it is a race."""
    slot = await make_slot(starts_at=MORNING, capacity=50)
    site_id = (await Programme.get()).site_id
    door = Door(site_id, ZoneInfo("Asia/Tokyo"), STAFF)
    for _time in range(8):
        made = await service.reserve(make_wish(slot, party=make_party(2)), now=NOON)
        await changes.cancel(made.reference, now=NOON)
        place = await Place.get(reservation_id=made.id)
        await asyncio.gather(
            changes.change_party(made.reference, adults=4, children=0, now=NOON),
            let_in(place.id, door, now=NOON),
            return_exceptions=True,
        )
        await assert_ledger_holds()
