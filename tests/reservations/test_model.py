"""Random schedules of everything that moves seats, often several at once; after each step the
ledger holds and no seat lies idle while a party that fits is waiting. Four in ten are of an event
that checks contacts, so that seats are held for a code first. Each kind of thing must have
happened often, and a fault in what keeps the ledger must be found.

CI tries 1,000 of them (`SCHEDULE_COUNT`). A failure names its schedule:
`SCHEDULES=417 pytest tests/reservations/test_model.py` runs it alone.
"""

import asyncio
import os
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from tortoise.expressions import F

from tests.conftest import NOON
from tests.factories import DAY_AHEAD, make_event, make_programme, make_site, make_slot
from tests.reservations.factories import make_party, make_wish
from tests.reservations.ledger import assert_ledger_holds, assert_no_seat_is_idle
from tests.thorough import SCHEDULES
from tour.audit.service import Actor
from tour.errors import NotFound, TourError
from tour.i18n import lazy
from tour.programmes import service as programmes
from tour.programmes import slot_editing
from tour.programmes.models import BookingRules, Programme, Slot
from tour.programmes.states import Allocation
from tour.reservations import service, worker
from tour.reservations.changes import joining, slots
from tour.reservations.door import absences, arrivals
from tour.reservations.door.absences import Asked
from tour.reservations.door.arrivals import Door
from tour.reservations.draws import draws
from tour.reservations.held import changes, pending
from tour.reservations.models import Draw, Place, Reservation, WaitlistEntry
from tour.reservations.parties import contact_check
from tour.reservations.rules import GRACE, Party
from tour.reservations.states import PlaceStatus, WaitlistStatus
from tour.reservations.waitlist import queue

pytestmark = pytest.mark.slow

STEPS = 10
HOST = Actor(None, "model test")
APART = timedelta(days=40)
"""Between two schedules, so that nothing of one is still open in the next."""


@dataclass(frozen=True, slots=True)
class Offered:
    """One workshop with a session that anybody may reserve, and one that checks contacts."""

    site_id: int
    plain: Programme
    checked: Programme

    @classmethod
    async def make(cls) -> "Offered":
        site, event = await make_site(), await make_event(day=DAY_AHEAD.date())
        await BookingRules.create(event=event, checks_contact=True, reservations_per_contact=1)
        plain = await make_programme(site=site)
        return cls(site.id, plain, await make_programme(site=site, event=event))


class Schedule:
    """One afternoon of a small programme: two slots, and one that is drawn."""

    def __init__(self, number: int, offered: "Offered") -> None:
        self.dice = random.Random(number)
        self.programme = offered.checked if self.dice.random() < 0.4 else offered.plain
        self.door = Door(offered.site_id, ZoneInfo("Asia/Tokyo"), HOST)
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
                capacity=self.dice.randint(1, 3) + 1,
                seats_kept=self.dice.randint(0, 1),
                allocation=Allocation.DRAW if hour == 4 else Allocation.FIRST_COME,
            )
            for hour in ((0, 2, 4) if self.dice.random() < 0.3 else (0, 2))
        ]
        closes_at = self.now + timedelta(days=1)
        self.references = [made for _party in range(3) if (made := await self.attempt(reserve))]
        drawn = [slot.id for slot in self.slots[2:]]
        if drawn:
            event_id = self.programme.event_id  # type: ignore[attr-defined]
            self.draw = await draws.open_draw(drawn, event_id=event_id, entries_close_at=closes_at)

    @property
    def slot_ids(self) -> list[int]:
        return [slot.id for slot in self.slots]

    def slot(self) -> Slot:
        return self.dice.choice(self.slots)

    def party(self) -> str:
        return self.dice.choice(self.references) if self.references else "nobody"

    async def step(self) -> None:
        """One to three things at the same moment, then what fell due."""
        likely = [*WEIGHTS.values()]
        chosen = self.dice.choices(ACTIONS, likely, k=self.dice.choice((1, 1, 2, 3)))
        if self.dice.random() < 0.5:
            chosen[0] = await self.answer() or chosen[0]
        results = await asyncio.gather(*(self.attempt(action) for action in chosen))
        self.references += [reference for reference in results if reference]
        # A place past its cut-off keeps its size while the party changes the others.
        is_past = self.now >= self.slots[0].booking_closes_at
        await assert_ledger_holds(self.slot_ids, may_split=is_past)
        await assert_no_seat_is_idle(self.slot_ids, self.now)

    async def answer(self) -> "Action | None":
        """What somebody is being waited for: without it most offers and codes would run out."""
        checks = contact_check.unanswered().filter(reservation__reference__in=self.references)
        if await checks.exists():
            return prove
        offers = WaitlistEntry.filter(slot_id__in=self.slot_ids, status=WaitlistStatus.OFFERED)
        return accept if await offers.exists() else None

    async def attempt(self, action: "Action") -> str | None:
        try:
            made = await action(self)
        except TourError as exc:
            self.done[f"{action.__name__}: {type(exc).__name__}"] += 1
            return None
        self.done[action.__name__] += 1
        return made.reference if isinstance(made, Reservation) else None


