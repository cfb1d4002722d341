"""Fair offers: nobody is woken, the time to answer runs while people are up, and a yes while seats
are free is a yes."""

import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from heapq import heappop, heappush
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from starlette.applications import Starlette
from tortoise.expressions import F

from tests.conftest import NOON, TurnableClock
from tests.days import TOKYO, PlayedDay, played
from tests.factories import make_slot
from tests.reservations.factories import make_wish
from tests.reservations.ledger import assert_ledger_holds
from tests.thorough import times
from tour.notifications import recipients
from tour.notifications.message import Message
from tour.notifications.models import PushSubscription, Reminder
from tour.notifications.schedule import QUIET_FROM, QUIET_UNTIL
from tour.notifications.sending.wording import Promised
from tour.programmes.models import Slot
from tour.programmes.states import SlotStatus
from tour.reservations import service, worker
from tour.reservations.errors import OfferGone
from tour.reservations.held import changes
from tour.reservations.models import Place, Reservation, WaitlistEntry
from tour.reservations.states import WaitlistStatus
from tour.reservations.waitlist import offering, offers
from tour.reservations.waitlist import queue as waitlist
from tour.reservations.waitlist.offers import Channel

NEW_YORK = ZoneInfo("America/New_York")


def local(day: int, hour: int, minute: int = 0, zone: ZoneInfo = TOKYO) -> datetime:
    return datetime(2026, 12, day, hour, minute, tzinfo=zone).astimezone(UTC)


# --- the window --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "starts", "channel", "told", "ends"),
    [
        # A cancellation at 0:30 of the day itself woke people, and the offer ended at 1:00.
        (local(5, 0, 30), local(5, 14), Channel.PUSH, local(5, 8), local(5, 8, 30)),
        (local(5, 0, 30), local(5, 14), Channel.MAIL, local(5, 8), local(5, 9)),
        # One at 21:30 was told by mail at 8:00 and ended at 8:15.
        (local(4, 21, 30), local(5, 10), Channel.MAIL, local(5, 8), local(5, 8, 30)),
        # What is left of the evening counts, the night does not.
        (local(3, 20), local(4, 20, 30), Channel.PUSH, local(3, 20), local(4, 9)),
        (local(1, 20), local(12, 14), Channel.PUSH, local(1, 20), local(2, 20)),
        # What ends just when the evening does ends there, and not in the morning.
        (local(3, 20), local(3, 23, 30), Channel.MAIL, local(3, 20), local(3, 21)),
        # Never past the cut-off.
        (local(5, 13, 25), local(5, 14), Channel.MAIL, local(5, 13, 25), local(5, 13, 30)),
    ],
)
def test_the_time_to_answer_begins_when_it_may_be_read(
    now: datetime, starts: datetime, channel: Channel, told: datetime, ends: datetime
) -> None:
    closes = starts - timedelta(minutes=30)
    made = offers.window(starts, closes, TOKYO, channel, now=now)
    assert made is not None
    assert (made.told_at, made.ends_at) == (told, ends)


@pytest.mark.parametrize(("zone", "told"), [(TOKYO, local(4, 8)), (NEW_YORK, local(3, 22, 30))])
def test_quiet_hours_are_those_of_the_reader(zone: ZoneInfo, told: datetime) -> None:
    made = offers.window(local(9, 12), local(9, 11, 30), zone, Channel.PUSH, now=local(3, 22, 30))
    assert made is not None
    assert made.told_at == told


def test_nobody_is_asked_who_would_have_to_be_woken() -> None:
    """A session at 8:20 that closes at 7:50, given back in the night."""
    asked = offers.window(local(5, 8, 20), local(5, 7, 50), TOKYO, Channel.PUSH, now=local(4, 23))
    assert asked is None


@pytest.mark.parametrize(
    ("before", "push", "mail"),
    [
        (timedelta(days=7), 13 * 60, 13 * 60),
        (timedelta(days=7) - timedelta(minutes=1), 6 * 60, 6 * 60),
        (timedelta(days=2), 6 * 60, 6 * 60),
        (timedelta(days=1), 120, 180),
        (timedelta(hours=3), 30, 60),
        (timedelta(hours=3) - timedelta(minutes=1), 15, 30),
        (timedelta(minutes=89), 15, 15),
    ],
)
def test_the_nearer_the_start_the_shorter(before: timedelta, push: int, mail: int) -> None:
    lasts = [offers.offer_lasts(before, channel) for channel in (Channel.PUSH, Channel.MAIL)]
    assert lasts == [timedelta(minutes=push), timedelta(minutes=mail)]


# --- each "and then" of the waiting list -------------------------------------------------------


