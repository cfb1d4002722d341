"""Calendars follow: one entry for ever, replaced by what comes later, struck when it is over."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import httpx
import pytest
from icalendar import Calendar
from starlette.applications import Starlette

from tests.calendar_store import CalendarStore
from tests.conftest import NOON, TurnableClock
from tests.factories import DAY_AHEAD, make_event, make_programme, make_slot
from tests.post_office import PostOffice
from tests.reservations.factories import typed
from tour.audit.service import Actor
from tour.notifications.models import Recipient
from tour.notifications.sending.worker import FULL, Worker, open_worker
from tour.programmes.models import BookingRules, Slot
from tour.reservations.changes.slots import cancel_slot
from tour.reservations.messages.appointments import encloser
from tour.reservations.messages.calendar import ALARM_BEFORE
from tour.reservations.models import Place, Reservation
from tour.reservations.states import PlaceStatus
from tour.settings import Settings

EMAIL = "hanako@example.jp"


@pytest.fixture
async def postman(
    app: Starlette,  # noqa: ARG001 - its database is open
    post_office: tuple[PostOffice, int],
    settings: Settings,
    clock: TurnableClock,
) -> AsyncIterator[Worker]:
    with_server = replace(settings, smtp_url=f"smtp://127.0.0.1:{post_office[1]}")
    enclose = encloser(settings.base_url)
    async with open_worker(with_server, clock, FULL, enclose) as worker:
        yield worker


async def reserve(client: httpx.AsyncClient, *slots: Slot, email: str = EMAIL) -> str:
    data = {**typed(2, email=email), "slot": [str(slot.id) for slot in slots]}
    answer = await client.post("/reserve", data=data)
    assert answer.status_code == 303, answer.text
    await Recipient.filter(proved_at=None).update(proved_at=NOON)  # others are told one thing only
    return answer.headers["location"]


async def events_of(client: httpx.AsyncClient, path: str) -> list:
    answer = await client.get(f"{path}/calendar.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    return Calendar.from_ical(answer.text).walk("VEVENT")


def enclosed(mail: EmailMessage) -> list[tuple[str, Calendar]]:
    """The method in the head of each part for calendars, and the part."""
    found = []
    for part in mail.walk():
        if part.get_content_type() == "text/calendar":
            calendar = Calendar.from_ical(part.get_content())
            assert part.get_param("method") == str(calendar["METHOD"]), "RFC 6047, 2.4"
            found.append((str(calendar["METHOD"]), calendar))
    return found


async def test_an_entry_has_what_calendars_need(client: httpx.AsyncClient) -> None:
    path = await reserve(client, await make_slot())
    calendar = Calendar.from_ical((await client.get(f"{path}/calendar.ics")).text)
    assert (calendar["VERSION"], calendar["METHOD"]) == ("2.0", "PUBLISH")
    [event] = calendar.walk("VEVENT")
    assert event["DTSTART"].dt == DAY_AHEAD
    assert event["STATUS"] == "CONFIRMED"
    for name in ("UID", "SEQUENCE", "DTSTAMP", "LAST-MODIFIED", "SUMMARY", "LOCATION", "URL"):
        assert name in event, name
    assert "testserver" not in event["UID"], "the app may move to another address"
    [alarm] = event.walk("VALARM")
    assert alarm["TRIGGER"].dt == -ALARM_BEFORE, "before the start"


async def test_each_party_and_each_session_is_an_entry_of_its_own(
    client: httpx.AsyncClient,
) -> None:
    slots = [await make_slot(), await make_slot(DAY_AHEAD + timedelta(hours=3))]
    one = await reserve(client, *slots)
    other = await reserve(client, *slots, email="taro@example.jp")
    uids = [str(e["UID"]) for path in (one, other) for e in await events_of(client, path)]
    assert len(set(uids)) == 4
    assert uids[:2] == [str(e["UID"]) for e in await events_of(client, one)]
    reference = one.rpartition("/")[2]
    assert all(reference not in uid for uid in uids), "no key for whoever is shown the entry"


async def test_the_sequence_rises_with_each_change_and_with_nothing_else(
    client: httpx.AsyncClient, clock: TurnableClock
) -> None:
    slot = await make_slot()
    path = await reserve(client, slot)

    async def sequence() -> int:
        [event] = await events_of(client, path)
        return int(event["SEQUENCE"])

    seen = [await sequence(), await sequence()]
    clock.turn(hours=1)
    seen.append(await sequence())
    change = {"adults": "3", "children": "0", "name": "北 花子"}
    await client.post(f"{path}/change", data=change)
    seen.append(await sequence())
    later = {"starts_at": slot.starts_at + timedelta(minutes=15)}
    await Slot.filter(id=slot.id).update(**later)
    seen.append(await sequence())
    await client.post(f"{path}/cancel")
    seen += [await sequence(), await sequence()]
    assert seen == [0, 0, 0, 1, 2, 3, 3]


async def test_a_change_is_dated_by_when_it_was_made(
    client: httpx.AsyncClient, clock: TurnableClock
) -> None:
    """By the database's own clock; never later than the file that says so."""
    path = await reserve(client, await make_slot())

    async def modified() -> datetime:
        [event] = await events_of(client, path)
        return event["LAST-MODIFIED"].dt

    first = await modified()
    clock.turn(hours=1)
    assert await modified() == first == NOON
    began = datetime.now(UTC)
    await client.post(f"{path}/change", data={"adults": "3", "children": "0", "name": "北 花子"})
    made_at = (await Place.get()).revised_at
    assert made_at
    assert abs(made_at - began) < timedelta(seconds=20)
    await Place.all().update(revised_at=NOON + timedelta(minutes=30))
    clock.turn(hours=1)
    assert await modified() == NOON + timedelta(minutes=30)
    await Slot.all().update(revised_at=NOON + timedelta(days=1))
    assert await modified() == clock()


