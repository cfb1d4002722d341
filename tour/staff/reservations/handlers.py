"""Reservations: finding, changing on behalf, door lists to print, lists for the office."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from tour.accounts import guards
from tour.accounts.guards import SignedIn
from tour.accounts.roles import Permission
from tour.audit.service import Subject
from tour.changes import edit
from tour.errors import REFUSALS
from tour.events.models import Event
from tour.i18n import NAMES, Text, translate
from tour.i18n import lazy as _
from tour.notifications.reach import reach_of
from tour.programmes.models import Programme
from tour.reservations.lists import columns
from tour.reservations.lists.files import CSV, XLSX, as_attachment, as_csv, as_xlsx
from tour.reservations.lists.parties import PICTURES, ListedParty
from tour.reservations.rules import MAX_PARTY
from tour.sites.models import Site
from tour.staff.frame import back_to, staff_page
from tour.staff.reservations import lists, parties
from tour.staff.reservations.lists import Kind
from tour.staff.reservations.parties import Dealing, Selection
from tour.web import now, parts_of
from tour.web.forms import Form, Reading, form_again, read_form, texts
from tour.words.amounts import PEOPLE
from tour.words.typed import number_in

LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Telling:
    """What the page promises of a change, before and after it."""

    save: Text
    saved: Text
    reason: Text


TOLD = Telling(
    save=_("Save and tell them"),
    saved=_("Saved, and the party is told."),
    reason=_("Reason, sent to them"),
)
TO_PHONE = Telling(
    save=_("Save (please phone them)"),
    saved=_("Saved. Please tell them by phone."),
    reason=_("Reason, to tell them by phone"),
)
"""Where no message reaches the party."""


async def reservations_page(request: Request) -> Response:
    who = await guards.require(request, Permission.SEE_PARTIES)
    chosen = _selection(request)
    asked = request.query_params
    kind = Kind(asked["kind"]) if asked.get("kind") in set(Kind) else None
    shown = await lists.listing(chosen, kind, number_in(asked.get("page"), 4) or 1)
    return staff_page(
        request,
        "staff/reservations.html",
        who,
        section="reservations",
        shown=shown,
        chosen=chosen,
        filters=_filters(request),
        events=await Event.all().order_by("-starts_on").values_list("id", "title"),
        sites=await _sites_with_sessions(),
    )


def _filters(request: Request) -> str:
    """What the address asks for, without which kind and page of it is shown."""
    return str(request.url.remove_query_params(["kind", "page"]).query)


async def party_page(request: Request) -> Response:
    who = await guards.require(request, Permission.SEE_PARTIES)
    return await _party_page(request, who, Form({}))


async def change_size(request: Request) -> Response:
    who = await guards.require(request, Permission.CHANGE_RESERVATIONS)
    form = await read_form(request, 5)
    read = Reading(texts(form, ("adults", "children")))
    adults = read.whole("adults", 0, MAX_PARTY, PEOPLE)
    children = read.whole("children", 0, MAX_PARTY, PEOPLE)
    if not read.errors and adults + children == 0:
        read.errors["adults"] = _("A party is at least 1 person.")
    try:
        read.typed.check()
        await parties.change_size(_id(request), adults, children, actor=who.actor, now=now(request))
    except REFUSALS as exc:
        page = _party_page(request, who, read.typed.refused_by(exc), exc.status)
        return await form_again(page, exc)
    return back_to(request, "staff:party", reservation_id=_id(request))


async def cancel_place(request: Request) -> Response:
    who = await guards.require(request, Permission.CHANGE_RESERVATIONS)
    form = await read_form(request, 5)
    slot_id = request.path_params["slot_id"]
    name = f"reason-{slot_id}"
    read = Reading({name: str(form.get("reason", ""))})
    reason = read.text(name, LONGEST_REASON)
    try:
        read.typed.check()
        await parties.cancel_place(_id(request), slot_id, reason, actor=who.actor, now=now(request))
    except REFUSALS as exc:
        page = _party_page(request, who, read.typed.refused_by(exc), exc.status)
        return await form_again(page, exc)
    return back_to(request, "staff:party", reservation_id=_id(request))


async def door_list(request: Request) -> Response:
    """To print: who holds seats, a block for every start."""
    who = await guards.require(request, Permission.SEE_PARTIES)
    chosen = _selection(request, held_only=True)
    found = await parties.lines(chosen, limit=parties.MOST_ROWS)
    by_slot: dict[int, list[ListedParty]] = {}
    for line in found:
        by_slot.setdefault(line.slot_id, []).append(line)
    return staff_page(
        request,
        "staff/door_list.html",
        who,
        section="reservations",
        slots=list(by_slot.values()),
        filters=request.url.query,
    )


async def export(request: Request) -> Response:
    """The list as a file. Taking it away is a line in the log, so it is asked for by POST."""
    who = await guards.require(request, Permission.SEE_PARTIES)
    form = await read_form(request, 10)
    chosen = _selection(request)
    found = await parties.lines(chosen, limit=parties.MOST_ROWS)
    subject = Subject("export", who.account.id)
    async with edit(who.actor, subject, "reservation.export", now=now(request)) as change:
        change.after = {"rows": len(found), "event": chosen.event_id, "site": chosen.site_id}
    zone = parts_of(request).town.timezone
    day = now(request).astimezone(zone).date()
    # Some seconds for a list of all: in a thread, so that the others' pages do not wait for it.
    if form.get("as") == "xlsx":
        body = await asyncio.to_thread(_as_xlsx, found, zone)
        return as_attachment(body, XLSX, f"reservations-{day}.xlsx")
    body = await asyncio.to_thread(_as_csv, found, zone)
    return as_attachment(body, CSV, f"reservations-{day}.csv")


def _as_xlsx(lines: Sequence[ListedParty], zone: ZoneInfo) -> bytes:
    """In the request's language: a thread inherits it."""
    return as_xlsx(translate("Reservations"), columns.header(), columns.rows(lines, zone))


