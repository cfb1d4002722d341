"""A small town for the console's tests: an event's places, a session, a party in it."""

import re
from datetime import timedelta

import httpx

from tests.conftest import NOON
from tests.factories import make_place, make_programme, make_slot
from tests.publishing.days import make_day
from tour.events.models import Event
from tour.programmes.models import Slot
from tour.reservations.models import Reservation
from tour.sites.models import Site

EVENT_FORM = {
    "title": "秋のものづくり",
    "title_en": "Makers' autumn",
    "starts_on": "2026-12-12",
    "ends_on": "2026-12-13",
    "opens": "10:00",
    "closes": "16:00",
    "booking_opens_at": "2026-12-02T09:00",
    "summary": "工房が扉を開けます。",
    "summary_en": "Workshops open their doors.",
    "description": "",
    "description_en": "",
}


async def make_session(event: Event, site: Site) -> Slot:
    """A session of an hour, four days from now."""
    return await make_slot(
        NOON + timedelta(days=4),
        programme=await make_programme(site=site, event=event, title="木版を摺る"),
        booking_opens_at=event.booking_opens_at,
    )


async def make_party(
    slot: Slot, *, name: str = "北 花子", code: str = "K7M4-92QX", size: int = 2, lang: str = "ja"
) -> Reservation:
    place = await make_place(slot, size, name=name, door_code=code, lang=lang)
    return await place.reservation


async def make_town(places: int = 3) -> tuple[Event, Slot, Reservation]:
    """An event at `places` sites, a session at the first, a party of two in it."""
    event = await make_day(places)
    slot = await make_session(event, await Site.get(slug="site-1"))
    return event, slot, await make_party(slot)


def hidden(page: httpx.Response, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found, f"no hidden {name}"
    return found[1]
