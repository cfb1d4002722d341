"""Which sessions a letter carries for its reader's calendar: each rule at its boundary."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from icalendar import Calendar

from tests.conftest import NOON
from tests.factories import DAY_AHEAD, make_programme, make_site, make_slot
from tests.reservations.factories import make_wish
from tour.notifications.mail.enclosing import Cover
from tour.notifications.models import Reminder
from tour.reservations import service
from tour.reservations.held import changes
from tour.reservations.messages.appointments import appointments, encloser, marks, noted
from tour.reservations.messages.reminders import RECEIPT
from tour.reservations.models import CalendarEntry, Place, Reservation
from tour.reservations.states import PlaceStatus

pytestmark = pytest.mark.usefixtures("database")

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


def cover(name: str = "a.1", hours: float = 0, seconds: int = 0) -> Cover:
    now = NOON + hours * HOUR + seconds * SECOND
    return Cover("desk@example.org", "北区", "yui@example.org", name, now)


async def carried(reservation: Reservation, about: Cover, *, key: str = "news:") -> list[str]:
    """The methods of what a letter with this cover carries, about a reminder of this key."""
    reminder = await Reminder.filter(recipient_id=reservation.recipient_id, key=RECEIPT).get()
    if key != RECEIPT:
        await Reminder.filter(id=reminder.id).update(key=key)
    found = await encloser("https://tour.example")([reminder.id], about)
    await Reminder.filter(id=reminder.id).update(key=RECEIPT)
    return [one.method for one in found]


@dataclass(frozen=True)
class Told:
    """What the calendar was told of the one session, and what the next letter carries."""

    sequence: int | None = None
    """More than the place's own by so much; None where it was told nothing."""
    mailed_in: str = "another"
    is_cancelled: bool = False
    is_asked_for: bool = False
    carries: tuple[str, ...] = ()


REQUEST, CANCEL = ("REQUEST",), ("CANCEL",)
TABLE = [
    Told(carries=REQUEST),
    Told(is_asked_for=True, carries=REQUEST),
    Told(is_cancelled=True),
    Told(is_cancelled=True, is_asked_for=True),
    Told(-1, carries=REQUEST),
    Told(0),
    Told(1),
    Told(0, is_asked_for=True, carries=REQUEST),
    Told(0, mailed_in="a.1", carries=REQUEST),
    Told(-1, is_cancelled=True, carries=CANCEL),
    Told(0, is_cancelled=True),
    Told(0, is_cancelled=True, is_asked_for=True),
    Told(0, mailed_in="a.1", is_cancelled=True, carries=CANCEL),
]


@pytest.mark.parametrize("told", TABLE, ids=str)
async def test_a_letter_carries_what_the_calendar_does_not_know(told: Told) -> None:
    slot = await make_slot()
    reservation = await service.reserve(make_wish(slot), now=NOON)
    if told.is_cancelled:
        await Place.all().update(status=PlaceStatus.CANCELLED)
    [one] = await noted(reservation)
    assert one.is_cancelled is told.is_cancelled
    if told.sequence is not None:
        mailed = one.sequence + told.sequence
        await CalendarEntry.create(
            place=one.place, mailed_sequence=mailed, mailed_in=told.mailed_in
        )
    key = RECEIPT if told.is_asked_for else "news:"
    assert await carried(reservation, cover(), key=key) == list(told.carries)
    if told.carries:
        [after] = await noted(reservation)
        assert after.told is not None
        assert (after.told.mailed_sequence, after.told.mailed_in) == (one.sequence, "a.1")
        assert await carried(reservation, cover("b.2")) == [], "and once"


async def test_what_is_over_is_carried_no_more() -> None:
    slot = await make_slot(DAY_AHEAD)
    reservation = await service.reserve(make_wish(slot), now=NOON)
    hours = (slot.ends_at - NOON) / HOUR
    assert await carried(reservation, cover(hours=hours)) == []
    assert await carried(reservation, cover(hours=hours, seconds=-1)) == ["REQUEST"]


async def test_a_letter_carries_its_own_readers_sessions_soonest_first() -> None:
    later, soon = await make_slot(DAY_AHEAD + HOUR), await make_slot(DAY_AHEAD)
    mine = await service.reserve(make_wish(later, soon), now=NOON)
    await service.reserve(make_wish(soon), now=NOON)
    [receipt] = await Reminder.filter(recipient_id=mine.recipient_id, key=RECEIPT)
    found = await encloser("https://tour.example")([receipt.id], cover())
    begins = [event.start for one in found for event in Calendar.from_ical(one.text).walk("VEVENT")]
    assert begins == [soon.starts_at, later.starts_at]
    assert [one.place.slot_id for one in await noted(mine)] == [soon.id, later.id]


async def test_another_file_leaves_out_what_was_given_back() -> None:
    one, two = await make_slot(DAY_AHEAD), await make_slot(DAY_AHEAD + HOUR)
    mine = await service.reserve(make_wish(one, two), now=NOON)
    other = await service.reserve(make_wish(one), now=NOON + HOUR)
    await changes.cancel_place(mine.reference, two.id, now=NOON)
    found = await marks([other.reference, mine.reference], now=NOON + HOUR)
    assert set(found) == {one.id}
    [first] = [each for each in await noted(mine) if not each.is_cancelled]
    assert found[one.id].sequence == first.sequence
    assert found[one.id].ends_at == one.ends_at
    assert found[one.id].changed_at == first.changed_at(NOON + HOUR)
    alone = await marks([other.reference], now=NOON + HOUR)
    assert alone[one.id].uid != found[one.id].uid, "the earlier party's, where two hold it"


@pytest.mark.parametrize(
    ("columns", "point"),
    [
        ({"lat": 35.75, "lon": 139.73}, (35.75, 139.73)),
        (
            {"lat": 35.75, "lon": 139.73, "entrance_lat": 35.76, "entrance_lon": 139.74},
            (35.76, 139.74),
        ),
        ({"lat": None, "lon": None}, None),
    ],
)
async def test_an_appointment_is_at_the_entrance_where_that_is_known(
    columns: dict[str, float | None], point: tuple[float, float] | None
) -> None:
    slot = await make_slot(programme=await make_programme(site=await make_site(**columns)))
    reservation = await service.reserve(make_wish(slot), now=NOON)
    [made] = await appointments(reservation, base_url="https://tour.example", now=NOON)
    assert (made.point and (made.point.lat, made.point.lon)) == point
