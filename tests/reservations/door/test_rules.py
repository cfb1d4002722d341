"""Who comes, who does not, and when seats go to others: every bound, below the pages."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.conftest import NOON
from tests.factories import DAY_AHEAD, make_event, make_place, make_programme, make_site, make_slot
from tests.reservations.ledger import assert_ledger_holds
from tour.audit.service import Actor
from tour.errors import BadInput, Conflict
from tour.notifications.models import Reminder
from tour.programmes.models import BookingRules, Slot
from tour.programmes.states import SlotStatus
from tour.reservations.door import absences, arrivals
from tour.reservations.door.absences import LOOKS_BACK, Asked, is_asked, kept_until
from tour.reservations.door.arrivals import SAME_SCAN, Arrival, Door, Outcome, free_at_door
from tour.reservations.door.phones import SILENT_AFTER, DoorPhone, has_silent_phone, heard_of
from tour.reservations.models import Place, Reservation
from tour.reservations.rules import GRACE
from tour.reservations.states import PlaceStatus

pytestmark = pytest.mark.usefixtures("database")

TOKYO = ZoneInfo("Asia/Tokyo")
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
HOST = Actor(None, "host")
LATER = NOON + 2 * HOUR


def door_of(slot_site: int) -> Door:
    return Door(slot_site, TOKYO, HOST)


async def session(starts_at: datetime = NOON, **values: Any) -> tuple[Slot, Door]:
    """A session of an hour and the door of its place."""
    programme = values.pop("programme", None) or await make_programme()
    slot = await make_slot(starts_at, programme=programme, **values)
    return slot, door_of(programme.site_id)


async def code_of(place: Place) -> str:
    return (await Reservation.get(id=place.reservation_id)).door_code


async def another_place_of(place: Place, slot: Slot, **values: Any) -> Place:
    """The same party in another session."""
    await Slot.filter(id=slot.id).update(seats_taken=place.seats)
    party = {"reservation_id": place.reservation_id, "slot": slot, "seats": place.seats}
    return await Place.create(**party | values)


# --- one scan is about one session -------------------------------------------------------------


async def test_a_scan_is_about_the_session_that_is_on() -> None:
    first, door = await session()
    second = await make_slot(NOON + HOUR, programme=await first.programme)
    place = await make_place(first)
    next_place = await another_place_of(place, second)
    code = await code_of(place)
    came = await arrivals.check_in(code, door, now=NOON + 50 * MINUTE)
    assert (came.outcome, came.place.id if came.place else 0) == (Outcome.ARRIVED, place.id)
    # Ten minutes to the next one, and the same scan sent again: it is not about that.
    again = await arrivals.check_in(code, door, now=NOON + 50 * MINUTE + SAME_SCAN - SECOND)
    assert (again.outcome, again.arrived_at) == (Outcome.ALREADY, NOON + 50 * MINUTE)
    later = await arrivals.check_in(code, door, now=NOON + 50 * MINUTE + SAME_SCAN)
    assert (later.outcome, later.place.id if later.place else 0) == (
        Outcome.ARRIVED,
        next_place.id,
    )


@pytest.mark.parametrize(
    ("at", "chosen"),
    [
        (NOON - HOUR, 0),
        (NOON, 0),
        (NOON + HOUR - SECOND, 0),
        (NOON + HOUR, 0),
        (NOON + 3 * HOUR - SECOND, 1),
        (NOON + 3 * HOUR, 1),
    ],
)
async def test_before_and_between_it_is_about_the_nearest(at: datetime, chosen: int) -> None:
    first, door = await session()
    second = await make_slot(NOON + 3 * HOUR, programme=await first.programme)
    place = await make_place(first)
    places = [place, await another_place_of(place, second)]
    came = await arrivals.check_in(await code_of(place), door, now=at)
    assert came.outcome == Outcome.ARRIVED
    assert came.place
    assert came.place.id == places[chosen].id


async def test_of_two_at_one_time_the_one_reserved_first_is_meant_then_the_other() -> None:
    """A family that splits up has one code for both."""
    site = await make_site()
    slot, door = await session(programme=await make_programme(site=site))
    beside, _door = await session(programme=await make_programme(site=site))
    place = await make_place(slot)
    other = await another_place_of(place, beside)
    for number, expected in enumerate((place, other)):
        now = NOON + number * SAME_SCAN
        came = await arrivals.check_in(await code_of(place), door, now=now)
        assert came.outcome == Outcome.ARRIVED
        assert came.place
        assert came.place.id == expected.id


@pytest.mark.parametrize(
    ("starts_at", "now", "outcome"),
    [
        (NOON, NOON - 11 * HOUR, Outcome.ARRIVED),
        (NOON, NOON + 11 * HOUR, Outcome.ARRIVED),
        (NOON, NOON - 13 * HOUR, Outcome.OTHER_DAY),
        (NOON, NOON + 12 * HOUR, Outcome.OTHER_DAY),
        # Of the evening before, and still under way past midnight.
        (NOON + 11 * HOUR + 30 * MINUTE, NOON + 12 * HOUR + 29 * MINUTE, Outcome.ARRIVED),
        (NOON + 11 * HOUR + 30 * MINUTE, NOON + 12 * HOUR + 30 * MINUTE, Outcome.OTHER_DAY),
    ],
)
async def test_another_day_is_said(starts_at: datetime, now: datetime, outcome: Outcome) -> None:
    slot, door = await session(starts_at)
    place = await make_place(slot)
    assert (await arrivals.check_in(await code_of(place), door, now=now)).outcome == outcome


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (PlaceStatus.CONFIRMED, Outcome.ARRIVED),
        (PlaceStatus.CANCELLED, Outcome.CANCELLED),
        (PlaceStatus.RELEASED, Outcome.RELEASED),
        (PlaceStatus.HELD, Outcome.CANCELLED),
    ],
)
async def test_who_holds_nothing_is_told_what_became_of_it(
    status: PlaceStatus, outcome: Outcome
) -> None:
    slot, door = await session(capacity=5)
    place = await make_place(slot)
    held = {"status": status}
    if status != PlaceStatus.CONFIRMED:
        held |= {"cancelled_at": NOON - MINUTE}
        await Slot.filter(id=slot.id).update(seats_taken=0)
    await Place.filter(id=place.id).update(**held)
    came = await arrivals.check_in(await code_of(place), door, now=NOON)
    assert came.outcome == outcome
    if outcome in (Outcome.CANCELLED, Outcome.RELEASED):
        assert came.free == 5
        assert came.can_be_let_in


async def test_a_code_is_read_however_it_is_typed_and_only_at_its_own_door() -> None:
    slot, door = await session()
    place = await make_place(slot)
    code = await code_of(place)
    party = await Reservation.get(id=place.reservation_id)
    elsewhere = door_of((await make_site()).id)
    assert (await arrivals.check_in(code, elsewhere, now=NOON)).outcome == Outcome.UNKNOWN
    for typed in ("", "K7M4", f"{code}X", "/reservations/none"):
        assert (await arrivals.check_in(typed, door, now=NOON)).outcome == Outcome.UNKNOWN
    spellings = [
        code,
        code.lower(),
        code.replace("-", ""),
        f" {code.replace('-', ' － ')} ",
        f"http://testserver/reservations/{party.reference}?lang=en#qr",
        f"/reservations/{party.reference}/",
    ]
    for typed in spellings:
        came = await arrivals.check_in(typed, door, now=NOON)
        assert came.outcome in (Outcome.ARRIVED, Outcome.ALREADY), typed


# --- after all ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scanned_at", "outcome"),
    [
        (NOON + 10 * MINUTE - SECOND, Outcome.ARRIVED),
        (NOON + 10 * MINUTE, Outcome.RELEASED),
    ],
)
async def test_who_was_there_before_its_seats_were_given_away_is_there(
    scanned_at: datetime, outcome: Outcome
) -> None:
    slot, door = await session(capacity=2)
    place = await make_place(slot)
    gone = {"status": PlaceStatus.RELEASED, "cancelled_at": NOON + 10 * MINUTE}
    await Place.filter(id=place.id).update(**gone)
    await Slot.filter(id=slot.id).update(seats_taken=0)
    came = await arrivals.check_in(await code_of(place), door, now=scanned_at)
    assert came.outcome == outcome
    seated = outcome == Outcome.ARRIVED
    assert (await Slot.get(id=slot.id)).seats_taken == (2 if seated else 0)
    assert (await Place.get(id=place.id)).status == ("confirmed" if seated else "released")
    await assert_ledger_holds()


@pytest.mark.parametrize(
    ("columns", "now", "outcome"),
    [
        ({}, NOON, Outcome.ARRIVED),
        ({"seats_taken": 6}, NOON, Outcome.ARRIVED),
        ({"seats_taken": 7}, NOON, Outcome.CANCELLED),
        ({}, NOON + HOUR - SECOND, Outcome.ARRIVED),
        ({}, NOON + HOUR, Outcome.CANCELLED),
        ({"status": SlotStatus.CLOSED}, NOON, Outcome.ARRIVED),
        ({"status": SlotStatus.CANCELLED}, NOON, Outcome.CANCELLED),
    ],
)
async def test_who_cancelled_is_let_in_while_there_is_room(
    columns: dict[str, Any], now: datetime, outcome: Outcome
) -> None:
    slot, door = await session()
    place = await make_place(slot)
    await Place.filter(id=place.id).update(status=PlaceStatus.CANCELLED, cancelled_at=NOON - HOUR)
    await Slot.filter(id=slot.id).update(**{"seats_taken": 0} | columns)
    came = await arrivals.let_in(place.id, door, now=now)
    assert came.outcome == outcome
    assert await Arrival.exists(place_id=place.id) is (outcome == Outcome.ARRIVED)
    elsewhere = door_of((await make_site()).id)
    assert (await arrivals.let_in(place.id, elsewhere, now=now)).outcome == Outcome.UNKNOWN
    if outcome == Outcome.ARRIVED:
        assert (await Place.get(id=place.id)).cancelled_at is None
        assert (await Slot.get(id=slot.id)).seats_taken == columns.get("seats_taken", 0) + 2


@pytest.mark.parametrize(
    ("columns", "now", "free"),
    [
        ({"seats_taken": 3, "seats_kept": 2}, NOON, 5),
        ({"seats_taken": 8}, NOON, 0),
        ({}, NOON + HOUR - SECOND, 8),
        ({}, NOON + HOUR, 0),
        ({"status": SlotStatus.CANCELLED}, NOON, 0),
        ({"status": SlotStatus.CLOSED}, NOON, 8),
    ],
)
async def test_what_is_free_at_the_door(columns: dict[str, Any], now: datetime, free: int) -> None:
    slot, _door = await session(**columns)
    assert free_at_door(slot, now) == free


@pytest.mark.parametrize(("people", "may"), [(0, False), (1, True), (3, True), (4, False)])
async def test_as_many_came_as_there_are_seats_at_most(people: int, may: bool) -> None:
    slot, door = await session()
    place = await make_place(slot, 3)
    with pytest.raises(BadInput):
        await arrivals.count_people(place.id, 1, door, now=NOON)
    await arrivals.check_in_place(place, door, now=NOON)
    if may:
        await arrivals.count_people(place.id, people, door, now=NOON)
    else:
        with pytest.raises(BadInput):
            await arrivals.count_people(place.id, people, door, now=NOON)
    assert (await Arrival.get()).people == (people if may else None)


async def test_a_party_is_counted_at_its_own_door_and_while_it_is_here() -> None:
    slot, door = await session()
    place = await make_place(slot, 3)
    await arrivals.check_in_place(place, door, now=NOON)
    elsewhere = door_of((await make_site()).id)
    with pytest.raises(BadInput):
        await arrivals.count_people(place.id, 2, elsewhere, now=NOON)
    await arrivals.take_back(place.id, door, now=NOON)
    with pytest.raises(BadInput):
        await arrivals.count_people(place.id, 2, door, now=NOON)
    assert (await Arrival.get()).people is None


async def test_who_gave_back_is_not_among_the_absent() -> None:
    slot, door = await session(releases_absent=True)
    came, given_back, missing = [await make_place(slot) for _number in range(3)]
    await arrivals.check_in_place(came, door, now=NOON)
    await Place.filter(id=given_back.id).update(status=PlaceStatus.CANCELLED, cancelled_at=NOON)
    assert await absences.ask_absent(now=NOON + MINUTE) == 1
    told = await Reminder.filter(key__startswith="coming:").values_list("recipient_id", flat=True)
    reservation = await Reservation.get(id=missing.reservation_id)
    assert list(told) == [reservation.recipient_id]


async def test_a_tick_is_taken_back_once_and_made_anew() -> None:
    slot, door = await session()
    place, other = await make_place(slot, 3), await make_place(slot)
    for one in (place, other):
        await arrivals.check_in_place(one, door, now=NOON)
    await arrivals.count_people(place.id, 2, door, now=NOON)
    elsewhere = door_of((await make_site()).id)
    await arrivals.take_back(place.id, elsewhere, now=NOON)
    assert await arrivals.arrivals_of([place.id, other.id]) == {place.id: NOON, other.id: NOON}
    await arrivals.take_back(place.id, door, now=NOON)
    assert await arrivals.arrivals_of([place.id, other.id]) == {other.id: NOON}
    again = await arrivals.check_in_place(place, door, now=NOON + MINUTE)
    assert again.outcome == Outcome.ARRIVED
    found = await Arrival.get(place_id=place.id)
    assert (found.arrived_at, found.people, found.taken_back_at) == (NOON + MINUTE, None, None)


# --- who has not come --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "now", "asked"),
    [
        (SlotStatus.OPEN, NOON + GRACE - SECOND, False),
        (SlotStatus.OPEN, NOON + GRACE, True),
        (SlotStatus.CLOSED, NOON + GRACE, True),
        (SlotStatus.OPEN, NOON + HOUR - SECOND, True),
        (SlotStatus.OPEN, NOON + HOUR, False),
        (SlotStatus.CANCELLED, NOON + GRACE, False),
    ],
)
async def test_the_host_is_asked_from_the_grace_until_the_end(
    status: SlotStatus, now: datetime, asked: bool
) -> None:
    slot, door = await session(status=status)
    place = await make_place(slot) if status == SlotStatus.OPEN else None
    assert is_asked(slot, now) is asked
    wish = Asked(slot.id, door.site_id, [place.id] if place else [], now)
    if not asked:
        with pytest.raises(Conflict):
            await absences.give_away(wish, actor=HOST, now=now)
    elif place:
        assert await absences.give_away(wish, actor=HOST, now=now)
        assert (await Place.get(id=place.id)).status == PlaceStatus.RELEASED


async def test_seats_are_kept_as_much_longer_as_a_party_said() -> None:
    slot, _door = await session()
    place = await make_place(slot)
    assert kept_until(place, slot) == NOON + GRACE
    place.late_minutes = 20
    assert kept_until(place, slot) == NOON + GRACE + 20 * MINUTE


@pytest.mark.parametrize(
    ("happened", "is_given"),
    [
        ({}, True),
        ({"said_at": NOON + GRACE}, True),
        ({"said_at": NOON + GRACE + SECOND}, False),
        ({"arrived": True}, False),
        ({"arrived": True, "taken_back_at": NOON + GRACE}, True),
        ({"arrived": True, "taken_back_at": NOON + GRACE + SECOND}, False),
        ({"status": PlaceStatus.CANCELLED}, False),
    ],
)
async def test_only_who_is_as_the_host_saw_it_loses_its_seats(
    happened: dict[str, Any], is_given: bool
) -> None:
    slot, door = await session()
    place, other = await make_place(slot), await make_place(slot)
    if happened.pop("arrived", False):
        back = happened.pop("taken_back_at", None)
        await Arrival.create(place_id=place.id, arrived_at=NOON, taken_back_at=back)
    if happened:
        await Place.filter(id=place.id).update(**happened)
    wish = Asked(slot.id, door.site_id, [place.id], NOON + GRACE)
    entry = await absences.give_away(wish, actor=HOST, now=NOON + GRACE + MINUTE)
    assert (entry is not None) is is_given
    assert ((await Place.get(id=place.id)).status == PlaceStatus.RELEASED) is is_given
    assert (await Place.get(id=other.id)).status == PlaceStatus.CONFIRMED, "nobody chose it"
    if entry:
        assert entry.after == {"places": [place.id], "released": 2}
        await absences.give_back(entry, actor=HOST, now=NOON + GRACE + MINUTE)
        assert (await Place.get(id=place.id)).status == PlaceStatus.CONFIRMED
        await assert_ledger_holds()


RULE = {"releases_absent": True}


@pytest.mark.parametrize(
    ("columns", "now", "chosen"),
    [
        (RULE, NOON, True),
        (RULE, NOON - SECOND, False),
        ({}, NOON, False),
        (RULE | {"ends_at": NOON + 14 * HOUR}, NOON + LOOKS_BACK - SECOND, True),
        (RULE | {"ends_at": NOON + 14 * HOUR}, NOON + LOOKS_BACK, False),
        (RULE, NOON + HOUR - SECOND, True),
        (RULE, NOON + HOUR, False),
        (RULE | {"status": SlotStatus.CANCELLED}, NOON, False),
        (RULE | {"status": SlotStatus.CLOSED}, NOON, True),
        (RULE | {"seats_taken": 0}, NOON, False),
    ],
)
async def test_seats_go_unasked_only_where_the_host_chose_it(
    columns: dict[str, Any], now: datetime, chosen: bool
) -> None:
    slot, _door = await session()
    await Slot.filter(id=slot.id).update(**{"seats_taken": 2} | columns)
    assert await absences.begun_slots(now=now) == ([slot.id] if chosen else [])


@pytest.mark.parametrize("allowed", [True, False])
async def test_and_where_its_event_allows_it(allowed: bool) -> None:
    event = await make_event(day=DAY_AHEAD.date())
    await BookingRules.create(event=event, releases_absent=allowed)
    programme = await make_programme(event=event)
    slot, _door = await session(programme=programme, releases_absent=True, seats_taken=1)
    assert await absences.begun_slots(now=NOON) == ([slot.id] if allowed else [])


@pytest.mark.parametrize(
    ("late", "now", "seats"),
    [
        (None, NOON + GRACE - SECOND, 0),
        (None, NOON + GRACE, 2),
        (20, NOON + GRACE + 20 * MINUTE - SECOND, 0),
        (20, NOON + GRACE + 20 * MINUTE, 2),
    ],
)
async def test_a_rule_gives_away_what_is_overdue(
    late: int | None, now: datetime, seats: int
) -> None:
    slot, door = await session(releases_absent=True)
    here, place = await make_place(slot), await make_place(slot)
    await Place.filter(id=place.id).update(late_minutes=late)
    assert await absences.release_by_rule(slot.id, now=now) == 0, "nobody was ticked at this door"
    await arrivals.check_in_place(here, door, now=NOON)
    await heard_of(door.site_id, "phone", leaves=False, now=now - SILENT_AFTER)
    assert await absences.release_by_rule(slot.id, now=now) == 0, "a phone has fallen silent"
    await heard_of(door.site_id, "phone", leaves=True, now=now)
    assert await absences.release_by_rule(slot.id, now=now) == seats
    assert (await Place.get(id=here.id)).status == PlaceStatus.CONFIRMED
    await assert_ledger_holds()


@pytest.mark.parametrize(
    ("now", "asked"),
    [(NOON - SECOND, 0), (NOON, 1), (NOON + GRACE - SECOND, 1), (NOON + GRACE, 0)],
)
async def test_who_is_missing_is_asked_once_as_it_begins(now: datetime, asked: int) -> None:
    slot, door = await session(releases_absent=True)
    here, spoke = await make_place(slot), await make_place(slot)
    await make_place(slot)
    await arrivals.check_in_place(here, door, now=NOON - HOUR)
    await Place.filter(id=spoke.id).update(said_at=NOON - HOUR)
    assert await absences.ask_absent(now=now) == asked
    assert await absences.ask_absent(now=now) == 0


async def test_a_host_asks_those_it_chose_and_who_are_not_here() -> None:
    slot, door = await session()
    here, missing, other = [await make_place(slot) for _party in range(3)]
    await arrivals.check_in_place(here, door, now=NOON)
    wish = Asked(slot.id, door.site_id, [here.id, missing.id], NOON)
    assert await absences.ask_parties(wish, now=NOON) == 1
    assert await absences.ask_parties(wish, now=NOON) == 0
    elsewhere = Asked(slot.id, (await make_site()).id, [other.id], NOON)
    assert await absences.ask_parties(elsewhere, now=NOON) == 0


@pytest.mark.parametrize(
    ("seen", "left", "is_silent"),
    [
        (SILENT_AFTER - SECOND, False, False),
        (SILENT_AFTER, False, True),
        (SILENT_AFTER, True, False),
        (LOOKS_BACK - SECOND, False, True),
        (LOOKS_BACK, False, False),
    ],
)
async def test_a_phone_is_silent_after_two_minutes(
    seen: timedelta, left: bool, is_silent: bool
) -> None:
    site, other = await make_site(), await make_site()
    left_at = NOON if left else None
    await DoorPhone.create(site=site, key="phone", seen_at=NOON - seen, left_at=left_at)
    assert await has_silent_phone(site.id, now=NOON) is is_silent
    assert not await has_silent_phone(other.id, now=NOON)
