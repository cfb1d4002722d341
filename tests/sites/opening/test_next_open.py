"""What is said of today is true today: closed, over, and when one can come next."""

from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from tests.conftest import TurnableClock
from tests.days import TOKYO
from tests.factories import make_event, make_site
from tour.sites.opening.hours import DayException, Hours, Span, weekly

TUESDAYS = [(1, 600, 720), (1, 780, 960)]
"""10:00 to 12:00 and 13:00 to 16:00."""
TUESDAY = date(2026, 12, 1)


def at(clock: str, day: date = TUESDAY) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}:00+09:00").astimezone(UTC)


async def card_of(client: httpx.AsyncClient) -> str:
    page = (await client.get("/sites?lang=ja")).text
    return page[page.index('<li class="card') :]


@pytest.mark.parametrize(
    ("clock_at", "card", "not_on_it"),
    [
        ("9:00", "きょう 10:00～12:00, 13:00～16:00", "いま開いています"),
        ("12:30", "きょう 10:00～12:00, 13:00～16:00", "次に開いている日"),
        ("16:00", "きょうは終わりました", "きょう 10:00"),
    ],
)
async def test_a_card_on_a_day_with_hours(
    client: httpx.AsyncClient, clock: TurnableClock, clock_at: str, card: str, not_on_it: str
) -> None:
    await make_site(hours=TUESDAYS)
    clock.turn_to(at(clock_at.zfill(5)))
    shown = await card_of(client)
    assert card in shown
    assert not_on_it not in shown


async def test_a_card_on_a_closed_day_says_when_to_come(
    client: httpx.AsyncClient, clock: TurnableClock
) -> None:
    site = await make_site(hours=TUESDAYS)
    clock.turn_to(at("11:00", TUESDAY + timedelta(days=1)))
    shown = await card_of(client)
    assert "きょうは休み" not in shown
    assert "次に開いている日：12月8日(火) 10:00～12:00, 13:00～16:00" in shown
    page = (await client.get(f"/sites/{site.slug}?lang=ja")).text
    assert "きょうは休み" in page
    assert "次に開いている日：12月8日(火)" in page


def test_the_next_day_may_be_one_by_itself() -> None:
    day = TUESDAY + timedelta(days=40)
    closed, opened = DayException(()), DayException((Span(600, 960),))
    only = Hours(weekly([]), {day: opened, TUESDAY + timedelta(days=3): closed})
    assert only.next_day(TUESDAY) == day
    assert only.next_day(day) is None
    assert Hours(weekly([]), {}).next_day(TUESDAY) is None


def test_a_night_is_left_until_it_is_over() -> None:
    night = Hours(weekly([(1, 1080, 1560)]), {})
    after = TUESDAY + timedelta(days=1)
    local = [at(clock, after).astimezone(TOKYO) for clock in ("01:00", "03:00")]
    assert [night.is_left_on(one) for one in local] == [True, False]


async def test_an_event_that_is_to_come_has_its_own_hours(
    client: httpx.AsyncClient, clock: TurnableClock
) -> None:
    site, closed = await make_site(hours=TUESDAYS), await make_site(hours=TUESDAYS)
    first = date(2026, 12, 12)
    event = await make_event(
        site, closed, starts_on=first, ends_on=first + timedelta(days=1), opens_minute=600
    )
    clock.turn_to(at("11:00", TUESDAY))
    page = (await client.get(f"/events/{event.slug}?lang=ja")).text
    days, hours = "12月12日(土)・13日(日)", "10:00～16:00"
    said = f'<span class="whole">{days}</span> <span class="whole">{hours}</span></p>'
    assert page.count(said) == 2
    assert "きょう 10:00" not in page
    assert "きょうは休み" not in page
    assert "いま開いています" not in page
