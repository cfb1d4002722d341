"""The first page at every hour of an event's life: never a session that is not to be had."""

import html
import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.conftest import NOON, TurnableClock
from tests.factories import (
    EVENT_DAY,
    catalogue_changed,
    make_course,
    make_event,
    make_programme,
    make_site,
    make_slot,
)
from tour.events.models import Event
from tour.programmes.models import Programme, Slot
from tour.programmes.states import Allocation, SlotStatus
from tour.routes.models import Stop
from tour.sites.models import HoursException, Site, SiteDay
from tour.sites.states import SiteKind

pytestmark = pytest.mark.once("pages are made of the process's copies of the catalogue")

TOKYO = ZoneInfo("Asia/Tokyo")
ON_THE_DAY = datetime(2026, 12, 5, 10, 0, tzinfo=TOKYO)


async def on_the_day(event: Event, site: Site, at: datetime = ON_THE_DAY, **values) -> Slot:
    """A time of a session of its own on the day of the event."""
    own = ("price_yen", "min_age", "summary", "title")
    session = {name: values.pop(name) for name in own if name in values}
    programme = await make_programme(site=site, event=event, **session)
    return await make_slot(at, programme=programme, **values)


async def town(count: int = 3) -> tuple[Event, list[Site]]:
    sites = [await make_site() for _number in range(count)]
    return await make_event(*sites), sites


async def text_of(client: httpx.AsyncClient, path: str = "/", lang: str = "ja") -> str:
    answer = await client.get(path, headers={"Accept-Language": lang})
    assert answer.status_code == 200
    return answer.text


def panes(text: str) -> list[str]:
    box = text[text.index("data-window") : text.index("data-window-said")]
    return re.split(r'<li class="pane(?: pane--first)?">', box)[1:]


def words(fragment: str) -> str:
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", fragment).split()))


class TestWhatStandsInTheWindow:
    async def test_a_session_says_what_where_when_how_much_and_why(self, client) -> None:
        event, sites = await town(1)
        slot = await on_the_day(
            event,
            sites[0],
            summary="三枚の版を重ねて、はがきを摺ります。持ち帰れます。",
            price_yen=1500,
            min_age=6,
            seats_taken=5,
        )
        text = await text_of(client)
        (pane,) = panes(text)
        said = words(pane)
        for told in (
            "三枚の版を重ねて、はがきを摺ります。60分。",
            sites[0].name,
            "12月5日(土) 10:00",
            "1,500円",
            "残り3席",
            "6歳から",
        ):
            assert told in said
        assert f'href="/slots/{slot.id}/reserve"' in pane
        assert "持ち帰れます" not in said

    @pytest.mark.parametrize(
        ("summary", "title", "said"),
        [
            ("", "木版を摺る", "木版を摺る、60分。"),
            ("長" * 60 + "。", "木版を摺る", "木版を摺る、60分。"),
            ("はがきを摺る", "木版を摺る", "はがきを摺る、60分。"),
            ("ほんとうに摺れます！その場で。", "木版を摺る", "ほんとうに摺れます！60分。"),
        ],
    )
    async def test_its_headline_is_its_hosts_own_words(self, client, summary, title, said) -> None:
        event, sites = await town(1)
        await on_the_day(event, sites[0], summary=summary, title=title)
        (pane,) = panes(await text_of(client))
        assert said in words(pane)
        assert (f">{title}<" in pane) is not said.startswith(title)

    @pytest.mark.parametrize(
        "values",
        [
            {"seats_taken": 8},
            {"status": SlotStatus.CANCELLED},
            {"status": SlotStatus.CLOSED},
            {"booking_closes_at": NOON},
            {"booking_opens_at": NOON + timedelta(days=1)},
        ],
        ids=["full", "called off", "closed", "too late", "too early"],
    )
    async def test_what_cannot_be_had_stands_beside_nothing(self, client, values) -> None:
        event, sites = await town(2)
        gone = await (await on_the_day(event, sites[0], **values)).programme
        free = await (await on_the_day(event, sites[1])).programme
        text = await text_of(client)
        assert gone.title not in text
        assert free.title in text

    @pytest.mark.parametrize("what", ["session", "place"])
    async def test_what_is_withdrawn_is_gone_at_once(self, client, what: str) -> None:
        event, sites = await town(1)
        programme = await (await on_the_day(event, sites[0])).programme
        assert programme.title in await text_of(client)
        if what == "session":
            await Programme.filter(id=programme.id).update(is_published=False)
        else:
            await Site.filter(id=sites[0].id).update(is_published=False)
        await catalogue_changed()
        assert programme.title not in await text_of(client, "/?again=1")

    async def test_a_draw_is_entered_and_says_until_when(self, client) -> None:
        event, sites = await town(1)
        await on_the_day(event, sites[0], allocation=Allocation.DRAW)
        (pane,) = panes(await text_of(client))
        assert "抽選" in words(pane)

    async def test_sessions_of_the_next_event_come_before_all_others(self, client) -> None:
        event, sites = await town(1)
        other = await (await make_slot(NOON + timedelta(days=1))).programme
        assert other.title in await text_of(client)
        mine = await (await on_the_day(event, sites[0])).programme
        text = await text_of(client, "/?again=1")
        assert mine.title in text
        assert other.title not in text

    async def test_it_is_the_same_in_the_evening_and_another_tomorrow(
        self, client, clock: TurnableClock
    ) -> None:
        event, sites = await town(7)
        for site in sites:
            await on_the_day(event, site)
        first = words(panes(await text_of(client))[0])
        clock.turn(hours=8)
        assert words(panes(await text_of(client, "/?evening=1"))[0]) == first
        clock.turn(hours=5)
        assert words(panes(await text_of(client, "/?tomorrow=1"))[0]) != first

    async def test_one_session_is_enough(self, client) -> None:
        slot = await make_slot()
        text = await text_of(client)
        assert len(panes(text)) == 1
        assert 'class="chip" id=' not in text
        assert f'href="/slots/{slot.id}/reserve"' in text


