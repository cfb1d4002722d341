"""The changes by hand that the page of a plan offers, by the names its forms send."""

from collections.abc import Awaitable, Callable, Mapping

from tour.errors import BadInput
from tour.i18n import lazy as _
from tour.routes import edits, itineraries
from tour.routes.edits import Stops
from tour.routes.itineraries import ChangedElsewhere, ItineraryEntry, Sent
from tour.routes.plan_forms import clock
from tour.routes.planning import Desk, propose_rest, with_place, with_slot
from tour.routes.proposals import Findings
from tour.web.forms import number_in

Asked = Mapping[str, str]


async def edited(entry: ItineraryEntry, desk: Desk, asked: Asked) -> str:
    """Make one change and keep it; where on the page to look then.

    `do` names the change and `version` the plan it was made to. BadInput when it is none, and
    ChangedElsewhere when the plan has another version by now. Sent again, as after an answer that
    was lost, the same change is made once.
    """
    change = _CHANGES.get(asked.get("do", ""))
    version = number_in(asked.get("version"))
    if change is None or version is None:
        message = _("This change is not known. Please open the plan again.")
        raise BadInput(message, {"do": message})
    sent = Sent.of(version, asked)
    try:
        return await change(entry, desk, asked, sent)
    except ChangedElsewhere:
        newest = await itineraries.find(entry.token)
        if newest.is_made_by(sent):
            return _anchor(newest.stops, desk, asked)
        raise


def _anchor(stops: Stops, desk: Desk, asked: Asked) -> str:
    site = desk.town.catalogue.by_slug.get(asked.get("site", ""))
    present = site is not None and any(stop.site_id == site.id for stop in stops)
    return f"stop-{site.slug}" if site and present else "plan"


async def _by_hand(entry: ItineraryEntry, desk: Desk, asked: Asked, sent: Sent) -> str:
    site = desk.town.catalogue.by_slug.get(asked.get("site", ""))
    if site is None:
        return "plan"
    stops = await _stops_after(entry.stops, desk, asked, site.id)
    await itineraries.change(entry, sent, stops)
    return _anchor(stops, desk, asked)


async def _stops_after(stops: Stops, desk: Desk, asked: Asked, site_id: int) -> Stops:
    match asked["do"]:
        case "earlier":
            return edits.moved(stops, site_id, -1)
        case "later":
            return edits.moved(stops, site_id, +1)
        case "lock":
            return edits.locked(stops, site_id)
        case "remove":
            return edits.removed(stops, site_id)
        case "time":
            return with_slot(desk, stops, site_id, asked.get("slot", ""))
        case _:
            return await with_place(desk, stops, desk.town.catalogue.by_id[site_id])


async def _undo(entry: ItineraryEntry, _desk: Desk, _asked: Asked, sent: Sent) -> str:
    await itineraries.change(entry, sent, entry.before or entry.stops)
    return "plan"


async def _anew(entry: ItineraryEntry, desk: Desk, _asked: Asked, sent: Sent) -> str:
    proposal = await propose_rest(desk, entry.stops)
    findings = proposal.findings.as_json()
    await itineraries.replan(entry, sent, proposal.stops, findings, day=entry.day, wish=entry.wish)
    return "plan"


async def _other(entry: ItineraryEntry, _desk: Desk, asked: Asked, sent: Sent) -> str:
    """Take one of the alternatives; the plan that it replaces can be had back."""
    others = Findings.from_json(entry.findings).alternatives
    number = number_in(asked.get("number"))
    if number is None or number >= len(others):
        return "plan"
    other = others[number]
    wish = {**entry.wish, "from_time": clock(other.starts)}
    findings = Findings().as_json()
    await itineraries.replan(entry, sent, other.stops, findings, day=entry.day, wish=wish)
    return "plan"


Change = Callable[[ItineraryEntry, Desk, Asked, Sent], Awaitable[str]]
_CHANGES: Mapping[str, Change] = {
    **dict.fromkeys(("earlier", "later", "lock", "remove", "time", "add"), _by_hand),
    "undo": _undo,
    "anew": _anew,
    "other": _other,
}