async def test_what_is_cancelled_strikes_itself_and_rings_no_more(
    client: httpx.AsyncClient,
) -> None:
    slots = [await make_slot(), await make_slot(DAY_AHEAD + timedelta(hours=3))]
    path = await reserve(client, *slots)
    await Place.filter(slot_id=slots[0].id).update(status=PlaceStatus.CANCELLED)
    calendar = Calendar.from_ical((await client.get(f"{path}/calendar.ics")).text)
    assert calendar["METHOD"] == "PUBLISH", "of several methods a file can have one"
    events = calendar.walk("VEVENT")
    assert [str(e["STATUS"]) for e in events] == ["CANCELLED", "CONFIRMED"]
    assert [len(e.walk("VALARM")) for e in events] == [0, 1]
    await client.post(f"{path}/cancel")
    calendar = Calendar.from_ical((await client.get(f"{path}/calendar.ics")).text)
    assert calendar["METHOD"] == "CANCEL"


async def test_what_is_held_for_a_code_is_in_no_calendar(client: httpx.AsyncClient) -> None:
    event = await make_event(day=DAY_AHEAD.date())
    await BookingRules.create(event=event, checks_contact=True)
    path = await reserve(client, await make_slot(programme=await make_programme(event=event)))
    assert (await Place.get()).status == PlaceStatus.HELD
    assert await events_of(client, path) == []


async def test_a_store_keeps_one_entry_through_every_change(
    client: httpx.AsyncClient, calendar_store: CalendarStore
) -> None:
    slots = [await make_slot(), await make_slot(DAY_AHEAD + timedelta(hours=3))]
    path = await reserve(client, *slots)
    for _again in range(2):
        calendar_store.put((await client.get(f"{path}/calendar.ics")).content)
    assert len(calendar_store.events()) == 2
    later = slots[0].starts_at + timedelta(minutes=30)
    await Slot.filter(id=slots[0].id).update(starts_at=later)
    await Place.filter(slot_id=slots[1].id).update(status=PlaceStatus.CANCELLED)
    calendar_store.put((await client.get(f"{path}/calendar.ics")).content)
    moved, struck = calendar_store.events()
    assert (moved["DTSTART"].dt, moved["SEQUENCE"]) == (later, 1)
    assert (struck["STATUS"], struck["SEQUENCE"]) == ("CANCELLED", 1)


