"""An event on its days: not over before its last is."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.factories import EVENT_DAY, make_event, make_site
from tour.events import queries
from tour.events.entries import agenda, stage_of
from tour.events.states import EventStage
from tour.events.views import cover_of, event_card
from tour.sites.editing.photo_files import WIDTHS, file_name, shared_name

pytestmark = pytest.mark.usefixtures("database")
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("days_from_the_first", "days", "stage"),
    [
        (-400, 1, EventStage.COMING),
        (-1, 1, EventStage.COMING),
        (0, 1, EventStage.UNDER_WAY),
        (1, 1, EventStage.OVER),
        (-1, 2, EventStage.COMING),
        (0, 2, EventStage.UNDER_WAY),
        (1, 2, EventStage.UNDER_WAY),
        (2, 2, EventStage.OVER),
    ],
)
def test_how_far_the_days_of_an_event_are(
    days_from_the_first: int, days: int, stage: EventStage
) -> None:
    ends_on, today = EVENT_DAY + (days - 1) * DAY, EVENT_DAY + days_from_the_first * DAY
    assert stage_of(EVENT_DAY, ends_on, today) == stage


async def test_an_event_is_over_the_day_after_its_last() -> None:
    await make_event(await make_site(), day=EVENT_DAY, ends_on=EVENT_DAY + DAY)
    [event] = await queries.events_from(EVENT_DAY)
    cards = [event_card(event, "ja", EVENT_DAY + step * DAY) for step in (-2, -1, 0, 1, 2)]
    stages = [str(card.stage) for card in cards]
    assert stages == ["coming", "coming", "under-way", "under-way", "over"]
    assert [card.days_until for card in cards] == [2, 1, 0, 0, 0]
    assert cards[0].dates == (EVENT_DAY, EVENT_DAY + DAY)
    assert (cards[0].opens, cards[0].closes, cards[0].site_count) == ("10:00", "16:00", 1)


async def test_a_host_is_open_as_its_event_says_on_its_days_alone() -> None:
    site = await make_site(hours=[(5, 540, 720)])
    await make_event(site, day=EVENT_DAY)
    [event] = await queries.events_from(EVENT_DAY)
    later = replace(event, slug="later", starts_on=EVENT_DAY, ends_on=EVENT_DAY)
    both = agenda([event, later])
    assert both.event_days == {site.id: {EVENT_DAY: event}}, "of two on one day the sooner"
    assert both.event("later") == later
    assert both.event("none") is None
    assert agenda([]).event_days == {}


def test_the_day_of_these_tests_is_a_saturday() -> None:
    assert date(2026, 12, 5) == EVENT_DAY
    assert EVENT_DAY.weekday() == 5


def test_a_cover_is_shown_by_files_that_are_there() -> None:
    """Its names are those of a stored picture; the English text where there is one."""
    name = "0" * 32
    cover = {"name": name, "width": 1600, "height": 800, "alt": "扉", "alt_en": "A door"}
    shown = cover_of(cover, "en")
    stored = {file_name(name, width) for width in WIDTHS}
    assert {shown.small, shown.large} <= stored
    assert shown.small == file_name(name, min(w for w in WIDTHS if w >= 400))
    assert shown.share == shared_name(name)
    assert (shown.width, shown.height, shown.alt) == (1600, 800, "A door")
    assert cover_of({**cover, "alt_en": ""}, "en").alt == cover_of(cover, "ja").alt == "扉"
