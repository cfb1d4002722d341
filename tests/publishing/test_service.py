"""Publishing a map, publishing it again, taking it back."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.factories import STAFF, catalogue_changed
from tests.publishing.conftest import ReadSources
from tests.publishing.days import SATURDAY, SUNDAY, make_day, make_workshop
from tour.audit.service import Actor
from tour.errors import Conflict, NotFound
from tour.events import queries as events
from tour.events.models import Participation
from tour.publishing import queries, service
from tour.publishing.models import MapVersion
from tour.publishing.published_map import PublishedMap, as_json, from_json
from tour.sites.models import HoursException, Site
from tour.sites.opening.hours import Span

NOW = datetime(2026, 12, 1, 3, tzinfo=UTC)


def numbers(published: PublishedMap) -> dict[int, str]:
    return {place.number: place.slug for place in published.places}


async def rename(slug: str, name: str) -> None:
    await Site.filter(slug=slug).update(name=name)
    await catalogue_changed()


async def test_where_nothing_was_published_the_live_event_is_shown(
    read_sources: ReadSources,
) -> None:
    await make_day(3)
    shown = await queries.published_map("day", await read_sources())
    assert numbers(shown) == {1: "site-1", 2: "site-2", 3: "site-3"}
    assert shown.version == 0
    await rename("site-1", "新しい名")
    shown = await queries.published_map("day", await read_sources())
    assert shown.places[0].names["ja"] == "新しい名"


async def test_a_published_map_stays_as_it_was_published(read_sources: ReadSources) -> None:
    event = await make_day(3)
    assert await service.publish(event.id, await read_sources(), actor=STAFF, now=NOW) == 1
    await rename("site-1", "新しい名")
    fourth = await make_workshop(4)
    await Participation.create(event=event, site=fourth, number=4)
    await catalogue_changed()
    shown = await queries.published_map("day", await read_sources())
    assert shown.version == 1
    assert numbers(shown) == {1: "site-1", 2: "site-2", 3: "site-3"}
    assert shown.places[0].names["ja"] == "工房その1号"
    seen = await queries.event("day")
    assert [place.number for place in seen.participants] == [1, 2, 3]
    assert await service.publish(event.id, await read_sources(), actor=STAFF, now=NOW) == 2
    shown = await queries.published_map("day", await read_sources())
    assert numbers(shown)[4] == "site-4"
    assert shown.places[0].names["ja"] == "新しい名"


async def test_hours_and_withdrawals_reach_a_published_map(read_sources: ReadSources) -> None:
    event = await make_day(3)
    await service.publish(event.id, await read_sources(), actor=STAFF, now=NOW)
    first = await Site.get(slug="site-1")
    await HoursException.create(site=first, on_date=SATURDAY, opens_minute=660, closes_minute=720)
    await Site.filter(slug="site-2").update(is_published=False)
    await catalogue_changed()
    shown = await queries.published_map("day", await read_sources())
    assert numbers(shown) == {1: "site-1", 3: "site-3"}
    assert shown.places[0].hours == ((Span(660, 720),), (Span(600, 960),))
    assert shown.places[1].hours == ((Span(600, 960),), ())


async def test_the_history_tells_every_version(read_sources: ReadSources) -> None:
    event = await make_day(3)
    await service.publish(event.id, await read_sources(), actor=Actor(None, "田中"), now=NOW)
    later = NOW + timedelta(hours=1)
    await service.publish(event.id, await read_sources(), actor=Actor(None, "鈴木"), now=later)
    await service.unpublish(event.id, actor=STAFF, now=later + timedelta(hours=1))
    second, first = await queries.versions(event.id)
    assert (first.number, first.published_by, first.ended_at) == (1, "田中", later)
    assert (second.number, second.published_by) == (2, "鈴木")
    assert second.ended_at == later + timedelta(hours=1)
    assert second.places == 3
    old = await queries.version_map(await events.event("day"), 1)
    assert numbers(old) == {1: "site-1", 2: "site-2", 3: "site-3"}
    with pytest.raises(NotFound):
        await queries.version_map(await events.event("day"), 3)


async def test_a_map_taken_back_is_not_shown(read_sources: ReadSources) -> None:
    event = await make_day(3)
    await service.publish(event.id, await read_sources(), actor=STAFF, now=NOW)
    await service.unpublish(event.id, actor=STAFF, now=NOW)
    with pytest.raises(NotFound):
        await queries.published_map("day", await read_sources())
    with pytest.raises(Conflict):
        await service.unpublish(event.id, actor=STAFF, now=NOW)


async def test_a_draft_can_be_previewed_and_is_not_shown(read_sources: ReadSources) -> None:
    event = await make_day(3, published=False)
    preview = await service.preview(event.id, await read_sources())
    assert len(preview.places) == 3
    with pytest.raises(NotFound):
        await queries.published_map("day", await read_sources())
    with pytest.raises(NotFound):
        await service.preview(event.id + 1, await read_sources())


async def test_of_many_who_publish_at_once_one_version_is_shown(
    read_sources: ReadSources,
) -> None:
    event = await make_day(3)
    sources = await read_sources()
    tries = [
        service.publish(event.id, sources, actor=Actor(None, f"p{n}"), now=NOW) for n in range(8)
    ]
    assert sorted(await asyncio.gather(*tries)) == list(range(1, 9))
    assert await MapVersion.filter(event_id=event.id, ended_at=None).count() == 1


async def test_a_course_names_the_numbers_it_visits(read_sources: ReadSources) -> None:
    event = await make_day(5)
    (course,) = (await service.preview(event.id, await read_sources())).courses
    assert course.numbers == (1, 2, 3)
    assert course.titles == {"ja": "三つの工房", "en": "Three workshops"}
    assert course.approximate
    assert course.distance_m > 0


async def test_what_is_kept_is_read_back_the_same(read_sources: ReadSources) -> None:
    event = await make_day(9)
    made = await service.preview(event.id, await read_sources())
    read = from_json(as_json(made), version=4, published_on=SUNDAY)
    assert read == replace(made, version=4, published_on=SUNDAY)
