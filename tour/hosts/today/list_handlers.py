"""The host's own list of who comes: a page to print, and a file to take away."""

from datetime import date

from starlette.requests import Request
from starlette.responses import Response

from tour.accounts import guards
from tour.accounts.guards import Tending
from tour.audit.service import Subject
from tour.changes import edit
from tour.hosts.frame import host_page
from tour.hosts.today import guest_list
from tour.hosts.today.guest_list import GuestList
from tour.hosts.today.handlers import local_date
from tour.programmes import slot_editing
from tour.programmes.models import Slot
from tour.reservations.lists import columns
from tour.reservations.lists.files import CSV, as_attachment, as_csv
from tour.web import now, parts_of
from tour.web.forms import read_date


async def list_page(request: Request) -> Response:
    """On A4: of the day that is asked for, or of one session alone."""
    tending = await guards.door(request)
    slot = await _slot(request, tending)
    on_date = _day(request, slot)
    return host_page(
        request,
        "host/list.html",
        tending,
        tab="today",
        guests=await _guests(request, tending, slot, on_date),
        on_date=on_date,
        slot=slot,
        as_of=now(request),
        file_url=f"{request.url.path}?{request.url.query}",
    )


async def list_file(request: Request) -> Response:
    """The same as CSV. Taking it away is a line in the log, so it is asked for by POST."""
    tending = await guards.door(request)
    slot = await _slot(request, tending)
    on_date = _day(request, slot)
    guests = await _guests(request, tending, slot, on_date)
    subject = Subject("export", tending.who.account.id, tending.site.id, tending.site.name)
    async with edit(tending.actor, subject, "reservation.export", now=now(request)) as change:
        change.after = {"rows": len(guests.rows), "site": tending.site.id}
    rows = columns.rows(guests.rows, parts_of(request).town.timezone, columns.OF_HOSTS)
    body = as_csv(columns.header(columns.OF_HOSTS), rows)
    return as_attachment(body, CSV, f"{tending.site.slug}-{on_date}.csv")


async def _slot(request: Request, tending: Tending) -> Slot | None:
    """The session that is asked for; NotFound where it is another place's."""
    slot_id = request.path_params.get("slot_id")
    return await slot_editing.slot_of_site(slot_id, tending.site.id) if slot_id else None


def _day(request: Request, slot: Slot | None) -> date:
    if slot:
        return slot.starts_at.astimezone(parts_of(request).town.timezone).date()
    return read_date(request.query_params.get("day", "")) or local_date(request)


async def _guests(
    request: Request, tending: Tending, slot: Slot | None, on_date: date
) -> GuestList:
    if slot:
        return await guest_list.of_slot(slot)
    zone = parts_of(request).town.timezone
    return await guest_list.of_day(tending.site.id, on_date, zone)
