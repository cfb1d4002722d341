"""Rows for tests, valid by default; a test states only what matters to it."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from tests.conftest import NOON
from tour.events.models import Event
from tour.programmes.models import Programme, Slot
from tour.programmes.rules import BOOKING_CLOSES_BEFORE
from tour.reservations.rules import Party
from tour.reservations.wishes import Choice, Wish
from tour.sites.models import Site

DAY_AHEAD = NOON + timedelta(days=7)
_numbers = count(1000)


async def make_site(**values: Any) -> Site:
    slug = values.pop("slug", f"site-{uuid4().hex[:8]}")
    return await Site.create(
        slug=slug, **{"kind": "craft", "name": "見本 工房", "point_quality": "building"} | values
    )


async def make_event(**values: Any) -> Event:
    slug = values.pop("slug", f"event-{uuid4().hex[:8]}")
    days = {"starts_on": DAY_AHEAD.date(), "ends_on": DAY_AHEAD.date()}
    hours = {"opens_minute": 600, "closes_minute": 960, "timezone": "Asia/Tokyo"}
    return await Event.create(slug=slug, **{"title": "見本の一日", **days, **hours} | values)


async def make_programme(**values: Any) -> Programme:
    site = values.pop("site", None) or await make_site()
    slug = values.pop("slug", f"programme-{uuid4().hex[:8]}")
    return await Programme.create(
        site=site, slug=slug, **{"title": "木版を摺る", "minutes": 60, "max_party": 6} | values
    )


async def make_slot(starts_at: datetime = DAY_AHEAD, **values: Any) -> Slot:
    programme = values.pop("programme", None) or await make_programme()
    ends_at = starts_at + timedelta(hours=1)
    closes_at = values.pop("booking_closes_at", starts_at - BOOKING_CLOSES_BEFORE)
    return await Slot.create(
        programme=programme,
        starts_at=starts_at,
        ends_at=ends_at,
        booking_closes_at=closes_at,
        **{"capacity": 8} | values,
    )


def make_party(adults: int = 1, children: int = 0, **values: str) -> Party:
    """Somebody new, unless said otherwise: no two share a mail box or a telephone."""
    phone = f"03-{next(_numbers):04d}-{5678:04d}"
    contact = {"name": "北 花子", "kana": "キタ ハナコ", "phone": phone}
    email = f"{uuid4().hex[:8]}@example.org"
    return Party(adults, children, **{"email": email} | contact | values)


def make_wish(
    *slots: Slot,
    party: Party | None = None,
    key: str = "",
    again: bool = False,
    split: bool = False,
) -> Wish:
    return Wish(
        slot_ids=tuple(slot.id for slot in slots),
        party=party or make_party(),
        lang="ja",
        timezone="Asia/Tokyo",
        idempotency_key=key or uuid4().hex,
        choice=Choice(again, split),
    )


def typed(adults: int = 1, key: str = "", **values: str) -> dict[str, str]:
    """The reservation form as a browser sends it."""
    return {
        "adults": str(adults),
        "children": "0",
        "name": "北 花子",
        "email": f"{uuid4().hex[:8]}@example.org",
        "consent": "1",
        "idempotency_key": key or uuid4().hex,
        **values,
    }
