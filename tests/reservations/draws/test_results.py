"""What a draw writes down for its parties, and that it takes few statements for many."""

import logging
import random
from datetime import datetime, timedelta

import pytest

from tests.conftest import NOON
from tests.factories import DAY_AHEAD, make_event, make_slot
from tests.reservations.factories import make_party, make_wish
from tests.reservations.ledger import assert_ledger_holds, assert_no_seat_is_idle
from tour.notifications.message import Message
from tour.notifications.models import Reminder
from tour.notifications.sending.wording import Promised
from tour.programmes.models import Slot
from tour.programmes.rules import BOOKING_CLOSES_BEFORE
from tour.programmes.states import Allocation, SlotStatus
from tour.reservations import worker
from tour.reservations.draws import draws, lottery, results
from tour.reservations.held import changes
from tour.reservations.messages import reminders
from tour.reservations.models import Draw, DrawEntry, Place, Reservation, WaitlistEntry
from tour.reservations.parties.terms import slots_with_programmes
from tour.reservations.states import EntryStatus, WaitlistStatus
from tour.reservations.waitlist import queue

pytestmark = pytest.mark.usefixtures("database")

SECOND = timedelta(seconds=1)
CLOSES_AT = NOON + timedelta(hours=1)
DRAWS_AT = CLOSES_AT + draws.FREEZE


async def entered_draw(number: int, parties: int, *, event_id: int | None = None) -> Draw:
    """A draw over some slots with random parties and rankings."""
    dice = random.Random(number)
    slots = [
        await make_slot(
            DAY_AHEAD + timedelta(hours=hour),
            capacity=dice.randint(4, 8),
            pools={"children": dice.randint(0, 2)},
            allocation=Allocation.DRAW,
        )
        for hour in range(dice.randint(1, 4))
    ]
    ids = [slot.id for slot in slots]
    draw = await draws.open_draw(ids, event_id=event_id, entries_close_at=CLOSES_AT)
    for _party in range(parties):
        ranking = dice.sample(slots, dice.randint(1, len(slots)))
        party = make_party(dice.randint(1, 3), dice.randint(0, 1), phone="")
        pools = ["children"] if dice.random() < 0.6 and party.children else []
        await draws.enter(draw.id, make_wish(*ranking, party=party), pools=pools, now=NOON)
    await results.freeze(draw.id, now=CLOSES_AT)
    return draw


async def keys_of(recipient_id: int) -> set[str]:
    rows = Reminder.filter(recipient_id=recipient_id)
    return {str(key) for key in await rows.values_list("key", flat=True)}


async def check_winner(entry: DrawEntry, slot_id: int) -> None:
    party = entry.reservation
    assert (entry.status, entry.won_slot_id) == (EntryStatus.WON, slot_id)
    place = await Place.get(reservation_id=party.id)
    assert (place.slot_id, place.seats, place.status) == (slot_id, party.party_size, "confirmed")
    [slot] = await slots_with_programmes([slot_id])
    promised = reminders.drafts(party, [slot], party.recipient.timezone, DRAWS_AT)
    expected = {draft.key for draft in promised} | {f"draw:{entry.draw_id}:"}
    assert await keys_of(party.recipient_id) == expected
    news = await Reminder.get(recipient_id=party.recipient_id, key=f"draw:{entry.draw_id}:")
    assert news.title == "抽選に当選しました"
    assert reminders.line(slot, "ja", reminders.zone_of(party), with_day=True) == news.body


async def check_loser(entry: DrawEntry) -> None:
    party = entry.reservation
    assert (entry.status, entry.won_slot_id) == (EntryStatus.LOST, None)
    assert not await Place.exists(reservation_id=party.id)
    turns = await WaitlistEntry.filter(reservation_id=party.id).order_by("id")
    assert [turn.slot_id for turn in turns] == entry.ranking
    assert {(turn.seats, turn.joined_at) for turn in turns} == {(party.party_size, DRAWS_AT)}
    news = await Reminder.get(recipient_id=party.recipient_id, key=f"draw:{entry.draw_id}:")
    assert len(news.body.splitlines()) == len(entry.ranking)


@pytest.mark.parametrize("number", range(6))
async def test_every_party_gets_what_the_record_says_and_is_told(number: int) -> None:
    draw = await entered_draw(number, parties=15)
    assert await results.hold(draw.id, now=DRAWS_AT)
    record = (await Draw.get(id=draw.id)).record
    assert lottery.verify(record) == []
    entries = await DrawEntry.filter(draw_id=draw.id).select_related("reservation__recipient")
    by_receipt = {entry.receipt: entry for entry in entries}
    for receipt, slot_id in record["result"]:
        if slot_id is None:
            await check_loser(by_receipt[receipt])
        else:
            await check_winner(by_receipt[receipt], slot_id)
    lost = [by_receipt[receipt].reservation_id for receipt, slot in record["result"] if not slot]
    queued = await WaitlistEntry.all().order_by("id").values_list("reservation_id", flat=True)
    assert list(dict.fromkeys(queued)) == lost, "the queues are in the order of the draw"
    assert not await WaitlistEntry.exists(status=WaitlistStatus.CLOSED)
    slot_ids = [slot.id for slot in await Slot.all()]
    await assert_ledger_holds()
    await assert_no_seat_is_idle(slot_ids, DRAWS_AT)


