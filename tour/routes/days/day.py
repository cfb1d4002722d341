"""What a visitor asked of a day, and every way in which each site could be visited on it. Pure.

Times are whole minutes of the town's local day, as in `sites.opening.hours`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from tour.events.entries import Agenda
from tour.geo import Point
from tour.programmes.entries import Board, SlotEntry
from tour.programmes.rules import Availability
from tour.programmes.states import SlotStatus
from tour.routes.days.wishes import DayWish
from tour.sites.choices import KINDS
from tour.sites.entries import Catalogue, DoorEntry, SiteEntry
from tour.sites.opening.hours import Span
from tour.sites.states import DoorState, SiteKind
from tour.words.typed import minute_of_day

OWN_LANGUAGE = 1.25
"""Times as much counts a session in the reader's language, where that is not the town's."""

SESSION_WORTH, HOST_WORTH, OPEN_WORTH, OFFICE_WORTH = 40, 18, 8, 2
"""What a session counts, and a look at a host of the day, at another open door, at an office."""

LIKED, OTHERWISE = 3, 1
"""What a kind of site counts that the visitor chose, and one that was not chosen."""

LEAD, LEAVING = 5, 5
"""Minutes at the door before a session, and for packing up and saying thank you after it."""

SHORTEST_LOOK = 10
FULL_MINUTES = 60
"""For so long nobody is sent to a door that is full."""


@dataclass(frozen=True, slots=True)
class Opening:
    """One way to visit a site: be at its door from `earliest` to `latest`, then stay."""

    earliest: int
    latest: int
    stay: int
    worth: int
    slot_id: int | None = None
    """None: one drops in."""
    full: bool = False
    """There is such a session, and this party cannot have it."""


@dataclass(frozen=True, slots=True)
class Doors:
    """A site with every way to visit it on the day; at most one of them is taken."""

    site_id: int
    kind: SiteKind
    point: Point
    openings: tuple[Opening, ...]
    is_must: bool = False
    is_reserved: bool = False


class Refusal(StrEnum):
    """Why a site is out, beside the planner's reasons."""

    NOT_WALKABLE = "not_walkable"
    HOURS_UNKNOWN = "hours_unknown"
    MORE_THAN_USUAL = "more_than_usual"
    """More walking than such a party likes, which did not say how much it likes."""
    TOO_MANY = "too_many"
    """One more wish than a plan takes."""


