"""An entry of a calendar rises with whatever it shows, whoever changed it, and never falls."""

from dataclasses import replace
from datetime import timedelta
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from icalendar import Calendar
from tortoise import fields
from tortoise.models import Model

from tests.conftest import NOON, TurnableClock
from tests.factories import DAY_AHEAD, make_event, make_programme, make_site, make_slot
from tests.reservations.factories import make_wish
from tour.audit.service import Actor
from tour.events import undoing
from tour.events.models import Event
from tour.programmes.models import Programme, Slot
from tour.reservations import service
from tour.reservations.changes import call_offs, joining, lateness, slots
from tour.reservations.held import changes
from tour.reservations.messages.appointments import uid_of
from tour.reservations.models import Place, Reservation
from tour.reservations.states import PlaceStatus
from tour.sites.editing import page as sites
from tour.sites.models import Site

HOST = Actor(None, "見本 職人")
TOKYO = ZoneInfo("Asia/Tokyo")
SOON = NOON + timedelta(hours=2)
OF_THIS_FETCH = ("SEQUENCE", "DTSTAMP", "LAST-MODIFIED")


async def file_of(client: httpx.AsyncClient, made: Reservation) -> Calendar:
    answer = await client.get(f"/reservations/{made.reference}/calendar.ics")
    assert answer.status_code == 200
    return Calendar.from_ical(answer.text)


async def sequence_of(client: httpx.AsyncClient, made: Reservation, slot: Slot) -> int:
    """The number, which a second look does not change."""
    numbers, uid = set(), uid_of(made.reference, slot.id)
    for _again in range(2):
        found = (await file_of(client, made)).walk("VEVENT")
        [event] = [event for event in found if event["UID"] == uid]
        assert event["LAST-MODIFIED"].dt <= event["DTSTAMP"].dt
        numbers.add(int(event["SEQUENCE"]))
    [number] = numbers
    return number


async def looked(client: httpx.AsyncClient, made: Reservation) -> tuple[int, bytes]:
    """The number, and all else that does not tell one look from another."""
    calendar = await file_of(client, made)
    [event] = calendar.walk("VEVENT")
    number = int(event["SEQUENCE"])
    for name in OF_THIS_FETCH:
        event.pop(name)
    return number, calendar.to_ical()


class Steps:
    """What parties, hosts and staff do, each by its own verb."""

    def __init__(self, made: Reservation, slot: Slot, event: Event, clock: TurnableClock) -> None:
        self.made, self.slot, self.event, self.clock = made, slot, event, clock

    async def resize(self) -> None:
        await changes.change_party(self.made.reference, adults=3, children=0, now=self.clock())

    async def resize_back(self) -> None:
        await changes.change_party(self.made.reference, adults=1, children=0, now=self.clock())

    async def run_late(self, minutes: int = 15) -> None:
        site = await Site.get(programmes__slots=self.slot.id)
        await lateness.run_late(site, TOKYO, minutes, actor=HOST, now=self.clock())

    async def be_on_time(self) -> None:
        await self.run_late(0)

    async def rewrite_the_page(self) -> None:
        site = await Site.get(programmes__slots=self.slot.id)
        page = sites.profile_of(site)
        page = replace(page, texts={**page.texts, "access_note": f"{page.texts['access_note']}奥"})
        version = await sites.Version.of(site, "site")
        await sites.change_profile(site.id, page, version=version, actor=HOST, now=self.clock())

    async def cancel(self) -> None:
        await changes.cancel_place(self.made.reference, self.slot.id, now=self.clock())

    async def join_again(self) -> None:
        again = joining.Joining((self.slot.id,), is_known=True)
        await joining.join(self.made.reference, again, now=self.clock())

    async def call_the_event_off(self) -> None:
        stands = await undoing.standing_of(self.event.id)
        cause = call_offs.Cause(event_id=self.event.id, before=stands, after=stands)
        await call_offs.call_off(cause, [await self._slot()], "雨", actor=HOST, now=self.clock())

    async def undo(self) -> None:
        await call_offs.undo(event_id=self.event.id, actor=HOST, now=self.clock())

    async def call_the_session_off(self) -> None:
        await slots.cancel_slot(self.slot.id, "雨", actor=HOST, now=self.clock())

    async def _slot(self) -> Slot:
        return await Slot.get(id=self.slot.id).select_related("programme__site")


