"""A session joins the reservation that a party holds, under the rules of any new one."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.conftest import NOON
from tests.factories import DAY_AHEAD, make_event, make_programme, make_slot
from tests.reservations.factories import answered, make_party, make_wish
from tests.reservations.ledger import assert_ledger_holds
from tour.errors import BadInput, TourError
from tour.notifications.message import Message
from tour.notifications.models import Recipient, Reminder
from tour.notifications.sending.wording import Promised
from tour.notifications.states import ReminderStatus
from tour.programmes.models import BookingRules, Slot
from tour.programmes.states import Allocation, SlotStatus
from tour.reservations import service
from tour.reservations.changes.joining import Joining, join
from tour.reservations.errors import (
    AlreadyReserved,
    BookingRefused,
    ChangedMeanwhile,
    CodeFirst,
    LimitReached,
    NothingHeld,
    Overlapping,
    SlotFull,
    TooLateToChange,
    TooManyPlaces,
)
from tour.reservations.held import changes, pending
from tour.reservations.messages import receipts
from tour.reservations.models import Place, Reservation, WaitlistEntry
from tour.reservations.parties import contact_check
from tour.reservations.rules import Newcomer, Party
from tour.reservations.states import PlaceStatus
from tour.reservations.waitlist import queue

pytestmark = pytest.mark.usefixtures("database")
HOUR = timedelta(hours=1)
FIRST, SECOND = DAY_AHEAD, DAY_AHEAD + 2 * HOUR


async def party_at(*slots: Slot, people: int = 3, party: Party | None = None) -> Reservation:
    wish = make_wish(*slots, party=party or make_party(people))
    return await service.reserve(wish, now=NOON)


async def joined(
    party: Reservation, *slots: Slot, now: datetime = NOON, back: tuple[Slot, ...] = ()
) -> None:
    gives_back = frozenset(slot.id for slot in back)
    await join(party.reference, Joining(tuple(s.id for s in slots), gives_back), now=now)


async def holds(party: Reservation) -> dict[int, int]:
    places = await Place.filter(reservation_id=party.id, status=PlaceStatus.CONFIRMED)
    return {place.slot_id: place.seats for place in places}


async def receipt(party: Reservation) -> Reminder:
    return await Reminder.get(recipient_id=party.recipient_id, key="receipt")


async def said(party: Reservation) -> set[str]:
    rows = Reminder.filter(recipient_id=party.recipient_id, status=ReminderStatus.WAITING)
    return {row.key for row in await rows}


async def test_a_session_joins_for_as_many_as_the_party_is() -> None:
    morning, noon = await make_slot(FIRST), await make_slot(SECOND)
    party = await party_at(morning)
    await joined(party, noon)
    assert await holds(party) == {morning.id: 3, noon.id: 3}
    assert await Reservation.all().count() == 1
    assert f"half-hour:{noon.id}" in await said(party)
    await assert_ledger_holds()


async def test_it_is_told_once_what_it_holds_now() -> None:
    morning, noon, late = [await make_slot(FIRST + n * HOUR) for n in (0, 2, 4)]
    party = await party_at(morning, late)
    await joined(party, noon, back=(morning,))
    row = await receipt(party)
    promised = Promised(party.recipient_id, row.key, Message(row.title, row.body, row.url))
    words = await receipts.words(promised, NOON)
    assert words
    told = words.message
    assert told.title == "予約に追加しました"
    head, _line, rest = told.body.partition("いまの予約はこちらです")
    assert head.index("14:00") < head.index("取り消した体験") < head.index("12:00")
    assert ("14:00" in rest, "16:00" in rest, "12:00" in rest) == (True, True, False)
    assert not [key for key in await said(party) if key.startswith(("given-up", "half-hour:0"))]
    assert f"half-hour:{morning.id}" not in await said(party)


async def test_twice_is_the_same_as_once() -> None:
    morning, noon = await make_slot(FIRST), await make_slot(SECOND)
    other = await make_slot(SECOND + 2 * HOUR)
    party = await party_at(morning, other)
    await joined(party, noon, back=(other,))
    revision = (await receipt(party)).revision
    await joined(party, noon, back=(other,))
    assert await holds(party) == {morning.id: 3, noon.id: 3}
    assert (await receipt(party)).revision == revision
    await assert_ledger_holds()


async def test_two_at_the_same_moment() -> None:
    morning, noon = await make_slot(FIRST), await make_slot(SECOND)
    party = await party_at(morning)
    await asyncio.gather(joined(party, noon), joined(party, noon))
    assert await holds(party) == {morning.id: 3, noon.id: 3}
    await assert_ledger_holds()


async def test_joining_while_all_is_cancelled_leaves_no_half_of_it() -> None:
    morning, noon = await make_slot(FIRST), await make_slot(SECOND)
    party = await party_at(morning)
    works = (joined(party, noon), changes.cancel(party.reference, now=NOON))
    results = await asyncio.gather(*works, return_exceptions=True)
    faults = [r for r in results if isinstance(r, BaseException)]
    assert all(isinstance(fault, TourError) for fault in faults), faults
    assert await holds(party) in ({}, {morning.id: 3, noon.id: 3})
    await assert_ledger_holds()


async def test_what_was_given_back_can_be_had_again() -> None:
    morning, noon = await make_slot(FIRST), await make_slot(SECOND)
    party = await party_at(morning, noon)
    await changes.cancel_place(party.reference, noon.id, now=NOON)
    await joined(party, noon)
    place = await Place.get(slot_id=noon.id)
    assert (place.status, place.cancelled_at, str(place.ended_by)) == ("confirmed", None, "")
    await assert_ledger_holds()


async def test_the_size_is_what_it_is_by_then() -> None:
    morning, noon = await make_slot(FIRST), await make_slot(SECOND)
    party = await party_at(morning)
    await changes.change_party(party.reference, adults=2, children=0, now=NOON)
    await joined(party, noon)
    assert await holds(party) == {morning.id: 2, noon.id: 2}


async def test_what_is_given_up_makes_room_for_what_is_at_the_same_time() -> None:
    """Also for those who wait for it."""
    morning, beside = await make_slot(FIRST, capacity=3), await make_slot(FIRST + HOUR / 2)
    party = await party_at(morning)
    with pytest.raises(Overlapping):
        await joined(party, beside)
    waiting = await queue.join(make_wish(morning), now=NOON)
    await joined(party, beside, back=(morning,))
    assert await holds(party) == {beside.id: 3}
    turn = await WaitlistEntry.get(reservation_id=waiting.id)
    assert turn.status == "offered"
    await assert_ledger_holds()


class TestNothingHalfDone:
    """Whatever stands against it, what was held stays, and nobody is offered its seats."""

    async def refused(
        self,
        kind: type[TourError],
        wanted: Slot,
        *,
        now: datetime = NOON,
        party: Reservation | None = None,
        back: Slot | None = None,
    ) -> None:
        own = back or await make_slot(FIRST, capacity=3)
        party = party or await party_at(own)
        waiting = await queue.join(make_wish(own), now=NOON)
        before = await holds(party)
        revision = (await receipt(party)).revision
        with pytest.raises(kind):
            await joined(party, wanted, now=now, back=(own,))
        assert await holds(party) == before
        assert (await WaitlistEntry.get(reservation_id=waiting.id)).status == "waiting"
        assert (await receipt(party)).revision == revision
        await assert_ledger_holds()

    async def test_too_few_seats(self) -> None:
        wanted = await make_slot(SECOND, capacity=4)
        await party_at(wanted, people=2)
        await self.refused(SlotFull, wanted)

    async def test_called_off(self) -> None:
        off = await make_slot(SECOND, status=SlotStatus.CANCELLED)
        await self.refused(BookingRefused, off)

    async def test_past_its_cut_off(self) -> None:
        await self.refused(BookingRefused, await make_slot(SECOND, booking_closes_at=NOON))

    async def test_not_open_yet(self) -> None:
        soon = await make_slot(SECOND, booking_opens_at=NOON + HOUR)
        await self.refused(BookingRefused, soon)

    async def test_given_by_a_draw(self) -> None:
        await self.refused(BookingRefused, await make_slot(SECOND, allocation=Allocation.DRAW))

    async def test_only_for_smaller_parties(self) -> None:
        small = await make_programme(max_party=2)
        await self.refused(BookingRefused, await make_slot(SECOND, programme=small))

    async def test_a_question_not_answered(self) -> None:
        asks = await make_programme(questions=[{"text": "何歳ですか", "required": True}])
        await self.refused(BadInput, await make_slot(SECOND, programme=asks))

    async def test_what_goes_is_past_its_own_cut_off(self) -> None:
        """It begins at noon of the day; the other one may be booked until it begins."""
        late = await make_slot(SECOND, booking_closes_at=SECOND)
        await self.refused(TooLateToChange, late, now=FIRST - HOUR / 2)

    async def test_held_by_another_reservation_of_the_contact(self) -> None:
        own, wanted = await make_slot(FIRST, capacity=3), await make_slot(SECOND)
        mine = make_party(3)
        party = await party_at(own, party=mine)
        await party_at(wanted, party=mine)
        await self.refused(AlreadyReserved, wanted, party=party, back=own)

    async def test_as_many_reservations_as_a_contact_may_have(self) -> None:
        event = await make_event(day=DAY_AHEAD.date())
        await BookingRules.create(event=event, reservations_per_contact=1)
        of_event = await make_programme(event=event)
        own, mine = await make_slot(FIRST, capacity=3), make_party(3)
        party = await party_at(own, party=mine)
        await party_at(await make_slot(SECOND, programme=of_event), party=mine)
        wanted = await make_slot(SECOND + 2 * HOUR, programme=of_event)
        await self.refused(LimitReached, wanted, party=party, back=own)

    async def test_what_is_not_held_is_not_given_back(self) -> None:
        own, wanted = await make_slot(FIRST), await make_slot(SECOND)
        party = await party_at(own)
        with pytest.raises(ChangedMeanwhile):
            await joined(party, wanted, back=(await make_slot(SECOND + 3 * HOUR),))
        assert await holds(party) == {own.id: 3}


async def test_a_reservation_that_grows_is_one_reservation_still() -> None:
    event = await make_event(day=DAY_AHEAD.date())
    await BookingRules.create(event=event, reservations_per_contact=1)
    programme = await make_programme(event=event)
    party = await party_at(await make_slot(FIRST, programme=programme))
    await joined(party, await make_slot(SECOND, programme=programme))
    assert len(await holds(party)) == 2


async def test_no_more_sessions_than_one_form_can_ask_for() -> None:
    slots = [await make_slot(FIRST + n * HOUR) for n in range(9)]
    party = await party_at(*slots[:8])
    with pytest.raises(TooManyPlaces):
        await joined(party, slots[8])
    await joined(party, slots[8], back=(slots[0],))
    assert len(await holds(party)) == 8


async def test_answers_and_pictures_are_kept() -> None:
    asks = await make_programme(questions=[{"text": "何歳ですか", "required": True}])
    own, wanted = await make_slot(FIRST), await make_slot(SECOND, programme=asks)
    party = await party_at(own)
    wish = Joining((wanted.id,), answers={wanted.id: ["7歳"]}, photos_allowed=False)
    await join(party.reference, wish, now=NOON)
    assert answered((await Place.get(slot_id=wanted.id)).answers) == ["7歳"]
    assert (await Reservation.get(id=party.id)).photos_allowed is False


class TestWhatIsNotHeld:
    async def test_cancelled(self) -> None:
        party = await party_at(await make_slot(FIRST))
        await changes.cancel(party.reference, now=NOON)
        with pytest.raises(NothingHeld):
            await joined(party, await make_slot(SECOND))

    async def test_over(self) -> None:
        party = await party_at(await make_slot(FIRST))
        with pytest.raises(NothingHeld):
            await joined(party, await make_slot(FIRST + 24 * HOUR), now=FIRST + 2 * HOUR)

    async def test_waiting_for_its_code(self) -> None:
        event = await make_event(day=DAY_AHEAD.date())
        await BookingRules.create(event=event, checks_contact=True)
        programme = await make_programme(event=event)
        party = await party_at(await make_slot(FIRST, programme=programme))
        with pytest.raises(ChangedMeanwhile):
            await joined(party, await make_slot(SECOND))
        await assert_ledger_holds()


class TestCodes:
    async def checked(self) -> Slot:
        event = await make_event(day=DAY_AHEAD.date())
        await BookingRules.create(event=event, checks_contact=True)
        return await make_slot(SECOND, programme=await make_programme(event=event))

    async def test_a_contact_that_nobody_proved_needs_one_first(self) -> None:
        party, wanted = await party_at(await make_slot(FIRST)), await self.checked()
        with pytest.raises(CodeFirst):
            await joined(party, wanted)
        await Recipient.filter(id=party.recipient_id).update(proved_at=NOON)
        await joined(party, wanted)
        assert wanted.id in await holds(party)

    async def test_a_device_that_knows_the_contact_does_not(self) -> None:
        party, wanted = await party_at(await make_slot(FIRST)), await self.checked()
        await join(party.reference, Joining((wanted.id,), is_known=True), now=NOON)
        assert wanted.id in await holds(party)

    async def test_a_code_that_came_back_before_is_enough(self) -> None:
        party = await party_at(await self.checked())
        check = await contact_check.unanswered().get(reservation_id=party.id)
        await pending.prove(party.reference, check.code, now=NOON)
        wanted = await self.checked()
        await Slot.filter(id=wanted.id).update(starts_at=SECOND + HOUR, ends_at=SECOND + 2 * HOUR)
        await joined(party, wanted)
        assert len(await holds(party)) == 2

    async def test_in_a_rush_a_stranger_needs_one(self) -> None:
        party, wanted = await party_at(await make_slot(FIRST)), await make_slot(SECOND)
        busy = Joining((wanted.id,), newcomer=Newcomer("network", is_busy=True))
        with pytest.raises(CodeFirst):
            await join(party.reference, busy, now=NOON)
        await join(party.reference, replace(busy, newcomer=Newcomer("network")), now=NOON)
        assert len(await holds(party)) == 2


class TestQueues:
    async def test_the_turn_for_it_ends_with_it(self) -> None:
        own, wanted = await make_slot(FIRST), await make_slot(SECOND, capacity=3)
        party, other = await party_at(own), await party_at(wanted)
        await WaitlistEntry.create(reservation_id=party.id, slot=wanted, seats=3, joined_at=NOON)
        await WaitlistEntry.filter(reservation_id=party.id).update(status="closed")
        await changes.cancel(other.reference, now=NOON)
        await WaitlistEntry.filter(reservation_id=party.id).update(status="waiting")
        await joined(party, wanted)
        assert (await WaitlistEntry.get(reservation_id=party.id)).status == "left"
        await assert_ledger_holds()

    async def test_seats_offered_are_answered_first(self) -> None:
        own, wanted = await make_slot(FIRST), await make_slot(SECOND, capacity=3)
        party, other = await party_at(own), await party_at(wanted)
        await WaitlistEntry.create(reservation_id=party.id, slot=wanted, seats=3, joined_at=NOON)
        await changes.cancel(other.reference, now=NOON)
        with pytest.raises(ChangedMeanwhile):
            await joined(party, wanted)
        await assert_ledger_holds()
