"""Which sessions stand in the window, and in what order. Pure: no database, clock or request.

A window is small and a town large: what stands in it shows how different things are, is the same
all day and another tomorrow, and is never what cannot be had.
"""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from heapq import nsmallest

from tour.sites.states import SiteKind

MOST = 5
"""One over the width, and a row of four."""
NOON = 12
CHILD = 6
"""Years: a session from this age on is one to come to with children who go to school."""
CHEAP_YEN = 1000


class DayPart(StrEnum):
    MORNING = "am"
    AFTERNOON = "pm"


@dataclass(frozen=True, slots=True)
class Traits:
    """What is true of a session at whatever time."""

    programme_id: int
    site_id: int
    kind: SiteKind
    price_yen: int
    min_age: int
    """0: for everybody."""
    max_age: int | None
    is_indoors: bool

    @property
    def for_children(self) -> bool:
        return self.min_age <= CHILD and (self.max_age is None or self.max_age >= CHILD)

    @property
    def look(self) -> tuple[object, ...]:
        """In what it may differ from its neighbours in the window."""
        price = 0 if not self.price_yen else 1 if self.price_yen <= CHEAP_YEN else 2
        age = 0 if not self.min_age else 1 if self.min_age <= CHILD else 2
        return (self.kind, price, age)


@dataclass(frozen=True, slots=True)
class Offer:
    """One time of a session that can be had; `starts_at` by the town's clock."""

    slot_id: int
    starts_at: datetime
    is_draw: bool
    traits: Traits

    @property
    def day(self) -> date:
        return self.starts_at.date()

    @property
    def part(self) -> DayPart:
        return DayPart.MORNING if self.starts_at.hour < NOON else DayPart.AFTERNOON


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What somebody wants of the window; nothing set: anything."""

    part: DayPart | None = None
    day: date | None = None
    children: bool = False
    free: bool = False
    indoors: bool = False

    def lets(self, offer: Offer) -> bool:
        traits = offer.traits
        return (
            (self.part is None or offer.part == self.part)
            and (self.day is None or offer.day == self.day)
            and (not self.children or traits.for_children)
            and (not self.free or traits.price_yen == 0)
            and (not self.indoors or traits.is_indoors)
        )


ANYTHING = Narrowing()

Turns = Mapping[int, int]
"""By session, when its turn is: 0 is today's."""


def turns(programme_ids: Iterable[int], today: date) -> Turns:
    """All sessions in a row that is shuffled once and for ever and moves on by one a day, so that
    today's is not tomorrow's. A session that is full keeps its turn: the others keep theirs, too,
    when it fills."""
    row = sorted(set(programme_ids), key=lambda one: (zlib.crc32(str(one).encode()), one))
    shift = today.toordinal() % len(row) if row else 0
    return {one: turn for turn, one in enumerate((*row[shift:], *row[:shift]))}


def window(offers: Iterable[Offer], turn: Turns, most: int = MOST) -> list[Offer]:
    """At most `most`, one a place: today's first, one that can be reserved at once where there is
    one, then always what differs most from those before it."""
    alike = _alike(offers, turn, most)
    chosen: list[Offer] = []
    while len(chosen) < most and (heads := _heads(alike, chosen)):
        seen = {trait for one in chosen for trait in enumerate(_look(one))}
        chosen.append(min(heads, key=lambda one: (_old(one, seen), _place(one, turn))))
    return chosen


def _alike(offers: Iterable[Offer], turn: Turns, most: int) -> list[list[Offer]]:
    """Those that look alike together, in turn, one a place and no more than could be chosen: what
    is compared is bounded by how many looks there are, not by how many sessions."""
    looks: dict[tuple[object, ...], dict[int, Offer]] = {}
    for offer in offers:
        places = looks.setdefault(_look(offer), {})
        other = places.setdefault(offer.traits.site_id, offer)
        if _place(offer, turn) < _place(other, turn):
            places[offer.traits.site_id] = offer
    return [
        nsmallest(most, places.values(), key=lambda one: _place(one, turn))
        for places in looks.values()
    ]


def _heads(alike: Sequence[Sequence[Offer]], chosen: Sequence[Offer]) -> list[Offer]:
    """The next of each look, of places that are not there yet."""
    used = {one.traits.site_id for one in chosen}
    nexts = (next((o for o in row if o.traits.site_id not in used), None) for row in alike)
    return [offer for offer in nexts if offer is not None]


def _place(offer: Offer, turn: Turns) -> tuple[int, datetime, int]:
    return (turn[offer.traits.programme_id], offer.starts_at, offer.slot_id)


def _look(offer: Offer) -> tuple[object, ...]:
    return (*offer.traits.look, offer.part, offer.day, offer.is_draw)


def _old(offer: Offer, seen: set[tuple[int, object]]) -> int:
    """In how much it is like those that are there; where there is none, a draw may wait."""
    if not seen:
        return int(offer.is_draw)
    return sum(1 for trait in enumerate(_look(offer)) if trait in seen)


def sessions(offers: Iterable[Offer], wish: Narrowing = ANYTHING) -> int:
    """How many sessions meet a wish, whatever their times."""
    return len({offer.traits.programme_id for offer in offers if wish.lets(offer)})