@dataclass(frozen=True, slots=True)
class TownDay:
    """What the town offers on one day, as it stands at `now`."""

    catalogue: Catalogue
    agenda: Agenda
    board: Board
    day: date
    zone: ZoneInfo
    now: datetime
    held: Mapping[int, tuple[SlotEntry, ...]] = field(default_factory=dict)
    """By site, sessions that this party has reserved and others cannot see."""

    def minute_of(self, instant: datetime) -> int:
        """The minute of this day at an instant; below 0 on a day before."""
        local = instant.astimezone(self.zone)
        return (local.date() - self.day).days * 1440 + minute_of_day(local)

    def instant_of(self, minute: int) -> datetime:
        """The instant of a minute as the clock on the wall counts it; aware UTC."""
        hours, minutes = divmod(minute, 60)
        date_of = date.fromordinal(self.day.toordinal() + hours // 24)
        return datetime.combine(date_of, time(hours % 24, minutes), self.zone).astimezone(UTC)

    def slots_of(self, site: SiteEntry) -> list[SlotEntry]:
        """The site's slots on this day that have not ended, soonest first, and those held."""
        coming = (*self.board.by_site.get(site.id, ()), *self.held.get(site.id, ()))
        return [s for s in coming if s.starts_at.astimezone(self.zone).date() == self.day]

    def spans_of(self, site: SiteEntry) -> list[Span]:
        """When one can drop in: the day's hours, up to the minute at which the host closed."""
        spans = self.agenda.hours_of(site).on(self.day)
        door = site.door
        if door is None or door.on_date != self.day or door.state != DoorState.CLOSED:
            return list(spans)
        closed = door.closed_minute or 0
        return [Span(s.opens, min(s.closes, closed)) for s in spans if s.opens < closed]

    def is_host(self, site: SiteEntry) -> bool:
        return self.day in self.agenda.event_days.get(site.id, {})


def open_doors(town: TownDay, wish: DayWish) -> tuple[list[Doors], dict[int, Refusal]]:
    """Every site that is worth asking the planner for, and those asked for by name that are not.

    What was asked for by name is there without an opening too: the planner says why it is out.
    """
    found: list[Doors] = []
    refused: dict[int, Refusal] = {}
    for site in town.catalogue.sites:
        is_must = site.id in wish.must
        openings = openings_of(town, wish, site)
        if is_must and (refusal := _refusal(town, site, openings)):
            refused[site.id] = refusal
        elif site.point and site.is_walkable and (is_must or _is_worth_it(openings)):
            reserved = any(opening.slot_id in wish.reserved for opening in openings)
            found.append(Doors(site.id, site.kind, site.point, tuple(openings), is_must, reserved))
    return found, refused


def openings_of(town: TownDay, wish: DayWish, site: SiteEntry) -> list[Opening]:
    """Every way in which this party can visit the site on the day.

    Where it has reserved a session, or holds on to one, that one only.
    """
    interest = wish.interests.get(site.kind, OTHERWISE)
    sessions = [_session(town, wish, slot, interest) for slot in town.slots_of(site)]
    kept = wish.reserved | wish.held
    if fixed := [o for o in sessions if o.slot_id in kept and not o.full]:
        return fixed
    return [*sessions, *looks(town, site, interest)]


def looks(town: TownDay, site: SiteEntry, interest: int = OTHERWISE) -> Iterator[Opening]:
    """Dropping in at any time within opening hours; a short span is looked at shortly."""
    worth = _worth_of_a_look(town, site) * interest
    for span in town.spans_of(site):
        opens = max(span.opens, _full_until(town, site))
        stay = min(KINDS[site.kind].look_minutes, span.closes - opens)
        if stay >= SHORTEST_LOOK:
            yield Opening(opens, span.closes - stay, stay + _wait_at(town, site), worth)


def door_of(town: TownDay, site: SiteEntry) -> DoorEntry | None:
    """What the host says of the day itself; of another day it says nothing."""
    door = site.door
    is_today = town.now.astimezone(town.zone).date() == town.day
    return door if door and is_today and door.on_date == town.day else None


def _full_until(town: TownDay, site: SiteEntry) -> int:
    door = door_of(town, site)
    is_full = door is not None and door.state == DoorState.FULL
    return town.minute_of(town.now) + FULL_MINUTES if is_full else 0


def _wait_at(town: TownDay, site: SiteEntry) -> int:
    """Who comes waits as long as the host says, and looks around then."""
    door = door_of(town, site)
    return door.waiting_minutes if door and door.state == DoorState.OPEN else 0


def session_window(town: TownDay, slot: SlotEntry) -> tuple[int, int]:
    """When one is at the door of a session, and how long one stays from then on."""
    minutes = int((slot.ends_at - slot.starts_at).total_seconds()) // 60
    return town.minute_of(slot.starts_at) - LEAD, LEAD + minutes + LEAVING


def has_room(town: TownDay, slot: SlotEntry, party_size: int) -> bool:
    """Whether a party can reserve this slot now."""
    programme = town.board.programmes.get(slot.programme_id)
    is_open = slot.availability(town.now) in (Availability.OPEN, Availability.FEW)
    seats = min(slot.seats_left, programme.max_party) if programme and is_open else 0
    return seats >= party_size


def _session(town: TownDay, wish: DayWish, slot: SlotEntry, interest: int) -> Opening:
    at_the_door, stay = session_window(town, slot)
    is_off = slot.status == SlotStatus.CANCELLED
    full = is_off or not (slot.id in wish.reserved or has_room(town, slot, wish.party_size))
    worth = SESSION_WORTH * interest
    programme = town.board.programmes.get(slot.programme_id)
    if programme and not wish.lang.startswith("ja") and wish.lang in programme.languages:
        worth = int(worth * OWN_LANGUAGE)
    return Opening(at_the_door, at_the_door, stay, worth, slot.id, full)


def _refusal(town: TownDay, site: SiteEntry, openings: list[Opening]) -> Refusal | None:
    if not site.is_walkable:
        return Refusal.NOT_WALKABLE
    if not openings and not town.agenda.hours_of(site).is_known:
        return Refusal.HOURS_UNKNOWN
    return None


def _is_worth_it(openings: list[Opening]) -> bool:
    return any(opening.worth > 0 and not opening.full for opening in openings)


def _worth_of_a_look(town: TownDay, site: SiteEntry) -> int:
    if town.is_host(site):
        return HOST_WORTH
    return OFFICE_WORTH if KINDS[site.kind].is_office else OPEN_WORTH
