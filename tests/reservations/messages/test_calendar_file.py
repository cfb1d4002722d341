"""The calendar file as such: each property that it promises, and what the whole says."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from icalendar import Calendar, Event

from tests.conftest import NOON
from tour.geo import Point
from tour.reservations.messages.calendar import (
    ALARM_BEFORE,
    Appointment,
    Letterhead,
    Method,
    calendar_file,
    scheduling,
)

HOUR = timedelta(hours=1)
ONE = Appointment(
    uid="one",
    sequence=3,
    changed_at=NOON - HOUR,
    starts_at=NOON + 5 * HOUR,
    ends_at=NOON + 6 * HOUR,
    title="木版を摺る（見本工房）",
    place="見本工房 東京都北区王子1-1-1",
    point=Point(lat=35.75, lon=139.73),
    description="2名\n合言葉 K7M4-92QX",
    url="https://example.org/reservations/abc",
    is_cancelled=False,
)
OFF = replace(ONE, uid="off", is_cancelled=True)
HEAD = Letterhead("desk@example.org", "北区", "yui@example.org")


def file_of(*appointments: Appointment) -> Calendar:
    return Calendar.from_ical(calendar_file(appointments, now=NOON))


def test_an_entry_says_all_that_is_known_of_it() -> None:
    calendar = file_of(ONE)
    [event] = calendar.walk("VEVENT")
    told: dict[str, Any] = {name: event.decoded(name) for name in event}
    expected = {
        "UID": "one",
        "SEQUENCE": 3,
        "DTSTAMP": NOON,
        "LAST-MODIFIED": NOON - HOUR,
        "DTSTART": NOON + 5 * HOUR,
        "DTEND": NOON + 6 * HOUR,
        "SUMMARY": ONE.title,
        "LOCATION": ONE.place,
        "DESCRIPTION": ONE.description,
        "STATUS": "CONFIRMED",
    }
    assert {name: told[name] for name in expected} == expected
    assert str(event["URL"]) == ONE.url
    assert (event["GEO"].latitude, event["GEO"].longitude) == (35.75, 139.73)
    [alarm] = event.walk("VALARM")
    assert alarm["TRIGGER"].dt == -ALARM_BEFORE < timedelta(0)
    assert (str(alarm["ACTION"]), str(alarm["DESCRIPTION"])) == ("DISPLAY", ONE.title)
    assert (str(calendar["VERSION"]), bool(calendar["PRODID"])) == ("2.0", True)


def test_where_no_place_is_known_none_is_said() -> None:
    [event] = file_of(replace(ONE, point=None)).walk("VEVENT")
    assert "GEO" not in event


def test_what_is_cancelled_says_so_and_rings_no_more() -> None:
    [event] = file_of(OFF).walk("VEVENT")
    assert str(event["STATUS"]) == "CANCELLED"
    assert event.walk("VALARM") == []


@pytest.mark.parametrize(
    ("appointments", "method"),
    [((), "PUBLISH"), ((ONE,), "PUBLISH"), ((ONE, OFF), "PUBLISH"), ((OFF,), "CANCEL")],
)
def test_a_file_of_nothing_but_what_is_cancelled_takes_it_out(
    appointments: tuple[Appointment, ...], method: str
) -> None:
    assert str(file_of(*appointments)["METHOD"]) == method


@pytest.mark.parametrize(("one", "method"), [(ONE, Method.REQUEST), (OFF, Method.CANCEL)])
def test_a_mail_puts_it_in_or_takes_it_out_and_asks_for_no_answer(
    one: Appointment, method: Method
) -> None:
    told, text = scheduling(one, HEAD, now=NOON)
    calendar = Calendar.from_ical(text)
    [event] = calendar.walk("VEVENT")
    assert (told, str(calendar["METHOD"])) == (method, method.value)
    assert isinstance(event, Event)
    organizer, attendee = event["ORGANIZER"], event["ATTENDEE"]
    assert (str(organizer), organizer.params["CN"]) == ("mailto:desk@example.org", "北区")
    assert str(attendee) == "mailto:yui@example.org"
    assert dict(attendee.params) == {
        "ROLE": "REQ-PARTICIPANT",
        "PARTSTAT": "ACCEPTED",
        "RSVP": "FALSE",
    }
