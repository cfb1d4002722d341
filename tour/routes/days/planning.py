"""What a visitor does with a plan: have the rest of it planned anew, put one more place in."""

from dataclasses import dataclass, replace

from tour.programmes.entries import SlotEntry
from tour.routes.days import edits
from tour.routes.days.day import Opening, TownDay, has_room, looks, openings_of
from tour.routes.days.edits import Been, PlannedStop, Stops
from tour.routes.days.proposals import Alternative, Proposal, propose
from tour.routes.days.timed_day import Slots, TimedDay, timed_day
from tour.routes.days.wishes import DayWish
from tour.routes.walks.site_matrix import SiteMatrix
from tour.sites.entries import SiteEntry


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


@dataclass(frozen=True, slots=True)
class SoFar:
    """What of a day has begun by now, and from when and where the rest can be changed."""

    past: Stops
    walked: int
    """Minutes on foot."""
    resumes: int | None
    """The minute from which one can set out again; None when the day has not begun."""
    ate: tuple[int, int] | None
    """Lunch after the last visit that has begun."""
    has_eaten: bool
    ate_at_goal: bool
    """Where the day ends, and not before one set out for there."""

    def go_on(self, rest: Stops, was: Stops = ()) -> Stops:
        """The past with these stops after it. Nobody sets out for the first of them before now,
        unless it was next before (`was`, the whole plan) and is under way already. Where none is
        to come, the same holds for the way to where the day ends."""
        first = rest[0] if rest else edits.goal(was)
        row = [*(stop.site_id for stop in edits.visits(was)), edits.GOAL]
        ahead = row[len(self.past) : len(self.past) + 1]
        kept = row[: len(self.past)] == [stop.site_id for stop in self.past]
        later = [replace(stop, not_before=0, ate=None) for stop in rest[1:]]
        if not kept or ahead != [first.site_id]:
            first = replace(first, not_before=self.resumes or 0)
        first = replace(first, ate=self.ate if rest or not self.ate_at_goal else None)
        known = rest or first.ate or first.not_before
        return (*self.past, first, *later) if known else self.past

    def without_last(self, desk: Desk) -> "SoFar":
        """The same where the last visit is not made after all: one goes on from the one before."""
        past, gone = self.past[:-1], self.past[-1]
        ate = gone.ate or self.ate
        resumes = resumes_at(desk, past, ate, desk.town.minute_of(desk.town.now))
        return replace(self, past=past, resumes=resumes, ate=ate)


async def so_far(desk: Desk, stops: Stops) -> SoFar:
    """The stops that have begun, recorded; what could not be visited when its time came is out."""
    day = await desk.timed(stops)
    minute = desk.town.minute_of(desk.town.now)
    pause = day.times.pause
    eaten = (pause.start, pause.end) if pause and pause.start <= minute else None
    done = sum(1 for timed in day.times.stops if timed.start <= minute)
    if eaten and pause and pause.before == done < len(day.stops):
        # Who eats where the next visit will be is there already.
        done += day.times.stops[done].arrive <= pause.start
    been = [n for n in range(done) if day.stops[n].been or day.times.stops[n].option is not None]
    after_lunch = next((n for n in been if pause and n >= pause.before), None)
    past = tuple(_recorded(day, n, eaten if n == after_lunch else None) for n in been)
    ate = eaten if after_lunch is None else None
    return SoFar(
        past=past,
        walked=sum(stop.been.leg for stop in past if stop.been),
        resumes=resumes_at(desk, past, ate, minute),
        ate=ate,
        has_eaten=eaten is not None,
        ate_at_goal=ate is not None and ate[1] == day.times.arrives and day.times.last_leg > 0,
    )


def _recorded(day: TimedDay, number: int, ate: tuple[int, int] | None) -> PlannedStop:
    """A visit that has begun, with the lunch before it."""
    stop, hop, at = day.stops[number], day.hops[number], day.times.stops[number]
    been = stop.been or Been(hop.minutes, hop.distance_m, at.arrive, at.start, at.leave)
    return replace(stop, been=been, ate=ate, not_before=0)


def resumes_at(desk: Desk, past: Stops, ate: tuple[int, int] | None, minute: int) -> int | None:
    """Now, or after the visit or the lunch that has begun."""
    if not past and not ate and minute <= desk.wish.starts:
        return None
    last = past[-1].been if past else None
    return max(minute, last.leave if last else 0, ate[1] if ate else 0)


async def propose_rest(desk: Desk, stops: Stops) -> Proposal:
    """The plan with all that has not begun chosen anew, but for what is locked or reserved."""
    return await propose_after(desk, await so_far(desk, stops), stops)


async def propose_after(desk: Desk, done: SoFar, stops: Stops) -> Proposal:
    """The same where what has begun is known: from its record, whatever the wish is now."""
    past = frozenset(stop.site_id for stop in done.past)
    ahead = tuple(stop for stop in stops if stop.site_id not in past)
    proposal = await propose(
        desk.town, _wish_for_rest(desk, done, ahead), desk.matrix, without=past
    )
    locks = {stop.site_id for stop in ahead if stop.locked}
    rest = tuple(replace(stop, locked=stop.site_id in locks) for stop in proposal.stops)
    return Proposal(done.go_on(rest, () if rest else stops), proposal.findings)


def taken(desk: Desk, done: SoFar, other: Alternative) -> tuple[Desk, Stops]:
    """An alternative as it would be from now on, and the desk whose wish it answers to."""
    past = {stop.site_id for stop in done.past}
    rest = tuple(stop for stop in other.stops if stop.site_id not in past)
    if done.resumes is None:
        return replace(desk, wish=replace(desk.wish, starts=other.starts)), done.go_on(rest)
    later = replace(done, resumes=max(done.resumes, other.starts))
    return desk, later.go_on(rest)


def _wish_for_rest(desk: Desk, done: SoFar, ahead: Stops) -> DayWish:
    wish = desk.wish
    locked = tuple(stop.site_id for stop in ahead if stop.locked)
    site = desk.town.catalogue.by_id.get(done.past[-1].site_id) if done.past else None
    return replace(
        wish,
        start=site.point if site and site.point else wish.start,
        starts=max(wish.starts, done.resumes or 0),
        set_out=wish.starts,
        must=tuple(dict.fromkeys((*wish.must, *locked))),
        held=frozenset(stop.slot_id for stop in ahead if stop.locked and stop.slot_id),
        lunch=wish.lunch and not done.has_eaten,
        walked=done.walked,
    )


async def with_place(desk: Desk, stops: Stops, site: SiteEntry) -> Stops:
    """The plan, whose past is recorded, with this place where and when it does the least harm; as
    it was if it is closed.

    A session with seats is better than a look around, where both fit as well.
    """
    best: tuple[tuple[int, int, int], Stops] | None = None
    for opening in _ways_in(desk, site):
        stop = PlannedStop(site.id, opening.slot_id, opening.stay, locked=True)
        for position in range(edits.begun(stops), len(edits.visits(stops)) + 1):
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


def with_slot(desk: Desk, stops: Stops, site_id: int, slot_id: str) -> Stops:
    """The plan with another session of the same place, or a look around (no slot)."""
    site = desk.town.catalogue.by_id[site_id]
    wish = replace(desk.wish, held=frozenset())
    for opening in openings_of(desk.town, wish, site):
        if not opening.full and str(opening.slot_id or "") == slot_id:
            return tuple(
                replace(stop, slot_id=opening.slot_id, stay=opening.stay)
                if stop.site_id == site_id and not stop.been
                else stop
                for stop in stops
            )
    return stops
