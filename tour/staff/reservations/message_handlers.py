"""Writing to everybody of a slot or an event: the form, a look at it with the count, sending."""

import secrets
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from tour.accounts import guards
from tour.accounts.guards import SignedIn
from tour.accounts.roles import Permission
from tour.errors import REFUSALS
from tour.events.models import Event
from tour.i18n import lazy as _
from tour.i18n import translate_plural
from tour.programmes.models import Slot
from tour.programmes.states import SlotStatus
from tour.staff.frame import back_to, staff_page
from tour.staff.reservations import letters
from tour.staff.reservations.letters import Audience, Letter
from tour.web import now, parts_of
from tour.web.forms import Form, Reading, form_again, read_form, texts
from tour.words.typed import number_in

FIELDS = ("to", "title", "text", "title_en", "text_en", "token")
MAX_TITLE = 100
MAX_TEXT = 1000
MOST_SLOTS = 300


async def messages_page(request: Request) -> Response:
    who = await guards.require(request, Permission.CHANGE_RESERVATIONS)
    values = {"to": request.query_params.get("to", ""), "token": secrets.token_urlsafe(12)}
    return await _page(request, who, Form(values))


async def send(request: Request) -> Response:
    """Sends what was looked at, once however often the button is pressed."""
    who = await guards.require(request, Permission.CHANGE_RESERVATIONS)
    form = await read_form(request, 20)
    read = Reading(texts(form, FIELDS))
    to = _audience(read)
    letter = _letter(read, parts_of(request).town.language)
    token = read.text("token", 40) or secrets.token_urlsafe(12)
    try:
        read.typed.check()
        told = await letters.send(to, letter, token, actor=who.actor, now=now(request))
    except REFUSALS as exc:
        page = _page(request, who, read.typed.refused_by(exc), status=exc.status)
        return await form_again(page, exc)
    return back_to(request, "staff:messages", done=str(told))


async def preview(request: Request) -> Response:
    """How the letter reads and how many get it; changes nothing. By POST: it may be long."""
    who = await guards.require(request, Permission.CHANGE_RESERVATIONS)
    read = Reading(texts(await read_form(request, 20), FIELDS))
    to = _audience(read)
    letter = _letter(read, parts_of(request).town.language)
    if read.errors:
        return await _page(request, who, read.typed, status=422)
    count = len(await letters.readers(to, now=now(request)))
    shown = [(lang, *letter.in_language(lang)) for lang in ("ja", "en")]
    return await _page(request, who, read.typed, preview=shown, count=count)


def _audience(read: Reading) -> Audience:
    kind, _colon, number = read.values["to"].partition(":")
    chosen = number_in(number)
    if kind in ("event", "slot") and chosen is not None:
        return Audience(event_id=chosen) if kind == "event" else Audience(slot_id=chosen)
    read.errors["to"] = _("Choose who shall get the message.")
    return Audience()


def _letter(read: Reading, town_language: str) -> Letter:
    title = read.text("title", MAX_TITLE, required=True)
    text = read.text("text", MAX_TEXT, required=True)
    title_en, text_en = read.text("title_en", MAX_TITLE), read.text("text_en", MAX_TEXT)
    return Letter(
        titles={town_language: title, "en": title_en or title},
        texts={town_language: text, "en": text_en},
        town_language=town_language,
    )


async def _page(
    request: Request,
    who: SignedIn,
    form: Form,
    *,
    preview: Any = (),
    count: int | None = None,
    status: int = 200,
) -> Response:
    at = now(request)
    events = await Event.filter(ends_on__gte=at.date()).order_by("starts_on")
    return staff_page(
        request,
        "staff/messages.html",
        who,
        status,
        section="messages",
        form=form,
        events=[(f"event:{event.id}", event.title) for event in events],
        slots=await _slots(at),
        preview=preview,
        gets_it="" if count is None else _gets_it(count),
        count=count,
        longest=MAX_TEXT,
    )


def _gets_it(parties: int) -> str:
    return translate_plural("%(num)d party gets this", "%(num)d parties get this", parties)


async def _slots(at: datetime) -> list[tuple[str, datetime, str]]:
    """(value, start, session) of the coming slots that somebody has reserved."""
    coming = Slot.filter(ends_at__gt=at, status=SlotStatus.OPEN, seats_taken__gt=0)
    found = await coming.order_by("starts_at").limit(MOST_SLOTS).select_related("programme__site")
    return [
        (f"slot:{slot.id}", slot.starts_at, f"{slot.programme.title} ({slot.programme.site.name})")
        for slot in found
    ]