class TestNarrowing:
    async def test_a_chip_shows_what_meets_it_counts_it_and_can_be_let_go(self, client) -> None:
        event, sites = await town(2)
        free = await (await on_the_day(event, sites[0], price_yen=0)).programme
        paid = await (await on_the_day(event, sites[1], price_yen=900)).programme
        text = await text_of(client, "/?free=1")
        assert free.title in text
        assert paid.title not in text
        assert "1件" in text
        assert re.search(r'id="free-True" href="/" aria-current="true"', text)

    async def test_where_nothing_is_left_it_says_what_is_near(self, client) -> None:
        event, sites = await town(2)
        await on_the_day(event, sites[0], price_yen=0)
        await on_the_day(event, sites[1], ON_THE_DAY.replace(hour=14), price_yen=900)
        text = await text_of(client, "/?part=pm&free=1")
        assert panes(text) == []
        assert "「無料」を外すと1件" in text
        assert 'href="/?part=pm"' in text

    async def test_all_sessions_of_the_chosen_day_are_one_tap_away(self, client) -> None:
        event, sites = await town(1)
        await on_the_day(event, sites[0])
        link = f"/sites?seats=1&amp;event={event.slug}&amp;date=2026-12-05"
        assert link in await text_of(client, "/?date=2026-12-05")

    @pytest.mark.parametrize("query", ["part=x", "date=x", "free=2", "date=2026-12-05&date=x"])
    async def test_nonsense_changes_nothing(self, client, query: str) -> None:
        event, sites = await town(1)
        await on_the_day(event, sites[0])
        assert len(panes(await text_of(client, f"/?{query}"))) == 1


