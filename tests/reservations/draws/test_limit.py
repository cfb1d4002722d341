"""A place that was won is a reservation like any other to the limit of its contact."""

from datetime import timedelta

import pytest

from tests.conftest import NOON
from tests.factories import DAY_AHEAD, make_event, make_programme, make_slot
from tests.reservations.factories import make_party, make_wish
from tour.programmes.models import BookingRules, Programme, Slot
from tour.programmes.states import Allocation
from tour.reservations import service
from tour.reservations.draws import draws, results
from tour.reservations.errors import LimitReached
from tour.reservations.held import changes
from tour.reservations.models import DrawEntry, Reservation
from tour.reservations.rules import Party
from tour.reservations.states import EntryStatus
from tour.reservations.waitlist import queue

pytestmark = pytest.mark.usefixtures("database")

YUI = make_party(email="yui@example.org", phone="")
CLOSES_AT = NOON + timedelta(hours=1)


async def limited_programme() -> Programme:
    event = await make_event(day=DAY_AHEAD.date())
    await BookingRules.create(event=event, reservations_per_contact=1)
    return await make_programme(event=event)


async def open_slot(programme: Programme, hours: int = 2, **values: object) -> Slot:
    return await make_slot(DAY_AHEAD + timedelta(hours=hours), programme=programme, **values)


async def win(programme: Programme, party: Party, *, before: Slot | None = None) -> Reservation:
    """A draw with room for all; `before` is reserved by the same contact while it is open."""
    slot = await make_slot(DAY_AHEAD, programme=programme, allocation=Allocation.DRAW)
    draw = await draws.open_draw([slot.id], event_id=None, entries_close_at=CLOSES_AT)
    entered = await draws.enter(draw.id, make_wish(slot, party=party), now=NOON)
    if before:
        await service.reserve(make_wish(before, party=party), now=NOON)
    await results.freeze(draw.id, now=CLOSES_AT)
    await results.hold(draw.id, now=draw.draws_at)
    return entered


AFTER = CLOSES_AT + draws.FREEZE


async def test_who_has_won_can_reserve_no_more_than_the_limit() -> None:
    programme = await limited_programme()
    won = await win(programme, YUI)
    slot = await open_slot(programme)
    with pytest.raises(LimitReached):
        await service.reserve(make_wish(slot, party=YUI), now=AFTER)
    await service.reserve(make_wish(slot), now=AFTER)
    await changes.cancel(won.reference, now=AFTER)
    await service.reserve(make_wish(slot, party=YUI), now=AFTER)


async def test_who_has_won_can_accept_no_offer_beyond_the_limit() -> None:
    programme = await limited_programme()
    slot = await open_slot(programme, capacity=1)
    other = await service.reserve(make_wish(slot), now=NOON)
    waiting = await queue.join(make_wish(slot, party=YUI), now=NOON)
    await win(programme, YUI)
    await changes.cancel(other.reference, now=AFTER)
    with pytest.raises(LimitReached):
        await queue.accept(waiting.reference, slot.id, now=AFTER)


async def test_the_draw_itself_looks_at_its_list_only() -> None:
    """What somebody reserves meanwhile changes no result; anybody could not check it otherwise."""
    programme = await limited_programme()
    await win(programme, YUI, before=await open_slot(programme))
    assert (await DrawEntry.get()).status == EntryStatus.WON
    with pytest.raises(LimitReached):
        await service.reserve(make_wish(await open_slot(programme, 4), party=YUI), now=AFTER)
