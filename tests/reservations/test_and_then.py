"""Each "and then" of a verb: what else has to be true once it is done.

A step that is forgotten raises nothing and shows no page of an error: somebody waits, and is not
asked; a seat lies idle; an old promise goes on counting. So each is told here by what is there
afterwards.
"""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from tortoise.connection import get_connection

from tests.conftest import NOON
from tests.factories import DAY_AHEAD, make_event, make_programme, make_slot
from tests.reservations.factories import make_party, make_wish
from tests.reservations.ledger import assert_ledger_holds
from tour.db import plain
from tour.notifications.models import Reminder
from tour.programmes import service as programmes
from tour.programmes.booking_rules import BookingRules
from tour.programmes.models import Allocation, Slot, SlotStatus
from tour.programmes.rules import BOOKING_CLOSES_BEFORE
from tour.reservations import service, worker
from tour.reservations.draws import draws, results
from tour.reservations.errors import AlreadyWaiting, BookingRefused, KeyReused, OfferGone, SlotFull
from tour.reservations.held import changes
from tour.reservations.models import (
    ContactCheck,
    Draw,
    DrawEntry,
    DrawSlot,
    DrawStatus,
    EntryStatus,
    Place,
    PlaceStatus,
    Reservation,
    WaitlistEntry,
    WaitlistStatus,
)
from tour.reservations.parties import contact_check, terms
from tour.reservations.waitlist import queue

pytestmark = pytest.mark.usefixtures("database")

SECOND = timedelta(seconds=1)
CLOSES_AT = NOON + timedelta(hours=1)
DRAWS_AT = CLOSES_AT + draws.FREEZE


async def seats(slot: Slot) -> int:
    return int((await Slot.get(id=slot.id)).seats_taken)


# --- taking seats ------------------------------------------------------------------------------

TAKEN = [
    ({}, 8, True),
    ({}, 9, False),
    ({"seats_taken": 7}, 1, True),
    ({"seats_taken": 7}, 2, False),
    ({"seats_taken": 8}, 1, False),
    ({"seats_kept": 3}, 5, True),
    ({"seats_kept": 3}, 6, False),
    ({"seats_kept": 3, "seats_taken": 4}, 1, True),
    ({"seats_kept": 3, "seats_taken": 4}, 2, False),
    ({"status": SlotStatus.CLOSED}, 1, False),
    ({"status": SlotStatus.CANCELLED}, 1, False),
]


@pytest.mark.parametrize(("columns", "people", "given"), TAKEN)
@pytest.mark.parametrize("by", ["take_seats", "TAKE_SEATS"])
async def test_seats_are_taken_of_an_open_slot_while_they_are_there(
    by: str, columns: dict[str, object], people: int, given: bool
) -> None:
    """The verb, and the same rule as a larger statement has it: one truth on both databases."""
    slot, other = await make_slot(**columns), await make_slot()
    before = slot.seats_taken
    if by == "take_seats":
        assert await programmes.take_seats(slot.id, people) is given
    else:
        statement = programmes.TAKE_SEATS.format(only_if="TRUE")
        assert bool(await plain.fetch(statement, slot.id, people)) is given
    assert await seats(slot) == before + people * given
    assert await seats(other) == 0


@pytest.mark.parametrize("status", [SlotStatus.CLOSED, SlotStatus.CANCELLED])
async def test_what_was_read_a_second_ago_reserves_no_slot_that_is_closed_by_now(
    status: SlotStatus,
) -> None:
    slot = await make_slot()
    await service.reserve(make_wish(slot), now=NOON)
    await Slot.filter(id=slot.id).update(status=status)
    with pytest.raises((SlotFull, BookingRefused)):
        await service.reserve(make_wish(slot), now=NOON)
    assert await Place.all().count() == 1
    await assert_ledger_holds() if status == SlotStatus.CLOSED else None


async def test_a_copy_of_a_slot_is_a_second_old_at_most() -> None:
    slot = await make_slot()
    await terms.read_terms_lately(slot.id)
    await slot.filter(id=slot.id).update(capacity=3)
    known = terms._known[get_connection("default")]
    copy, read_at = known[slot.id]
    known[slot.id] = (copy, read_at - 1)
    assert (await terms.read_terms_lately(slot.id)).slots[0].capacity == 3


async def test_a_form_that_asks_for_something_else_is_not_answered_with_the_first() -> None:
    slot = await make_slot()
    wish = make_wish(slot)
    made = await service.reserve(wish, now=NOON)
    assert (await service.reserve(wish, now=NOON)).id == made.id
    with pytest.raises(KeyReused):
        await service.reserve(replace(wish, answers={slot.id: ["左"]}), now=NOON)


