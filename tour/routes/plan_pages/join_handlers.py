"""A proposal, or the plan as it stands, with its seats in one tap: they join the reservation that
the party holds. Where a host asks something first, a form asks that and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from tour.db import transaction
from tour.errors import BadInput, Conflict, TooManyRequests
from tour.limits.lanes import costly
from tour.programmes.entries import SlotEntry
from tour.reservations.changes import joining
from tour.reservations.changes.joining import Joining
from tour.reservations.errors import NothingHeld
from tour.reservations.parties import my_reservations
from tour.reservations.parties.forms import ReserveForm, answers_in
from tour.reservations.parties.intake import count_made, count_wish
from tour.routes.days.giving_up import WouldGiveUp, allowed, given_up, refuse_to_give_up
from tour.routes.days.planning import Desk
from tour.routes.plan_pages.handlers import after_change, plan_page, to_plan
from tour.routes.plan_pages.reserve_handlers import questions_of, session_views, why_refused
from tour.routes.plans import itineraries, taking
from tour.routes.plans.enquiry import Enquiry
from tour.routes.plans.itineraries import ChangedElsewhere, ItineraryEntry, Sent
from tour.routes.plans.joins import Holder, csv, holder_of, holders_of
from tour.routes.plans.taking import Taken
from tour.web import lang, now, private, render
from tour.web.forms import form_again, read_form, refused_page, texts
from tour.words.typed import number_in

FIELDS = ("do", "number", "version", "shown", "slots", "give_up", "give_back")
"""What a button says of the proposal that it stands under; for the plan as it stands no `do`."""
Asked = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Offer:
    """What one tap is about, found anew: the proposal, if it is one, whose reservation grows."""

    entry: ItineraryEntry
    desk: Desk
    taken: Taken | None
    slots: tuple[SlotEntry, ...]
    gives_back: frozenset[int]
    holder: Holder


@costly("plans")
async def form(request: Request) -> Response:
    """What hosts ask before their sessions join."""
    entry = await itineraries.find_to_edit(request.path_params["token"])
    asked = texts(request.query_params, FIELDS)
    enquiry = await Enquiry.of(request)
    try:
        offer = await _offer(request, enquiry, await enquiry.desk_of(entry), entry, asked)
    except Conflict as exc:
        return await plan_page(request, entry, exc.status, notice=exc.message)
    return _form_page(request, offer, asked, ReserveForm({}))


@costly("plans")
async def join(request: Request) -> Response:
    """All of it, or the plan and its places stay as they are (409). A second press is answered as
    the first one was."""
    entry = await itineraries.find_to_edit(request.path_params["token"])
    asked = texts(await read_form(request, 60))
    if _is_done(entry, asked):
        return to_plan(request, entry.token, added=csv(allowed(asked.get("slots"))))
    enquiry = await Enquiry.of(request)
    desk = await enquiry.desk_of(entry)
    try:
        offer = await _offer(request, enquiry, desk, entry, asked)
        return await _joined(request, offer, asked)
    except WouldGiveUp as exc:
        choice = {**asked, "give_up": exc.slots}
        return await plan_page(request, entry, exc.status, notice=exc.message, choice=choice)
    except ChangedElsewhere as exc:
        newest = await itineraries.find_to_edit(entry.token)
        if _is_done(newest, asked):
            return to_plan(request, entry.token, added=csv(allowed(asked.get("slots"))))
        return await plan_page(request, newest, 409, notice=exc.message)
    except Conflict as exc:
        return await plan_page(request, entry, 409, notice=why_refused(desk, exc, lang(request)))


async def _joined(request: Request, offer: Offer, asked: Asked) -> Response:
    """The plan with what has just been reserved, or the form where answers are missing."""
    party, reference = joining.party_of(offer.holder.party), offer.holder.party.reference
    ids = tuple(slot.id for slot in offer.slots)
    try:
        newcomer = await count_wish(request, "reserve", party)
        wish = Joining(
            slot_ids=ids,
            gives_back=offer.gives_back,
            answers=answers_in(asked, ids),
            photos_allowed=bool(asked.get("photos_ok")) if asked.get("photos_asked") else None,
            newcomer=newcomer,
            is_known=offer.holder.is_known,
        )
        async with transaction():
            if offer.taken:
                await taking.keep(offer.entry, _sent(asked), offer.taken, for_good=True)
            await joining.join(reference, wish, now=now(request))
    except (BadInput, TooManyRequests) as exc:
        return await _refused(request, offer, asked, exc)
    await count_made(request, party)
    response = await after_change(request, offer.entry.token, added=csv(ids))
    my_reservations.remember(request, response, reference)
    return response


async def _refused(
    request: Request, offer: Offer, asked: Asked, refusal: BadInput | TooManyRequests
) -> Response:
    """What was answered, or must be, stands in its form again; a tap alone leads to the plan."""
    missing = refusal.errors if isinstance(refusal, BadInput) else {}
    if any(name.startswith("answer-") for name in (*missing, *asked)):
        typed = ReserveForm(asked).refused_by(refusal)
        return refused_page(_form_page(request, offer, asked, typed, refusal.status), refusal)
    page = plan_page(request, offer.entry, refusal.status, notice=refusal.message)
    return await form_again(page, refusal)


async def _offer(
    request: Request, enquiry: Enquiry, desk: Desk, entry: ItineraryEntry, asked: Asked
) -> Offer:
    """What was shown, if it is still so: raises ChangedElsewhere, WouldGiveUp, and NothingHeld
    where the reservation that it would join was cancelled meanwhile."""
    new, lost = None, list[SlotEntry]()
    if asked.get("do"):
        new = await taking.would_be(entry, desk, asked)
        if new is None or number_in(asked.get("version")) != entry.version:
            raise ChangedElsewhere
        chosen = allowed(asked.get("give_up"))
        refuse_to_give_up(desk, entry.stops, new.stops, chosen, lang(request))
        lost = given_up(desk, entry.stops, new.stops)
    wanted = allowed(asked.get("slots"))
    there = {stop.slot_id for stop in (new.stops if new else entry.stops)}
    if not wanted or wanted - there or wanted - desk.slots.keys():
        raise ChangedElsewhere
    holder = holder_of(holders_of(request, entry, enquiry.own), [slot.id for slot in lost])
    if holder is None:
        raise NothingHeld
    slots = tuple(desk.slots[slot_id] for slot_id in sorted(wanted))
    gives_back = allowed(asked.get("give_back")) & {slot.id for slot in lost}
    return Offer(entry, desk, new, slots, gives_back, holder)


def _sent(asked: Asked) -> Sent:
    return Sent.of(number_in(asked.get("version")) or 0, asked)


def _is_done(entry: ItineraryEntry, asked: Asked) -> bool:
    return bool(asked.get("do")) and entry.is_made_by(_sent(asked))


def _form_page(
    request: Request, offer: Offer, asked: Asked, typed: ReserveForm, status: int = 200
) -> Response:
    open_slots = [s for s in offer.slots if s.programme_id in offer.desk.town.board.programmes]
    views = session_views(offer.desk, open_slots, lang(request))
    children = offer.holder.party.children
    response = render(
        request,
        "routes/itinerary_join.html",
        status,
        nav="plan",
        entry=offer.entry,
        form=typed,
        fields=[(name, asked.get(name, "")) for name in FIELDS],
        slots=[view.slots[0] for view in views],
        party=offer.holder.party,
        questions=[q for q in questions_of(views) if children or not q.for_children],
        asks_photos=any(view.asks_photo_consent for view in views)
        and offer.holder.party.photos_allowed is None,
    )
    return private(response)
