"""The copy of the catalogue that a process keeps: right, and read once."""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from tortoise.expressions import F

from tests.conftest import NOON
from tests.factories import (
    EVENT_DAY,
    catalogue_changed,
    make_craft,
    make_event,
    make_programme,
    make_site,
    make_slot,
    make_station,
)
from tour.changes import Kind, NewsReader, tell
from tour.events.entries import agenda
from tour.events.queries import AgendaCache, events_from
from tour.geo import Point
from tour.programmes.board import BoardCache
from tour.programmes.models import Slot
from tour.routes.walks.approaches import approach_finder
from tour.routes.walks.walks import Walks
from tour.sites.catalogue import CatalogueCache
from tour.sites.entries import LIFT, Approach, SiteEntry, StationEntry
from tour.sites.models import Site
from tour.sites.opening.hours import Span
from tour.sites.states import PointQuality

pytestmark = pytest.mark.usefixtures("database")


class NoApproaches:
    """Finds none and counts how often the catalogue was read."""

    def __init__(self) -> None:
        self.reads = 0

    def __call__(
        self, _sites: Sequence[SiteEntry], _stations: Sequence[StationEntry]
    ) -> dict[int, Approach]:
        self.reads += 1
        return {}


async def test_it_is_read_again_only_when_something_changed() -> None:
    finder = NoApproaches()
    cache = CatalogueCache(finder, NewsReader())
    site = await make_site()
    first = await cache.current()
    assert await cache.current() is first
    assert finder.reads == 1
    await Site.filter(id=site.id).update(name="改名")
    assert await cache.current() is first
    await catalogue_changed()
    assert (await cache.current()).by_slug[site.slug].own["name"] == "改名"
    assert finder.reads == 2


async def test_a_crowd_reads_it_once() -> None:
    finder = NoApproaches()
    cache = CatalogueCache(finder, NewsReader())
    await make_site()
    copies = await asyncio.gather(*(cache.current() for _reader in range(50)))
    assert len({id(copy) for copy in copies}) == 1
    assert finder.reads == 1


async def test_a_reader_who_gives_up_does_not_stop_the_others() -> None:
    cache = CatalogueCache(NoApproaches(), NewsReader())
    await make_site()
    readers = [asyncio.create_task(cache.current()) for _reader in range(10)]
    await asyncio.sleep(0)
    readers[0].cancel()
    done = await asyncio.gather(*readers, return_exceptions=True)
    assert all(copy.sites for copy in done[1:])


async def test_an_entry_has_everything_of_its_rows() -> None:
    closed = EVENT_DAY + timedelta(days=1)
    site = await make_site(
        craft=await make_craft(),
        hours=[(1, 780, 1020), (1, 600, 720)],
        exceptions=[(closed, None, None), (EVENT_DAY, 780, 960), (EVENT_DAY, 600, 720)],
        entrance_lat=35.75,
        entrance_lon=139.73,
        access_features=["wheelchair"],
        languages=["ja", "en"],
    )
    hidden = await make_site(is_published=False)
    station = await make_station()
    catalogue = await CatalogueCache(NoApproaches(), NewsReader()).current()
    (entry,) = catalogue.sites
    assert entry.craft is not None
    assert entry.craft.name_in("en") == "Wood-block print"
    assert entry.point == Point(lat=35.75, lon=139.73)
    assert entry.hours.on(date(2026, 12, 1)) == (Span(600, 720), Span(780, 1020))
    assert entry.hours.on(EVENT_DAY) == (Span(600, 720), Span(780, 960))
    assert entry.hours.on(closed) == ()
    assert (entry.access_features, entry.languages) == (("wheelchair",), ("ja", "en"))
    assert catalogue.point_of(site.slug) == entry.point
    assert catalogue.point_of(station.id) == Point(lat=station.lat, lon=station.lon)
    assert catalogue.point_of("nowhere") is None
    assert hidden.slug not in catalogue.by_slug


async def test_a_rough_place_is_on_the_map_but_no_walk_leads_there() -> None:
    site = await make_site(point_quality=PointQuality.TOWN)
    catalogue = await CatalogueCache(NoApproaches(), NewsReader()).current()
    assert catalogue.by_slug[site.slug].point is not None
    assert not catalogue.by_slug[site.slug].is_walkable
    assert catalogue.point_of(site.slug) is None


async def test_the_nearest_station_is_found_without_streets_and_marked_so() -> None:
    near = await make_station(name="近い駅")
    await make_station(name="遠い駅", lat=35.80)
    site = await make_site()
    rough = await make_site(point_quality=PointQuality.TOWN)
    placeless = await make_site(lat=None, lon=None)
    catalogue = await CatalogueCache(approach_finder(Walks(None)), NewsReader()).current()
    approach = catalogue.by_slug[site.slug].approach
    assert approach is not None
    assert (approach.station.name, approach.approximate) == (near.name, True)
    assert approach.distance_m < 100
    assert catalogue.by_slug[rough.slug].approach is None
    assert catalogue.by_slug[placeless.slug].approach is None