Action = Callable[[Schedule], Awaitable[object]]


async def reserve(s: Schedule) -> Reservation:
    wanted = s.dice.choice(s.slots[:2])
    return await service.reserve(make_wish(wanted, party=party_of(s)), now=s.now)


async def itinerary(s: Schedule) -> Reservation:
    wanted = s.dice.sample(s.slots[:2], 2)
    return await service.reserve(make_wish(*wanted, party=party_of(s)), now=s.now)


async def prove(s: Schedule) -> None:
    """The code comes back, mostly the right one."""
    waiting = contact_check.unanswered().filter(reservation__reference__in=s.references)
    check = await waiting.select_related("reservation").first()
    if check is None:
        raise NotFound(lazy("nobody waits for a code"))
    code = check.code if s.dice.random() < 0.8 else "wrong"
    await pending.prove(check.reservation.reference, code, now=s.now)


async def check_in(s: Schedule) -> None:
    """By a code at the door, on the day or not, held or given up."""
    party = await Reservation.get_or_none(reference=s.party())
    answer = await arrivals.check_in(party.door_code if party else "A2B3-C4D5", s.door, now=s.now)
    s.done[f"check in: {answer.outcome}"] += 1


async def join(s: Schedule) -> Reservation:
    return await queue.join(make_wish(s.slot(), party=party_of(s)), now=s.now)


async def add(s: Schedule) -> None:
    """A session more in what is held, sometimes for another that is given back."""
    back = frozenset({s.slot().id} if s.dice.random() < 0.3 else set[int]())
    await joining.join(s.party(), joining.Joining((s.slot().id,), back), now=s.now)


async def enter(s: Schedule) -> Reservation:
    wish = make_wish(*s.slots[2:], party=party_of(s))
    return await draws.enter(s.draw.id if s.draw else 0, wish, now=s.now)


async def accept(s: Schedule) -> None:
    """Whoever was offered something takes it, mostly."""
    offered = WaitlistEntry.filter(slot_id__in=s.slot_ids, status=WaitlistStatus.OFFERED)
    entry = await offered.select_related("reservation").first()
    reference = entry.reservation.reference if entry else s.party()
    await queue.accept(reference, entry.slot_id if entry else s.slot().id, now=s.now)


async def leave(s: Schedule) -> None:
    await queue.leave(s.party(), s.slot().id, now=s.now)


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
        await queue.offer_free_seats(slot.id, now=s.now)


async def call_off(s: Schedule) -> None:
    await slots.cancel_slot(s.slot().id, "", actor=HOST, now=s.now)


async def wait(s: Schedule) -> None:
    """Offers run out, entries close, draws are held."""
    s.now += timedelta(hours=s.dice.choice((1, 6, 26, 30)))
    await worker.run_due(s.now)