async def test_the_confirmation_puts_itself_into_the_calendar(
    client: httpx.AsyncClient, office: PostOffice, postman: Worker
) -> None:
    path = await reserve(client, await make_slot())
    await postman.run_once()
    [mail] = office.mails
    assert mail.get_content_type() == "multipart/alternative", "as Gmail and iPhones look for it"
    kinds = [part.get_content_type() for part in mail.iter_parts()]
    assert kinds == ["text/plain", "text/html", "text/calendar"], "the richest comes last"
    [(method, calendar)] = enclosed(mail)
    assert method == "REQUEST"
    [event] = calendar.walk("VEVENT")
    assert event["ORGANIZER"].startswith("mailto:noreply@")
    assert event["ATTENDEE"] == f"mailto:{EMAIL}"
    assert event["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED", "nobody is asked for an answer"
    assert event["UID"] == (await events_of(client, path))[0]["UID"]


async def test_one_mail_about_a_whole_day_speaks_of_each_session_by_itself(
    client: httpx.AsyncClient, office: PostOffice, postman: Worker
) -> None:
    slots = [await make_slot(DAY_AHEAD + timedelta(hours=3 * n)) for n in range(3)]
    await reserve(client, *slots)
    await postman.run_once()
    [mail] = office.mails
    calendars = [calendar for _method, calendar in enclosed(mail)]
    assert [len(calendar.walk("VEVENT")) for calendar in calendars] == [1, 1, 1], "RFC 5546, 3.2.2"
    starts = [calendar.walk("VEVENT")[0]["DTSTART"].dt for calendar in calendars]
    assert starts == [slot.starts_at for slot in slots]


async def test_a_change_and_an_end_are_told_to_the_calendar_once(
    client: httpx.AsyncClient, office: PostOffice, postman: Worker, clock: TurnableClock
) -> None:
    slots = [await make_slot(), await make_slot(DAY_AHEAD + timedelta(days=1))]
    await reserve(client, *slots)
    await postman.run_once()
    office.mails.clear()
    later = slots[0].starts_at + timedelta(minutes=30)
    await Slot.filter(id=slots[0].id).update(starts_at=later)
    clock.turn_to(DAY_AHEAD - timedelta(hours=18))
    await postman.run_once()
    carried = [one for mail in office.mails for one in enclosed(mail)]
    [(method, calendar)] = carried
    [event] = calendar.walk("VEVENT")
    assert (method, event["DTSTART"].dt, event["SEQUENCE"]) == ("REQUEST", later, 1)
    office.mails.clear()
    await cancel_slot(slots[0].id, "急な休みです", actor=Actor(None, "host"), now=clock())
    await postman.run_once()
    [(method, calendar)] = [one for mail in office.mails for one in enclosed(mail)]
    [ended] = calendar.walk("VEVENT")
    assert (method, str(ended["STATUS"]), ended["SEQUENCE"]) == ("CANCEL", "CANCELLED", 2)
    assert ended["UID"] == event["UID"]


async def test_a_mail_sent_again_carries_the_same(
    client: httpx.AsyncClient, office: PostOffice, postman: Worker, clock: TurnableClock
) -> None:
    await reserve(client, await make_slot())
    office.answers = ["451 not now"]
    await postman.run_once()
    assert office.mails == []
    clock.turn(hours=1)
    await postman.run_once()
    [mail] = office.mails
    assert len(enclosed(mail)) == 1


async def test_a_code_carries_nothing_for_the_calendar(
    client: httpx.AsyncClient, office: PostOffice, postman: Worker
) -> None:
    event = await make_event(day=DAY_AHEAD.date())
    await BookingRules.create(event=event, checks_contact=True)
    await reserve(client, await make_slot(programme=await make_programme(event=event)))
    await postman.run_once()
    [mail] = office.mails
    assert enclosed(mail) == []
    assert await Reservation.all().count() == 1


async def test_who_cancels_is_told_so_and_the_calendar_with_them(
    client: httpx.AsyncClient, office: PostOffice, postman: Worker
) -> None:
    slots = [await make_slot(), await make_slot(DAY_AHEAD + timedelta(days=1))]
    path = await reserve(client, *slots)
    await postman.run_once()
    office.mails.clear()
    await client.post(f"{path}/cancel")
    await client.post(f"{path}/cancel")
    await postman.run_once()
    [mail] = office.mails
    assert [method for method, _calendar in enclosed(mail)] == ["CANCEL", "CANCEL"]
