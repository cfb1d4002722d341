"""What must be true of the seats at any moment, asked of the tables alone."""

from tour.programmes.models import Slot
from tour.reservations.models import Place, PlaceStatus, Reservation


async def seats_by_place(slot_id: int) -> int:
    """Seats that the slot's parties hold, counted one by one."""
    held = Place.filter(slot_id=slot_id, status=PlaceStatus.CONFIRMED)
    return sum([int(seats) for seats in await held.values_list("seats", flat=True)])


async def assert_ledger_holds() -> None:
    """No slot is oversold, its count is the sum of its parties, nobody is half booked."""
    for slot in await Slot.all():
        assert 0 <= slot.seats_taken <= slot.capacity, f"slot {slot.id} is oversold"
        assert slot.seats_taken == await seats_by_place(slot.id), f"slot {slot.id} miscounts"
    for reservation in await Reservation.all().prefetch_related("places", "recipient"):
        assert list(reservation.places), "a reservation without a place"
        sizes = {p.seats for p in reservation.places}
        assert sizes == {reservation.party_size}, "a party was split"
