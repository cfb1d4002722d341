"""Programmes and slots as pages find them."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.conftest import NOON
from tests.factories import DAY_AHEAD, make_programme, make_site, make_slot
from tour.changes import NewsReader
from tour.errors import NotFound
from tour.programmes import queries
from tour.programmes.states import SlotStatus
from tour.programmes.views import by_day, programme_view
from tour.sites.catalogue import CatalogueCache
from tour.sites.views import site_card

pytestmark = pytest.mark.usefixtures("database")


async def test_what_is_not_published_is_not_found() -> None:
    draft = await make_programme(is_published=False)
    slot = await make_slot(programme=draft)
    with pytest.raises(NotFound):
        await queries.public_programme(draft.id)
    with pytest.raises(NotFound):
        await queries.public_slot(slot.id)
    assert await queries.programmes() == []


async def test_slots_come_soonest_first_until_they_have_ended() -> None:
    programme = await make_programme()
    later = await make_slot(programme=programme, starts_at=DAY_AHEAD + timedelta(hours=3))
    running = await make_slot(programme=programme, starts_at=NOON - timedelta(minutes=30))
    await make_slot(programme=programme, starts_at=NOON - timedelta(hours=1))
    soon = await make_slot(programme=programme)
    found = await queries.slots_of([programme.id], since=NOON)
    assert [slot.id for slot in found] == [running.id, soon.id, later.id]


async def test_the_next_slot_that_fits_a_party_can_be_booked_by_it() -> None:
    programme = await make_programme()
    hours = iter(range(10))

    async def slot(**values: object) -> int:
        start = DAY_AHEAD + timedelta(hours=next(hours))
        return (await make_slot(programme=programme, starts_at=start, **values)).id

    await slot(seats_taken=8)
    small = await slot(seats_taken=6)
    await slot(status=SlotStatus.CANCELLED)
    large = await slot()
    for size, expected in ((1, small), (2, small), (3, large), (8, large)):
        found = await queries.next_that_fits(programme.id, size, now=NOON)
        assert found is not None
        assert found.id == expected
    assert await queries.next_that_fits(programme.id, 9, now=NOON) is None


async def test_a_site_shows_its_own_programmes_in_the_order_they_were_listed() -> None:
    site = await make_site()
    first, second = await make_programme(site=site), await make_programme(site=site)
    await make_programme()
    found = await queries.programmes(site_id=site.id)
    assert [programme.id for programme in found] == [first.id, second.id]


async def test_slots_stand_under_their_local_day() -> None:
    programme = await make_programme()
    late = await make_slot(programme=programme, starts_at=NOON.replace(hour=14, minute=59))
    midnight = await make_slot(programme=programme, starts_at=NOON.replace(hour=15))
    entry = await queries.public_programme(programme.id)
    slots = await queries.slots_of([programme.id], since=NOON)
    catalogue = await CatalogueCache(lambda _sites, _stations: {}, NewsReader()).current()
    card = site_card(catalogue.by_id[entry.site_id], "en")
    view = programme_view(entry, slots, card, lang="en", now=NOON)
    days = by_day(view.slots, ZoneInfo("Asia/Tokyo"))
    assert [(day.day, [slot.id for slot in cards]) for day, cards in days] == [
        (1, [late.id]),
        (2, [midnight.id]),
    ]
    assert view.title == programme.translations["en"]["title"]