async def news_of(reservation_id: int) -> Reminder:
    entry = await DrawEntry.get(reservation_id=reservation_id).select_related("reservation")
    recipient = entry.reservation.recipient_id
    return await Reminder.get(recipient_id=recipient, key=f"draw:{entry.draw_id}:")


async def words_to(entry: DrawEntry, now: datetime = DRAWS_AT) -> tuple[str, list[str]] | None:
    """Title and lines of the result, as it would leave now."""
    written = Message("", "", "/", "")
    promised = Promised(entry.reservation.recipient_id, f"draw:{entry.draw_id}:", written)
    words = await results.words(promised, now)
    return words and (words.message.title, words.message.body.splitlines())


async def one_won_and_one_lost(*slots: Slot) -> tuple[Reservation, Reservation]:
    """Two parties with the same ranking, of whose slots one has one seat and the others none."""
    ids = [slot.id for slot in slots]
    draw = await draws.open_draw(ids, event_id=None, entries_close_at=CLOSES_AT)
    for _party in range(2):
        await draws.enter(draw.id, make_wish(*slots), now=NOON)
    await worker.run_due(DRAWS_AT)
    [won] = await DrawEntry.filter(status=EntryStatus.WON).select_related("reservation")
    [lost] = await DrawEntry.filter(status=EntryStatus.LOST).select_related("reservation")
    return won.reservation, lost.reservation


async def entry_of(party: Reservation) -> DrawEntry:
    return await DrawEntry.get(reservation_id=party.id).select_related("reservation__recipient")


async def drawn_slot(days: int = 0, **values: int) -> Slot:
    starts_at = DAY_AHEAD + timedelta(days=days)
    return await make_slot(starts_at, allocation=Allocation.DRAW, **{"capacity": 1} | values)


QUEUED = "抽選では席を用意できませんでした。キャンセル待ちに登録しました"


async def test_who_won_is_told_so_while_it_holds_the_place() -> None:
    won, lost = await one_won_and_one_lost(await drawn_slot())
    entry = await entry_of(won)
    said = await words_to(entry)
    assert said
    assert said[0] == "抽選に当選しました"
    assert len(said[1]) == 1
    await changes.cancel(won.reference, now=DRAWS_AT)
    assert await words_to(entry) is None
    elsewhere = await make_slot(DAY_AHEAD + timedelta(days=3))
    await Place.create(reservation=won, slot=elsewhere, seats=1)
    assert await words_to(entry) is None, "another session is not what it won"
    assert await words_to(await entry_of(lost)) is not None


async def test_who_lost_is_told_which_lists_it_still_waits_on() -> None:
    first, second = await drawn_slot(), await drawn_slot(1, seats_taken=1)
    _won, lost = await one_won_and_one_lost(first, second)
    entry = await entry_of(lost)
    title, lines = await words_to(entry) or ("", [])
    assert "キャンセル待ち" in title
    assert len(lines) == 2
    cut_off = first.starts_at - BOOKING_CLOSES_BEFORE
    for now, waits in ((cut_off - SECOND, 2), (cut_off, 1)):
        title, lines = await words_to(entry, now) or ("", [])
        assert "キャンセル待ち" in title
        assert len(lines) == waits, "a list that nobody is called from is none"
    await queue.leave(lost.reference, second.id, now=DRAWS_AT)
    title, lines = await words_to(entry, cut_off) or ("", [])
    assert "キャンセル待ち" not in title
    assert len(lines) == 2, "on no list, it is told what the draw was about"
    await Place.create(reservation=lost, slot=second, seats=1)
    assert await words_to(entry) is None, "who holds a seat by now is not told that it lost"


async def test_leaving_a_draw_is_for_one_party_and_only_while_it_is_in() -> None:
    slot = await drawn_slot()
    draw = await draws.open_draw([slot.id], event_id=None, entries_close_at=CLOSES_AT)
    first, second = [await draws.enter(draw.id, make_wish(slot), now=NOON) for _n in range(2)]

    async def statuses() -> list[EntryStatus]:
        return [EntryStatus((await entry_of(party)).status) for party in (first, second)]

    await draws.leave(first.reference)
    assert await statuses() == [EntryStatus.LEFT, EntryStatus.ENTERED]
    await worker.run_due(DRAWS_AT)
    assert await statuses() == [EntryStatus.LEFT, EntryStatus.WON]
    await changes.cancel(second.reference, now=DRAWS_AT)
    assert await statuses() == [EntryStatus.LEFT, EntryStatus.WON], "the result stays as it was"
    assert await Slot.filter(id=slot.id, seats_taken=0).exists()


