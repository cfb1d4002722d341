"""What tests of the console share: a site with its host, a programme, parties."""

from datetime import datetime, timedelta
from uuid import uuid4

from tests.accounts.signing import OPERATOR
from tests.conftest import NOON
from tour.notifications import service as notifications
from tour.programmes import editing
from tour.programmes import service as programmes
from tour.programmes.editing import Outline, Times
from tour.programmes.models import Programme, Slot
from tour.programmes.states import Allocation
from tour.reservations.models import Place, Reservation
from tour.sites.models import Site

OUTLINE = Outline(
    texts={"title": "木版を摺る", "summary": "", "bring": ""},
    english={"title": "Print a wood-block", "summary": "", "bring": ""},
    minutes=60,
    price_yen=1000,
    min_age=None,
    max_party=6,
    languages=("ja",),
)


async def make_programme(
    site: Site, *starts: datetime, capacity: int = 8, published: bool = True
) -> Programme:
    times = Times(
        starts=starts or (NOON + timedelta(hours=2),),
        capacity=capacity,
        allocation=Allocation.FIRST_COME,
        booking_opens_at=None,
        event_id=None,
    )
    made = await editing.create(site.id, OUTLINE, times, actor=OPERATOR, now=NOON)
    if published:
        await editing.publish(made, actor=OPERATOR, now=NOON)
    return made


async def first_slot(programme: Programme) -> Slot:
    return (await Slot.filter(programme_id=programme.id).order_by("starts_at"))[0]


async def make_party(slot: Slot, size: int = 2, **columns: object) -> Place:
    """A party with seats in a slot, and the seats taken."""
    recipient = await notifications.new_recipient(
        lang="ja", timezone="Asia/Tokyo", email="guest@example.org"
    )
    key = uuid4().hex
    values = {"name": "客 一郎", "adults": size, "lang": "ja", "email": "guest@example.org"}
    reservation = await Reservation.create(
        reference=key[:26],
        door_code=f"{key[:4]}-{key[4:8]}".upper().replace("0", "A").replace("1", "B"),
        idempotency_key=key,
        recipient=recipient,
        consented_at=NOON,
        **{**values, **columns},
    )
    assert await programmes.take_seats(slot.id, size)
    return await Place.create(reservation=reservation, slot=slot, seats=size)
