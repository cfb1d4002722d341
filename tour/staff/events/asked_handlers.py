"""What places were asked and have answered: by mail, and by telephone where no letter reaches."""

from datetime import date
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from tour.accounts import guards
from tour.accounts.guards import SignedIn
from tour.accounts.roles import Permission
from tour.errors import REFUSALS
from tour.events import answers
from tour.events.models import Event
from tour.i18n import lazy as _
from tour.participation import service as participation
from tour.participation.asked import AskedPlace, asked_places
from tour.participation.forms import read_answer, read_question
from tour.participation.handlers import MOST_FIELDS
from tour.staff import queries
from tour.staff.frame import back_to, staff_page
from tour.staff.log import part_words
from tour.web import lang, now, parts_of
from tour.web.forms import WHOLE, Form, form_again, read_form

DONE = {
    "asked": _("Written to those who tend the places."),
    "nobody": _("No email could be sent: please ask by phone."),
}
PHONED = {"phoned": True, "unphoned": False}


async def asked_page(request: Request) -> Response:
    who = await guards.require(request, Permission.EDIT_EVENTS)
    event = await queries.event_by_id(request.path_params["event_id"])
    return await _page(request, who, event, Form({}))


async def ask_again(request: Request) -> Response:
    """Write once more to the places that have not answered."""
    who = await guards.require(request, Permission.EDIT_EVENTS)
    event = await queries.event_by_id(request.path_params["event_id"])
    form = await read_form(request, 5)
    question, typed = read_question(form, today=today_of(request, event), last_day=event.ends_on)
    if typed.errors:
        return await _page(request, who, event, typed, 422)
    try:
        told = await participation.ask_again(
            event.id, question, actor=who.actor, seal=parts_of(request).seal, now=now(request)
        )
    except REFUSALS as exc:
        page = _page(request, who, event, typed.refused_by(exc), exc.status)
        return await form_again(page, exc)
    return back_to(request, "staff:asked", event_id=event.id, done="asked" if told else "nobody")


async def note_answer(request: Request) -> Response:
    """What a place said by telephone, or that it was asked so."""
    who = await guards.require(request, Permission.EDIT_EVENTS)
    row = await answers.invitation_of(
        request.path_params["event_id"], request.path_params["site_id"]
    )
    event, site_id = row.event, row.site.id
    form = await read_form(request, MOST_FIELDS)
    said, typed = None, Form({})
    try:
        if (do := str(form.get("do", ""))) in PHONED:
            await answers.note_phoned(
                event.id, site_id, is_phoned=PHONED[do], actor=who.actor, now=now(request)
            )
            return back_to(request, "staff:asked", event_id=event.id)
        said, typed = read_answer(form, event.days, is_noted=True)
        if said is not None:
            await answers.answer(row, said, actor=who.actor, now=now(request))
            return back_to(request, "staff:asked", event_id=event.id)
    except REFUSALS as exc:
        refused = _of_place(typed.refused_by(exc), site_id)
        return await form_again(_page(request, who, event, refused, exc.status), exc)
    return await _page(request, who, event, _of_place(typed, site_id), 422)


def _of_place(form: Form, site_id: int) -> Form:
    """The form of one place among those of the page."""
    return Form(
        {f"{name}-{site_id}": value for name, value in form.values.items()},
        {n if n == WHOLE else f"{n}-{site_id}": text for n, text in form.errors.items()},
    )


def today_of(request: Request, event: Event) -> date:
    return now(request).astimezone(ZoneInfo(event.timezone)).date()


async def _page(
    request: Request, who: SignedIn, event: Event, form: Form, status: int = 200
) -> Response:
    places = await asked_places(event, lang(request), now(request))
    open_places = [place for place in places if place.is_open]
    return staff_page(
        request,
        "staff/event_asked.html",
        who,
        status,
        section="events",
        tab="asked",
        event=event,
        form=Form(
            {**_last_question(open_places, today_of(request, event)), **form.values}, form.errors
        ),
        open_places=open_places,
        to_ring=[place for place in open_places if place.is_to_ring],
        by_mail=[place for place in open_places if not place.is_to_ring],
        answered=[place for place in places if not place.is_open],
        answer_words=dict(part_words.answer_labels()),
        said=DONE.get(request.query_params.get("done", ""), ""),
    )


def _last_question(places: list[AskedPlace], today: date) -> dict[str, str]:
    """What was written with the question, for who writes again; no date that is over."""
    if not places:
        return {}
    last = places[0].invitation
    by = last.answer_by
    return {"word": last.word, "answer_by": by.isoformat() if by and by > today else ""}