@dataclass
class Queue:
    """A slot of one seat, its holder, and who waits for it, in order."""

    slot: Slot
    holder: str
    waiting: list[str]

    async def turn(self, number: int) -> WaitlistEntry:
        return await WaitlistEntry.get(
            reservation__reference=self.waiting[number], slot_id=self.slot.id
        )


async def queue_of(parties: int, starts_at: datetime = NOON + timedelta(days=7)) -> Queue:
    slot = await make_slot(starts_at, capacity=1)
    holder = (await service.reserve(make_wish(slot), now=NOON)).reference
    waiting = [(await waitlist.join(make_wish(slot), now=NOON)).reference for _n in range(parties)]
    return Queue(slot, holder, waiting)


@pytest.mark.usefixtures("database")
async def test_a_late_yes_is_a_yes_while_nobody_has_the_seat() -> None:
    queue = await queue_of(1)
    await changes.cancel(queue.holder, now=NOON)
    ends_at = (await queue.turn(0)).offer_ends_at
    assert ends_at is not None
    await worker.run_due(ends_at)
    assert (await queue.turn(0)).status == WaitlistStatus.EXPIRED
    assert (await Slot.get(id=queue.slot.id)).seats_left == 1, "it is free for anybody"
    late = ends_at + timedelta(hours=3)
    await waitlist.accept(queue.waiting[0], queue.slot.id, now=late)
    assert (await queue.turn(0)).status == WaitlistStatus.ACCEPTED
    await assert_ledger_holds()


@pytest.mark.usefixtures("database")
async def test_a_yes_is_in_time_though_no_worker_has_looked_yet() -> None:
    queue = await queue_of(2)
    await changes.cancel(queue.holder, now=NOON)
    ends_at = (await queue.turn(0)).offer_ends_at
    assert ends_at is not None
    await waitlist.accept(queue.waiting[0], queue.slot.id, now=ends_at + timedelta(seconds=1))
    await assert_ledger_holds()


@pytest.mark.usefixtures("database")
async def test_who_says_nothing_makes_room_for_the_next_who_waits() -> None:
    queue = await queue_of(2)
    await changes.cancel(queue.holder, now=NOON)
    ends_at = (await queue.turn(0)).offer_ends_at
    assert ends_at is not None
    await worker.run_due(ends_at - timedelta(seconds=1))
    assert (await queue.turn(0)).status == WaitlistStatus.OFFERED
    await worker.run_due(ends_at)
    assert (await queue.turn(1)).status == WaitlistStatus.OFFERED
    with pytest.raises(OfferGone):
        await waitlist.accept(queue.waiting[0], queue.slot.id, now=ends_at)
    await assert_ledger_holds()


@pytest.mark.usefixtures("database")
async def test_whoever_takes_a_free_seat_first_has_it() -> None:
    queue = await queue_of(1)
    await changes.cancel(queue.holder, now=NOON)
    ends_at = (await queue.turn(0)).offer_ends_at
    assert ends_at is not None
    await worker.run_due(ends_at)
    await service.reserve(make_wish(queue.slot), now=ends_at)
    with pytest.raises(OfferGone):
        await waitlist.accept(queue.waiting[0], queue.slot.id, now=ends_at)
    await assert_ledger_holds()


@pytest.mark.usefixtures("database")
async def test_a_no_is_no_yes_later() -> None:
    queue = await queue_of(1)
    await changes.cancel(queue.holder, now=NOON)
    await waitlist.leave(queue.waiting[0], queue.slot.id, now=NOON)
    with pytest.raises(OfferGone):
        await waitlist.accept(queue.waiting[0], queue.slot.id, now=NOON)


@pytest.mark.usefixtures("database")
async def test_after_the_cut_off_a_yes_takes_what_is_free_and_no_longer_than_half_an_hour() -> None:
    queue = await queue_of(1)
    slot = queue.slot
    await worker.run_due(slot.booking_closes_at)
    assert (await queue.turn(0)).status == WaitlistStatus.CLOSED
    with pytest.raises(OfferGone):
        await waitlist.accept(queue.waiting[0], slot.id, now=slot.starts_at)
    await Slot.filter(id=slot.id).update(capacity=2)
    too_late = slot.starts_at + offers.LAST_YES
    with pytest.raises(OfferGone):
        await waitlist.accept(queue.waiting[0], slot.id, now=too_late)
    await waitlist.accept(queue.waiting[0], slot.id, now=too_late - timedelta(seconds=1))
    await assert_ledger_holds()