class TestStates:
    async def test_nothing_at_all(self, client) -> None:
        text = await text_of(client)
        assert "いま空きのある体験はありません" in text
        assert 'href="/sites"' in text

    async def test_an_event_without_a_session_leads_to_its_places(self, client) -> None:
        event, _sites = await town()
        text = await text_of(client)
        assert event.title in text
        assert panes(text) == []
        assert f'href="/events/{event.slug}/map"' in text

    async def test_booking_that_is_not_open_says_when_and_has_no_button(self, client) -> None:
        event, sites = await town(1)
        opens = NOON + timedelta(days=1)
        slot = await on_the_day(event, sites[0], booking_opens_at=opens)
        text = await text_of(client)
        assert "12月2日(水) 12:00" in text
        assert (await slot.programme).title in text
        assert f"/slots/{slot.id}/reserve" not in text
        assert "空きのある体験" not in text

    async def test_an_event_that_is_over_is_gone_with_its_walks(
        self, client, clock: TurnableClock
    ) -> None:
        event, sites = await town(2)
        course = await make_course(*sites, event=event)
        assert course.title in await text_of(client)
        clock.turn_to(ON_THE_DAY + timedelta(days=1))
        text = await text_of(client, "/?after=1")
        assert event.title not in text
        assert course.title not in text

    async def test_before_the_day_nothing_is_said_of_now(self, client) -> None:
        await town()
        assert "today-now" not in await text_of(client)

    async def test_a_second_day_is_planned_from_that_day_on(
        self, client, clock: TurnableClock
    ) -> None:
        await make_event(await make_site(), ends_on=EVENT_DAY + timedelta(days=1))
        assert "/plan?date=2026-12-05" in await text_of(client)
        clock.turn_to(ON_THE_DAY + timedelta(days=1))
        assert "/plan?date=2026-12-06" in await text_of(client, "/?second=1")


class TestOnTheDay:
    async def test_before_it_begins_it_says_when(self, client, clock: TurnableClock) -> None:
        await town()
        clock.turn_to(ON_THE_DAY - timedelta(hours=1))
        text = await text_of(client)
        assert "10:00に開きます" in text
        assert "いま開いている会場" not in text

    async def test_it_says_what_is_open_where_one_waits_and_what_begins(
        self, client, clock: TurnableClock
    ) -> None:
        event, sites = await town()
        soon = await on_the_day(event, sites[0], ON_THE_DAY + timedelta(minutes=50), seats_taken=8)
        late = await on_the_day(event, sites[1], ON_THE_DAY + timedelta(hours=3))
        off = await on_the_day(
            event, sites[2], ON_THE_DAY + timedelta(minutes=50), status=SlotStatus.CANCELLED
        )
        await SiteDay.create(site=sites[2], on_date=EVENT_DAY, waiting_minutes=20)
        await catalogue_changed()
        clock.turn_to(ON_THE_DAY)
        text = await text_of(client)
        now = words(text[text.index("today-now") : text.index("data-window")])
        assert "いま開いている会場：3" in now
        assert (await soon.programme).title in now
        assert "満席" in now
        assert (await late.programme).title not in now
        assert (await off.programme).title not in now
        assert "20分" in now

    async def test_what_can_still_be_had_is_named_before_what_is_full(
        self, client, clock: TurnableClock
    ) -> None:
        event, sites = await town(6)
        soon = ON_THE_DAY + timedelta(minutes=35)
        full = [await on_the_day(event, site, soon, seats_taken=8) for site in sites[:5]]
        free = await on_the_day(event, sites[5], soon + timedelta(minutes=10))
        clock.turn_to(ON_THE_DAY)
        now = words((await text_of(client)).partition("data-window")[0])
        titles = [(await slot.programme).title for slot in (free, *full)]
        assert [title for title in titles if title in now] == titles[:4]

    async def test_a_place_that_is_closed_that_day_is_not_open_now(
        self, client, clock: TurnableClock
    ) -> None:
        _event, sites = await town(2)
        await HoursException.create(
            site=sites[0], on_date=EVENT_DAY, opens_minute=None, closes_minute=None
        )
        await catalogue_changed()
        clock.turn_to(ON_THE_DAY)
        text = await text_of(client)
        assert "いま開いている会場：1" in text

    @pytest.mark.parametrize(("days", "said"), [(1, ""), (2, "次は12月6日(日) 10:00からです。")])
    async def test_in_the_evening_it_is_over_and_the_next_day_is_named(
        self, client, clock: TurnableClock, days: int, said: str
    ) -> None:
        await make_event(await make_site(), ends_on=EVENT_DAY + timedelta(days=days - 1))
        clock.turn_to(ON_THE_DAY.replace(hour=17))
        text = await text_of(client)
        assert "きょうは終わりました。" in text
        assert ("次は" in text) is bool(said)
        assert said in text

    async def test_many_open_places_are_counted_and_four_are_named(
        self, client, clock: TurnableClock
    ) -> None:
        event, _sites = await town(8)
        clock.turn_to(ON_THE_DAY)
        text = await text_of(client)
        now = text[text.index("today-now") : text.index("data-window")]
        assert now.count('href="/sites/') == 4
        assert f"/sites?event={event.slug}&amp;open_now=1" in now
        assert "開いている8会場を見る" in now


