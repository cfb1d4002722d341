"""Writing to many at once: whom, a look at it with the figures, sending, taking it back."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tour.accounts import guards
from tour.accounts.guards import SignedIn
from tour.accounts.roles import Permission
from tour.errors import REFUSALS
from tour.events.models import Event
from tour.i18n import lazy as _
from tour.limits.counting import Limit, limits
from tour.reservations.calls import figures
from tour.reservations.calls.figures import Figures
from tour.staff.frame import staff_page
from tour.staff.log.labels import AUDIENCES
from tour.staff.reservations import audiences, letters
from tour.staff.reservations.audiences import Audience, Session, Who
from tour.staff.reservations.letters import Letter
from tour.web import now, parts_of
from tour.web.forms import Form, Reading, form_again, read_date, read_form, texts
from tour.web.templates import in_reading_language
from tour.words.typed import number_in

CHOICES = ("who", "event", "day", "site", "slot", "q")
FIELDS = (*CHOICES, "title", "text", "title_en", "text_en", "token")
MAX_TITLE = 100
MAX_TEXT = 1000
LONGEST_TOKEN = 40
SHOWN = 100
"""Sessions that are named; the figures are of all."""
LETTERS = Limit(30, 3600)
"""One account's; a day of changes needs fewer."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Whom the choices find."""

    to: Audience
    sessions: Sequence[Session]
    figures: Figures
    readers: int

    @property
    def shown(self) -> Sequence[Session]:
        return self.sessions[:SHOWN]

    @property
    def more(self) -> int:
        return max(0, len(self.sessions) - SHOWN)


async def messages_page(request: Request) -> Response:
    who = await guards.require(request, Permission.CHANGE_RESERVATIONS)
    asked = {name: request.query_params.get(name, "") for name in CHOICES}
    values = {**asked, "token": secrets.token_urlsafe(12)}
    return await _page(request, who, Form(values))


async def send(request: Request) -> Response:
    """Sends what was looked at, once however often the button is pressed."""
    who = await guards.require(request, Permission.CHANGE_RESERVATIONS)
    read = Reading(texts(await read_form(request, 20), FIELDS))
    to, town = _audience(read), parts_of(request).town
    letter = _letter(read, town.language)
    token = read.text("token", LONGEST_TOKEN) or secrets.token_urlsafe(12)
    try:
        read.typed.check()
        await limits(request).hit((LETTERS, f"letters:{who.account.id}"))
        await letters.send(to, letter, token, town.timezone, actor=who.actor, now=now(request))
    except REFUSALS as exc:
        page = _page(request, who, read.typed.refused_by(exc), status=exc.status)
        return await form_again(page, exc)
    return _sent(request, token)


async def undo(request: Request) -> Response:
    """Nobody has read it yet."""
    who = await guards.require(request, Permission.CHANGE_RESERVATIONS)
    form = await read_form(request, 5)
    token = str(form.get("token", ""))[:LONGEST_TOKEN]
    try:
        await letters.undo(token, actor=who.actor, now=now(request))
    except REFUSALS as exc:
        page = _page(request, who, Form({}).refused_by(exc), status=exc.status)
        return await form_again(page, exc)
    path = request.app.url_path_for("staff:messages")
    return RedirectResponse(f"{path}?done=undone", status_code=303)


async def preview(request: Request) -> Response:
    """How the letter reads and who gets it; changes nothing. By POST: it may be long."""
    who = await guards.require(request, Permission.CHANGE_RESERVATIONS)
    read = Reading(texts(await read_form(request, 20), FIELDS))
    _audience(read)
    letter = _letter(read, parts_of(request).town.language)
    if read.errors:
        return await _page(request, who, read.typed, status=422)
    shown = [(lang, *letter.in_language(lang)) for lang in letter.written]
    return await _page(request, who, read.typed, preview=shown)


def _sent(request: Request, token: str) -> Response:
    path = request.app.url_path_for("staff:messages")
    return RedirectResponse(f"{path}?sent={token}", status_code=303)


def _audience(read: Reading) -> Audience:
    to = _of(read.values)
    if not to.is_chosen:
        read.errors["q"] = _("Choose who shall get the message: an event, a day, or a name.")
    return to


def _of(values: Mapping[str, Any]) -> Audience:
    kind = str(values.get("who", ""))
    return Audience(
        who=Who(kind) if kind in set(Who) else Who.CONFIRMED,
        event_id=number_in(values.get("event")),
        day=read_date(str(values.get("day", ""))),
        site_id=number_in(values.get("site")),
        slot_id=number_in(values.get("slot")),
        query=str(values.get("q", "")).strip()[:MAX_TITLE],
    )


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
    status: int = 200,
) -> Response:
    at = now(request)
    events = await Event.filter(ends_on__gte=at.date()).order_by("starts_on", "id")
    token = request.query_params.get("sent", "")[:LONGEST_TOKEN]
    return staff_page(
        request,
        "staff/messages.html",
        who,
        status,
        section="messages",
        form=form,
        audiences=list(AUDIENCES.items()),
        events=[(str(event.id), in_reading_language(event, "title")) for event in events],
        chosen=await _chosen(request, _of(form.values), at),
        preview=preview,
        longest=MAX_TEXT,
        sent=token,
        told=await _told(request, token, at) if token else "",
        can_undo=bool(token) and await letters.may_undo(token, now=at),
    )


async def _chosen(request: Request, to: Audience, at: datetime) -> Chosen | None:
    if not to.is_chosen:
        return None
    among = await audiences.sessions(to, parts_of(request).town.timezone, now=at)
    readers = await audiences.readers(to, among, now=at)
    return Chosen(to, among, await figures.expected(readers.keys()), len(readers))


async def _told(request: Request, token: str, at: datetime) -> str:
    told = await figures.of_keys([letters.key_of(token)], now=at)
    later = told.later(parts_of(request).town.timezone, at)
    return " ".join(filter(None, (told.said if told.parties else "", later)))