async def test_a_draw_that_is_held_after_its_sessions_gives_nothing_and_says_so() -> None:
    """No worker for a night: nobody is told of a place in what is over, or put into its queue."""
    over, ahead = [
        await make_slot(DAY_AHEAD + timedelta(hours=hours), allocation=Allocation.DRAW)
        for hours in (0, 48)
    ]
    ids = [over.id, ahead.id]
    draw = await draws.open_draw(ids, event_id=None, entries_close_at=CLOSES_AT)
    late = await draws.enter(draw.id, make_wish(over, party=make_party(2)), now=NOON)
    both = await draws.enter(draw.id, make_wish(over, ahead, party=make_party(2)), now=NOON)
    much = await draws.enter(draw.id, make_wish(over, ahead, party=make_party(6)), now=NOON)
    more = await draws.enter(draw.id, make_wish(over, ahead, party=make_party(6)), now=NOON)
    now = DAY_AHEAD + timedelta(hours=10)
    await worker.run_due(now)
    record = (await Draw.get(id=draw.id)).record
    assert lottery.verify(record) == []
    assert [offer["seats"] for offer in record["slots"]] == [0, 8]
    assert not await Place.exists(slot_id=over.id)
    assert not await WaitlistEntry.exists(slot_id=over.id)
    told = await news_of(late.id)
    assert told.title == "申し訳ありません。抽選が時間までに行われず、体験が始まってしまいました"
    for party in (both, much, more):
        assert "抽選に当選しました" not in told.body
        title, body = (await news_of(party.id)).title, (await news_of(party.id)).body
        if await Place.exists(reservation_id=party.id):
            assert title == "抽選に当選しました"
        else:
            assert "キャンセル待ち" in title
            assert len(body.splitlines()) == 1, "what is over is no waiting list"
    await worker.run_due(now + timedelta(minutes=1))
    await assert_ledger_holds()


async def test_what_was_called_off_meanwhile_is_neither_won_nor_waited_for() -> None:
    slot = await make_slot(allocation=Allocation.DRAW)
    draw = await draws.open_draw([slot.id], event_id=None, entries_close_at=CLOSES_AT)
    party = await draws.enter(draw.id, make_wish(slot), now=NOON)
    await Slot.filter(id=slot.id).update(status=SlotStatus.CANCELLED)
    await worker.run_due(DRAWS_AT)
    assert await Place.all().count() == await WaitlistEntry.all().count() == 0
    assert (await news_of(party.id)).title == "抽選では席を用意できませんでした"


async def test_lost_draws_of_the_event_are_counted_by_either_contact() -> None:
    event = await make_event(day=DAY_AHEAD.date())
    mail, phone = "yui@example.org", "03-9876-5432"
    for party in (
        make_party(email=mail, phone=phone),
        make_party(email="ken@example.org", phone=phone),
        make_party(email=mail, phone=""),
    ):
        slot = await make_slot(capacity=1, seats_taken=1, allocation=Allocation.DRAW)
        draw = await draws.open_draw([slot.id], event_id=event.id, entries_close_at=CLOSES_AT)
        await draws.enter(draw.id, make_wish(slot, party=party), now=NOON)
        await results.freeze(draw.id, now=CLOSES_AT)
        await results.hold(draw.id, now=DRAWS_AT)
    counted = {}
    for party in (make_party(email=mail, phone=phone), make_party(phone="")):
        slot = await make_slot(allocation=Allocation.DRAW)
        draw = await draws.open_draw([slot.id], event_id=event.id, entries_close_at=CLOSES_AT)
        await draws.enter(draw.id, make_wish(slot, party=party), now=NOON)
        await results.freeze(draw.id, now=CLOSES_AT)
        [entry] = (await Draw.get(id=draw.id)).record["entries"]
        counted[party.email] = entry["losses"]
    assert list(counted.values()) == [3, 0]


async def test_more_parties_take_hardly_more_statements(caplog: pytest.LogCaptureFixture) -> None:
    """On SQLite the site waits until all of it is done."""
    counts = []
    for parties in (5, 60):
        draw = await entered_draw(1, parties)
        caplog.clear()
        with caplog.at_level(logging.DEBUG, logger="tortoise.db_client"):
            await results.hold(draw.id, now=DRAWS_AT)
        counts.append(len(caplog.records))
    assert 0 < counts[1] < counts[0] * 2, counts
