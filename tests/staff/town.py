"""A small town for the console's tests: an event's places, a session, a party in it."""

import re
from datetime import timedelta

import httpx

from tests.conftest import NOON
from tests.publishing.days import make_day
from tour.contacts.finding import found_by
from tour.events.models import Event
from tour.notifications import service as notifications
from tour.programmes.models import Programme, Slot
from tour.reservations.models import Place, Reservation
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


async def make_slot(event: Event, site: Site, *, capacity: int = 8) -> Slot:
    """A session of an hour, four days from now."""
    programme = await Programme.create(
        slug=f"session-{site.id}", site=site, event=event, title="木版を摺る", minutes=60
    )
    starts_at = NOON + timedelta(days=4)
    return await Slot.create(
        programme=programme,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        capacity=capacity,
        booking_opens_at=event.booking_opens_at,
        booking_closes_at=starts_at - timedelta(minutes=30),
    )


async def make_party(
    slot: Slot, *, name: str = "北 花子", code: str = "K7M4-92QX", size: int = 2, lang: str = "ja"
) -> Reservation:
    recipient = await notifications.new_recipient(
        lang=lang, timezone="Asia/Tokyo", email="guest@example.org"
    )
    party = await Reservation.create(
        reference=f"ref{code.lower()}",
        door_code=code,
        name=name,
        email="guest@example.org",
        found_by=found_by(name, "", "guest@example.org", "", code),
        adults=size,
        lang=lang,
        idempotency_key=f"key-{code}",
        recipient=recipient,
        consented_at=NOON,
    )
    await Place.create(reservation=party, slot=slot, seats=size)
    slot.seats_taken += size
    await slot.save()
    return party


async def make_town(places: int = 3) -> tuple[Event, Slot, Reservation]:
    """An event at `places` sites, a session at the first, a party of two in it."""
    event = await make_day(places)
    slot = await make_slot(event, await Site.get(slug="site-1"))
    return event, slot, await make_party(slot)


def hidden(page: httpx.Response, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found, f"no hidden {name}"
    return found[1]
