"""A reservation as a calendar file (RFC 5545)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from icalendar import Alarm, Calendar, Event

PRODUCT = "-//open-factory-tour//reservations//EN"
ALARM_BEFORE = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Appointment:
    """One entry; `uid` stays the same so that a second import replaces the first."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    title: str
    place: str
    description: str
    url: str
    is_cancelled: bool


def calendar_file(appointments: list[Appointment], *, now: datetime) -> bytes:
    """The .ics file: times in UTC, an alarm two hours before."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    for appointment in appointments:
        calendar.add_component(_event(appointment, now))
    return calendar.to_ical()  # type: ignore[no-any-return]


def _event(appointment: Appointment, now: datetime) -> Event:
    event = Event()
    event.add("uid", appointment.uid)
    event.add("dtstamp", now)
    event.add("dtstart", appointment.starts_at)
    event.add("dtend", appointment.ends_at)
    event.add("summary", appointment.title)
    event.add("location", appointment.place)
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
