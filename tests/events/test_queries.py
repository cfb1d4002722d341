"""Events as pages find them."""

from datetime import date

import pytest

from tests.factories import EVENT_DAY, make_event, make_site
from tour.errors import NotFound
from tour.events import queries

pytestmark = pytest.mark.usefixtures("database")


async def test_events_come_soonest_first_and_without_what_is_over_or_a_draft() -> None:
    later = await make_event(day=date(2026, 12, 12))
    soon = await make_event()
    await make_event(day=date(2026, 11, 30))
    await make_event(is_published=False)
    found = await queries.events_from(EVENT_DAY)
    assert [event.slug for event in found] == [soon.slug, later.slug]


async def test_the_last_day_of_an_event_still_counts() -> None:
    event = await make_event(day=date(2026, 12, 1), ends_on=date(2026, 12, 3))
    assert [e.slug for e in await queries.events_from(date(2026, 12, 3))] == [event.slug]
    assert await queries.events_from(date(2026, 12, 4)) == []


async def test_an_event_that_is_over_keeps_its_page() -> None:
    event = await make_event(day=date(2025, 12, 1))
    assert (await queries.event(event.slug)).dates == (date(2025, 12, 1),)


async def test_a_draft_is_not_found_by_its_slug_but_by_those_who_tend_it() -> None:
    draft = await make_event(is_published=False)
    with pytest.raises(NotFound):
        await queries.event(draft.slug)
    assert (await queries.event_by_id(draft.id)).slug == draft.slug


async def test_a_withdrawn_site_leaves_the_map_and_the_others_keep_their_numbers() -> None:
    first, second = await make_site(), await make_site()
    event = await make_event(first, second)
    first.is_published = False
    await first.save()
    found = await queries.event(event.slug)
    assert [(p.site_id, p.number) for p in found.participants] == [(second.id, 2)]
