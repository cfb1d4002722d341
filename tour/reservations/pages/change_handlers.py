"""What visitors change by themselves, and what they tell their hosts on the day itself.

Every change is a POST: mail scanners open links.
"""

from starlette.requests import Request
from starlette.responses import Response

from tour.errors import REFUSALS
from tour.i18n import lazy as _
from tour.reservations import queries
from tour.reservations.door import on_the_way
from tour.reservations.held import changes
from tour.reservations.pages.handlers import show, to_reservation, to_said
from tour.reservations.pages.party_size import of_change
from tour.reservations.parties.forms import ChangeForm
from tour.reservations.parties.intake import count_try
from tour.reservations.standing import views
from tour.web import now, private, render
from tour.web.forms import form_again, read_form, texts
from tour.words.typed import number_in


async def edit(request: Request) -> Response:
    entry = await queries.by_reference(request.path_params["reference"])
    made = entry.reservation
    if made.erased_at is not None:
        return to_reservation(request, made)
    values = {"adults": made.adults, "children": made.children, "name": made.name}
    form = ChangeForm({**{k: str(v) for k, v in values.items()}, "kana": made.kana})
    return await _page(request, form)


async def change(request: Request) -> Response:
    reference, at = request.path_params["reference"], now(request)
    form = ChangeForm.parse(texts(await read_form(request, 20)))
    try:
        await count_try(request, "change")
        form.check()
        made = await changes.change_details(
            reference,
            adults=form.adults,
            children=form.children,
            name=form.value("name"),
            kana=form.value("kana"),
            slot_id=form.slot_id,
            now=at,
        )
    except REFUSALS as exc:
        return await form_again(_page(request, form.refused_by(exc), exc.status), exc)
    return to_reservation(request, made)


async def cancel_place(request: Request) -> Response:
    await count_try(request, "change")
    parameters = request.path_params
    made = await changes.cancel_place(
        parameters["reference"], parameters["slot_id"], now=now(request)
    )
    return to_reservation(request, made)


async def resend(request: Request) -> Response:
    await count_try(request, "change")
    reference = request.path_params["reference"]
    said = await changes.resend(reference, now=now(request))
    return to_said(request, reference, said)


async def late(request: Request) -> Response:
    """Where a reminder's button leads: one tap says that the party comes, and how late."""
    entry = await queries.by_reference(request.path_params["reference"])
    view = await views.reservation_view(request, entry)
    if not any(place.can_say for place in view.places):
        return await show(request, entry.reservation.reference)
    response = render(request, "reservations/late.html", nav="reservations", reservation=view)
    return private(response)


async def say(request: Request) -> Response:
    await count_try(request, "change")
    minutes = number_in(str((await read_form(request, 5)).get("minutes", "")))
    parameters = request.path_params
    made = await on_the_way.say(
        parameters["reference"],
        parameters["slot_id"],
        -1 if minutes is None else minutes,
        now=now(request),
    )
    return to_reservation(request, made)


async def give_up(request: Request) -> Response:
    await count_try(request, "change")
    parameters = request.path_params
    made = await on_the_way.give_up(
        parameters["reference"], parameters["slot_id"], now=now(request)
    )
    return to_reservation(request, made)


async def _page(request: Request, form: ChangeForm, status: int = 200) -> Response:
    entry = await queries.by_reference(request.path_params["reference"])
    reservation = await views.reservation_view(request, entry)
    own = reservation.adults + reservation.children
    response = render(
        request,
        "reservations/change.html",
        status,
        nav="reservations",
        reservation=reservation,
        form=form,
        size=of_change(reservation.open_places, own, form),
        title=_("Change the reservation"),
    )
    return private(response)
