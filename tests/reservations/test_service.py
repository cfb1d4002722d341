"""What a reservation writes, the same on both databases: in one statement or in several."""

from datetime import timedelta

import pytest

from tests.conftest import NOON
from tests.factories import DAY_AHEAD, make_event, make_programme, make_slot
from tests.reservations.factories import make_party, make_wish
from tour.notifications.models import Reminder
from tour.programmes.models import BookingRules, Slot
from tour.reservations import service
from tour.reservations.draws import draws
from tour.reservations.errors import BookingRefused, KeyReused, LimitReached, SlotFull
from tour.reservations.models import Place, Reservation
from tour.reservations.waitlist import queue

pytestmark = pytest.mark.usefixtures("database")


async def test_everything_of_a_reservation_is_written_together() -> None:
    slot = await make_slot(capacity=4)
    party = make_party(2, 1, email="Hanako+tour@example.org", phone="03-1234-5678")
    made = await service.reserve(make_wish(slot, party=party), now=NOON)
    row = await Reservation.get(id=made.id).select_related("recipient")
    assert (row.reference, row.adults, row.children) == (made.reference, 2, 1)
    assert (row.email_key, row.phone_key) == ("hanako@example.org", "+81312345678")
    assert (row.recipient.email, row.recipient.timezone) == (party.email, "Asia/Tokyo")
    assert (row.consented_at, row.recipient_id) == (NOON, made.recipient_id)
    place = await Place.get(reservation_id=made.id)
    assert (place.slot_id, place.seats, place.status) == (slot.id, 3, "confirmed")
    keys = await Reminder.filter(recipient_id=made.recipient_id).values_list("key", flat=True)
    assert {str(key).partition(":")[0] for key in keys} == {
        "receipt",
        "evening",
        "two-hours",
        "half-hour",
    }
    assert (await Slot.get(id=slot.id)).seats_taken == 3


async def test_what_is_said_as_it_leaves_is_not_written_before() -> None:
    """Neither a confirmation, nor a code, which stands in one row only."""
    event = await make_event()
    await BookingRules.create(event=event, checks_contact=True)
    plain, checked = await make_slot(), await make_slot(programme=await make_programme(event=event))
    for slot in (plain, checked):
        await service.reserve(make_wish(slot, party=make_party(1)), now=NOON)
    for key in ("receipt", "mail:code"):
        promised = await Reminder.get(key=key)
        assert (promised.title, promised.body, promised.actions) == ("", "", [])


async def test_a_full_slot_writes_nothing() -> None:
    slot = await make_slot(capacity=4, seats_kept=2)
    await service.reserve(make_wish(slot, party=make_party(1)), now=NOON)
    with pytest.raises(SlotFull):
        await service.reserve(make_wish(slot, party=make_party(2)), now=NOON)
    assert await Reservation.all().count() == await Place.all().count() == 1


async def test_a_retry_is_answered_although_the_slot_has_filled_up() -> None:
    slot = await make_slot(capacity=1)
    wish = make_wish(slot)
    made = await service.reserve(wish, now=NOON)
    assert (await service.reserve(wish, now=NOON)).id == made.id


async def test_a_key_is_for_what_it_was_first_sent_to() -> None:
    """A form that reserved answers no form that queues or enters a draw, nor the other way."""
    slot = await make_slot(capacity=1)
    wish, turn = make_wish(slot), make_wish(slot)
    await service.reserve(wish, now=NOON)
    queued = await queue.join(turn, now=NOON)
    assert (await queue.join(turn, now=NOON)).id == queued.id
    closes_at = NOON + timedelta(days=1)
    drawn = [await make_slot(allocation="draw") for _number in range(2)]
    first, other = [
        await draws.open_draw([one.id], event_id=None, entries_close_at=closes_at) for one in drawn
    ]
    entry = make_wish(drawn[0])
    entered = await draws.enter(first.id, entry, now=NOON)
    assert (await draws.enter(first.id, entry, now=NOON)).id == entered.id
    for again in (
        queue.join(wish, now=NOON),
        service.reserve(turn, now=NOON),
        service.reserve(entry, now=NOON),
        draws.enter(other.id, entry, now=NOON),
        draws.enter(first.id, entry, pools=("children",), now=NOON),
    ):
        with pytest.raises(KeyReused):
            await again
    assert await Reservation.all().count() == 3


async def test_children_alone_are_refused_where_an_adult_is_needed() -> None:
    slot = await make_slot(programme=await make_programme(needs_adult=True))
    with pytest.raises(BookingRefused):
        await service.reserve(make_wish(slot, party=make_party(0, 2)), now=NOON)


async def test_a_contact_holds_as_many_as_its_event_allows() -> None:
    event = await make_event(day=DAY_AHEAD.date())
    await BookingRules.create(event=event, reservations_per_contact=1)
    slot = await make_slot(programme=await make_programme(event=event))
    await service.reserve(make_wish(slot, party=make_party(email="yui@example.org")), now=NOON)
    other_spelling = make_party(email="Yui+2@example.org", phone="")
    with pytest.raises(LimitReached):
        await service.reserve(make_wish(slot, party=other_spelling), now=NOON)