# --- seats that come free ----------------------------------------------------------------------


async def full(capacity: int = 2) -> tuple[Slot, Reservation, Reservation]:
    """A session that is full of one party, and one that waits for a single seat of it."""
    slot = await make_slot(DAY_AHEAD, capacity=capacity)
    holder = await service.reserve(make_wish(slot, party=make_party(capacity)), now=NOON)
    waits = await queue.join(make_wish(slot), now=NOON)
    return slot, holder, waits


async def status_of(waits: Reservation) -> WaitlistStatus:
    return (await WaitlistEntry.get(reservation_id=waits.id)).status


async def test_who_becomes_fewer_makes_room_for_who_waits() -> None:
    slot, holder, waits = await full()
    await changes.change_party(holder.reference, adults=1, children=0, now=NOON)
    assert await status_of(waits) == WaitlistStatus.OFFERED
    assert await seats(slot) == 2
    await assert_ledger_holds()


async def test_who_becomes_more_takes_seats_and_offers_none() -> None:
    slot = await make_slot(capacity=4)
    holder = await service.reserve(make_wish(slot), now=NOON)
    await service.reserve(make_wish(slot), now=NOON)
    await changes.change_party(holder.reference, adults=3, children=0, now=NOON)
    assert await seats(slot) == 4
    with pytest.raises(SlotFull):
        await changes.change_party(holder.reference, adults=4, children=0, now=NOON)
    assert (await Reservation.get(id=holder.id)).adults == 3
    await assert_ledger_holds()


async def test_giving_back_one_of_two_sessions_makes_room_there_alone() -> None:
    slot, other = await make_slot(capacity=1), await make_slot(DAY_AHEAD + timedelta(days=1))
    holder = await service.reserve(make_wish(slot, other), now=NOON)
    waits = await queue.join(make_wish(slot), now=NOON)
    await changes.cancel_place(holder.reference, slot.id, now=NOON)
    assert await status_of(waits) == WaitlistStatus.OFFERED
    assert [str(p.status) for p in await Place.all().order_by("slot_id")] == [
        "cancelled",
        "confirmed",
    ]
    assert await seats(other) == 1
    await assert_ledger_holds()


async def test_a_smaller_party_in_a_queue_is_asked_as_soon_as_it_fits() -> None:
    slot = await make_slot(capacity=2)
    await service.reserve(make_wish(slot), now=NOON)
    waits = await queue.join(make_wish(slot, party=make_party(2)), now=NOON)
    assert await status_of(waits) == WaitlistStatus.WAITING
    await changes.change_party(waits.reference, adults=1, children=0, now=NOON)
    assert await status_of(waits) == WaitlistStatus.OFFERED
    await assert_ledger_holds()


async def test_a_declined_offer_goes_to_the_next_who_fits() -> None:
    slot, holder, waits = await full(1)
    behind = await queue.join(make_wish(slot), now=NOON)
    await changes.cancel(holder.reference, now=NOON)
    assert await status_of(behind) == WaitlistStatus.WAITING
    await queue.leave(waits.reference, slot.id, now=NOON)
    assert await status_of(waits) == WaitlistStatus.DECLINED
    assert await status_of(behind) == WaitlistStatus.OFFERED
    await assert_ledger_holds()


@pytest.mark.parametrize("asks", ["cancel", "accept"])
async def test_who_holds_an_offer_and_goes_gives_it_on(asks: str) -> None:
    """A party with offers in two queues takes one, or nothing: the other is for who comes next."""
    slot, holder, waits = await full(1)
    other = await make_slot(DAY_AHEAD + timedelta(days=1), capacity=1)
    owner = await service.reserve(make_wish(other), now=NOON)
    await queue.enqueue(waits, other.id, now=NOON)
    behind = await queue.join(make_wish(other), now=NOON)
    for one in (holder, owner):
        await changes.cancel(one.reference, now=NOON)
    if asks == "cancel":
        await changes.cancel(waits.reference, now=NOON)
    else:
        await queue.accept(waits.reference, slot.id, now=NOON)
    turns = await WaitlistEntry.filter(reservation_id=waits.id).order_by("slot_id")
    expected = ["accepted" if asks == "accept" else "declined", "declined"]
    assert [str(turn.status) for turn in turns] == expected
    assert await status_of(behind) == WaitlistStatus.OFFERED
    await assert_ledger_holds()


