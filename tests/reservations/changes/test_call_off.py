"""Calling a slot off: everybody is told, and a large one does not make others wait."""

import logging
from datetime import timedelta

import pytest

from tests.conftest import NOON
from tests.factories import DAY_AHEAD, make_slot
from tests.reservations.factories import make_party, make_wish
from tests.reservations.ledger import assert_ledger_holds
from tour.audit.service import Actor
from tour.notifications.models import Reminder
from tour.notifications.states import ReminderStatus
from tour.programmes.models import Slot
from tour.reservations import service
from tour.reservations.changes import slots as slot_changes
from tour.reservations.messages import reminders
from tour.reservations.models import Place, Reservation, WaitlistEntry
from tour.reservations.parties.terms import slots_with_programmes
from tour.reservations.states import PlaceStatus, WaitlistStatus
from tour.reservations.waitlist import queue

pytestmark = pytest.mark.usefixtures("database")
ACTOR = Actor(None, "見本 職人")


async def waiting_keys(reservation: Reservation) -> set[str]:
    rows = Reminder.filter(recipient_id=reservation.recipient_id, status=ReminderStatus.WAITING)
    return {str(key) for key in await rows.values_list("key", flat=True)}


async def filled(parties: int) -> tuple[Slot, list[Reservation]]:
    """A full slot; every other party also holds another time."""
    slot = await make_slot(capacity=parties)
    other = await make_slot(DAY_AHEAD + timedelta(hours=3), capacity=parties)
    made = [
        await service.reserve(
            make_wish(*([slot, other] if number % 2 else [slot]), party=make_party(phone="")),
            now=NOON,
        )
        for number in range(parties)
    ]
    for _number in range(parties // 4):
        await queue.join(make_wish(slot, party=make_party(phone="")), now=NOON)
    return slot, made


async def test_each_party_is_told_once_and_keeps_what_else_it_holds() -> None:
    slot, parties = await filled(8)
    told = await slot_changes.cancel_slot(slot.id, "雨のため", actor=ACTOR, now=NOON)
    assert told == 10
    await assert_ledger_holds()
    assert (await Slot.get(id=slot.id)).seats_taken == 0
    assert not await Place.exists(slot_id=slot.id, status=PlaceStatus.CONFIRMED)
    assert await WaitlistEntry.filter(status=WaitlistStatus.CLOSED).count() == 2
    key = slot_changes.called_off_key(slot.id)
    for party in parties:
        left = await Place.filter(reservation_id=party.id, status=PlaceStatus.CONFIRMED)
        slots = await slots_with_programmes([place.slot_id for place in left])
        promised = (
            {draft.key for draft in reminders.drafts(party, slots, "Asia/Tokyo", NOON)}
            if slots
            else {"receipt"}
        )
        assert await waiting_keys(party) | {"receipt"} == promised | {key, "receipt"}


async def test_many_parties_take_hardly_more_statements_than_few(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """But for what is promised anew to those who hold another time on that day."""
    counts = []
    for parties in (6, 60):
        slot, _made = await filled(parties)
        caplog.clear()
        with caplog.at_level(logging.DEBUG, logger="tortoise.db_client"):
            await slot_changes.cancel_slot(slot.id, "雨のため", actor=ACTOR, now=NOON)
        counts.append(len(caplog.records))
    replaced = 3 * 30
    assert 0 < counts[1] < counts[0] * 2 + replaced, counts