class TestCourses:
    async def test_a_walk_says_how_long_in_all_how_far_and_how_much(self, client) -> None:
        sites = [await make_site(lat=35.752 + n * 0.004) for n in range(3)]
        event = await make_event(*sites)
        course = await make_course(*sites, event=event)
        await Stop.filter(walking_route_id=course.id).update(stay_minutes=60)
        await on_the_day(event, sites[0], price_yen=1500)
        await on_the_day(event, sites[1], price_yen=800)
        for path in ("/", f"/events/{event.slug}", f"/courses/{course.slug}"):
            text = await text_of(client, path)
            figures = words(text[text.index("course__sum") - 10 :])[:60]
            assert "3時間16分" in figures, path
            assert "徒歩 計1.2km（目安）" in text, path
            assert "体験 2,300円" in text, path
            assert '<path d="M' in text, path

    async def test_of_a_later_event_it_is_marked_where_the_page_is_of_another(self, client) -> None:
        sites = [await make_site(lat=35.752 + n * 0.004) for n in range(4)]
        first = await make_event(*sites[:2])
        later = await make_event(*sites[2:], day=EVENT_DAY + timedelta(days=14), title="あとの日")
        mine = await make_course(*sites[:2], event=first)
        theirs = await make_course(*sites[2:], event=later)
        text = await text_of(client)
        at = text.index("半日で歩く")
        assert text.index(mine.title, at) < text.index(theirs.title, at)
        assert words(text[at:]).count("12月19日(土) あとの日") == 1
        assert words(text[at:]).count("12月5日(土)") == 0
        assert "course__event" not in await text_of(client, f"/events/{later.slug}")
        assert "12月19日(土)" in await text_of(client, f"/courses/{theirs.slug}")

    async def test_places_whose_way_is_not_known_have_no_figures(self, client) -> None:
        sites = [await make_site(lat=None, lon=None) for _number in range(2)]
        course = await make_course(*sites)
        for path in ("/", f"/courses/{course.slug}"):
            text = await text_of(client, path)
            assert course.title in text
            assert "course__sum" not in text


async def test_a_roof_that_all_have_is_not_told(client) -> None:
    event, sites = await town(2)
    for site in sites:
        await on_the_day(event, site)
    assert "雨でも" not in words("".join(panes(await text_of(client))))


async def test_a_roof_is_told_where_not_all_have_one(client) -> None:
    workshop, pitch = await make_site(), await make_site(kind=SiteKind.SPORTS)
    event = await make_event(workshop, pitch)
    for site in (workshop, pitch):
        await on_the_day(event, site)
    told = panes(await text_of(client))
    assert len(told) == 2
    for pane in told:
        assert ("雨でも" in words(pane)) is (workshop.name in pane)


async def test_the_way_on_leads_to_the_places_of_the_same_event(client) -> None:
    event, sites = await town(1)
    await on_the_day(event, sites[0])
    text = await text_of(client)
    assert f'href="/sites?seats=1&amp;event={event.slug}">空きのある会場<' in text


async def test_what_a_host_wrote_is_text_in_the_window(client) -> None:
    event, sites = await town(1)
    await on_the_day(event, sites[0], summary="<b>x</b>を摺る。", title="<i>")
    text = await text_of(client)
    assert "<b>x" not in text
    assert "&lt;b&gt;x" in text


async def test_the_first_page_is_kept_for_everybody(client) -> None:
    answer = await client.get("/?free=1")
    assert "s-maxage" in answer.headers["cache-control"]