async def test_a_second_yes_gives_one_place() -> None:
    slot, holder, waits = await full(1)
    await changes.cancel(holder.reference, now=NOON)
    for _time in range(2):
        await queue.accept(waits.reference, slot.id, now=NOON)
    assert await Place.filter(reservation_id=waits.id).count() == 1
    assert await seats(slot) == 1
    promised = await Reminder.filter(recipient_id=waits.recipient_id, status="waiting")
    assert promised, "who has a place is reminded of it"


async def test_a_yes_is_none_once_the_session_is_over() -> None:
    """No worker has ended the offer; the place would be one in what has been."""
    slot, holder, waits = await full(1)
    await changes.cancel(holder.reference, now=NOON)
    with pytest.raises(OfferGone):
        await queue.accept(waits.reference, slot.id, now=slot.ends_at)
    assert not await Place.exists(reservation_id=waits.id)
    await queue.accept(waits.reference, slot.id, now=slot.ends_at - SECOND)
    assert await Place.filter(reservation_id=waits.id).count() == 1


@pytest.mark.parametrize(
    ("minutes", "until"), [(60, timedelta(minutes=30)), (20, timedelta(minutes=20))]
)
async def test_a_late_yes_ends_half_an_hour_in_or_with_the_session(
    minutes: int, until: timedelta
) -> None:
    slot, holder, waits = await full(1)
    await Slot.filter(id=slot.id).update(ends_at=slot.starts_at + timedelta(minutes=minutes))
    await worker.run_due(slot.booking_closes_at)
    assert await status_of(waits) == WaitlistStatus.CLOSED
    await Slot.filter(id=slot.id).update(capacity=2)
    with pytest.raises(OfferGone):
        await queue.accept(waits.reference, slot.id, now=slot.starts_at + until)
    await queue.accept(waits.reference, slot.id, now=slot.starts_at + until - SECOND)
    assert await Place.filter(reservation_id=waits.id).count() == 1
    assert (await Place.get(reservation_id=holder.id)).status == PlaceStatus.CONFIRMED
    await assert_ledger_holds()


# --- codes -------------------------------------------------------------------------------------


async def test_codes_that_lapsed_long_ago_are_forgotten() -> None:
    event = await make_event(day=DAY_AHEAD.date())
    await BookingRules.create(event=event, checks_contact=True)
    slot = await make_slot(programme=await make_programme(event=event))
    party = make_party(email="chain@example.org", phone="")
    for _time in range(contact_check.MOST_LAPSED):
        await service.reserve(make_wish(slot, party=party), now=NOON)
        await worker.run_due(NOON + contact_check.LASTS)
    await Reminder.all().update(status="sent")
    with pytest.raises(contact_check.TooManyChecks):
        await service.reserve(make_wish(slot, party=party), now=NOON + timedelta(minutes=59))
    later = NOON + contact_check.LAPSED_WITHIN
    await service.reserve(make_wish(slot, party=party), now=later)
    assert await Place.filter(status=PlaceStatus.HELD).count() == 1
    assert await ContactCheck.all().count() == contact_check.MOST_LAPSED + 1


# --- draws -------------------------------------------------------------------------------------


async def drawn_slot(capacity: int = 2, at: datetime = DAY_AHEAD, **columns: object) -> Slot:
    return await make_slot(at, capacity=capacity, allocation=Allocation.DRAW, **columns)


async def test_no_draw_is_held_before_its_time() -> None:
    slot = await drawn_slot()
    draw = await draws.open_draw([slot.id], event_id=None, entries_close_at=CLOSES_AT)
    await draws.enter(draw.id, make_wish(slot), now=NOON)
    assert not await results.hold(draw.id, now=DRAWS_AT), "its list is not closed yet"
    assert not await results.freeze(draw.id, now=CLOSES_AT - SECOND)
    assert await results.freeze(draw.id, now=CLOSES_AT)
    assert not await results.hold(draw.id, now=DRAWS_AT - SECOND)
    assert (await Draw.get(id=draw.id)).status == DrawStatus.FROZEN
    assert "seed" not in (await Draw.get(id=draw.id)).record
    assert await results.hold(draw.id, now=DRAWS_AT)
    assert not await results.hold(draw.id, now=DRAWS_AT), "and once"
    assert await Place.all().count() == 1


async def test_what_a_draw_leaves_is_first_come_from_then_on() -> None:
    slot = await drawn_slot(booking_closes_at=DAY_AHEAD - timedelta(days=5))
    draw = await draws.open_draw([slot.id], event_id=None, entries_close_at=CLOSES_AT)
    await draws.enter(draw.id, make_wish(slot), now=NOON)
    with pytest.raises(BookingRefused):
        await service.reserve(make_wish(slot), now=NOON)
    await worker.run_due(DRAWS_AT)
    await worker.run_due(DRAWS_AT)
    terms._known.clear()
    after = await Slot.get(id=slot.id)
    assert after.allocation == Allocation.FIRST_COME
    assert after.booking_closes_at == DAY_AHEAD - BOOKING_CLOSES_BEFORE, "the usual cut-off"
    late = after.booking_closes_at - SECOND
    await service.reserve(make_wish(slot), now=late)
    assert await seats(slot) == 2
    await assert_ledger_holds()


