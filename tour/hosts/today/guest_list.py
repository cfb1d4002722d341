"""A host's own list, to print and to take away: who is expected at each session, who waits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from tour.programmes.models import Slot
from tour.programmes.states import SlotStatus
from tour.reservations.door.arrivals import day_bounds
from tour.reservations.lists.parties import TURNS, WITH, ListedParty, listed
from tour.reservations.models import DrawEntry, Place, WaitlistEntry
from tour.reservations.states import EntryStatus, PlaceStatus

BY_NAME = ("slot__starts_at", "slot_id", "reservation__kana", "reservation__name", "id")
"""At the door names are called, and found by their reading."""


@dataclass(frozen=True, slots=True)
class SessionList:
    """One session; `waiting` in the order in which they came."""

    id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    expected: tuple[ListedParty, ...]
    waiting: tuple[ListedParty, ...]
    in_draw: int
    """Parties in a draw that is still to be held."""

    @property
    def people(self) -> int:
        return sum(party.seats for party in self.expected)

    @property
    def no_pictures(self) -> bool:
        """Whether somebody of it must not be in pictures."""
        return any(party.no_pictures for party in self.expected)


@dataclass(frozen=True, slots=True)
class GuestList:
    """The sessions of a day, or one; without those that were called off."""

    sessions: tuple[SessionList, ...]

    @property
    def parties(self) -> int:
        return sum(len(session.expected) for session in self.sessions)

    @property
    def people(self) -> int:
        return sum(session.people for session in self.sessions)

    @property
    def rows(self) -> list[ListedParty]:
        """Of all sessions, in the order of the paper."""
        return [p for session in self.sessions for p in (*session.expected, *session.waiting)]


async def of_day(site_id: int, on_date: date, zone: ZoneInfo) -> GuestList:
    begin, end = day_bounds(on_date, zone)
    chosen = Slot.filter(programme__site_id=site_id, starts_at__gte=begin, starts_at__lt=end)
    alive = chosen.exclude(status=SlotStatus.CANCELLED).order_by("starts_at", "id")
    return await _list(await alive.select_related("programme"))


async def of_slot(slot: Slot) -> GuestList:
    """Of one, with its programme; empty once it was called off."""
    return await _list([] if slot.status == SlotStatus.CANCELLED else [slot])


async def _list(slots: list[Slot]) -> GuestList:
    ids = [slot.id for slot in slots]
    held = Place.filter(slot_id__in=ids, status=PlaceStatus.CONFIRMED)
    hoping = WaitlistEntry.filter(slot_id__in=ids, status__in=list(TURNS))
    expected = await listed(await held.order_by(*BY_NAME).select_related(*WITH))
    waiting = await listed(await hoping.order_by("id").select_related(*WITH))
    hopes = await _in_draws(ids)
    return GuestList(
        tuple(
            SessionList(
                id=slot.id,
                title=slot.programme.title,
                starts_at=slot.starts_at,
                ends_at=slot.ends_at,
                capacity=slot.capacity,
                expected=_of(slot, expected),
                waiting=_of(slot, waiting),
                in_draw=sum(slot.id in ranking for ranking in hopes),
            )
            for slot in slots
        )
    )


def _of(slot: Slot, parties: Iterable[ListedParty]) -> tuple[ListedParty, ...]:
    return tuple(party for party in parties if party.slot_id == slot.id)


async def _in_draws(slot_ids: list[int]) -> list[list[int]]:
    """What each party of a draw still to be held would take."""
    entered = DrawEntry.filter(
        draw__draw_slots__slot_id__in=slot_ids, status=EntryStatus.ENTERED
    ).distinct()
    return [entry.ranking for entry in await entered.only("id", "ranking")]
