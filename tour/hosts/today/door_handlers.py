"""What is decided at the door about parties: who is let in, who is not waited for any longer."""

from datetime import UTC, datetime

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tour.accounts import guards
from tour.accounts.guards import Tending
from tour.errors import BadInput, Conflict, NotFound
from tour.hosts.frame import site_path
from tour.hosts.today.handlers import MOST_FIELDS, back, door_of, tap
from tour.i18n import lazy as _
from tour.programmes import slot_editing
from tour.reservations.door import absences, arrivals
from tour.reservations.door.absences import Asked
from tour.reservations.door.arrivals import Outcome
from tour.reservations.models import Place
from tour.web import now
from tour.web.forms import read_form
from tour.words.typed import number_in


@tap
async def answer_absent(request: Request) -> Response:
    """The host's answer about those who have not come: give their seats away, or ask them."""
    tending = await guards.door(request)
    slot = await slot_editing.slot_of_site(request.path_params["slot_id"], tending.site.id)
    form = await read_form(request, MOST_FIELDS)
    asked = _asked(form, slot.id, tending, now(request))
    if form.get("do") == "ask":
        await absences.ask_parties(asked, now=now(request))
        return back(request, tending, None, slot.starts_at)
    entry = await absences.give_away(asked, actor=tending.actor, now=now(request))
    return back(request, tending, entry, slot.starts_at)


@tap
async def let_in(request: Request) -> Response:
    """Who came late, or had cancelled, takes seats that are free."""
    tending = await guards.door(request)
    place_id = request.path_params["place_id"]
    result = await arrivals.let_in(place_id, door_of(request, tending), now=now(request))
    if result.outcome not in (Outcome.ARRIVED, Outcome.ALREADY):
        raise Conflict(_("There are not enough free seats any more."))
    return back(request, tending, result.entry)


@tap
async def take_back(request: Request) -> Response:
    """A check-in was a mistake, however long ago."""
    tending = await guards.door(request)
    place = await _place(request, tending)
    await arrivals.take_back(place.id, door_of(request, tending), now=now(request))
    return back(request, tending, None, place.slot.starts_at)


@tap
async def count_people(request: Request) -> Response:
    """Two of three came."""
    tending = await guards.door(request)
    place = await _place(request, tending)
    people = number_in(str((await read_form(request, 5)).get("people", ""))) or 0
    await arrivals.count_people(place.id, people, door_of(request, tending), now=now(request))
    return back(request, tending, None, place.slot.starts_at)


async def change_rule(request: Request) -> Response:
    """Whether seats of those who do not come are given away unasked, in this session."""
    tending = await guards.door(request)
    slot = await slot_editing.slot_of_site(request.path_params["slot_id"], tending.site.id)
    wanted = (await read_form(request, 5)).get("releases_absent") == "1"
    await slot_editing.release_absent(
        slot, wanted, site_id=tending.site.id, actor=tending.actor, now=now(request)
    )
    path = site_path(request, "hosts:slot", tending, slot_id=slot.id)
    return RedirectResponse(path, status_code=303)


def _asked(form: FormData, slot_id: int, tending: Tending, received: datetime) -> Asked:
    numbers = [number_in(str(value)) for value in form.getlist("place")]
    chosen = {number for number in numbers if number is not None}
    if not chosen:
        message = _("Choose the parties first.")
        raise BadInput(message, {"place": message})
    return Asked(slot_id, tending.site.id, chosen, _shown_at(form, received))


def _shown_at(form: FormData, received: datetime) -> datetime:
    """When the page was made on which the host read this; raises BadInput without it."""
    message = _("Please go back and use the buttons of the page.")
    try:
        at = datetime.fromisoformat(str(form.get("shown", "")))
    except ValueError:
        raise BadInput(message, {"shown": message}) from None
    if at.tzinfo is None:
        raise BadInput(message, {"shown": message})
    return min(at.astimezone(UTC), received)


async def _place(request: Request, tending: Tending) -> Place:
    found = Place.filter(
        id=request.path_params["place_id"], slot__programme__site_id=tending.site.id
    )
    place = await found.select_related("slot").first()
    if place is None:
        raise NotFound(_("This party is not on the list any more."))
    return place
