"""Random schedules of everything that moves seats, often several at once; after each step the
ledger holds and no seat lies idle while a party that fits is waiting.

A failure names its schedule: `SCHEDULES=417 pytest tests/reservations/test_model.py` runs it alone.
"""

import asyncio
import os
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from tests.conftest import NOON
from tests.reservations.factories import make_party, make_programme, make_slot, make_wish
from tests.reservations.ledger import assert_ledger_holds, assert_no_seat_is_idle
from tour.audit.service import Actor
from tour.errors import TourError
from tour.programmes.models import Allocation, Programme, Slot
from tour.reservations import absences, changes, draws, service, slot_changes, waitlist, worker
from tour.reservations.models import (
    Draw,
    Place,
    PlaceStatus,
    Reservation,
    WaitlistEntry,
    WaitlistStatus,
)
from tour.reservations.rules import Party

pytestmark = pytest.mark.slow

SCHEDULES = int(os.environ.get("SCHEDULE_COUNT", "1000"))
STEPS = 10
HOST = Actor(None, "model test")
APART = timedelta(days=40)
"""Between two schedules, so that nothing of one is still open in the next."""


class Schedule:
    """One afternoon of a small programme: two slots, and one that is drawn."""

    def __init__(self, number: int, programme: Programme) -> None:
        self.dice = random.Random(number)
        self.programme = programme
        self.now = NOON + APART * number
        self.references: list[str] = []
        self.draw: Draw | None = None
        self.done: Counter[str] = Counter()

    async def set_up(self) -> None:
        starts_at = self.now + timedelta(days=7)
        self.slots = [
            await make_slot(
                starts_at + timedelta(hours=hour),
                programme=self.programme,
                capacity=self.dice.randint(1, 4) + 1,
                seats_kept=self.dice.randint(0, 1),
                allocation=Allocation.DRAW if hour == 4 else Allocation.FIRST_COME,
            )
            for hour in ((0, 2, 4) if self.dice.random() < 0.3 else (0, 2))
        ]
        closes_at = self.now + timedelta(days=1)
        drawn = [slot.id for slot in self.slots[2:]]
        if drawn:
            self.draw = await draws.open_draw(drawn, event_id=None, entries_close_at=closes_at)

    @property
    def slot_ids(self) -> list[int]:
        return [slot.id for slot in self.slots]

    def slot(self) -> Slot:
        return self.dice.choice(self.slots)

    def party(self) -> str:
        return self.dice.choice(self.references) if self.references else "nobody"

    async def step(self) -> None:
        """One to three things at the same moment, then what fell due."""
        chosen = self.dice.choices(ACTIONS, k=self.dice.choice((1, 1, 2, 3)))
        results = await asyncio.gather(*(self.attempt(action) for action in chosen))
        self.references += [reference for reference in results if reference]
        await assert_ledger_holds(self.slot_ids)
        await assert_no_seat_is_idle(self.slot_ids, self.now)

    async def attempt(self, action: "Action") -> str | None:
        try:
            made = await action(self)
        except TourError:
            self.done["refused"] += 1
            return None
        self.done[action.__name__] += 1
        return made.reference if isinstance(made, Reservation) else None


Action = Callable[[Schedule], Awaitable[object]]


async def reserve(s: Schedule) -> Reservation:
    wanted = s.dice.sample(s.slots[:2], s.dice.choice((1, 1, 2)))
    return await service.reserve(make_wish(*wanted, party=party_of(s)), now=s.now)


async def join(s: Schedule) -> Reservation:
    return await waitlist.join(make_wish(s.slot(), party=party_of(s)), now=s.now)


async def enter(s: Schedule) -> Reservation:
    wish = make_wish(*s.slots[2:], party=party_of(s))
    return await draws.enter(s.draw.id if s.draw else 0, wish, now=s.now)


async def accept(s: Schedule) -> None:
    """Whoever was offered something takes it, mostly."""
    offered = WaitlistEntry.filter(slot_id__in=s.slot_ids, status=WaitlistStatus.OFFERED)
    entry = await offered.select_related("reservation").first()
    reference = entry.reservation.reference if entry else s.party()
    await waitlist.accept(reference, entry.slot_id if entry else s.slot().id, now=s.now)


async def leave(s: Schedule) -> None:
    await waitlist.leave(s.party(), s.slot().id, now=s.now)


async def cancel(s: Schedule) -> None:
    await changes.cancel(s.party(), now=s.now)


async def cancel_place(s: Schedule) -> None:
    await changes.cancel_place(s.party(), s.slot().id, now=s.now)


async def change(s: Schedule) -> None:
    adults, children = s.dice.randint(1, 3), s.dice.randint(0, 1)
    await changes.change_party(s.party(), adults=adults, children=children, now=s.now)


async def change_capacity(s: Schedule) -> None:
    """As a host does: the database refuses what would oversell."""
    slot = s.slot()
    capacity = s.dice.randint(1, 6)
    fits = Slot.filter(id=slot.id, seats_taken__lte=capacity - slot.seats_kept)
    if await fits.filter(seats_kept__lte=capacity).update(capacity=capacity):
        await waitlist.offer_free_seats(slot.id, now=s.now)


async def call_off(s: Schedule) -> None:
    if s.dice.random() < 0.2:
        await slot_changes.cancel_slot(s.slot().id, "", actor=HOST, now=s.now)


async def wait(s: Schedule) -> None:
    """Offers run out, entries close, draws are held."""
    s.now += timedelta(hours=s.dice.choice((1, 6, 26, 30)))
    await worker.run_due(s.now)


async def begin(s: Schedule) -> None:
    """A slot begins; whoever is not there loses the seats to people at the door."""
    if s.dice.random() < 0.2:
        slot = s.slots[0]
        s.now = max(s.now, slot.starts_at + absences.RELEASED_AFTER)
        held = Place.filter(slot_id=slot.id, status=PlaceStatus.CONFIRMED)
        present = [place.id for place in await held if s.dice.random() < 0.5]
        await absences.release_absent(slot.id, present, now=s.now)
        await worker.run_due(s.now)


ACTIONS: list[Action] = [
    *[reserve] * 5,
    *[join] * 5,
    *[enter] * 2,
    *[accept] * 6,
    leave,
    cancel,
    cancel,
    cancel_place,
    change,
    change,
    change_capacity,
    call_off,
    wait,
    begin,
]


def party_of(s: Schedule) -> Party:
    return make_party(s.dice.randint(1, 3))


@pytest.mark.usefixtures("database")
async def test_random_schedules_keep_the_ledger() -> None:
    programme = await make_programme()
    only = os.environ.get("SCHEDULES")
    done: Counter[str] = Counter()
    for number in [int(only)] if only else range(SCHEDULES):
        schedule = Schedule(number, programme)
        try:
            await schedule.set_up()
            for _step in range(STEPS):
                await schedule.step()
        except Exception as exc:
            raise AssertionError(f"schedule {number} after {schedule.done}") from exc
        done += schedule.done
    assert only or all(done[action.__name__] for action in ACTIONS), done
