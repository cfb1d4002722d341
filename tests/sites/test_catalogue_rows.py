"""The catalogue follows the news: of what changed it reads those places alone."""

import dataclasses
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

import pytest

from tests.conftest import NOON
from tests.factories import STAFF, make_site, make_station
from tour import db
from tour.changes import EVERY, Kind, NewsReader, tell
from tour.geo import Point
from tour.routes.walks.approaches import approach_finder
from tour.routes.walks.walks import Walks
from tour.sites.catalogue import CatalogueCache
from tour.sites.editing import day as days
from tour.sites.editing import publication
from tour.sites.editing.page import Version, change_profile, profile_of, set_exception
from tour.sites.editing.photos import remove_photo
from tour.sites.entries import Approach, Catalogue, SiteEntry, StationEntry
from tour.sites.models import Photo, Site
from tour.sites.opening.hours import Span
from tour.sites.states import DoorState, PointQuality

pytestmark = pytest.mark.usefixtures("database")
BY_STAFF = {"actor": STAFF, "now": NOON}


class Walker:
    """Finds the stations and notes for whom."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []
        self._find = approach_finder(Walks(None))

    def __call__(
        self, sites: Sequence[SiteEntry], stations: Sequence[StationEntry]
    ) -> dict[int, Approach]:
        self.asked.append([site.id for site in sites])
        return self._find(sites, stations)


async def test_a_tap_on_a_session_leaves_the_catalogue_as_it_is() -> None:
    await make_site()
    cache = CatalogueCache(Walker(), NewsReader())
    first = await cache.current()
    for kind in (Kind.SESSION, Kind.EVENT, Kind.COURSE):
        await tell(kind, 1, now=NOON)
        assert await cache.current() is first


async def test_of_a_place_that_changed_it_reads_that_alone() -> None:
    await make_station()
    one, two = await make_site(name="一"), await make_site(name="二")
    walker = Walker()
    cache = CatalogueCache(walker, NewsReader())
    first = await cache.current()
    await Site.all().update(summary="新しい")
    await tell(Kind.PLACE, one.id, now=NOON)
    after = await cache.current()
    assert after.by_id[one.id].own["summary"] == "新しい"
    assert after.by_id[two.id] is first.by_id[two.id]
    assert after.by_id[one.id].approach == first.by_id[one.id].approach
    assert after.by_id[one.id].approach is not None
    assert walker.asked == [[one.id, two.id]]
    assert after.ground == first.ground
    assert after.words > first.words


async def test_a_place_that_moved_is_walked_to_anew_and_no_other() -> None:
    await make_station()
    one, two = await make_site(), await make_site()
    walker = Walker()
    cache = CatalogueCache(walker, NewsReader())
    first = await cache.current()
    profile = dataclasses.replace(profile_of(one), entrance=Point(lat=35.76, lon=139.74))
    version = await Version.of(await Site.get(id=one.id), "site")
    await change_profile(one.id, profile, version=version, **BY_STAFF)
    after = await cache.current()
    assert walker.asked[1:] == [[one.id]]
    assert after.by_id[one.id].approach != first.by_id[one.id].approach
    assert after.by_id[two.id] is first.by_id[two.id]
    assert after.ground > first.ground


async def test_a_door_says_nothing_new_about_words_or_ground() -> None:
    site = await make_site()
    cache = CatalogueCache(Walker(), NewsReader())
    first = await cache.current()
    await days.change_day(site.id, NOON.date(), {"state": DoorState.FULL}, **BY_STAFF)
    after = await cache.current()
    door = after.by_id[site.id].door
    assert door is not None
    assert door.state == DoorState.FULL
    assert (after.words, after.ground) == (first.words, first.ground)


async def test_all_places_at_once_are_read_at_once() -> None:
    one, two = await make_site(), await make_site()
    cache = CatalogueCache(Walker(), NewsReader())
    await cache.current()
    await Site.all().update(summary="新しい")
    await tell(Kind.PLACE, EVERY, now=NOON)
    sites = (await cache.current()).by_id
    assert [sites[i].own["summary"] for i in (one.id, two.id)] == ["新しい"] * 2


async def test_step_by_step_it_becomes_what_one_reads_anew() -> None:
    """Published, withdrawn, renamed, moved to the front, closed, moved away: after each step the
    copy that followed and one that was never there before say the same."""
    await make_station()
    await make_station(lat=35.80)
    sites = [await make_site(name_kana=kana) for kana in ("い", "う", "え")]
    hidden = await make_site(name_kana="あ", is_published=False)
    photo = await Photo.create(
        site=sites[0], name="a", width=1, height=1, alt="x", position=0, created_at=NOON
    )
    cache = CatalogueCache(Walker(), NewsReader())
    await cache.current()

    async def rename(site: Site, **values: object) -> None:
        fresh = await Site.get(id=site.id)
        old = profile_of(fresh)
        texts = {**old.texts, **{k: str(v) for k, v in values.items() if k != "entrance"}}
        entrance = values.get("entrance", old.entrance)
        profile = dataclasses.replace(old, texts=texts, entrance=entrance)  # type: ignore[arg-type]
        version = await Version.of(fresh, "site")
        await change_profile(site.id, profile, version=version, **BY_STAFF)

    tomorrow = NOON.date() + timedelta(days=1)
    steps = [
        lambda: publication.publish_site(hidden.id, **BY_STAFF),
        lambda: rename(sites[2], name="先頭", name_kana="あ"),
        lambda: rename(sites[1], entrance=Point(lat=35.801, lon=139.74)),
        lambda: set_exception(sites[0].id, [tomorrow], [Span(600, 700)], "短い", **BY_STAFF),
        lambda: days.change_day(sites[0].id, NOON.date(), {"waiting_minutes": 20}, **BY_STAFF),
        lambda: remove_photo(photo.id, sites[0].id, **BY_STAFF),
        lambda: publication.withdraw_site(sites[1].id, **BY_STAFF),
        lambda: publication.publish_site(sites[1].id, **BY_STAFF),
    ]
    for step in steps:
        await step()
        fresh = await CatalogueCache(Walker(), NewsReader()).current()
        assert said(await cache.current()) == said(fresh)


def said(catalogue: Catalogue) -> list[object]:
    """All that the entries say, but for the functions they carry."""
    return [
        (
            [
                getattr(site, name)
                for name in ("id", "slug", "own", "name_kana", "point", "quality")
            ],
            (site.hours.week, site.hours.exceptions, site.photos, site.door, site.approach),
        )
        for site in catalogue.sites
    ] + [sorted(catalogue.by_id), sorted(catalogue.by_slug)]


async def test_inside_of_a_transaction_one_sees_what_nobody_else_does() -> None:
    site = await make_site(name="前")
    cache = CatalogueCache(Walker(), NewsReader())
    await cache.current()
    with suppress(ZeroDivisionError):
        async with db.transaction():
            await Site.filter(id=site.id).update(name="後", point_quality=PointQuality.TOWN)
            await tell(Kind.PLACE, site.id, now=NOON)
            assert (await cache.current()).by_id[site.id].own["name"] == "後"
            _ = 1 / 0
    assert (await cache.current()).by_id[site.id].own["name"] == "前"
    await tell(Kind.SESSION, 1, now=NOON)  # takes the number of what was rolled back
    assert (await cache.current()).by_id[site.id].own["name"] == "前"
