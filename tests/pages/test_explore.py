"""Filters: each alone and together; what makes no sense in an address is left out."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import QueryParams

from tests.conftest import NOON
from tests.factories import (
    DAY_AHEAD,
    EVENT_DAY,
    OJI,
    catalogue_changed,
    make_craft,
    make_event,
    make_programme,
    make_site,
    make_slot,
    make_station,
)
from tour.audit.service import Actor
from tour.pages.explore import Filters
from tour.programmes.models import Slot
from tour.programmes.states import Allocation, SlotStatus
from tour.sites.editing.page import Version, change_profile, profile_of
from tour.sites.models import Site
from tour.sites.states import PointQuality, SiteKind

pytestmark = pytest.mark.once("filters are applied to the process's copies")

requests = count(1)


async def found(client, **query) -> list[str]:
    """Slugs in their order; never from a copy, each address is new."""
    answer = await client.get("/api/v1/sites", params={**query, "request": next(requests)})
    assert answer.status_code == 200, answer.text
    return [feature["properties"]["slug"] for feature in answer.json()["features"]]


NONSENSE = [
    {"kind": "castle"},
    {"date": "tomorrow"},
    {"date": "2026-02-30"},
    {"seats": "many"},
    {"seats": "-3"},
    {"seats": "99999"},
    {"seats": "1e3"},
    {"access": "helicopter"},
    {"near": "nowhere"},
    {"near": "999,999"},
    {"near": "nan,nan"},
    {"page": "0"},
    {"page": "-1"},
    {"page": "x"},
    {"open_now": "yes"},
    {"q": "   "},
    {"bbox": ""},
    {"limit": ""},
    {"nonsense": "1"},
]


@pytest.mark.parametrize("query", NONSENSE)
async def test_nonsense_is_left_out(client, query: dict[str, str]) -> None:
    site = await make_site()
    assert await found(client, **query) == [site.slug]
    assert (await client.get("/sites", params=query)).status_code == 200
    assert (await client.get("/map", params=query)).status_code == 200


async def test_kinds_are_alternatives(client) -> None:
    craft = await make_site()
    factory = await make_site(kind=SiteKind.FACTORY)
    await make_site(kind=SiteKind.SPORTS)
    assert await found(client, kind="factory") == [factory.slug]
    assert set(await found(client, kind=["factory", "craft"])) == {craft.slug, factory.slug}


async def test_access_features_are_all_wanted(client) -> None:
    both = await make_site(access_features=["wheelchair", "nursing_room"])
    await make_site(access_features=["wheelchair"])
    assert await found(client, access=["wheelchair", "nursing_room"]) == [both.slug]


async def test_words_find_by_craft_reading_and_translation(client) -> None:
    site = await make_site(craft=await make_craft())
    await make_site()
    for words in ("もくはん", "モクハン", "mokuhan", "Mokuhan", "木版", "wood-block"):
        assert await found(client, q=words) == [site.slug], words


async def test_open_now_follows_the_towns_clock(client, clock) -> None:
    tuesdays = await make_site(hours=[(1, 600, 1020)])
    nights = await make_site(hours=[(0, 1080, 1500)])
    await make_site()
    assert await found(client, open_now="1") == [tuesdays.slug]
    clock.turn_to(NOON.replace(hour=8))
    assert await found(client, open_now="1") == []
    clock.turn_to(NOON - timedelta(hours=11, minutes=30))
    assert await found(client, open_now="1") == [nights.slug]


async def test_open_now_on_the_day_of_an_event(client, clock) -> None:
    host = await make_site()
    away = await make_site(exceptions=[(EVENT_DAY, None, None)])
    await make_event(host, away)
    clock.turn_to(NOON + timedelta(days=4))
    assert await found(client, open_now="1") == [host.slug]
    assert await found(client, date=EVENT_DAY.isoformat()) == [host.slug]


async def test_a_date_finds_what_is_open_then(client) -> None:
    fridays = await make_site(hours=[(4, 600, 900)], exceptions=[(date(2026, 12, 11), None, None)])
    await make_site(hours=[(0, 600, 900)])
    await make_site()
    assert await found(client, date="2026-12-04") == [fridays.slug]
    assert await found(client, date="2026-12-11") == []


async def test_seats_count_slots_that_can_still_be_booked(client, clock) -> None:
    free = await make_slot(capacity=8, seats_taken=5)
    for values in (
        {"capacity": 8, "seats_taken": 6},
        {"status": SlotStatus.CANCELLED},
        {"status": SlotStatus.CLOSED},
        {"allocation": Allocation.DRAW},
        {"booking_closes_at": NOON},
        {"booking_opens_at": NOON + timedelta(hours=1)},
        {"capacity": 8, "seats_taken": 5, "seats_kept": 1},
    ):
        await make_slot(**values)
    slug = (await (await free.programme).site).slug
    assert await found(client, seats=3) == [slug]
    assert await found(client, seats=4, kind="craft") != [slug]
    clock.turn_to(DAY_AHEAD)
    assert await found(client, seats=1) == []


async def test_date_and_seats_mean_seats_on_that_date(client) -> None:
    open_daily = [(day, 540, 1080) for day in range(7)]
    sites = [await make_site(hours=open_daily) for _number in range(2)]
    today, later = [await make_programme(site=site) for site in sites]
    await make_slot(programme=today, starts_at=NOON + timedelta(hours=2))
    await make_slot(programme=later, starts_at=DAY_AHEAD)
    assert await found(client, date="2026-12-08", seats=1) == [sites[1].slug]
    assert await found(client, date="2026-12-01", seats=1) == [sites[0].slug]


async def test_a_slot_after_midnight_in_tokyo_belongs_to_the_new_day(client) -> None:
    site = await make_site(hours=[(day, 0, 1440) for day in range(7)])
    start = NOON.replace(hour=15, minute=30)
    await make_slot(programme=await make_programme(site=site), starts_at=start)
    assert await found(client, date="2026-12-02", seats=1) == [site.slug]
    assert await found(client, date="2026-12-01", seats=1) == []


async def test_near_sorts_by_distance_and_leaves_out_what_has_no_place(client) -> None:
    far = await make_site(lat=35.78, lon=139.72)
    close = await make_site(lat=35.7535, lon=139.7379)
    rough = await make_site(lat=35.76, lon=139.73, point_quality=PointQuality.TOWN)
    await make_site(lat=None, lon=None)
    station = await make_station()
    wanted = [close.slug, rough.slug, far.slug]
    for near in (station.id, f"{OJI['lon']},{OJI['lat']}", close.slug):
        assert await found(client, near=near) == wanted


async def test_an_events_places_come_in_the_order_of_its_map(client) -> None:
    sites = [await make_site(name_kana=kana) for kana in ("さ", "か", "あ")]
    event = await make_event(*sites)
    await make_site()
    assert await found(client, event=event.slug) == [site.slug for site in sites]
    assert await found(client, event="no-such-event") == []


async def test_places_with_sessions_come_first(client) -> None:
    await make_site(name_kana="あ")
    slot = await make_slot()
    first = (await found(client))[0]
    assert first == (await (await slot.programme).site).slug


async def test_the_soonest_session_comes_first_and_places_of_one_day_by_reading(client) -> None:
    slugs = {}
    for kana, day in (("あ", 19), ("さ", 5), ("か", 5)):
        site = await make_site(name_kana=kana)
        slot = await make_slot(programme=await make_programme(site=site))
        start = datetime(2026, 12, day, 10 + day % 3, tzinfo=UTC)
        await Slot.filter(id=slot.id).update(starts_at=start, ends_at=start + timedelta(hours=1))
        slugs[kana] = site.slug
    assert await found(client) == [slugs["か"], slugs["さ"], slugs["あ"]]


async def test_what_was_chosen_is_said_and_can_be_taken_away_alone(client) -> None:
    await make_station(id="oji", name="王子")
    event = await make_event(await make_site())
    query = f"event={event.slug}&near=oji&seats=2&open_now=1&date=2026-12-05&access=wheelchair"
    for path in ("/sites", "/map"):
        text = (await client.get(f"{path}?{query}&access=stroller")).text
        chosen = text[text.index('aria-label="選んだ条件"') :].partition("</ul>")[0]
        for label in (
            event.title,
            "王子に近い順",
            "空き2席以上",
            "いま開いている",
            "12月5日(土)",
            "車いす",
        ):
            assert label in chosen
        links = re.findall(rf'href="{path}\?([^"]+)"', chosen)
        assert len(links) == 7
        assert ["stroller" in link for link in links if "wheelchair" not in link] == [True]
    assert 'aria-label="選んだ条件"' not in (await client.get("/sites?q=a&kind=craft")).text


async def test_an_open_day_that_is_over_finds_nothing_and_says_why(client) -> None:
    await make_site()
    text = (await client.get("/sites?event=long-ago")).text
    assert "終わったイベント" in text


async def test_a_withdrawn_site_is_nowhere(client) -> None:
    hidden = await make_site(is_published=False)
    await make_slot(programme=await make_programme(site=hidden))
    assert await found(client) == []
    assert (await client.get("/api/v1/slots")).json()["items"] == []
    assert (await client.get(f"/sites/{hidden.slug}")).status_code == 404


TEXTS = st.text(max_size=30)
ASKED = st.lists(
    st.tuples(
        st.sampled_from(
            ["q", "kind", "event", "date", "open_now", "seats", "access", "near", "page"]
        ),
        TEXTS | st.sampled_from(["craft", "wheelchair", "2026-12-05", "1", "３", "139.7,35.7"]),
    ),
    max_size=8,
)


@given(ASKED)
def test_any_address_is_read_and_said_again_the_same(pairs: list[tuple[str, str]]) -> None:
    filters = Filters.read(QueryParams(pairs))
    again = Filters.read(QueryParams(parse_qsl(filters.query_string())))
    assert again == filters
    assert 0 <= filters.seats <= 999
    assert 1 <= filters.page <= 999


async def test_a_text_is_found_by_its_sound_as_soon_as_it_is_saved(client) -> None:
    site = await make_site(summary="工房です。")
    assert await found(client, q="garasu") == []
    version = await Version.of(await Site.get(id=site.id), "site")
    profile = profile_of(await Site.get(id=site.id))
    texts = {**profile.texts, "summary": "色硝子を吹く工房です。"}
    await change_profile(
        site.id, replace(profile, texts=texts), version=version, actor=Actor(None, "x"), now=NOON
    )
    assert await found(client, q="garasu") == [site.slug]


async def test_a_list_says_what_each_place_was_found_by(client) -> None:
    await make_station(id="oji")
    site = await make_site(access_features=["wheelchair"], languages=["ja", "en"])
    await make_programme(site=site, title="硝子を吹く", price_yen=0)
    await catalogue_changed()
    for query, why in (
        ("王子駅", "王子"),
        ("車いす", "車いす"),
        ("英語", "英語"),
        ("吹く", "硝子を吹く"),
        ("雨でも", "屋内"),
        ("無料", "無料"),
    ):
        page = (await client.get("/sites", params={"q": query, "n": next(requests)})).text
        card = page.partition('class="cards"')[2].partition("</ul>")[0]
        reasons = "".join(re.findall("<b>(.*?)</b>", card))
        assert why in reasons, query