@pytest.mark.usefixtures("database")
async def test_taking_an_offer_leaves_the_other_queues() -> None:
    queue, other = await queue_of(1), await make_slot(NOON + timedelta(days=8), capacity=1)
    await service.reserve(make_wish(other), now=NOON)
    party = await Reservation.get(reference=queue.waiting[0])
    await waitlist.enqueue(party, other.id, now=NOON)
    await changes.cancel(queue.holder, now=NOON)
    await waitlist.accept(queue.waiting[0], queue.slot.id, now=NOON)
    left = await WaitlistEntry.get(reservation=party, slot=other)
    assert left.status == WaitlistStatus.LEFT


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("answer", ["accept", "leave", "expire"])
async def test_an_answered_offer_is_not_told_any_more(answer: str) -> None:
    """Given back at 23:00, it would be told at 8:00."""
    night = local(2, 23)
    queue = await queue_of(1)
    await changes.cancel(queue.holder, now=night)
    offer = await Reminder.get(key__startswith="offer:")
    assert (str(offer.status), offer.due_at) == ("waiting", local(3, 8))
    if answer == "accept":
        await waitlist.accept(queue.waiting[0], queue.slot.id, now=night)
    elif answer == "leave":
        await waitlist.leave(queue.waiting[0], queue.slot.id, now=night)
    else:
        await WaitlistEntry.all().update(offer_ends_at=night)
        await worker.run_due(night)
    assert (await Reminder.get(id=offer.id)).status == "cancelled"


@pytest.mark.usefixtures("database")
async def test_an_open_queue_is_not_closed_by_who_looks_twice() -> None:
    queue = await queue_of(2)
    slot = queue.slot
    before = slot.booking_closes_at - timedelta(seconds=1)
    assert await waitlist.close_queue(slot.id, now=before) == 0
    assert (await queue.turn(0)).status == WaitlistStatus.WAITING
    assert await waitlist.close_queue(slot.id, now=slot.booking_closes_at) == 2


@pytest.mark.usefixtures("database")
async def test_while_seats_are_offered_the_party_keeps_its_size() -> None:
    queue = await queue_of(1)
    await changes.cancel(queue.holder, now=NOON)
    with pytest.raises(changes.ChangedMeanwhile):
        await changes.change_party(queue.waiting[0], adults=2, children=0, now=NOON)
    await assert_ledger_holds()


@pytest.mark.usefixtures("database")
async def test_an_offer_is_honoured_though_the_host_takes_no_more() -> None:
    queue = await queue_of(1)
    await changes.cancel(queue.holder, now=NOON)
    await Slot.filter(id=queue.slot.id).update(status=SlotStatus.CLOSED)
    await waitlist.accept(queue.waiting[0], queue.slot.id, now=NOON)
    await assert_ledger_holds()


@pytest.mark.usefixtures("database")
async def test_an_offer_of_what_was_called_off_is_none() -> None:
    queue = await queue_of(1)
    await changes.cancel(queue.holder, now=NOON)
    await Slot.filter(id=queue.slot.id).update(status=SlotStatus.CANCELLED)
    with pytest.raises(OfferGone):
        await waitlist.accept(queue.waiting[0], queue.slot.id, now=NOON)


@pytest.mark.usefixtures("database")
async def test_who_offers_seats_says_to_how_many() -> None:
    queue = await queue_of(3)
    assert await waitlist.offer_free_seats(queue.slot.id, now=NOON) == 0
    await Slot.filter(id=queue.slot.id).update(capacity=3)
    assert await waitlist.offer_free_seats(queue.slot.id, now=NOON) == 2
    turn = await queue.turn(0)
    assert turn.offer_ends_at is not None
    before = turn.offer_ends_at - timedelta(seconds=1)
    assert not await waitlist.expire_offer(turn.id, queue.slot.id, now=before)
    assert (await queue.turn(0)).status == WaitlistStatus.OFFERED
    await Reminder.filter(key=offering.key_of(turn)).delete()
    assert await waitlist.expire_offer(turn.id, queue.slot.id, now=turn.offer_ends_at)
    assert not await waitlist.expire_offer(turn.id, queue.slot.id, now=turn.offer_ends_at)
    turns = [(await queue.turn(n)).status for n in range(3)]
    assert turns == [WaitlistStatus.EXPIRED, WaitlistStatus.OFFERED, WaitlistStatus.OFFERED]
    await assert_ledger_holds()


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("later", "moves"),
    [
        (timedelta(0), False),
        (offers.PROMPTLY, False),
        (offers.PROMPTLY + timedelta(seconds=1), True),
        (timedelta(hours=2), True),
    ],
)
async def test_an_offer_that_leaves_late_lasts_as_if_it_were_made_then(
    later: timedelta, moves: bool
) -> None:
    queue = await queue_of(1, NOON + timedelta(days=10))
    await changes.cancel(queue.holder, now=NOON)
    turn = await queue.turn(0)
    words = await offering.words(await promise_of(turn), NOON + later)
    ends_at = (await queue.turn(0)).offer_ends_at
    assert words is not None
    assert turn.offer_ends_at is not None
    assert words.expires_at == ends_at
    assert ends_at == turn.offer_ends_at + (later if moves else timedelta(0))


