"""The app with the guard of its seats taken out, to show that the race tests bite."""

from starlette.applications import Starlette

from tour import asgi
from tour.programmes import service
from tour.programmes.models import Slot

TAKE_SEATS = """
UPDATE slot SET seats_taken = seen.seats_taken + $2
FROM (SELECT id, seats_taken, capacity FROM slot WHERE id = $1) AS seen
WHERE slot.id = seen.id AND seen.seats_taken + $2 <= seen.capacity AND {only_if}
RETURNING slot.id
"""
"""The same in one statement: it counts what it saw before it waited for the row."""


async def take_seats(slot_id: int, party_size: int) -> bool:
    """What many write first: read, check, save."""
    slot = await Slot.get(id=slot_id)
    if slot.seats_left < party_size:
        return False
    await Slot.filter(id=slot_id).update(seats_taken=slot.seats_taken + party_size)
    return True


def app() -> Starlette:
    service.take_seats = take_seats
    service.TAKE_SEATS = TAKE_SEATS
    return asgi.app()
