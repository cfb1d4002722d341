"""What a visitor does with a plan: have the rest of it planned anew, put one more place in."""

from dataclasses import dataclass, replace

from tour.programmes.queries import SlotEntry
from tour.routes import edits
from tour.routes.day import DayWish, Opening, TownDay, has_room, looks, openings_of
from tour.routes.edits import PlannedStop, Stops
from tour.routes.proposals import Proposal, propose
from tour.routes.site_matrix import SiteMatrix
from tour.routes.timed_day import Slots, TimedDay, timed_day
from tour.sites.catalogue import SiteEntry


@dataclass(frozen=True, slots=True)
class Desk:
    """What every question about one plan is answered from."""

    town: TownDay
    wish: DayWish
    slots: Slots
    """Every slot of the plan and of the day, those that are over too."""
    matrix: SiteMatrix

    async def timed(self, stops: Stops) -> TimedDay:
        return await timed_day(self.town, self.wish, stops, self.slots, self.matrix)


async def propose_rest(desk: Desk, stops: Stops) -> Proposal:
    """The plan with all that has not begun chosen anew, but for what is locked or reserved."""
    day = await desk.timed(stops)
    done = _begun(desk.town, day)
    kept = day.stops[:done]
    proposal = await propose(
        desk.town,
        _wish_for_rest(desk, day, done),
        desk.matrix,
        without=frozenset(stop.site_id for stop in kept),
    )
    locks = {stop.site_id for stop in stops if stop.locked}
    rest = tuple(replace(stop, locked=stop.site_id in locks) for stop in proposal.stops)
    if rest and _is_under_way(desk):
        rest = (replace(rest[0], not_before=_resumes(desk, day, done)), *rest[1:])
    return Proposal((*kept, *rest), proposal.findings)


async def with_place(desk: Desk, stops: Stops, site: SiteEntry) -> Stops:
    """The plan with this place where and when it does the least harm; as it was if it is closed.

    A session with seats is better than a look around, where both fit as well.
    """
    done = _begun(desk.town, await desk.timed(stops))
    best: tuple[tuple[int, int, int], Stops] | None = None
    for opening in _ways_in(desk, site):
        stop = PlannedStop(site.id, opening.slot_id, opening.stay, locked=True)
        for position in range(done, len(stops) + 1):
            changed = edits.added(stops, stop, position)
            day = await desk.timed(changed)
            harm = (len(list(day.times.troubles())), -opening.worth, day.times.arrives)
            if best is None or harm < best[0]:
                best = (harm, changed)
    return best[1] if best else stops


def is_reservable(desk: Desk, slot: SlotEntry) -> bool:
    return slot.id not in desk.wish.reserved and has_room(desk.town, slot, desk.wish.party_size)


def reservable_slots(desk: Desk, stops: Stops) -> list[SlotEntry]:
    """The sessions of the plan that its party can reserve now, and has not yet."""
    planned = (desk.slots.get(stop.slot_id) for stop in stops if stop.slot_id)
    return [slot for slot in planned if slot and is_reservable(desk, slot)]


def _ways_in(desk: Desk, site: SiteEntry) -> list[Opening]:
    free = [o for o in openings_of(desk.town, desk.wish, site) if not o.full]
    return free or list(looks(desk.town, site))


def _is_under_way(desk: Desk) -> bool:
    return desk.town.minute_of(desk.town.now) > desk.wish.starts


def _begun(town: TownDay, day: TimedDay) -> int:
    """How many stops have begun by now."""
    minute = town.minute_of(town.now)
    return sum(1 for timed in day.times.stops if timed.start <= minute)


def _resumes(desk: Desk, day: TimedDay, done: int) -> int:
    """When one can go on: now, or after the visit that has begun."""
    minute = desk.town.minute_of(desk.town.now)
    leaving = day.times.stops[done - 1].leave if done else desk.wish.starts
    return max(minute, leaving)


def _wish_for_rest(desk: Desk, day: TimedDay, done: int) -> DayWish:
    wish, rest = desk.wish, day.stops[done:]
    locked = tuple(stop.site_id for stop in rest if stop.locked)
    ate = day.times.pause is not None and day.times.pause.end <= desk.town.minute_of(desk.town.now)
    walked = sum(hop.distance_m for hop in day.hops[:done])
    most = None if wish.most_walking_m is None else max(0, wish.most_walking_m - walked)
    return replace(
        wish,
        start=day.hops[done].start,
        starts=_resumes(desk, day, done),
        must=tuple(dict.fromkeys((*wish.must, *locked))),
        held=frozenset(stop.slot_id for stop in rest if stop.locked and stop.slot_id),
        lunch=wish.lunch and not ate,
        most_walking_m=most,
    )


def with_slot(desk: Desk, stops: Stops, site_id: int, slot_id: str) -> Stops:
    """The plan with another session of the same place, or a look around (no slot)."""
    site = desk.town.catalogue.by_id[site_id]
    wish = replace(desk.wish, held=frozenset())
    for opening in openings_of(desk.town, wish, site):
        if not opening.full and str(opening.slot_id or "") == slot_id:
            return tuple(
                replace(stop, slot_id=opening.slot_id, stay=opening.stay)
                if stop.site_id == site_id
                else stop
                for stop in stops
            )
    return stops