def _as_csv(lines: Sequence[ListedParty], zone: ZoneInfo) -> bytes:
    return as_csv(columns.header(), columns.rows(lines, zone))


def _selection(request: Request, *, held_only: bool = False) -> Selection:
    """What the address asks for; the past only with `past=1`, or where something is searched."""
    asked = request.query_params

    def number(name: str) -> int | None:
        return number_in(asked.get(name))

    query = asked.get("q", "").strip()[:100]
    with_past = query or number("slot") or asked.get("past") == "1"
    today = now(request).astimezone(parts_of(request).town.timezone)
    return Selection(
        query=query,
        event_id=number("event"),
        site_id=number("site"),
        slot_id=number("slot"),
        held_only=held_only or asked.get("held") == "1",
        since=None if with_past else today.replace(hour=0, minute=0, second=0, microsecond=0),
    )


async def _sites_with_sessions() -> Sequence[tuple[Any, ...]]:
    ids: list[Any] = list(await Programme.all().distinct().values_list("site_id", flat=True))
    sites = Site.filter(id__in=ids).order_by("name_kana", "id")
    return await sites.values_list("id", "name")


def _id(request: Request) -> int:
    return int(request.path_params["reservation_id"])


async def _party_page(request: Request, who: SignedIn, form: Form, status: int = 200) -> Response:
    party = await parties.by_id(_id(request))
    may_change = who.may(Permission.CHANGE_RESERVATIONS)
    reach = (await reach_of([party.recipient]))[party.recipient_id]
    stored = {"adults": str(party.adults), "children": str(party.children)}
    return staff_page(
        request,
        "staff/party.html",
        who,
        status,
        section="reservations",
        party=party,
        places=[(p, parties.dealing(p, may_change)) for p in await parties.places_of(party.id)],
        turns=[(turn, Dealing.WAITS) for turn in await parties.turns_of(party.id)],
        hopes=await lists.hopes_of(party.id),
        reach=reach,
        telling=TOLD if reach.is_told else TO_PHONE,
        pictures=PICTURES[party.photos_allowed],
        language=NAMES.get(party.lang, party.lang),
        form=Form({**stored, **form.values}, form.errors),
        largest=MAX_PARTY,
    )
