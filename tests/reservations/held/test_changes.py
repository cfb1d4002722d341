"""What a party holds, in the one order in which its slots are locked."""

import pytest

from tests.conftest import NOON
from tests.factories import DAY_AHEAD, make_slot
from tests.reservations.factories import make_wish
from tour.programmes import service as programmes
from tour.reservations import service
from tour.reservations.held import changes
from tour.reservations.models import Place

pytestmark = pytest.mark.usefixtures("database")


async def test_places_come_in_the_order_of_their_slots_and_not_in_which_they_were_added() -> None:
    """Two who lock the same slots never wait for each other."""
    first, second, third = [await make_slot(DAY_AHEAD) for _n in range(3)]
    mine = await service.reserve(make_wish(third, second, split=True), now=NOON)
    await service.reserve(make_wish(second), now=NOON)
    assert await programmes.take_seats(first.id, 1)
    await Place.create(reservation=mine, slot=first, seats=1)
    held = await changes.confirmed_places(mine.id)
    assert [place.slot_id for place in held] == [first.id, second.id, third.id]
    await changes.cancel_place(mine.reference, second.id, now=NOON)
    held = await changes.confirmed_places(mine.id)
    assert [place.slot_id for place in held] == [first.id, third.id]
