"""Two things at the same moment, one after the other in truth: draws, contacts, repeated forms."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from tests.conftest import NOON
from tests.factories import DAY_AHEAD, make_event, make_programme, make_slot
from tests.postgres import PostgresServer, until_waiting
from tests.reservations.factories import make_party, make_wish
from tests.reservations.ledger import assert_ledger_holds
from tour.errors import Conflict, TooManyRequests, TourError
from tour.programmes.models import BookingRules, Programme, Slot
from tour.programmes.states import Allocation
from tour.reservations import service
from tour.reservations.draws import draws, lottery
from tour.reservations.draws import results as draw_results
from tour.reservations.errors import BookingRefused, EntriesClosed, LimitReached
from tour.reservations.held import changes, pending
from tour.reservations.models import (
    ContactCheck,
    Draw,
    DrawEntry,
    Place,
    Reservation,
    WaitlistEntry,
)
from tour.reservations.parties.contact_check import MOST_LAPSED
from tour.reservations.states import DrawStatus, EntryStatus, PlaceStatus, WaitlistStatus
from tour.reservations.waitlist import queue

pytestmark = pytest.mark.usefixtures("database")

CLOSES_AT = NOON + timedelta(hours=1)
DRAWS_AT = CLOSES_AT + draws.FREEZE
FORMS = 12


async def open_draw(capacity: int = 4) -> tuple[Draw, Slot]:
    slot = await make_slot(capacity=capacity, allocation=Allocation.DRAW)
    return await draws.open_draw([slot.id], event_id=None, entries_close_at=CLOSES_AT), slot


async def enter(draw: Draw, slot: Slot, adults: int = 1) -> Reservation:
    wish = make_wish(slot, party=make_party(adults, phone=""))
    return await draws.enter(draw.id, wish, now=NOON)


async def event_with(**rules: object) -> Programme:
    event = await make_event(day=DAY_AHEAD.date())
    await BookingRules.create(event=event, **rules)
    return await make_programme(event=event)


async def another_slot(programme: Programme, **values: Any) -> Slot:
    """The programme's next slot, an hour after the one before."""
    hours = await Slot.filter(programme_id=programme.id).count()
    starts_at = DAY_AHEAD + timedelta(hours=hours)
    return await make_slot(starts_at, programme=programme, **values)


async def all_of(*works: Awaitable[Reservation]) -> tuple[list[Reservation], list[TourError]]:
    """What was made and what was refused; any other fault is raised."""
    results = await asyncio.gather(*works, return_exceptions=True)
    refused = [r for r in results if isinstance(r, TourError)]
    faults = [r for r in results if isinstance(r, BaseException) and not isinstance(r, TourError)]
    if faults:
        raise BaseExceptionGroup("faults", faults)
    return [r for r in results if isinstance(r, Reservation)], refused


async def offered(programme: Programme, email: str) -> tuple[str, int]:
    """A full slot whose seat has just been offered to this contact; the reference and the slot."""
    slot = await another_slot(programme, capacity=1)
    holder = await service.reserve(make_wish(slot, party=make_party(phone="")), now=NOON)
    waiting = make_party(email=email, phone="")
    turn = await queue.join(make_wish(slot, party=waiting), now=NOON)
    await changes.cancel(holder.reference, now=NOON)
    assert await WaitlistEntry.exists(reservation_id=turn.id, status=WaitlistStatus.OFFERED)
    return turn.reference, slot.id


