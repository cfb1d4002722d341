"""Reserving every session of a plan with one form, all or nothing."""

from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tour.errors import REFUSALS, NotFound, Refusal
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.programmes.entries import SlotEntry
from tour.programmes.views import ProgrammeView, programme_view
from tour.reservations import service
from tour.reservations.errors import Clashing, SlotFull
from tour.reservations.pages import clashes
from tour.reservations.pages.form_terms import form_terms
from tour.reservations.pages.party_size import party_size, with_sum
from tour.reservations.parties import my_reservations
from tour.reservations.parties.forms import AskedField, ReserveForm, asked_fields
from tour.reservations.parties.intake import count_made, take_in
from tour.routes.days.planning import Desk, reservable_slots
from tour.routes.plan_news import departures
from tour.routes.plan_pages.handlers import plan_page
from tour.routes.plans import itineraries
from tour.routes.plans.enquiry import desk_of
from tour.routes.plans.itineraries import ItineraryEntry
from tour.sites.opening.hours import clock_text
from tour.sites.views import site_card
from tour.web import lang, now, private, render
from tour.web.forms import WHOLE, form_again, read_form, texts
from tour.words.typed import number_in


async def new(request: Request) -> Response:
    entry = await itineraries.find_to_edit(request.path_params["token"])
    form = ReserveForm.empty(int(entry.wish["adults"]))
    values = {**form.values, "children": entry.wish["children"]}
    return await _form_page(request, entry, ReserveForm(values))


async def reserve(request: Request) -> Response:
    """Every session that the form showed, or none of them (409). The form is shown anew (409) when
    another device has taken some of them out of the plan since."""
    entry = await itineraries.find_to_edit(request.path_params["token"])
    raw = await read_form(request, 60)
    form = ReserveForm.parse(texts(raw))
    slot_ids = _asked(raw.getlist("slot"))
    try:
        wish = await take_in(request, "reserve", slot_ids, form)
    except REFUSALS as exc:
        return await _refused(request, entry, form, exc)
    if await _has_lost_some_of(slot_ids, entry):
        changed = itineraries.ChangedElsewhere().message
        return await _form_page(request, entry, form.for_another_wish(), 409, notice=changed)
    desk = await desk_of(request, entry)
    try:
        made = await service.reserve(wish, now=now(request))
    except REFUSALS as exc:
        return await _refused(request, entry, form, exc)
    await count_made(request, wish.party)
    await itineraries.attach(entry, made)
    await departures.promise(desk, await itineraries.find(entry.token), now=now(request))
    url = request.app.url_path_for("reservations:detail", reference=made.reference)
    response = RedirectResponse(url, status_code=303)
    my_reservations.remember(request, response, made.reference)
    my_reservations.remember_made(request, response, made.reference)
    return response


def _asked(given: Iterable[object]) -> list[int]:
    """The sessions that the form showed. It names them so that pressing twice asks for the same
    ones, which the service answers with the same reservation. What is no number is 0, which is no
    session.
    """
    return sorted({number_in(text) or 0 for text in given})[: service.MAX_SLOTS]


async def _has_lost_some_of(slot_ids: list[int], entry: ItineraryEntry) -> bool:
    """Whether sessions that a form asks for are not in the plan any more. NotFound when a number
    is none of a session that is there, or that the plan had before its last change."""
    lost = set(slot_ids) - {stop.slot_id for stop in entry.stops}
    had = {stop.slot_id for stop in entry.before or ()}
    if lost - had - (await itineraries.slots(lost)).keys():
        raise NotFound(_("There is no such time. It may have been withdrawn."))
    return bool(lost)


async def _refused(
    request: Request, entry: ItineraryEntry, form: ReserveForm, refusal: Refusal
) -> Response:
    """The form as it was sent, with why it is refused, for what can still be reserved; where
    nothing can, the plan."""
    notice, again = None, form.refused_by(refusal)
    if not isinstance(refusal, Clashing) and "slot" in refusal.extra:
        desk = await desk_of(request, entry)
        why = why_refused(desk, refusal, lang(request))
        if refusal.field and not isinstance(refusal, SlotFull):
            again = form.refused(**{refusal.field: why})
        else:
            notice, again = why, form
    clash = refusal if isinstance(refusal, Clashing) else None
    page = _form_page(request, entry, again, refusal.status, notice=notice, clash=clash)
    return await form_again(page, refusal)


def why_refused(desk: Desk, exc: Refusal, language: str) -> Text:
    """Why nothing was reserved, with the session in whose way it was."""
    slot_id = exc.extra.get("slot")
    slot = desk.slots.get(slot_id) if isinstance(slot_id, int) else None
    programme = desk.town.board.programmes.get(slot.programme_id) if slot else None
    if slot is None or programme is None:
        return exc.message
    at = clock_text(desk.town.minute_of(slot.starts_at))
    title = programme.text("title", language)
    return _("%(at)s %(session)s: %(why)s", at=at, session=title, why=exc.message)


async def _form_page(
    request: Request,
    entry: ItineraryEntry,
    form: ReserveForm,
    status: int = 200,
    *,
    notice: Text | None = None,
    clash: Clashing | None = None,
) -> Response:
    desk = await desk_of(request, entry)
    slots = reservable_slots(desk, entry.stops)[: service.MAX_SLOTS]
    if not slots:
        nothing = _("There is nothing left to reserve in this plan.")
        return await plan_page(request, entry, 409, notice=notice or form.error(WHOLE) or nothing)
    views = session_views(desk, slots, lang(request))
    response = render(
        request,
        "routes/itinerary_reserve.html",
        status,
        nav="plan",
        entry=entry,
        form=form,
        notice=notice,
        clash=await clashes.shown(request, slots, clash),
        is_refused=clash is not None,
        slots=[view.slots[0] for view in views],
        questions=questions_of(views),
        asks_photos=any(view.asks_photo_consent for view in views),
        terms=await form_terms(views),
        size=party_size(views, form),
        with_sum=with_sum(len(views)),
    )
    my_reservations.remember_form(request, response, form.value("idempotency_key"))
    return private(response)


def session_views(desk: Desk, slots: list[SlotEntry], language: str) -> list[ProgrammeView]:
    """Each session with its own programme, in the order of the plan."""
    sites, programmes = desk.town.catalogue.by_id, desk.town.board.programmes
    return [
        programme_view(
            programmes[slot.programme_id],
            [slot],
            site_card(sites[programmes[slot.programme_id].site_id], language),
            lang=language,
            now=desk.town.now,
        )
        for slot in slots
    ]


def questions_of(views: list[ProgrammeView]) -> list[AskedField]:
    """What the hosts ask."""
    return [field for view in views for field in asked_fields(view.slots[0].id, view.questions)]
