"""Reservations, found by their reference."""

from dataclasses import dataclass

from tour.errors import NotFound
from tour.i18n import lazy as _
from tour.programmes.queries import SLOT_FIELDS, SlotEntry, slot_entry
from tour.reservations.models import Place, PlaceStatus, Reservation


@dataclass(frozen=True, slots=True)
class PlaceEntry:
    slot: SlotEntry
    seats: int
    status: PlaceStatus


@dataclass(frozen=True, slots=True)
class ReservationEntry:
    """A reservation with its places, soonest first."""

    reservation: Reservation
    places: tuple[PlaceEntry, ...]

    @property
    def is_cancelled(self) -> bool:
        return all(place.status == PlaceStatus.CANCELLED for place in self.places)


async def by_reference(reference: str) -> ReservationEntry:
    """The reservation, or NotFound, which never tells how near a guess came."""
    reservation = await Reservation.get_or_none(reference=reference)
    if reservation is None:
        raise NotFound(_("There is no such reservation. Please check the link."))
    return (await _with_places([reservation]))[0]


async def by_references(references: list[str]) -> list[ReservationEntry]:
    """Those of the references that exist, latest made first."""
    found = await Reservation.filter(reference__in=references).order_by("-id")
    return await _with_places(found)


async def _with_places(reservations: list[Reservation]) -> list[ReservationEntry]:
    places: dict[int, list[PlaceEntry]] = {r.id: [] for r in reservations}
    query = Place.filter(reservation_id__in=list(places)).select_related("slot")
    for place in await query.order_by("slot__starts_at", "id"):
        slot = slot_entry({name: getattr(place.slot, name) for name in SLOT_FIELDS})
        entry = PlaceEntry(slot, place.seats, place.status)
        places[place.reservation_id].append(entry)
    return [ReservationEntry(r, tuple(places[r.id])) for r in reservations]