class TestDraws:
    async def test_who_cancels_in_the_freeze_takes_no_seats_and_the_draw_stays_checkable(
        self,
    ) -> None:
        draw, slot = await open_draw(capacity=2)
        gone, other = await enter(draw, slot, 2), await enter(draw, slot, 2)
        await draw_results.freeze(draw.id, now=CLOSES_AT)
        await changes.cancel(gone.reference, now=CLOSES_AT)
        await draw_results.hold(draw.id, now=DRAWS_AT)
        held = await Draw.get(id=draw.id)
        assert held.status == DrawStatus.DRAWN
        assert len(held.record["entries"]) == 2
        assert lottery.verify(held.record) == []
        assert not await Place.exists(reservation_id=gone.id)
        assert (await DrawEntry.get(reservation_id=gone.id)).status == EntryStatus.LEFT
        # The other won, or was the first to be offered what the one that left had won.
        mine = await WaitlistEntry.exists(reservation_id=other.id, status=WaitlistStatus.OFFERED)
        assert mine or await Place.exists(reservation_id=other.id)
        await assert_ledger_holds()

    async def test_leaving_is_possible_until_the_draw_is_held(self) -> None:
        draw, slot = await open_draw()
        gone, stays = await enter(draw, slot), await enter(draw, slot)
        await draw_results.freeze(draw.id, now=CLOSES_AT)
        await draws.leave(gone.reference)
        await draw_results.hold(draw.id, now=DRAWS_AT)
        assert [place.reservation_id for place in await Place.all()] == [stays.id]
        for party in (gone, stays):
            with pytest.raises(EntriesClosed):
                await draws.leave(party.reference)

    async def test_nobody_changes_what_may_be_listed(self) -> None:
        draw, slot = await open_draw()
        party = await enter(draw, slot)
        with pytest.raises(EntriesClosed):
            await changes.change_party(party.reference, adults=2, children=0, now=CLOSES_AT)
        await draw_results.freeze(draw.id, now=CLOSES_AT)
        with pytest.raises(EntriesClosed):
            await changes.change_party(party.reference, adults=2, children=0, now=CLOSES_AT)

    @pytest.mark.parametrize("verb", ["cancel", "change"])
    async def test_nothing_of_an_entry_changes_while_the_list_is_written(
        self, verb: str, database: str, postgres: PostgresServer | None
    ) -> None:
        if postgres is None:
            pytest.skip("SQLite has one writer")
        draw, slot = await open_draw()
        party = await enter(draw, slot)
        outside = await asyncpg.connect(database.replace("asyncpg://", "postgres://"))
        lock = outside.transaction()
        await lock.start()
        await outside.execute("SELECT 1 FROM draw WHERE id = $1 FOR UPDATE", draw.id)
        tasks = [asyncio.create_task(draw_results.freeze(draw.id, now=CLOSES_AT))]
        try:
            await until_waiting(outside)
            tasks.append(asyncio.create_task(VERBS[verb](party.reference)))
            await until_waiting(outside, 2)
        finally:
            await lock.rollback()
            await outside.close()
        await asyncio.gather(*tasks, return_exceptions=True)
        await draw_results.hold(draw.id, now=DRAWS_AT)
        held = await Draw.get(id=draw.id)
        assert (held.status, lottery.verify(held.record)) == (DrawStatus.DRAWN, [])
        await assert_ledger_holds()

    async def test_the_same_form_twice_is_one_entry(self) -> None:
        draw, slot = await open_draw()
        wish = make_wish(slot)
        made, _refused = await all_of(*(draws.enter(draw.id, wish, now=NOON) for _n in range(4)))
        assert (len(made), len({r.reference for r in made})) == (4, 1)


async def cancel(reference: str) -> Reservation:
    return await changes.cancel(reference, now=NOON)


async def change(reference: str) -> Reservation:
    return await changes.change_party(reference, adults=3, children=0, now=NOON)


VERBS: dict[str, Callable[[str], Awaitable[Reservation]]] = {"cancel": cancel, "change": change}


class TestPartiesThatGrow:
    @pytest.mark.parametrize(
        ("limits", "adults", "children"),
        [
            ({"max_party": 4}, 5, 0),
            ({"needs_adult": True}, 0, 1),
            ({"min_age": 18}, 1, 1),
        ],
    )
    @pytest.mark.parametrize("hopes_in", ["draw", "queue"])
    async def test_what_a_session_asks_holds_for_who_hopes_for_it(
        self, hopes_in: str, limits: dict[str, int], adults: int, children: int
    ) -> None:
        programme = await make_programme(**limits)
        if hopes_in == "draw":
            slot = await another_slot(programme, allocation=Allocation.DRAW)
            draw = await draws.open_draw([slot.id], event_id=None, entries_close_at=CLOSES_AT)
            party = await enter(draw, slot)
        else:
            slot = await another_slot(programme, seats_taken=8)
            party = await queue.join(make_wish(slot), now=NOON)
        with pytest.raises(BookingRefused):
            await changes.change_party(party.reference, adults=adults, children=children, now=NOON)
        after = await Reservation.get(id=party.id)
        assert (after.adults, after.children) == (1, 0)


