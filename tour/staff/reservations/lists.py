"""The list of parties, 100 on a page: who holds seats, who waits for some, who is in a draw."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from tour.i18n import Text
from tour.i18n import lazy as _
from tour.programmes.models import Slot
from tour.reservations.lists.parties import TURNS, WITH, ListedParty, listed
from tour.reservations.models import DrawEntry, DrawSlot, WaitlistEntry
from tour.reservations.states import EntryStatus
from tour.staff.reservations import parties
from tour.staff.reservations.parties import Selection

PAGE = 100


class Kind(StrEnum):
    HELD = "held"
    QUEUE = "queue"
    DRAW = "draw"


LABELS: dict[Kind, Text] = {
    Kind.HELD: _("Reservations"),
    Kind.QUEUE: _("Waiting list"),
    Kind.DRAW: _("Draw"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A party at a session: one that it holds, waits for, or would take first of a draw's."""

    reservation_id: int
    name: str
    kana: str
    door_code: str
    seats: int
    slot_id: int
    starts_at: datetime
    session: str
    site: str
    state: str
    is_off: bool
    """Struck out: it holds nothing, and hopes for nothing."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of one kind; `counts` of all kinds, for the same search."""

    kind: Kind
    lines: Sequence[Line]
    counts: dict[Kind, int]
    page: int
    pages: int

    @property
    def total(self) -> int:
        return self.counts[self.kind]

    @property
    def kinds(self) -> list[tuple[Text, int, Kind, bool]]:
        """(label, parties, kind, whether it is shown) of all kinds."""
        return [(LABELS[kind], self.counts[kind], kind, kind == self.kind) for kind in Kind]


async def listing(chosen: Selection, kind: Kind | None, page: int) -> Listing:
    """Without a kind the first of which there is any: a name that only waits is found, too."""
    counts = {
        Kind.HELD: await parties.count(chosen),
        Kind.QUEUE: int(await _turns(chosen).count()),
        Kind.DRAW: int(await (await _entries(chosen)).count()),
    }
    shown = kind or next((each for each in Kind if counts[each]), Kind.HELD)
    pages = max(1, -(-counts[shown] // PAGE))
    number = min(max(1, page), pages)
    lines = await _lines(chosen, shown, (number - 1) * PAGE)
    return Listing(shown, lines, counts, number, pages)


async def _lines(chosen: Selection, kind: Kind, first: int) -> list[Line]:
    if kind == Kind.DRAW:
        entered = (await _entries(chosen)).order_by("draw__draws_at", "id")
        return await _of_draws(
            await entered.offset(first).limit(PAGE).select_related("reservation")
        )
    if kind == Kind.QUEUE:
        waiting = _turns(chosen).order_by("slot__starts_at", "slot_id", "id")
        found = await listed(await waiting.offset(first).limit(PAGE).select_related(*WITH))
        return [_line(party, is_off=False) for party in found]
    held = await parties.lines(chosen, first=first, limit=PAGE)
    return [_line(party, is_off=not party.is_expected) for party in held]


def _turns(chosen: Selection) -> Any:
    hoping = WaitlistEntry.filter(status__in=list(TURNS), **parties.of_slots(chosen, "slot__"))
    return parties.searched(hoping, chosen.query)


async def _entries(chosen: Selection) -> Any:
    """Those of draws still to be held that give seats of one of the chosen sessions."""
    given = DrawSlot.filter(**parties.of_slots(chosen, "slot__"))
    draws: list[Any] = list(await given.distinct().values_list("draw_id", flat=True))
    entered = DrawEntry.filter(draw_id__in=draws, status=EntryStatus.ENTERED)
    return parties.searched(entered, chosen.query)


async def _of_draws(entries: Sequence[DrawEntry]) -> list[Line]:
    firsts = {entry.id: entry.ranking[0] for entry in entries if entry.ranking}
    slots = Slot.filter(id__in=list(set(firsts.values()))).select_related("programme__site")
    by_id = {slot.id: slot for slot in await slots}
    return [
        _hope(entry, by_id[firsts[entry.id]]) for entry in entries if firsts.get(entry.id) in by_id
    ]


async def hopes_of(reservation_id: int) -> list[Line]:
    """What one party would take first of the draw it is in."""
    entered = DrawEntry.filter(reservation_id=reservation_id, status=EntryStatus.ENTERED)
    return await _of_draws(await entered.select_related("reservation"))


def _hope(entry: DrawEntry, slot: Slot) -> Line:
    party = entry.reservation
    return Line(
        reservation_id=party.id,
        name=party.name,
        kana=party.kana,
        door_code=party.door_code,
        seats=party.adults + party.children,
        slot_id=slot.id,
        starts_at=slot.starts_at,
        session=slot.programme.title,
        site=slot.programme.site.name,
        state=str(_("In a draw, first choice of %(n)s", n=len(entry.ranking))),
        is_off=False,
    )


def _line(party: ListedParty, *, is_off: bool) -> Line:
    names = [field.name for field in fields(Line) if field.name != "is_off"]
    return Line(**{name: getattr(party, name) for name in names}, is_off=is_off)
