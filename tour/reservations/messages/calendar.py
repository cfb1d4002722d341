"""A party's sessions for calendars: files (RFC 5545) and what mails carry (RFC 5546, 6047)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from icalendar import Alarm, Calendar, Event, vCalAddress, vText

from tour.geo import Point

PRODUCT = "-//open-factory-tour//reservations//EN"
ALARM_BEFORE = timedelta(hours=2)


class Method(StrEnum):
    """What the reader's calendar is to do (RFC 5546, 1.4)."""

    PUBLISH = "PUBLISH"
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


@dataclass(frozen=True, slots=True)
class Appointment:
    """One entry. `uid` is the same for ever, and `sequence` rises with each change, so that what
    comes later replaces what came before."""

    uid: str
    sequence: int
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    title: str
    place: str
    point: Point | None
    description: str
    url: str
    is_cancelled: bool


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Whose mail it is, from whom and to whom: mail addresses."""

    organizer: str
    organizer_name: str
    attendee: str


def calendar_file(appointments: Sequence[Appointment], *, now: datetime) -> bytes:
    """The .ics file: times in UTC, an alarm two hours before. What was cancelled strikes itself,
    which a file of nothing else says as a whole, too."""
    is_over = bool(appointments) and all(one.is_cancelled for one in appointments)
    calendar = _calendar(Method.CANCEL if is_over else Method.PUBLISH)
    for appointment in appointments:
        calendar.add_component(_event(appointment, now))
    return bytes(calendar.to_ical())


def scheduling(appointment: Appointment, head: Letterhead, *, now: datetime) -> tuple[Method, str]:
    """One session as mail programs act on it: put into the calendar, changed or taken out there.
    The party has said yes by reserving, so nobody is asked for an answer."""
    method = Method.CANCEL if appointment.is_cancelled else Method.REQUEST
    calendar, event = _calendar(method), _event(appointment, now)
    organizer = vCalAddress(f"mailto:{head.organizer}")
    organizer.params["CN"] = vText(head.organizer_name)
    event.add("organizer", organizer)
    attendee = vCalAddress(f"mailto:{head.attendee}")
    for name, value in (("ROLE", "REQ-PARTICIPANT"), ("PARTSTAT", "ACCEPTED"), ("RSVP", "FALSE")):
        attendee.params[name] = vText(value)
    event.add("attendee", attendee)
    calendar.add_component(event)
    return method, calendar.to_ical().decode()


def _calendar(method: Method) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method.value)
    return calendar


def _event(appointment: Appointment, now: datetime) -> Event:
    event = Event()
    event.add("uid", appointment.uid)
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", now)
    event.add("last-modified", appointment.changed_at)
    event.add("dtstart", appointment.starts_at)
    event.add("dtend", appointment.ends_at)
    event.add("summary", appointment.title)
    event.add("location", appointment.place)
    if appointment.point:
        event.add("geo", (appointment.point.lat, appointment.point.lon))
    event.add("description", appointment.description)
    event.add("url", appointment.url)
    event.add("status", "CANCELLED" if appointment.is_cancelled else "CONFIRMED")
    if not appointment.is_cancelled:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", appointment.title)
        alarm.add("trigger", -ALARM_BEFORE)
        event.add_component(alarm)
    return event
