"""Letters that leave late say what is true then, not what was true when they were written.

A real mail server that is away and comes back; the clock is turned, nobody waits.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta

import httpx
import pytest

from tests.conftest import NOON, TurnableClock, make_settings
from tests.days import TOKYO
from tests.factories import DAY_AHEAD, make_event, make_programme, make_site, make_slot
from tests.post_office import PostOffice
from tests.reservations.factories import make_party, make_wish
from tests.reservations.ledger import assert_ledger_holds
from tour.audit.service import Actor
from tour.notifications.mail import boxes
from tour.notifications.models import Recipient, Reminder
from tour.notifications.sending.worker import FULL, Worker, open_worker
from tour.pages.wording import WORDING
from tour.programmes.models import BookingRules, Programme, Slot
from tour.reservations import service, worker
from tour.reservations.changes import lateness
from tour.reservations.changes import slots as slot_changes
from tour.reservations.door import absences
from tour.reservations.draws import draws, results
from tour.reservations.held import changes, pending
from tour.reservations.messages import reminders
from tour.reservations.models import ContactCheck, Place, Reservation, WaitlistEntry
from tour.reservations.parties import contact_check
from tour.reservations.parties.terms import slots_with_programmes
from tour.reservations.states import PlaceStatus, WaitlistStatus
from tour.reservations.waitlist import calling, queue

HOST = Actor(None, "見本 職人")
Sender = Callable[[], Awaitable[None]]


@pytest.fixture
def settings(database_url: str, tmp_path, post_office):
    return make_settings(database_url, tmp_path, TOUR_SMTP_URL=f"smtp://127.0.0.1:{post_office[1]}")


@pytest.fixture
async def sender(database: str, settings, clock) -> AsyncIterator[Worker]:  # noqa: ARG001 - opened
    async with open_worker(settings, clock, FULL, wording=WORDING) as one:
        yield one


async def away(sender: Worker, clock: TurnableClock, minutes: int, step: int = 5) -> None:
    """So long no letter leaves, while everything else goes on."""
    for _step in range(minutes // step):
        clock.turn(minutes=step)
        await sender.run_once()
        await worker.run_due(clock())


async def back(office: PostOffice, sender: Worker, clock: TurnableClock) -> list[str]:
    """The server is back; what its letters say: subject and text of each."""
    await office.open()
    for _minute in range(3):
        clock.turn(minutes=1)
        await sender.run_once()
    return texts(office)


def texts(office: PostOffice) -> list[str]:
    plain = [mail.get_body(("plain",)) for mail in office.mails]
    return [
        f"{mail['Subject']}\n{body.get_content() if body else ''}"
        for mail, body in zip(office.mails, plain, strict=True)
    ]


def local(instant: datetime | None) -> str:
    assert instant
    return f"{instant.astimezone(TOKYO):%H:%M}"


async def statuses(key: str) -> set[str]:
    return {str(row.status) for row in await Reminder.filter(key__startswith=key)}


async def test_an_offer_names_the_end_that_its_page_names(sender, office, clock) -> None:
    slot = await make_slot(NOON + timedelta(hours=5), capacity=1)
    holder = await service.reserve(make_wish(slot), now=clock())
    await queue.join(make_wish(slot), now=clock())
    await sender.run_once()
    await office.close()
    await changes.cancel(holder.reference, now=clock())
    written = (await WaitlistEntry.get()).offer_ends_at
    # It comes back before the end that was written into the letter.
    await away(sender, clock, 40)
    [offer] = [text for text in await back(office, sender, clock) if "席が空きました" in text]
    turn = await WaitlistEntry.get()
    assert turn.status == WaitlistStatus.OFFERED
    assert written is not None
    assert turn.offer_ends_at is not None
    assert turn.offer_ends_at > written
    assert local(turn.offer_ends_at) in offer
    assert local(written) not in offer
    # As long as the letter says, the seats are held.
    clock.turn_to(turn.offer_ends_at - timedelta(seconds=1))
    await worker.run_due(clock())
    assert (await WaitlistEntry.get()).status == WaitlistStatus.OFFERED
    clock.turn(seconds=2)
    await worker.run_due(clock())
    assert (await WaitlistEntry.get()).status == WaitlistStatus.EXPIRED
    await assert_ledger_holds()


async def test_an_offer_that_was_declined_meanwhile_does_not_leave(sender, office, clock) -> None:
    """Also when the row of its letter was taken by a worker already."""
    slot = await make_slot(NOON + timedelta(hours=5), capacity=1)
    holder = await service.reserve(make_wish(slot), now=clock())
    await queue.join(make_wish(slot), now=clock())
    await changes.cancel(holder.reference, now=clock())
    await WaitlistEntry.all().update(status=WaitlistStatus.DECLINED)
    await sender.run_once()
    assert not [text for text in texts(office) if "席が空きました" in text]
    assert await statuses("offer:") == {"cancelled"}


async def test_seats_that_are_free_now_are_counted_when_it_leaves(sender, office, clock) -> None:
    slot = await make_slot(NOON + timedelta(hours=2), capacity=4)
    await service.reserve(make_wish(slot, party=None), now=clock())
    full = [await service.reserve(make_wish(slot), now=clock()) for _n in range(3)]
    waiting = await queue.join(make_wish(slot), now=clock())
    clock.turn_to(slot.booking_closes_at + timedelta(minutes=1))
    await worker.run_due(clock())
    await sender.run_once()
    await office.close()
    await Place.filter(reservation_id=full[0].id).update(status=PlaceStatus.RELEASED)
    await Slot.filter(id=slot.id).update(seats_taken=3)
    assert await calling.call_who_waited(slot.id, now=clock()) == 1
    await sender.run_once()
    await Slot.filter(id=slot.id).update(seats_taken=2)
    [told] = [text for text in await back(office, sender, clock) if "空いて" in text]
    assert "2席" in told
    office.mails.clear()
    # And nothing leaves once they are gone.
    await Reminder.filter(key=f"free-now:{slot.id}").delete()
    await calling.call_who_waited(slot.id, now=clock())
    await Slot.filter(id=slot.id).update(seats_taken=4)
    await sender.run_once()
    assert texts(office) == []
    assert waiting.id


async def test_a_question_at_the_door_names_what_is_kept_then(sender, office, clock) -> None:
    slot = await make_slot(NOON + timedelta(hours=2))
    made = await service.reserve(make_wish(slot), now=clock())
    await sender.run_once()
    clock.turn_to(slot.starts_at + timedelta(minutes=2))
    await office.close()
    office.mails.clear()
    place = await Place.get(reservation_id=made.id)
    asked = absences.Asked(slot.id, (await slot.programme).site_id, [place.id], clock())
    assert await absences.ask_parties(asked, now=clock()) == 1
    await sender.run_once()
    await Place.filter(id=place.id).update(late_minutes=20)
    [told] = await back(office, sender, clock)
    place = await Place.get(id=place.id)
    assert local(absences.kept_until(place, slot)) in told


async def test_a_question_whose_time_is_over_is_not_asked(sender, office, clock) -> None:
    slot = await make_slot(NOON + timedelta(hours=2))
    made = await service.reserve(make_wish(slot), now=clock())
    await sender.run_once()
    clock.turn_to(slot.starts_at + timedelta(minutes=2))
    await office.close()
    office.mails.clear()
    place = await Place.get(reservation_id=made.id)
    asked = absences.Asked(slot.id, (await slot.programme).site_id, [place.id], clock())
    await absences.ask_parties(asked, now=clock())
    await away(sender, clock, 20)
    assert await back(office, sender, clock) == []
    assert await statuses("coming:") == {"cancelled"}


async def test_a_confirmation_says_what_is_reserved_when_it_leaves(sender, office, clock) -> None:
    """It was written for two people and two sessions, and left after the cut-off of the first."""
    first, second = await make_slot(NOON + timedelta(hours=2)), await make_slot()
    made = await service.reserve(make_wish(first, second), now=clock())
    await office.close()
    await sender.run_once()
    await changes.change_party(made.reference, adults=3, children=0, now=clock())
    await changes.cancel_place(made.reference, second.id, now=clock())
    await away(sender, clock, 100)
    [receipt] = [t for t in await back(office, sender, clock) if "予約が確定しました" in t]
    assert "3人" in receipt
    assert local(first.starts_at) in receipt
    assert "12月8日" not in receipt
    assert "変更" not in receipt.split("店の人に見せる")[0].split("予約番号")[-1]


async def test_letters_have_the_sum_that_is_paid_when_they_leave(sender, office, clock) -> None:
    """Two sessions of one day, one of them for a part of the party, the other dearer since."""
    wood = await make_slot(DAY_AHEAD, programme=await make_programme(price_yen=1500))
    metal = await make_slot(
        DAY_AHEAD + timedelta(hours=3), programme=await make_programme(price_yen=800)
    )
    made = await service.reserve(make_wish(wood, metal, party=make_party(2)), now=clock())
    await changes.change_party(made.reference, adults=1, children=0, slot_id=metal.id, now=clock())
    await sender.run_once()
    [receipt] = [text for text in texts(office) if "予約が確定しました" in text]
    assert "2人・3,000円（1人1,500円）" in receipt
    assert "1人・800円" in receipt
    assert "2件の合計：3,800円" in receipt
    office.mails.clear()
    await Programme.filter(id=metal.programme_id).update(price_yen=900)
    clock.turn_to(DAY_AHEAD - timedelta(hours=2))
    await sender.run_once()
    [reminder] = texts(office)
    assert "料金：3,900円" in reminder


async def test_a_reminder_of_what_is_free_names_no_price(sender, office, clock) -> None:
    await service.reserve(make_wish(await make_slot(DAY_AHEAD)), now=clock())
    await sender.run_once()
    office.mails.clear()
    clock.turn_to(DAY_AHEAD - timedelta(hours=2))
    await sender.run_once()
    [reminder] = texts(office)
    assert "料金" not in reminder


async def test_a_confirmation_held_for_its_reader_says_what_is_so_then(
    sender, office, clock
) -> None:
    """One mail box gets one confirmation a day; the next waits for its reader, here for a day."""
    slots = [await make_slot(), await make_slot(NOON + timedelta(days=8))]
    wishes = [make_wish(slot) for slot in slots]
    made = [await service.reserve(wish, now=clock()) for wish in wishes]
    one = await Recipient.get(id=made[0].recipient_id)
    await Recipient.filter(id=made[1].recipient_id).update(mail_box=one.mail_box)
    await sender.run_once()
    assert await statuses("receipt") == {"sent", "held"}
    await changes.change_party(made[1].reference, adults=4, children=0, now=clock())
    clock.turn(hours=20)
    office.mails.clear()
    await boxes.prove(one.id, now=clock())
    await sender.run_once()
    [receipt] = texts(office)
    assert "4人" in receipt


async def test_what_joined_a_reservation_stands_before_what_is_held_then(
    sender, office, clock
) -> None:
    slot, added, other = [await make_slot(NOON + timedelta(days=7, hours=n)) for n in (0, 2, 4)]
    made = await service.reserve(make_wish(slot, added, other), now=clock())
    await sender.run_once()
    await office.close()
    office.mails.clear()
    party = await Reservation.get(id=made.id).select_related("recipient")
    held = await slots_with_programmes([slot.id, added.id, other.id])
    news = [one for one in held if one.id == added.id]
    await reminders.tell_joined(party, held, added=news, given_back=[], now=clock())
    await Recipient.all().update(proved_at=clock())
    await sender.run_once()
    await changes.cancel_place(made.reference, other.id, now=clock())
    said = await back(office, sender, clock)
    [joined] = [text for text in said if reminders.HOLDS_NOW.in_language("ja") in text]
    assert "予約が確定しました" not in joined.partition("\n")[0]
    before, _mark, held_now = joined.partition(reminders.HOLDS_NOW.in_language("ja"))
    assert local(added.starts_at) in before
    assert local(slot.starts_at) in held_now
    assert local(other.starts_at) not in held_now


async def test_delays_that_leave_late_name_what_the_party_still_holds(
    sender, office, clock
) -> None:
    site = await make_site()
    programme = await make_programme(site=site)
    slots = [
        await make_slot(NOON + timedelta(hours=hours), programme=programme) for hours in (2, 4)
    ]
    made = await service.reserve(make_wish(*slots), now=clock())
    await sender.run_once()
    await office.close()
    office.mails.clear()
    await lateness.run_late(site, TOKYO, 10, actor=HOST, now=clock())
    await sender.run_once()
    await changes.cancel_place(made.reference, slots[1].id, now=clock())
    [late] = [t for t in await back(office, sender, clock) if "10分" in t]
    assert "14:10" in late
    assert "16:10" not in late


async def test_a_draw_that_was_won_and_given_back_is_not_announced(sender, office, clock) -> None:
    slot = await make_slot(NOON + timedelta(days=3), allocation="draw", capacity=1)
    closes_at = clock() + timedelta(hours=1)
    draw = await draws.open_draw([slot.id], event_id=None, entries_close_at=closes_at)
    made = [await draws.enter(draw.id, make_wish(slot), now=clock()) for _n in range(2)]
    await office.close()
    clock.turn_to(closes_at)
    await results.freeze(draw.id, now=clock())
    clock.turn_to(draw.draws_at)
    await results.hold(draw.id, now=clock())
    await sender.run_once()
    winner = (await Place.get()).reservation_id
    loser = next(one for one in made if one.id != winner)
    await changes.cancel((await Reservation.get(id=winner)).reference, now=clock())
    entry = await WaitlistEntry.get(reservation_id=loser.id)
    if entry.status == WaitlistStatus.OFFERED:
        await queue.accept(loser.reference, slot.id, now=clock())
    said = await back(office, sender, clock)
    assert not [text for text in said if "当選" in text or "抽選" in text.partition("\n")[0]]


async def test_other_times_are_those_with_room_when_it_leaves(sender, office, clock) -> None:
    programme = await make_programme()
    starts = [NOON + timedelta(days=1, hours=hours) for hours in (0, 2, 4)]
    slots = [await make_slot(at, programme=programme) for at in starts]
    await service.reserve(make_wish(slots[0]), now=clock())
    await sender.run_once()
    await office.close()
    await slot_changes.cancel_slot(slots[0].id, "", actor=HOST, now=clock())
    await sender.run_once()
    await Slot.filter(id=slots[1].id).update(seats_taken=slots[1].capacity)
    [off] = [text for text in await back(office, sender, clock) if "中止" in text]
    assert "16:00" in off
    assert "14:00" not in off


async def test_news_of_a_session_goes_to_who_still_holds_it(sender, office, clock) -> None:
    slot, other = await make_slot(), await make_slot(NOON + timedelta(days=8))
    made = await service.reserve(make_wish(slot, other), now=clock())
    await sender.run_once()
    await office.close()
    office.mails.clear()
    await slot_changes.tell_slot(slot.id, "入口は裏です。", actor=HOST, now=clock())
    await sender.run_once()
    await changes.cancel_place(made.reference, slot.id, now=clock())
    assert not [text for text in await back(office, sender, clock) if "入口は裏です" in text]


# --- codes ---------------------------------------------------------------------------------------


async def held_for_a_code(clock: TurnableClock, hours: float = 48) -> tuple[Slot, str]:
    event = await make_event(day=DAY_AHEAD.date())
    await BookingRules.create(event=event, checks_contact=True)
    programme = await make_programme(event=event)
    slot = await make_slot(clock() + timedelta(hours=hours), programme=programme, capacity=1)
    return slot, (await service.reserve(make_wish(slot), now=clock())).reference


def code_in(text: str) -> str:
    found = re.search(r"\d{6}", text)
    assert found
    return found[0]


async def test_the_time_for_a_code_begins_when_its_letter_leaves(sender, office, clock) -> None:
    await office.close()
    slot, reference = await held_for_a_code(clock)
    await sender.run_once()
    await away(sender, clock, 60)
    assert (await Slot.get(id=slot.id)).seats_taken == 1, "it cannot have been typed"
    [letter] = await back(office, sender, clock)
    check = await ContactCheck.get()
    assert local(check.ends_at) in letter
    assert check.ends_at >= clock() + contact_check.LASTS - timedelta(minutes=4)
    clock.turn_to(check.ends_at - timedelta(seconds=1))
    await worker.run_due(clock())
    made = await pending.prove(reference, code_in(letter), now=clock())
    assert (await Place.get(reservation_id=made.id)).status == PlaceStatus.CONFIRMED
    await assert_ledger_holds()


async def test_once_it_has_left_nothing_makes_it_longer(sender, office, clock) -> None:
    """Neither sending it again, nor an outage after that."""
    slot, reference = await held_for_a_code(clock)
    await sender.run_once()
    ends_at = (await ContactCheck.get()).ends_at
    await office.close()
    clock.turn(minutes=5)
    assert await contact_check.send_again(reference, now=clock())
    await away(sender, clock, 10)
    assert (await ContactCheck.get()).ends_at == ends_at
    assert (await Slot.get(id=slot.id)).seats_taken == 0


async def test_seats_do_not_idle_for_ever_for_a_letter(sender, office, clock) -> None:
    await office.close()
    slot, _reference = await held_for_a_code(clock)
    await sender.run_once()
    await away(sender, clock, 115)
    assert (await Slot.get(id=slot.id)).seats_taken == 1
    await away(sender, clock, 10)
    assert (await Slot.get(id=slot.id)).seats_taken == 0
    assert await back(office, sender, clock) == [], "a code for nothing is not sent"
    await assert_ledger_holds()


async def test_no_code_is_waited_for_beyond_the_cut_off(sender, office, clock) -> None:
    await office.close()
    slot, _reference = await held_for_a_code(clock, hours=1.25)
    await sender.run_once()
    clock.turn_to(slot.booking_closes_at)
    await sender.run_once()
    await worker.run_due(clock())
    assert (await Slot.get(id=slot.id)).seats_taken == 0


async def test_the_page_says_that_the_letter_has_not_left(
    client: httpx.AsyncClient, settings, office, clock
) -> None:
    await office.close()
    _slot, reference = await held_for_a_code(clock)
    async with open_worker(settings, clock, FULL, wording=WORDING) as sender:
        await sender.run_once()
        page = (await client.get(f"/reservations/{reference}")).text
        check = await ContactCheck.get()
        assert "まだ送れていません" in page
        assert local(check.latest_at) in page
        await back(office, sender, clock)
    page = (await client.get(f"/reservations/{reference}")).text
    assert "まだ送れていません" not in page
    assert local((await ContactCheck.get()).ends_at) in page
