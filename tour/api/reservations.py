"""Reservations and waiting lists: the same services as the pages."""

from collections.abc import Mapping
from dataclasses import asdict

import msgspec
from msgspec import UNSET
from starlette.requests import Request
from starlette.responses import Response

from tour.api import bodies, replies
from tour.errors import BadInput
from tour.i18n import lazy as _
from tour.reservations import answers, queries, service
from tour.reservations.errors import CheckNeeded
from tour.reservations.held import changes, pending
from tour.reservations.parties.forms import (
    KEY,
    MAX_QUESTIONS,
    ChangeForm,
    ReserveForm,
    answer_field,
)
from tour.reservations.parties.intake import count_code, count_made, count_try, count_wish, wish_of
from tour.reservations.queries import DrawnEntry, PlaceEntry, QueueEntry, ReservationEntry
from tour.reservations.standing.facts import standing_of
from tour.reservations.standing.stages import Stage
from tour.reservations.waitlist import queue as waitlist
from tour.reservations.wishes import Choice, Wish
from tour.web import lang, now, parts_of
from tour.web.json_body import read_body
from tour.web.json_reply import FOR_ONE, replied
from tour.words.typed import number_in


async def create(request: Request) -> Response:
    """Reserve one slot or a whole itinerary for one party: all of it, or nothing (409)."""
    wish = await read_wish(request, await read_body(request, bodies.Wish))
    made = await service.reserve(wish, now=now(request))
    await count_made(request, wish.party)
    return await created(request, made.reference)


async def detail(request: Request) -> Response:
    entry = await queries.by_reference(request.path_params["reference"])
    return replied(await shown(request, entry), headers=FOR_ONE)


async def cancel(request: Request) -> Response:
    await count_try(request, "api")
    await changes.cancel(request.path_params["reference"], now=now(request))
    return Response(status_code=204)


async def cancel_place(request: Request) -> Response:
    """DELETE one of its slots: the others stay."""
    await count_try(request, "api")
    reference, slot_id = request.path_params["reference"], request.path_params["slot_id"]
    await changes.cancel_place(reference, slot_id, now=now(request))
    return Response(status_code=204)


async def change(request: Request) -> Response:
    """PATCH: another party size, at one `slot` alone if it is named, another name; what is not
    given stays."""
    await count_try(request, "api")
    reference, at = request.path_params["reference"], now(request)
    body = await read_body(request, bodies.Change)
    made = (await queries.by_reference(reference)).reservation
    old = {"adults": made.adults, "children": made.children, "name": made.name, "kana": made.kana}
    given = old | _given(body.party) | _given(body.contact) | {"slot": body.slot}
    form = ChangeForm.parse({name: as_typed(value) for name, value in given.items()})
    form.check()
    await changes.change_details(
        reference,
        adults=form.adults,
        children=form.children,
        name=form.value("name"),
        kana=form.value("kana"),
        slot_id=form.slot_id,
        now=at,
    )
    entry = await queries.by_reference(reference)
    return replied(await shown(request, entry), headers=FOR_ONE)


async def join(request: Request) -> Response:
    """POST waitlist-entries: a wish for one slot that is full."""
    wish = await read_wish(request, await read_body(request, bodies.Wish), most=1)
    made = await waitlist.join(wish, now=now(request))
    await count_made(request, wish.party)
    return await created(request, made.reference)


async def accept(request: Request) -> Response:
    await count_try(request, "api")
    reference, slot_id = request.path_params["reference"], request.path_params["slot_id"]
    body = await read_body(request, bodies.Choice) if await request.body() else bodies.Choice()
    made = await waitlist.accept(reference, slot_id, choice=_choice(body), now=now(request))
    entry = await queries.by_reference(made.reference)
    return replied(await shown(request, entry), headers=FOR_ONE)


async def leave(request: Request) -> Response:
    await count_try(request, "api")
    parameters = request.path_params
    await waitlist.leave(parameters["reference"], parameters["slot_id"], now=now(request))
    return Response(status_code=204)


async def prove(request: Request) -> Response:
    """POST confirmation: the code from the mail makes what is held the party's."""
    await count_code(request)
    reference = request.path_params["reference"]
    await queries.by_reference(reference)  # a wrong key learns nothing of what a body needs
    body = await read_body(request, bodies.Code)
    await pending.prove(reference, body.code, choice=_choice(body), now=now(request))
    entry = await queries.by_reference(reference)
    return replied(await shown(request, entry), headers=FOR_ONE)


