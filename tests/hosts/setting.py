"""What tests of the console share: a programme as its host writes it."""

from datetime import datetime, timedelta

from tests.accounts.signing import OPERATOR
from tests.conftest import NOON
from tour.programmes import editing
from tour.programmes.editing import Outline, Times
from tour.programmes.models import Programme, Slot
from tour.programmes.states import Allocation
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


async def write_programme(
    site: Site, *starts: datetime, capacity: int = 8, published: bool = True
) -> Programme:
    """Through the verbs of the console, as its host writes and publishes it."""
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
