"""The times of sessions on the pages of a place and of a session: price, days, chips, the bar."""

import re
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.conftest import NOON
from tests.factories import make_programme, make_site, make_slot
from tour.pages.times import MOST_TABS, next_time, timetable
from tour.programmes.models import Slot
from tour.programmes.rules import Availability, way_of
from tour.programmes.states import Allocation, SlotStatus
from tour.programmes.views import SlotCard

if TYPE_CHECKING:
    from tour.sites.views import SiteCard

pytestmark = pytest.mark.once("pages are made of the process's copies of the catalogue")

A_DAY = timedelta(days=1)
TOKYO = ZoneInfo("Asia/Tokyo")
DAY = datetime(2026, 12, 8, 1, 30, tzinfo=UTC)
"""10:30 in Tokyo, a week ahead."""

STATES = [
    ({}, "残り8席", "予約"),
    ({"seats_taken": 7}, "残り1席", "予約"),
    ({"seats_taken": 8}, "満席", "キャンセル待ち"),
    ({"allocation": Allocation.DRAW}, "抽選・12月8日(火)まで", "抽選に申し込む"),
    ({"booking_opens_at": NOON + timedelta(hours=1)}, "12月1日(火) 13:00から予約受付", None),
]
"""What there is of a time, what is said of it, and the button that helps."""
NOTHING = [{"status": SlotStatus.CLOSED}, {"status": SlotStatus.CANCELLED}]


async def pages_of(client: httpx.AsyncClient, slot: Slot) -> list[str]:
    programme = await slot.programme
    site = await programme.site
    paths = (f"/sites/{site.slug}", f"/programmes/{programme.id}")
    return [(await client.get(path)).text for path in paths]


def bar_of(page: str) -> str:
    [bar] = re.findall(r'<div class="next-bar.*?</div>', page, re.DOTALL)
    return " ".join(re.sub("<[^>]+>", " ", bar).split())


def button_of(page: str) -> list[str]:
    bar = page.partition('<div class="next-bar')[2].partition("</div>")[0]
    return re.findall(r'<a class="button button--primary" href="([^"]+)">([^<]+)', bar)


class TestBar:
    @pytest.mark.parametrize(("values", "said", "button"), STATES)
    async def test_says_how_the_next_time_stands_with_the_one_button_that_helps(
        self, client: httpx.AsyncClient, values: dict, said: str, button: str | None
    ) -> None:
        slot = await make_slot(DAY, programme=await make_programme(price_yen=1500), **values)
        for page in await pages_of(client, slot):
            assert bar_of(page).startswith(f"12/8(火) 10:30 {said} ・ 1,500円")
            assert button_of(page) == ([(f"/slots/{slot.id}/reserve", button)] if button else [])

    @pytest.mark.parametrize("values", NOTHING)
    async def test_names_no_time_where_nothing_is_to_be_had(
        self, client: httpx.AsyncClient, values: dict
    ) -> None:
        slot = await make_slot(DAY, **values)
        for page in await pages_of(client, slot):
            assert bar_of(page).startswith("プラン")
            assert button_of(page) == []

    async def test_names_the_soonest_with_seats_of_all_sessions_of_a_place(
        self, client: httpx.AsyncClient
    ) -> None:
        site = await make_site()
        full = await make_slot(DAY, programme=await make_programme(site=site), seats_taken=8)
        free = await make_slot(
            DAY + timedelta(hours=3), programme=await make_programme(site=site, price_yen=0)
        )
        [page, _own] = await pages_of(client, full)
        assert bar_of(page).startswith("12/8(火) 13:30 残り8席 ・ 無料")
        assert button_of(page) == [(f"/slots/{free.id}/reserve", "予約")]

    async def test_without_a_session_still_leads_to_plan_and_way(
        self, client: httpx.AsyncClient
    ) -> None:
        site = await make_site()
        page = (await client.get(f"/sites/{site.slug}")).text
        bar = page.partition('<div class="next-bar')[2].partition("</div>")[0]
        assert re.findall('<a [^>]*href="([^"]+)"', bar) == [
            f"/plan/into?site={site.slug}",
            f"/walk?from=&amp;to={site.slug}",
        ]


class TestOrder:
    async def test_price_and_times_come_before_all_that_is_told_at_length(
        self, client: httpx.AsyncClient
    ) -> None:
        site = await make_site(description="長い話")
        slot = await make_slot(DAY, programme=await make_programme(site=site, price_yen=1500))
        [page, _own] = await pages_of(client, slot)
        price, chip = page.index("<b>1,500円</b>"), page.index('<ul class="slots">')
        assert price < chip < page.index("長い話")
        assert chip < page.index('id="hours"')


NO_SITE = cast("SiteCard", None)
numbers = count(1)


def card(starts_at: datetime = DAY, status: Availability = Availability.OPEN) -> SlotCard:
    return SlotCard(
        id=next(numbers),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        seats_left=8,
        capacity=8,
        allocation=Allocation.FIRST_COME,
        status=status,
        booking_opens_at=None,
        entries_close_at=starts_at,
        way=way_of(status),
        programme_id=1,
        programme_title="木版を摺る",
        minutes=60,
        price_yen=0,
        site=NO_SITE,
    )


class TestTimetable:
    def test_opens_the_soonest_day_with_something_to_be_had(self) -> None:
        closed, free = card(DAY, Availability.CLOSED), card(DAY + 2 * A_DAY)
        queue = card(DAY + A_DAY, Availability.FULL)
        shown = timetable([free, closed, queue], TOKYO)
        assert [day.is_chosen for day in shown.days] == [False, True, False]

    def test_opens_the_first_where_nothing_is_to_be_had(self) -> None:
        shown = timetable([card(DAY, Availability.CLOSED)], TOKYO)
        assert [day.is_chosen for day in shown.days] == [True]

    def test_a_day_is_that_of_the_town(self) -> None:
        shown = timetable([card(datetime(2026, 12, 8, 15, 30, tzinfo=UTC))], TOKYO)
        assert [day.date.day for day in shown.days] == [9]

    def test_of_many_days_the_later_ones_are_folded(self) -> None:
        shown = timetable([card(DAY + n * A_DAY) for n in range(MOST_TABS + 2)], TOKYO)
        assert (len(shown.days), len(shown.later)) == (MOST_TABS, 2)

    async def test_what_is_folded_is_on_the_page(self, client: httpx.AsyncClient) -> None:
        programme = await make_programme()
        slots = [
            await make_slot(DAY + n * A_DAY, programme=programme) for n in range(MOST_TABS + 2)
        ]
        for page in await pages_of(client, slots[0]):
            assert "ほかの日（2日）" in page
            assert all(f'href="/slots/{slot.id}/reserve"' in page for slot in slots)

    def test_there_is_none_of_no_times(self) -> None:
        assert timetable([], TOKYO).days == ()
        assert next_time([]) is None

    def test_seats_that_can_be_had_come_before_hopes(self) -> None:
        soon, later = card(DAY, Availability.DRAW), card(DAY + 9 * A_DAY)
        assert next_time([soon, later]) == later
        assert next_time([soon]) == soon
