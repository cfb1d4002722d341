"""Reservations and waiting lists: the same services as the pages."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tour.errors import BadInput
from tour.i18n import lazy as _
from tour.reservations import answers, queries, service
from tour.reservations.errors import CheckNeeded
from tour.reservations.held import changes, pending
from tour.reservations.parties.forms import KEY, MAX_QUESTIONS, ChangeForm, ReserveForm
from tour.reservations.parties.intake import count_code, count_made, count_try, count_wish, wish_of
from tour.reservations.queries import DrawnEntry, ReservationEntry
from tour.reservations.standing.facts import standing_of
from tour.reservations.waitlist import queue as waitlist
from tour.reservations.wishes import Choice, Wish
from tour.web import lang, now, parts_of
from tour.web.json_body import read_object, text_of
from tour.words.typed import number_in


async def create(request: Request) -> Response:
    """Reserve one slot or a whole itinerary for one party: all of it, or nothing (409)."""
    wish = await read_wish(request, await read_object(request))
    made = await service.reserve(wish, now=now(request))
    await count_made(request, wish.party)
    return await created(request, made.reference)


async def detail(request: Request) -> Response:
    entry = await queries.by_reference(request.path_params["reference"])
    return private(await shown(request, entry))


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
    body = await read_object(request)
    made = (await queries.by_reference(reference)).reservation
    old = {"adults": made.adults, "children": made.children, "name": made.name, "kana": made.kana}
    given = old | _part(body, "party") | _part(body, "contact") | {"slot": body.get("slot")}
    form = ChangeForm.parse({name: text_of(value) for name, value in given.items()})
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
    return private(await shown(request, entry))


async def join(request: Request) -> Response:
    """POST waitlist-entries: a wish for one slot that is full."""
    wish = await read_wish(request, await read_object(request), most=1)
    made = await waitlist.join(wish, now=now(request))
    await count_made(request, wish.party)
    return await created(request, made.reference)


async def accept(request: Request) -> Response:
    await count_try(request, "api")
    reference, slot_id = request.path_params["reference"], request.path_params["slot_id"]
    body = await read_object(request) if await request.body() else {}
    made = await waitlist.accept(reference, slot_id, choice=_choice(body), now=now(request))
    entry = await queries.by_reference(made.reference)
    return private(await shown(request, entry))


async def leave(request: Request) -> Response:
    await count_try(request, "api")
    parameters = request.path_params
    await waitlist.leave(parameters["reference"], parameters["slot_id"], now=now(request))
    return Response(status_code=204)


async def prove(request: Request) -> Response:
    """POST confirmation: the code from the mail makes what is held the party's."""
    await count_code(request)
    reference = request.path_params["reference"]
    body = await read_object(request)
    code = text_of(body.get("code"))
    await pending.prove(reference, code, choice=_choice(body), now=now(request))
    entry = await queries.by_reference(reference)
    return private(await shown(request, entry))


async def created(request: Request, reference: str) -> Response:
    """201 with the reservation as it is now; CheckNeeded while a code is on its way by mail."""
    url = reservation_url(request, reference)
    entry = await queries.by_reference(reference)
    if entry.check and entry.is_unproved:
        path = request.app.url_path_for("api:reservation_prove", reference=reference)
        raise CheckNeeded(
            _("A code was sent by e-mail. Send it to `confirm` before `ends_at`."),
            reference=reference,
            url=url,
            confirm=parts_of(request).settings.base_url + str(path),
            ends_at=entry.check.ends_at.isoformat(),
        )
    return private(await shown(request, entry), 201, {"Location": url})