async def test_nobody_arrives_at_a_lift_but_a_kept_plan_may_still_name_it() -> None:
    oji = await make_station(lat=35.80)
    lift = await make_station(name="山頂", translations={}, kind=LIFT)
    site = await make_site()
    catalogue = await CatalogueCache(approach_finder(Walks(None)), NewsReader()).current()
    approach = catalogue.by_slug[site.slug].approach
    assert approach is not None
    assert approach.station.id == oji.id
    assert [s.id for s in catalogue.stations] == [oji.id]
    kept = [catalogue.station(stop.id) for stop in (oji, lift)]
    assert [stop.called_in("ja") for stop in kept if stop] == ["王子駅", "山頂"]
    assert catalogue.point_of(lift.id) is not None


async def test_without_stations_nobody_is_near_one() -> None:
    site = await make_site()
    catalogue = await CatalogueCache(approach_finder(Walks(None)), NewsReader()).current()
    assert catalogue.by_slug[site.slug].approach is None


async def test_an_events_hours_hold_for_its_hosts_on_its_days() -> None:
    host = await make_site(hours=[(5, 0, 60)])
    own_words = await make_site(exceptions=[(EVENT_DAY, 700, 800)])
    stranger = await make_site(hours=[(5, 0, 60)])
    await make_event(host, own_words)
    catalogue = await CatalogueCache(NoApproaches(), NewsReader()).current()
    coming = agenda(await events_from(NOON.date()))
    spans = {
        slug: coming.hours_of(catalogue.by_slug[slug]).on(EVENT_DAY)
        for slug in (host.slug, own_words.slug, stranger.slug)
    }
    assert spans == {
        host.slug: (Span(600, 960),),
        own_words.slug: (Span(700, 800),),
        stranger.slug: (Span(0, 60),),
    }


async def test_the_agenda_is_read_again_on_another_day_or_after_a_change() -> None:
    event = await make_event()
    news = NewsReader()
    cache = AgendaCache(news)
    await news.read()
    first = await cache.current(NOON.date())
    assert await cache.current(NOON.date()) is first
    assert first.event(event.slug) is not None
    await tell(Kind.SESSION, 1, now=NOON)
    await news.read()
    assert await cache.current(NOON.date()) is first
    await tell(Kind.EVENT, event.id, now=NOON)
    await news.read()
    assert await cache.current(NOON.date()) is not first
    after = await cache.current(EVENT_DAY + timedelta(days=1))
    assert after.events == ()


async def test_the_board_is_a_second_old_at_most_and_new_after_a_change() -> None:
    slot = await make_slot(capacity=8)
    site_id = (await slot.programme).site_id
    news = NewsReader()
    await news.read()
    lasting, instant = BoardCache(news, seconds=3600), BoardCache(news, seconds=0)
    for cache in (lasting, instant):
        assert (await cache.current(NOON)).by_site[site_id][0].seats_left == 8
    await Slot.filter(id=slot.id).update(seats_taken=3)
    assert (await lasting.current(NOON)).slots[0].seats_left == 8
    assert (await instant.current(NOON)).slots[0].seats_left == 5
    await tell(Kind.SESSION, slot.id, now=NOON)
    await news.read()
    assert (await lasting.current(NOON)).slots[0].seats_left == 5


async def test_of_a_session_that_changed_the_board_reads_that_alone() -> None:
    one, two = await make_slot(capacity=8), await make_slot(capacity=8)
    news = NewsReader()
    await news.read()
    cache = BoardCache(news, seconds=3600)
    first = await cache.current(NOON)
    await Slot.all().update(capacity=9)
    await tell(Kind.SESSION, one.id, now=NOON)
    await news.read()
    board = await cache.current(NOON)
    assert {slot.id: slot.capacity for slot in board.slots} == {one.id: 9, two.id: 8}
    assert [slot.id for slot in board.slots] == [slot.id for slot in first.slots]
    assert board.programmes is first.programmes
    for elsewhere in (Kind.DOOR, Kind.EVENT, Kind.COURSE):
        await tell(elsewhere, 1, now=NOON)
        await news.read()
        assert await cache.current(NOON) is board
    for above in (Kind.PLACE, Kind.PROGRAMME, Kind.TOWN):
        await Slot.all().update(capacity=F("capacity") + 1)
        await tell(above, 1, now=NOON)
        await news.read()
        board = await cache.current(NOON)
        assert {slot.capacity for slot in board.slots} == {
            (await Slot.get(id=two.id)).capacity,
            (await Slot.get(id=one.id)).capacity,
        }


async def test_a_session_that_is_called_off_or_over_leaves_the_board() -> None:
    one, two = await make_slot(), await make_slot()
    news = NewsReader()
    await news.read()
    cache = BoardCache(news, seconds=3600)
    await cache.current(NOON)
    await Slot.filter(id=one.id).delete()
    await tell(Kind.SESSION, one.id, now=NOON)
    await news.read()
    assert [slot.id for slot in (await cache.current(NOON)).slots] == [two.id]


async def test_the_board_shows_only_what_is_published_and_coming() -> None:
    slot = await make_slot()
    await make_slot(starts_at=NOON - timedelta(days=1))
    await make_slot(starts_at=NOON + timedelta(days=200))
    await make_slot(programme=await make_programme(is_published=False))
    hidden = await make_site(is_published=False)
    await make_slot(programme=await make_programme(site=hidden))
    board = await BoardCache(NewsReader()).current(NOON)
    assert [entry.id for entry in board.slots] == [slot.id]