class TestContacts:
    async def test_an_offer_is_no_way_around_the_limit(self) -> None:
        programme = await event_with(reservations_per_contact=1)
        mine = make_party(email="yui@example.org", phone="")
        held = await service.reserve(make_wish(await another_slot(programme), party=mine), now=NOON)
        reference, slot_id = await offered(programme, "yui@example.org")
        with pytest.raises(LimitReached):
            await queue.accept(reference, slot_id, now=NOON)
        await changes.cancel(held.reference, now=NOON)
        await queue.accept(reference, slot_id, now=NOON)
        await assert_ledger_holds()

    async def test_two_offers_taken_at_once_are_one_too_many(self) -> None:
        programme = await event_with(reservations_per_contact=1)
        offers = [await offered(programme, "yui@example.org") for _number in range(4)]
        made, refused = await all_of(
            *(queue.accept(reference, slot_id, now=NOON) for reference, slot_id in offers)
        )
        assert (len(made), {type(r) for r in refused}) == (1, {LimitReached})
        assert await Place.filter(status=PlaceStatus.CONFIRMED).count() == 1
        await assert_ledger_holds()

    async def test_codes_offers_and_forms_of_one_contact_never_wait_for_each_other(self) -> None:
        """Each takes the contact and the same two slots; in two orders that would be a deadlock."""
        checked = await event_with(checks_contact=True, reservations_per_contact=1)
        party = make_party(email="yui@example.org", phone="")
        slots = [await another_slot(checked, capacity=20) for _number in range(2)]
        any_way = {"again": True, "split": True}
        wishes = [make_wish(*slots, party=party, **any_way) for _number in range(MOST_LAPSED)]
        held = [await service.reserve(wish, now=NOON) for wish in wishes]
        codes = {c.reservation_id: c.code for c in await ContactCheck.all()}
        made, refused = await all_of(
            *(pending.prove(r.reference, codes[r.id], now=NOON) for r in held),
            *(
                service.reserve(make_wish(*slots, party=party, **any_way), now=NOON)
                for _n in range(4)
            ),
        )
        assert len([r for r in refused if isinstance(r, LimitReached)]) == MOST_LAPSED - 1
        assert await Place.filter(status=PlaceStatus.CONFIRMED).count() == 2
        assert made
        await assert_ledger_holds()

    @pytest.mark.parametrize("kind", ["reserve", "join", "enter"])
    async def test_forms_at_once_hold_no_more_than_an_hour_allows(self, kind: str) -> None:
        checked = await event_with(checks_contact=True)
        party = make_party(email="chain@example.org", phone="")
        allocation = Allocation.DRAW if kind == "enter" else Allocation.FIRST_COME
        taken = 20 if kind == "join" else 0
        slots = [
            await another_slot(checked, capacity=20, seats_taken=taken, allocation=allocation)
            for _form in range(FORMS)
        ]
        event_id = checked.event_id  # type: ignore[attr-defined]
        opened = [
            await draws.open_draw([s.id], event_id=event_id, entries_close_at=CLOSES_AT)
            for s in slots
            if kind == "enter"
        ]
        wishes = [make_wish(slot, party=party) for slot in slots]
        if kind == "enter":
            pairs = zip(opened, wishes, strict=True)
            works = [draws.enter(draw.id, wish, now=NOON) for draw, wish in pairs]
        else:
            verb = service.reserve if kind == "reserve" else queue.join
            works = [verb(wish, now=NOON) for wish in wishes]
        made, refused = await all_of(*works)
        assert len(made) == MOST_LAPSED == await ContactCheck.all().count()
        assert all(isinstance(r, TooManyRequests) for r in refused)


class TestQueues:
    @pytest.mark.parametrize("checks_contact", [False, True])
    async def test_the_same_form_twice_is_one_turn(self, checks_contact: bool) -> None:
        programme = await event_with(checks_contact=checks_contact)
        slot = await another_slot(programme, seats_taken=8)
        wish = make_wish(slot)
        made, refused = await all_of(*(queue.join(wish, now=NOON) for _form in range(4)))
        assert (len(made), len({r.reference for r in made}), refused) == (4, 1, [])
        assert await WaitlistEntry.all().count() == 1

    async def test_another_form_of_the_same_contact_is_refused(self) -> None:
        slot = await make_slot(seats_taken=8)
        party = make_party()
        await queue.join(make_wish(slot, party=party), now=NOON)
        with pytest.raises(Conflict):
            await queue.join(make_wish(slot, party=party), now=NOON)