WAYS = (
    Steps.resize,
    Steps.resize_back,
    Steps.run_late,
    Steps.be_on_time,
    Steps.rewrite_the_page,
    Steps.cancel,
    Steps.join_again,
    Steps.call_the_event_off,
    Steps.undo,
    Steps.call_the_session_off,
)


@pytest.mark.parametrize("backwards", [False, True], ids=["in one second", "clock goes back"])
async def test_each_change_raises_the_number_whoever_makes_it(
    client: httpx.AsyncClient, clock: TurnableClock, *, backwards: bool
) -> None:
    event = await make_event(day=DAY_AHEAD.date())
    slot = await make_slot(SOON, programme=await make_programme(event=event))
    other = await make_slot(SOON + timedelta(days=3))
    made = await service.reserve(make_wish(slot, other), now=clock())
    steps = Steps(made, slot, event, clock)
    seen = [await sequence_of(client, made, slot)]
    untouched = await sequence_of(client, made, other)
    for way in WAYS:
        if backwards and way is not Steps.undo:
            clock.turn(seconds=-30)
        await way(steps)
        seen.append(await sequence_of(client, made, slot))
        assert seen[-1] > seen[-2], (way.__name__, seen)
    assert seen[0] == 0
    assert await sequence_of(client, made, other) == untouched + 2, "the party's size, twice"


TRANSLATED = {"en": dict.fromkeys(("title", "bring", "name", "address", "access_note"), "Other")}


@pytest.mark.parametrize("pin", [("lat", "lon"), ("entrance_lat", "entrance_lon")])
async def test_no_column_that_a_calendar_shows_is_forgotten(
    client: httpx.AsyncClient, pin: tuple[str, str]
) -> None:
    """Every column of every row behind an entry is changed, read, changed back and read: where the
    file differs, the number has risen both times. A new one without its trigger is found here."""
    site = await make_site(**dict(zip(pin, (35.75, 139.73), strict=True)))
    slot = await make_slot(programme=await make_programme(site=site))
    made = await service.reserve(make_wish(slot), now=NOON)
    await Reservation.filter(id=made.id).update(lang="en")
    number, shown = await looked(client, made)
    risen = set()
    for row in (site, await Programme.get(), slot, await Place.get()):
        for name in columns_of(row):
            was = getattr(row, name)
            for value in (other_than(was, row._meta.fields_map[name]), was):
                await type(row).filter(pk=row.pk).update(**{name: value})
                (last, before), (number, shown) = (number, shown), await looked(client, made)
                assert number > last or (number, shown) == (last, before), f"{row!r}.{name}"
                if shown != before:
                    risen.add(f"{row._meta.db_table}.{name}")
    assert risen >= {*(f"site.{name}" for name in pin), "site.translations", "programme.bring"}
    assert risen >= {"slot.starts_at", "slot.ends_at", "place.status", "place.reason"}


def columns_of(row: Model) -> list[str]:
    """But for what ties it to other rows (no place, session or programme moves to another one), and
    a pin that is not there: half a pin the table refuses."""
    names = row._meta.db_fields - {"id", "revision", "revised_at"}
    no_pin = {name for name in names if name.endswith(("lat", "lon")) and not getattr(row, name)}
    return sorted(name for name in names - no_pin if not name.endswith("_id"))


def other_than(value: Any, field: fields.Field[Any]) -> Any:
    """Another value that the table takes."""
    if isinstance(value, PlaceStatus):
        return PlaceStatus.RELEASED
    if isinstance(value, Enum):
        return next(one for one in type(value) if one != value)
    if isinstance(field, fields.JSONField):
        return ["x"] if isinstance(value, list) else TRANSLATED
    if isinstance(field, fields.BooleanField):
        return not value
    if isinstance(field, fields.DatetimeField):
        return (value or NOON) + timedelta(minutes=5)
    if isinstance(field, fields.CharField | fields.TextField):
        return f"{value}別"
    return (value or 0) + 1