async def created(request: Request, reference: str) -> Response:
    """201 with the reservation as it is now; CheckNeeded while a code is on its way by mail."""
    url = reservation_url(request, reference)
    entry = await queries.by_reference(reference)
    if entry.check and entry.is_unproved:
        path = request.app.url_path_for("api:reservation_prove", reference=reference)
        raise CheckNeeded(
            _("A code was sent by email. Send it to `confirm` before `ends_at`."),
            reference=reference,
            url=url,
            confirm=parts_of(request).settings.base_url + str(path),
            ends_at=entry.check.ends_at.isoformat(),
        )
    return replied(await shown(request, entry), 201, headers={**FOR_ONE, "Location": url})


async def read_wish(request: Request, body: bodies.Wish, *, most: int = service.MAX_SLOTS) -> Wish:
    """The wish in a body; raises BadInput for all of its fields together, counts the try."""
    key = request.headers.get("idempotency-key", "")
    form = ReserveForm.parse({**_typed(body), "idempotency_key": key})
    newcomer = await count_wish(request, "api", form.party)
    errors = dict(form.errors)
    if key and not KEY.fullmatch(key):
        errors["Idempotency-Key"] = _("A key is 8 to 80 of the characters A-Z a-z 0-9 _ -.")
    if len(body.slots) > most:
        errors["slots"] = _("Give one to %(n)s slot ids.", n=most)
    if errors:
        raise BadInput(_("Some fields need correcting."), errors)
    known = body.lang in parts_of(request).town.languages
    language = body.lang if known else lang(request)
    return wish_of(request, body.slots, form, newcomer, language=language)


def _typed(body: bodies.Wish) -> dict[str, str]:
    """The body as the form would have been filled in."""
    photos = {"photos_asked": "1", "photos_ok": body.photos_allowed}
    given = {
        **msgspec.structs.asdict(body.party),
        **msgspec.structs.asdict(body.contact),
        "email_asked": body.contact.email,
        "consent": body.consent,
        "note": body.note,
        **_answers(body.answers),
        **asdict(_choice(body)),
        **(photos if body.photos_allowed is not None else {}),
    }
    return {name: as_typed(value) for name, value in given.items()}


def as_typed(value: object) -> str:
    """A value as a form sends it: a tick that is not set, and null, are nothing."""
    if isinstance(value, bool):
        return "1" if value else ""
    return "" if value is None else str(value)


def _choice(body: bodies.Choice) -> Choice:
    return Choice(again=body.again, split=body.split)


def _answers(given: Mapping[str, list[str]]) -> dict[str, str]:
    """{"12": ["Yes", …]}: by slot id, in the order of its questions."""
    return {
        answer_field(slot_id, number): text
        for name, texts in given.items()
        if (slot_id := number_in(name)) is not None
        for number, text in enumerate(texts[:MAX_QUESTIONS])
    }


def _given(part: bodies.PartyChange | bodies.ContactChange) -> dict[str, object]:
    members = msgspec.structs.asdict(part)
    return {name: value for name, value in members.items() if value is not UNSET}


async def shown(request: Request, entry: ReservationEntry) -> replies.Reservation:
    made, standing = entry.reservation, await standing_of(entry, now(request))
    return replies.Reservation(
        reference=made.reference,
        url=reservation_url(request, made.reference),
        stage=standing.whole,
        door_code=made.door_code,
        party=replies.Party(adults=made.adults, children=made.children),
        slots=[_place(place, standing.of_place[place.id], lang(request)) for place in entry.places],
        waitlist=[_turn(queue) for queue in entry.queues],
        draw=_drawn(entry.draw) if entry.draw else None,
    )


def _place(place: PlaceEntry, stage: Stage, lang: str) -> replies.PartysPlace:
    return replies.PartysPlace(
        id=place.slot.id,
        status=place.status,
        stage=stage,
        ended_by=place.ended_by.value or None,
        reason=place.reason,
        seats=place.seats,
        starts_at=place.slot.starts_at.isoformat(),
        answers=[
            replies.Answer(question=answer.question, text=answer.text)
            for answer in answers.read(place.answers, lang)
        ],
    )


def _turn(queue: QueueEntry) -> replies.Turn:
    return replies.Turn(
        slot=queue.slot.id,
        status=queue.status,
        ahead=queue.ahead,
        offer_ends_at=queue.offer_ends_at.isoformat() if queue.offer_ends_at else None,
    )


def _drawn(entry: DrawnEntry) -> replies.DrawEntry:
    return replies.DrawEntry(
        id=entry.draw.id,
        status=entry.status,
        receipt=entry.receipt,
        ranking=[slot.id for slot in entry.slots],
    )


def reservation_url(request: Request, reference: str) -> str:
    path = str(request.app.url_path_for("reservations:detail", reference=reference))
    return parts_of(request).settings.base_url + path