async def begin(s: Schedule) -> None:
    """A slot begins; whoever is not there loses the seats to people at the door."""
    slot = s.slots[0]
    s.now = max(s.now, slot.starts_at + GRACE)
    held = Place.filter(slot_id=slot.id, status=PlaceStatus.CONFIRMED)
    for place in await held.select_related("reservation"):
        if s.dice.random() < 0.5:
            answer = await arrivals.check_in(place.reservation.door_code, s.door, now=s.now)
            s.done[f"check in: {answer.outcome}"] += 1
    await Slot.filter(id=slot.id).update(releases_absent=s.dice.random() < 0.5)
    await worker.run_due(s.now)
    asked = Asked(slot.id, s.door.site_id, [place.id for place in await held], s.now)
    await absences.give_away(asked, actor=HOST, now=s.now)


async def at_the_door(s: Schedule) -> None:
    """Who comes late, who had cancelled, who has no reservation at all. What that frees is offered
    by the worker within the second, as what a host changes."""
    slot = s.slots[0]
    gone = Place.filter(slot_id=slot.id).exclude(status=PlaceStatus.CONFIRMED)
    for place in await gone.limit(2):
        answer = await arrivals.let_in(place.id, s.door, now=s.now)
        s.done[f"let in: {answer.outcome}"] += 1
    by = s.dice.choice((1, 1, -1))
    await slot_editing.walk_in(slot, by, site_id=s.door.site_id, actor=HOST, now=s.now)
    await queue.offer_free_seats(slot.id, now=s.now)


WEIGHTS: dict[Action, int] = {
    reserve: 20,
    itinerary: 10,
    join: 25,
    add: 10,
    enter: 10,
    accept: 10,
    prove: 10,
    leave: 5,
    cancel: 10,
    cancel_place: 5,
    change: 10,
    change_capacity: 5,
    check_in: 3,
    call_off: 1,
    wait: 5,
    begin: 1,
    at_the_door: 2,
}
ACTIONS = list(WEIGHTS)


def party_of(s: Schedule) -> Party:
    """Small enough to fit mostly; nobody shares a contact with anybody."""
    return make_party(s.dice.choice((1, 1, 2, 2, 3)), phone="")


async def run(numbers: Iterable[int]) -> Counter[str]:
    """Play the schedules; returns how often each thing happened."""
    offered, done = await Offered.make(), Counter[str]()
    for number in numbers:
        schedule = Schedule(number, offered)
        try:
            await schedule.set_up()
            for _step in range(STEPS):
                await schedule.step()
        except Exception as exc:
            raise AssertionError(f"schedule {number} after {schedule.done}") from exc
        done += schedule.done
    return done


@pytest.mark.usefixtures("database")
async def test_random_schedules_keep_the_ledger() -> None:
    only = os.environ.get("SCHEDULES")
    done = await run([int(only)] if only else range(SCHEDULES))
    least = SCHEDULES // 100
    rare = {action.__name__: n for action in ACTIONS if (n := done[action.__name__]) < least}
    assert only or not rare, f"{rare} of {done}"
    assert only or done["check in: arrived"], done


async def take_whatever(slot_id: int, party_size: int) -> bool:
    """Without the guard: the database itself must refuse."""
    await Slot.filter(id=slot_id).update(seats_taken=F("seats_taken") + party_size)
    return True


async def keep_seats(slot_id: int, party_size: int) -> None:
    """Seats that nobody gets back."""


async def offer_nothing(slot_id: int, *, now: datetime) -> int:  # noqa: ARG001 - as `promote`
    return 0


FAULTS = [
    (programmes, "take_seats", take_whatever),
    (programmes, "give_back_seats", keep_seats),
    (queue, "promote", offer_nothing),
]


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(("module", "name", "fault"), FAULTS)
async def test_a_fault_is_found(
    monkeypatch: pytest.MonkeyPatch, module: object, name: str, fault: object
) -> None:
    monkeypatch.setattr(module, name, fault)
    with pytest.raises(AssertionError, match="schedule"):
        await run(range(100))