async def test_seats_that_a_winner_gives_back_go_to_who_lost() -> None:
    slot = await drawn_slot(1)
    draw = await draws.open_draw([slot.id], event_id=None, entries_close_at=CLOSES_AT)
    for _party in range(2):
        await draws.enter(draw.id, make_wish(slot), now=NOON)
    await worker.run_due(DRAWS_AT)
    await worker.run_due(DRAWS_AT)
    won = await DrawEntry.get(status=EntryStatus.WON).select_related("reservation")
    await changes.cancel(won.reservation.reference, now=DRAWS_AT)
    turn = await WaitlistEntry.get()
    assert turn.reservation_id != won.reservation_id  # type: ignore[attr-defined]
    assert turn.status == WaitlistStatus.OFFERED
    await assert_ledger_holds()


async def test_one_win_an_event_and_another_event_is_another_matter() -> None:
    mine = make_party(email="yui@example.org", phone="")
    event, elsewhere = (
        await make_event(day=DAY_AHEAD.date()),
        await make_event(day=DAY_AHEAD.date()),
    )
    first = await drawn_slot(programme=await make_programme(event=event))
    draw = await draws.open_draw([first.id], event_id=event.id, entries_close_at=CLOSES_AT)
    await draws.enter(draw.id, make_wish(first, party=mine), now=NOON)
    await worker.run_due(DRAWS_AT)
    await worker.run_due(DRAWS_AT)
    assert await DrawEntry.filter(status=EntryStatus.WON).count() == 1
    for other, may in ((event, False), (elsewhere, True), (None, True)):
        programme = await make_programme(event=other)
        slot = await drawn_slot(at=DAY_AHEAD + timedelta(days=1), programme=programme)
        event_id = other.id if other else None
        later = await draws.open_draw(
            [slot.id], event_id=event_id, entries_close_at=DRAWS_AT + timedelta(hours=1)
        )
        wish = make_wish(slot, party=mine, split=True)
        if may:
            await draws.enter(later.id, wish, now=DRAWS_AT)
        else:
            with pytest.raises(AlreadyWaiting):
                await draws.enter(later.id, wish, now=DRAWS_AT)


async def test_one_entry_a_draw_and_who_left_may_come_back() -> None:
    slot = await drawn_slot()
    draw = await draws.open_draw([slot.id], event_id=None, entries_close_at=CLOSES_AT)
    mine = make_party(email="yui@example.org", phone="")
    entered = await draws.enter(draw.id, make_wish(slot, party=mine), now=NOON)
    with pytest.raises(AlreadyWaiting):
        await draws.enter(draw.id, make_wish(slot, party=mine), now=NOON)
    await draws.leave(entered.reference)
    await draws.enter(draw.id, make_wish(slot, party=mine), now=CLOSES_AT - SECOND)
    with pytest.raises(draws.EntriesClosed):
        await draws.enter(draw.id, make_wish(slot), now=CLOSES_AT)
    found = await DrawEntry.all().order_by("id")
    assert [str(entry.status) for entry in found] == ["left", "entered"]


async def test_a_list_is_closed_once_and_stays_as_it_was() -> None:
    slot = await drawn_slot()
    draw = await draws.open_draw([slot.id], event_id=None, entries_close_at=CLOSES_AT)
    stays, goes = [await draws.enter(draw.id, make_wish(slot), now=NOON) for _party in range(2)]
    assert await results.freeze(draw.id, now=CLOSES_AT)
    listed = (await Draw.get(id=draw.id)).record
    await draws.leave(goes.reference)
    assert not await results.freeze(draw.id, now=CLOSES_AT + SECOND)
    assert (await Draw.get(id=draw.id)).record == listed
    assert len(listed["entries"]) == 2
    await results.hold(draw.id, now=DRAWS_AT)
    assert not await results.freeze(draw.id, now=DRAWS_AT), "nor after it"
    assert await Place.filter(reservation_id=stays.id).count() == await Place.all().count() == 1