def private(
    body: dict[str, Any], status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """What only this party may read: no cache on the way keeps it."""
    return JSONResponse(body, status, {**(headers or {}), "Cache-Control": "no-store"})


async def read_wish(
    request: Request, body: dict[str, Any], *, most: int = service.MAX_SLOTS
) -> Wish:
    """The wish in a body; raises BadInput for all of its fields together, counts the try."""
    key = request.headers.get("idempotency-key", "")
    form = ReserveForm.parse({**_typed(body), "idempotency_key": key})
    newcomer = await count_wish(request, "api", form.party)
    errors = dict(form.errors)
    if key and not KEY.fullmatch(key):
        errors["Idempotency-Key"] = _("A key is 8 to 80 of the characters A-Z a-z 0-9 _ -.")
    slots = body.get("slots")
    if not _are_slot_ids(slots, most):
        errors["slots"] = _("Give one to %(n)s slot ids.", n=most)
    if errors:
        raise BadInput(_("Some fields need correcting."), errors)
    return wish_of(request, slots, form, newcomer, language=_language(request, body))  # type: ignore[arg-type]  # looked at


def _typed(body: dict[str, Any]) -> dict[str, str]:
    """The body as the form would have been filled in."""
    allowed = body.get("photos_allowed")
    contact = _part(body, "contact")
    photos = {"photos_asked": "1", "photos_ok": "1" if allowed else ""}
    given = {
        **_part(body, "party"),
        **contact,
        "email_asked": contact.get("email"),
        "consent": body.get("consent"),
        "note": body.get("note"),
        **_answers(_part(body, "answers")),
        **{name: "1" if chosen else "" for name, chosen in asdict(_choice(body)).items()},
        **(photos if isinstance(allowed, bool) else {}),
    }
    return {name: text_of(value) for name, value in given.items()}


def _choice(body: Mapping[str, Any]) -> Choice:
    """Only `true` is a yes."""
    return Choice(again=body.get("again") is True, split=body.get("split") is True)


def _answers(given: dict[str, Any]) -> dict[str, Any]:
    """{"12": ["Yes", …]}: by slot id, in the order of its questions."""
    return {
        f"answer-{slot_id}-{number}": text
        for name, texts in given.items()
        if (slot_id := number_in(name)) is not None and isinstance(texts, list)
        for number, text in enumerate(texts[:MAX_QUESTIONS])
    }


def _are_slot_ids(slots: object, most: int) -> bool:
    return (
        isinstance(slots, list)
        and 1 <= len(slots) <= most
        and all(type(slot) is int and 0 < slot < 2**31 for slot in slots)
    )


def _language(request: Request, body: dict[str, Any]) -> str:
    asked = body.get("lang")
    is_known = isinstance(asked, str) and asked in parts_of(request).town.languages
    return str(asked) if is_known else lang(request)


def _part(body: dict[str, Any], name: str) -> dict[str, Any]:
    part = body.get(name, {})
    return part if isinstance(part, dict) else {}


async def shown(request: Request, entry: ReservationEntry) -> dict[str, Any]:
    made, standing = entry.reservation, await standing_of(entry, now(request))
    return {
        "reference": made.reference,
        "url": reservation_url(request, made.reference),
        "stage": standing.whole,
        "door_code": made.door_code,
        "party": {"adults": made.adults, "children": made.children},
        "slots": [
            {
                "id": place.slot.id,
                "status": place.status.value,
                "stage": standing.of_place[place.id].value,
                "ended_by": place.ended_by.value or None,
                "reason": place.reason,
                "seats": place.seats,
                "starts_at": place.slot.starts_at.isoformat(),
                "answers": [
                    asdict(answer) for answer in answers.read(place.answers, lang(request))
                ],
            }
            for place in entry.places
        ],
        "waitlist": [
            {
                "slot": queue.slot.id,
                "status": queue.status.value,
                "ahead": queue.ahead,
                "offer_ends_at": queue.offer_ends_at.isoformat() if queue.offer_ends_at else None,
            }
            for queue in entry.queues
        ],
        "draw": _drawn(entry.draw) if entry.draw else None,
    }


def _drawn(entry: DrawnEntry) -> dict[str, Any]:
    return {
        "id": entry.draw.id,
        "status": entry.status.value,
        "receipt": entry.receipt,
        "ranking": [slot.id for slot in entry.slots],
    }


def reservation_url(request: Request, reference: str) -> str:
    path = str(request.app.url_path_for("reservations:detail", reference=reference))
    return parts_of(request).settings.base_url + path