@pytest.mark.usefixtures("database")
async def test_an_offer_that_cannot_be_told_before_the_cut_off_ends_when_it_was_to_end() -> None:
    queue = await queue_of(1)
    await changes.cancel(queue.holder, now=NOON)
    turn = await queue.turn(0)
    words = await offering.words(await promise_of(turn), queue.slot.booking_closes_at)
    assert words is not None
    assert words.expires_at == turn.offer_ends_at == (await queue.turn(0)).offer_ends_at


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("status", [s for s in WaitlistStatus if s != WaitlistStatus.OFFERED])
async def test_what_is_offered_no_more_is_not_told(status: WaitlistStatus) -> None:
    queue = await queue_of(1)
    await changes.cancel(queue.holder, now=NOON)
    await WaitlistEntry.all().update(status=status)
    assert await offering.words(await promise_of(await queue.turn(0)), NOON) is None


async def promise_of(turn: WaitlistEntry) -> Promised:
    """The letter about an offer, as it is about to leave."""
    told = await Reminder.get(key=offering.key_of(turn))
    return Promised(told.recipient_id, str(told.key), Message("", "", ""))  # type: ignore[attr-defined]


@pytest.fixture
async def day(app: Starlette, clock: TurnableClock) -> AsyncIterator[PlayedDay]:
    async with played(app, clock) as made:
        yield made


async def test_the_page_of_an_offer_says_what_is_true(day: PlayedDay) -> None:
    [slot] = await day.session(day.at(14, days=1), capacity=2)
    holder, waits = await day.reserves(slot), await day.waits_for(slot)
    await day.until(day.at(23))
    await holder.taps("cancel")
    assert "席を取り置いています" in await waits.reads()
    assert not [s for s in await waits.hears() if s.key.startswith("offer:")]
    await day.until(day.at(8, days=1), step=timedelta(hours=1))
    [said] = [s for s in await waits.hears() if s.key.startswith("offer:")]
    assert " 9:00" in said.body
    await day.until(day.at(9, 5))
    assert "まだ予約できます" in await waits.reads()
    assert (await waits.taps(f"queues/{slot.id}/accept")).status_code == 303
    assert "予約が確定しました" in await waits.reads()


async def test_an_offer_does_not_run_while_nobody_can_be_told(day: PlayedDay) -> None:
    [slot] = await day.session(day.at(14, days=1), capacity=2)
    holder = await day.reserves(slot)
    waits, behind = await day.waits_for(slot), await day.waits_for(slot)
    day.post_works = False
    await holder.taps("cancel")
    await day.until(day.at(20), step=timedelta(minutes=30))
    assert "席を取り置いています" in await waits.reads()
    day.post_works = True
    await day.until(day.at(20, 30))
    assert "席を取り置いています" in await waits.reads()
    await day.until(day.at(8, 30, days=1), step=timedelta(minutes=30))
    assert "席を取り置いています" in await behind.reads()


# --- Hundreds of cancellations at all hours ----------------------------------------------------

CANCELLATIONS = times(60, 500)
AWAKE = (time(7), time(22, 30))


@dataclass(order=True)
class Happens:
    at: datetime
    number: int
    what: str
    reference: str
    slot_id: int