@pytest.mark.parametrize(
    ("losers_first", "is_of_event", "counted"),
    [(True, True, 1), (False, True, 0), (True, False, 0)],
)
async def test_who_lost_an_earlier_draw_of_the_event_comes_first_where_the_draw_says_so(
    losers_first: bool, is_of_event: bool, counted: int
) -> None:
    event = await make_event(day=DAY_AHEAD.date())
    mine = make_party(email="yui@example.org", phone="")
    full = await drawn_slot(1, seats_taken=1)
    lost = await draws.open_draw([full.id], event_id=event.id, entries_close_at=CLOSES_AT)
    await draws.enter(lost.id, make_wish(full, party=mine), now=NOON)
    await results.freeze(lost.id, now=CLOSES_AT)
    await results.hold(lost.id, now=DRAWS_AT)
    slot = await drawn_slot(at=DAY_AHEAD + timedelta(days=1))
    event_id = event.id if is_of_event else None
    draw = await draws.open_draw([slot.id], event_id=event_id, entries_close_at=CLOSES_AT)
    await Draw.filter(id=draw.id).update(losers_first=losers_first)
    await draws.enter(draw.id, make_wish(slot, party=mine), now=NOON)
    await results.freeze(draw.id, now=CLOSES_AT)
    [entry] = (await Draw.get(id=draw.id)).record["entries"]
    assert entry["losses"] == counted


async def test_who_hopes_for_a_session_is_who_would_still_take_it() -> None:
    """Of the same draw, but for another time; gone again; of another draw: none of these."""
    one, two, elsewhere = [
        await drawn_slot(at=DAY_AHEAD + n * timedelta(hours=2)) for n in range(3)
    ]
    both = await draws.open_draw([one.id, two.id], event_id=None, entries_close_at=CLOSES_AT)
    other = await draws.open_draw([elsewhere.id], event_id=None, entries_close_at=CLOSES_AT)
    hopes = await draws.enter(both.id, make_wish(two, one), now=NOON)
    await draws.enter(both.id, make_wish(two), now=NOON)
    await draws.enter(other.id, make_wish(elsewhere), now=NOON)
    gone = await draws.enter(both.id, make_wish(one), now=NOON)
    later = await draws.enter(both.id, make_wish(one), now=NOON)
    await draws.leave(gone.reference)
    found = await draws.hoping_for([one.id])
    assert [entry.reservation_id for entry in found] == [hopes.id, later.id]  # type: ignore[attr-defined]


async def test_an_entry_that_leaves_one_pool_stays_in_the_draw() -> None:
    slot = await drawn_slot(pools={"children": 1})
    draw = await draws.open_draw([slot.id], event_id=None, entries_close_at=CLOSES_AT)
    family = make_wish(slot, party=make_party(1, 1))
    entered = await draws.enter(draw.id, family, pools=["children"], now=NOON)
    await draws.enter(
        draw.id, make_wish(slot, party=make_party(1, 1)), pools=["children"], now=NOON
    )
    await draws.leave_pool(entered.id, "of nobody")
    assert (await DrawEntry.get(reservation_id=entered.id)).pools == ["children"]
    await draws.leave_pool(entered.id, "children")
    mine, theirs = await DrawEntry.all().order_by("id")
    assert (mine.pools, mine.status) == ([], EntryStatus.ENTERED)
    assert theirs.pools == ["children"]


async def test_the_public_list_is_in_the_order_of_its_receipts() -> None:
    """So that nothing of it tells who entered when."""
    slot = await drawn_slot(8)
    draw = await draws.open_draw([slot.id], event_id=None, entries_close_at=CLOSES_AT)
    for _party in range(7):
        await draws.enter(draw.id, make_wish(slot), now=NOON)
    await results.freeze(draw.id, now=CLOSES_AT)
    listed = [entry["receipt"] for entry in (await Draw.get(id=draw.id)).record["entries"]]
    assert listed == sorted(listed)
    assert len(listed) == 7


async def test_a_draw_closes_with_the_first_of_its_sessions() -> None:
    event = await make_event()
    programme = await make_programme(event=event)
    soon = DAY_AHEAD - timedelta(days=6)
    first = await drawn_slot(programme=programme, booking_closes_at=soon)
    await drawn_slot(
        at=DAY_AHEAD + timedelta(hours=3), programme=programme, booking_closes_at=DAY_AHEAD
    )
    assert await draws.open_missing(now=NOON) == 1
    draw = await Draw.get(event_id=event.id)
    assert draw.entries_close_at == soon
    assert await draws.open_missing(now=NOON) == 0, "and once"
    assert await DrawSlot.filter(draw_id=draw.id).count() == 2
    assert (await DrawSlot.get(slot_id=first.id)).draw_id == draw.id  # type: ignore[attr-defined]
