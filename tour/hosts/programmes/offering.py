"""When a session can be offered: the days of events, the hours of the place, and what is asked."""

from starlette.requests import Request

from tour.accounts.guards import Tending
from tour.events import queries as events
from tour.events.entries import joined
from tour.hosts import outside
from tour.hosts.programmes.form import EventDays
from tour.hosts.programmes.usual import usual_times
from tour.hosts.today.handlers import local_date
from tour.programmes.editing import Times
from tour.web import lang, parts_of
from tour.web.forms import Form


async def event_days(request: Request, tending: Tending) -> list[EventDays]:
    """The events that the site takes part in, and its days in them, before its page is public,
    too."""
    found = await events.events_from(local_date(request))
    coming = joined(found, await events.parts_of_site(tending.site.id))
    return [
        EventDays(
            event.id,
            event.text("title", lang(request)),
            tuple(filter(host.opens_on, event.dates)),
            event.booking_opens_at,
        )
        for event in coming
        for host in event.hosts
        if host.site_id == tending.site.id
    ]


async def usual(request: Request, tending: Tending, minutes: int) -> dict[str, str]:
    """The times that the form offers: within the hours of the next day of an event, or open day."""
    coming = await event_days(request, tending)
    dates = coming[0].dates if coming else ()
    hours = await outside.hours_at(request, tending)
    return usual_times(hours, dates, minutes, local_date(request))


async def asked_about(
    request: Request, tending: Tending, form: Form, times: Times, minutes: int
) -> Form:
    """The form; it asks about sessions at which the place is closed otherwise, until they are said
    to be meant."""
    if form.value("may_be_outside"):
        return form
    zone, hours = parts_of(request).town.timezone, await outside.hours_at(request, tending)
    found = outside.outside(hours, times.starts, minutes, zone)
    return form.refused(outside=outside.question(found, zone)) if found else form