class Town:
    """People who read phones soon and mail later, sleep at night, and mostly say yes."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.agenda: list[Happens] = []
        self.seen: Counter[str] = Counter()
        self.told: set[int] = set()

    def plan(self, at: datetime, what: str, reference: str, slot_id: int) -> None:
        heappush(self.agenda, Happens(at, len(self.agenda), what, reference, slot_id))

    async def add(self, number: int) -> None:
        """A slot of two in the next fortnight, a holder who cancels at any hour, who waits."""
        dice = self.dice
        starts_at = NOON.replace(hour=0) + timedelta(
            days=dice.randint(8, 14), minutes=15 * dice.randint(0, 4 * 8 + 3)
        )
        slot = await make_slot(starts_at, capacity=1, booking_closes_at=starts_at - HALF)
        holder = await service.reserve(make_wish(slot, key=f"h{number}"), now=NOON)
        for _party in range(dice.choice((1, 1, 2, 3))):
            waits = await waitlist.join(make_wish(slot), now=NOON)
            if dice.random() < 0.5:
                await _subscribe(waits.recipient_id)
        longest = (slot.booking_closes_at - NOON).total_seconds()
        before = dice.choice((6 * 3600, 24 * 3600, longest)) * dice.random()
        at = slot.booking_closes_at - timedelta(seconds=1 + min(before, longest - 1))
        self.plan(at, "cancel", holder.reference, slot.id)

    async def run(self) -> None:
        while self.agenda:
            event = heappop(self.agenda)
            await getattr(self, event.what)(event)
            await self._look(event.slot_id)

    async def cancel(self, event: Happens) -> None:
        await changes.cancel(event.reference, now=event.at)
        self.seen["cancelled"] += 1

    async def work(self, event: Happens) -> None:
        turns = WaitlistEntry.filter(
            slot_id=event.slot_id, status=WaitlistStatus.OFFERED, offer_ends_at__lte=event.at
        )
        for turn in await turns:
            await waitlist.expire_offer(turn.id, event.slot_id, now=event.at)

    async def answer(self, event: Happens) -> None:
        slot = await Slot.get(id=event.slot_id)
        free = slot.seats_left and event.at < slot.starts_at + offers.LAST_YES
        turn = await WaitlistEntry.get(
            reservation__reference=event.reference, slot_id=event.slot_id
        )
        try:
            await waitlist.accept(event.reference, event.slot_id, now=event.at)
        except OfferGone:
            is_refused = free or turn.status == WaitlistStatus.OFFERED
            self.seen["refused while free" if is_refused else "refused, taken"] += 1
        else:
            self.seen["yes"] += 1

    async def decline(self, event: Happens) -> None:
        await waitlist.leave(event.reference, event.slot_id, now=event.at)
        self.seen["no"] += 1

    async def _look(self, slot_id: int) -> None:
        """Whoever has been offered something since is going to read it and to answer."""
        turns = WaitlistEntry.filter(slot_id=slot_id, status=WaitlistStatus.OFFERED)
        for turn in await turns.select_related("reservation__recipient"):
            if turn.id in self.told:
                continue
            self.told.add(turn.id)
            reminder = await Reminder.get(key=f"offer:{turn.id}:")
            pushed = await recipients.has_browser(turn.reservation.recipient_id)
            minutes = self.dice.expovariate(1 / (8 if pushed else 40))
            at = _awake(reminder.due_at + timedelta(minutes=minutes))
            mood = self.dice.random()
            if mood < 0.85:
                what = "answer" if mood < 0.75 else "decline"
                self.plan(at, what, turn.reservation.reference, slot_id)
            assert turn.offer_ends_at is not None
            self.plan(turn.offer_ends_at, "work", turn.reservation.reference, slot_id)


HALF = timedelta(minutes=30)


def _awake(at: datetime) -> datetime:
    """People sleep, whatever their phone says."""
    there = at.astimezone(TOKYO)
    if AWAKE[0] <= there.time() < AWAKE[1]:
        return at
    day = there.date() + timedelta(days=there.time() >= AWAKE[1])
    return datetime.combine(day, AWAKE[0], TOKYO).astimezone(UTC)


async def _subscribe(recipient_id: int) -> None:
    await PushSubscription.create(
        recipient_id=recipient_id,
        endpoint=f"https://fcm.googleapis.com/{uuid4().hex}",
        p256dh="p",
        auth="a",
        service="fcm.googleapis.com",
        created_at=NOON,
    )


@pytest.mark.slow
@pytest.mark.usefixtures("database")
async def test_hundreds_of_cancellations_at_all_hours() -> None:
    """Most seats are filled, nobody is woken, and no yes is refused while a seat is free."""
    town = Town(20)
    for number in range(CANCELLATIONS):
        await town.add(number)
    await town.run()
    woken = [
        offer.due_at
        for offer in await Reminder.filter(key__startswith="offer:")
        if not QUIET_UNTIL <= offer.due_at.astimezone(TOKYO).time() < QUIET_FROM
    ]
    assert woken == []
    assert town.seen["refused while free"] == 0
    filled = await Slot.filter(seats_taken=F("capacity")).count()
    wanted = town.seen["yes"] + town.seen["refused, taken"]
    print(f"filled {filled} of {CANCELLATIONS}: {dict(town.seen)}")
    assert filled == await Place.filter(status="confirmed").count()
    assert filled / CANCELLATIONS > 0.75
    assert wanted >= filled
    await assert_ledger_holds()
