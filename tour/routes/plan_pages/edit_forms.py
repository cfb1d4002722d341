"""The changes by hand that the page of a plan offers, by the names its forms send."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from tour.errors import BadInput
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.programmes.views import SlotCard
from tour.routes.days import edits, staying
from tour.routes.days.edits import Stops
from tour.routes.days.giving_up import allowed, refuse_to_give_up
from tour.routes.days.planning import Desk, SoFar, propose_rest, so_far, with_place, with_slot
from tour.routes.days.timed_day import TimedDay
from tour.routes.plans import itineraries, taking
from tour.routes.plans.itineraries import ChangedElsewhere, ItineraryEntry, Sent
from tour.sites.entries import SiteEntry
from tour.words.typed import number_in

Asked = dict[str, str]


@dataclass(frozen=True, slots=True)
class StopTools:
    """What may be done with a stop by hand: each a label, or None where it cannot be."""

    moves: tuple[tuple[str, Text], ...]
    """(what to do, its label)"""
    lock: Text
    remove: Text | None
    only_look: Text | None
    times: tuple[SlotCard, ...]
    """Sessions of the same place that could be had instead."""


def stop_tools(
    day: TimedDay, index: int, times: tuple[SlotCard, ...], *, is_own: bool, has_session: bool
) -> StopTools:
    """What its reader has reserved is not taken out by the way: that has a page of its own."""
    moves: list[tuple[str, Text]] = []
    if index > 0:
        moves.append(("earlier", _("Earlier")))
    if index + 1 < len(day.stops):
        moves.append(("later", _("Later")))
    return StopTools(
        moves=tuple(moves),
        lock=_("Let go") if day.stops[index].locked else _("Keep"),
        remove=None if is_own else _("Take out"),
        only_look=_("Only look around") if has_session else None,
        times=times,
    )


async def edited(entry: ItineraryEntry, desk: Desk, asked: Asked, lang: str) -> str:
    """Make one change and keep it; where on the page to look then.

    `do` names the change and `version` the plan it was made to. BadInput when it is none, and
    ChangedElsewhere when the plan has another version by now. Sent again, as after an answer that
    was lost, the same change is made once. WouldGiveUp where a proposal has no room for what is
    reserved, unless `give_up` names it.
    """
    change = _CHANGES.get(asked.get("do", ""))
    version = number_in(asked.get("version"))
    if change is None or version is None:
        message = _("This change is not known. Please open the plan again.")
        raise BadInput(message, {"do": message})
    sent = Sent.of(version, asked)
    try:
        return await change(entry, desk, asked | {"lang": lang}, sent)
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
    stops = await changed_by_hand(desk, entry.stops, asked, site)
    await itineraries.change(entry, sent, stops)
    return _anchor(stops, desk, asked)


async def changed_by_hand(desk: Desk, stops: Stops, asked: Asked, site: SiteEntry) -> Stops:
    """The plan with one change to what is to come. Of what has begun only the last visit can be
    taken out, for those who do not go there after all."""
    done = await so_far(desk, stops)
    if asked["do"] == "remove" and done.past and done.past[-1].site_id == site.id:
        done = done.without_last(desk)
    now = done.go_on(_rest(stops, done, site if asked["do"] == "remove" else None), stops)
    changed = await _stops_after(now, desk, asked, site)
    return done.go_on(_rest(changed, done), now)


async def _stops_after(stops: Stops, desk: Desk, asked: Asked, site: SiteEntry) -> Stops:
    site_id = site.id
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
            return await with_place(desk, stops, site)


def _rest(stops: Stops, done: SoFar, gone: SiteEntry | None = None) -> Stops:
    """Those that have not begun, without the one that is taken out."""
    past = {stop.site_id for stop in done.past} | ({gone.id} if gone else set())
    ahead = edits.visits(stops)
    return tuple(stop for stop in ahead if stop.site_id not in past and not stop.been)


async def _longer(entry: ItineraryEntry, desk: Desk, asked: Asked, sent: Sent) -> str:
    """A stay that runs on: the rest is later, with a proposal beside it where it does not fit."""
    site = desk.town.catalogue.by_slug.get(asked.get("site", ""))
    done = await so_far(desk, entry.stops)
    found = (
        staying.stayed(desk, done, site.id, number_in(asked.get("until")) or 0) if site else None
    )
    if found:
        longer, put_off = found
        stops = longer.go_on((*put_off, *_rest(entry.stops, done)), entry.stops)
        await itineraries.change(entry, sent, stops, await staying.mended(desk, stops))
    return _anchor(entry.stops, desk, asked)


async def _undo(entry: ItineraryEntry, desk: Desk, _asked: Asked, sent: Sent) -> str:
    """As it was before; what has begun since stays where it was. A stay ends when it would have."""
    before = entry.before or entry.stops
    done, was = await so_far(desk, entry.stops), await so_far(desk, before)
    if _row(before) == _row(entry.stops) and _starts(was)[: len(done.past)] == _starts(done):
        done = was
    await itineraries.change(entry, sent, done.go_on(_rest(before, done), before))
    return "plan"


def _row(stops: Stops) -> list[tuple[int, int | None]]:
    return [(stop.site_id, stop.slot_id) for stop in edits.visits(stops)]


def _starts(done: SoFar) -> list[int]:
    return [stop.been.start for stop in done.past if stop.been]


async def _anew(entry: ItineraryEntry, desk: Desk, asked: Asked, sent: Sent) -> str:
    proposal = await propose_rest(desk, entry.stops)
    _keep_reserved(desk, entry.stops, proposal.stops, asked)
    findings = proposal.findings.as_json()
    await itineraries.replan(entry, sent, proposal.stops, findings, day=entry.day, wish=entry.wish)
    return "plan"


async def _proposed(entry: ItineraryEntry, desk: Desk, asked: Asked, sent: Sent) -> str:
    """Take one of the alternatives, or the proposal that was made when others changed something."""
    new = await taking.would_be(entry, desk, asked)
    if new:
        _keep_reserved(desk, entry.stops, new.stops, asked)
        await taking.keep(entry, sent, new)
    return "plan"


def _keep_reserved(desk: Desk, was: Stops, stops: Stops, asked: Asked) -> None:
    refuse_to_give_up(desk, was, stops, allowed(asked.get("give_up")), asked["lang"])


Change = Callable[[ItineraryEntry, Desk, Asked, Sent], Awaitable[str]]
_CHANGES: Mapping[str, Change] = {
    **dict.fromkeys(("earlier", "later", "lock", "remove", "time", "add"), _by_hand),
    "longer": _longer,
    "undo": _undo,
    "anew": _anew,
    "other": _proposed,
    "mended": _proposed,
}
