"""Every page that a visitor can open, in both languages, with nothing, little and much on it."""

import gzip
import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from html.parser import HTMLParser
from itertools import pairwise

import httpx
import pytest

from tests.conftest import NOON
from tests.factories import (
    EVENT_DAY,
    catalogue_changed,
    make_craft,
    make_event,
    make_programme,
    make_site,
    make_sites,
    make_slot,
    make_station,
)
from tour.demo.catalogue import read_catalogue
from tour.demo.load import load
from tour.events.models import Event, Participation
from tour.events.states import ParticipationRole
from tour.programmes.models import Programme
from tour.programmes.states import Allocation, SlotStatus
from tour.settings import ROOT
from tour.sites.models import Site
from tour.sites.states import PointQuality, SiteKind

pytestmark = pytest.mark.once("pages are made of the process's copies of the catalogue")

LANGUAGES = ("ja", "en")


class Page(HTMLParser):
    """What a page asks the browser to load or run, and what somebody hears of it."""

    def __init__(self, answer: httpx.Response) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.links: list[str] = []
        self.inline: list[dict[str, str | None]] = []
        self.ids: list[str] = []
        self.headings: list[str] = []
        self.unnamed: list[str] = []
        self.title = ""
        self._open = ""
        self.feed(answer.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self._open = tag
        if found.get("id"):
            self.ids.append(found["id"] or "")
        if tag in ("script", "style") and "src" not in found:
            self.inline.append(found | {"tag": tag})
        if tag == "link" and found.get("rel") not in ("alternate", "canonical"):
            self.loaded.append(found.get("href") or "")
        elif tag in ("a", "form"):
            self.links.append(found.get("href") or found.get("action") or "")
        elif found.get("src"):
            self.loaded.append(found["src"] or "")
        if tag == "img" and "alt" not in found:
            self.unnamed.append(found.get("src") or "")
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(tag)
        for name in found:
            assert not name.startswith("on"), f"{tag} {name}"

    def handle_data(self, data: str) -> None:
        if self._open == "title":
            self.title += data
            self._open = ""


@pytest.fixture
async def town(client, clock) -> list[str]:
    """The demonstration catalogue, and every address of it that a visitor can open."""
    assert client
    catalogue = read_catalogue(ROOT / "data" / "geo")
    await load(catalogue, zone=catalogue.town.timezone, now=clock())
    programme = await Programme.first().prefetch_related("slots")
    assert programme
    slot = next(iter(programme.slots))
    paths = ["/", "/sites", "/map", "/about", "/walk", "/plan", "/reservations", "/nowhere"]
    paths += [f"/sites/{site.slug}" for site in catalogue.sites]
    for event in catalogue.events:
        paths += [f"/events/{event.slug}", f"/events/{event.slug}/map"]
        paths += [f"/courses/{course.slug}" for course in event.courses]
    paths += [f"/programmes/{programme.id}", f"/slots/{slot.id}/reserve", "/sites?page=2"]
    stations = [station.id for station in catalogue.stations]
    walkable = [s.slug for s in catalogue.sites if s.point_quality == PointQuality.ENTRANCE]
    paths.append(f"/walk?from={stations[0]}&stop={walkable[0]}&to={stations[1]}")
    return paths


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_every_page_of_the_town_is_sound(client, town: list[str], lang: str) -> None:
    for path in town:
        answer = await client.get(path, headers={"Accept-Language": lang})
        page = Page(answer)
        assert answer.status_code == (404 if path == "/nowhere" else 200), path
        assert f'<html lang="{lang}">' in answer.text
        assert " | " in page.title
        assert page.headings.count("h1") == 1, path
        assert _steps_down(page.headings), (path, page.headings)
        assert len(set(page.ids)) == len(page.ids), (path, page.ids)
        assert page.unnamed == [], path
        assert len(gzip.compress(answer.content)) < 60_000, path
        _loads_only_from_here(answer, page)
        _says_no_python(answer, path)


async def test_pages_without_map_are_under_100_kb(client, town: list[str]) -> None:
    for path in town:
        answer = await client.get(path)
        if "folium-map" not in answer.text:
            assert len(answer.content) < 100_000, path


async def test_every_link_of_the_town_leads_somewhere(client, town: list[str]) -> None:
    links = set()
    for path in town:
        page = Page(await client.get(path))
        links |= {link.partition("#")[0] for link in page.links + page.loaded}
    for link in sorted(links):
        if link.startswith("/") and "lang=" not in link:
            answer = await client.get(link)
            assert answer.status_code in (200, 303, 405), link


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_english_pages_speak_english_and_japanese_ones_japanese(
    client, town: list[str], lang: str
) -> None:
    """The frame's words: a page of the other language would show them."""
    for path in town:
        text = (await client.get(path, headers={"Accept-Language": lang})).text
        frame = re.findall(r"<(?:footer|nav).*?</(?:footer|nav)>", text, re.DOTALL)
        is_japanese = any(re.search("[ぁ-ん]", part) for part in frame)
        assert is_japanese == (lang == "ja"), path


class TestHome:
    async def test_without_an_event_it_still_leads_on(self, client) -> None:
        page = await client.get("/")
        assert page.status_code == 200
        assert 'href="/sites"' in page.text

    async def test_shows_the_coming_event_and_the_next_ones(self, client) -> None:
        site = await make_site()
        later = await make_event(site, day=EVENT_DAY + timedelta(days=7))
        event = await make_event(site)
        over = await make_event(site, day=date(2026, 11, 1))
        text = (await client.get("/")).text
        assert text.index(event.title) < text.index(later.title)
        assert over.title not in text
        assert "12月5日(土)" in text

    async def test_shows_sessions_that_can_be_booked_one_a_programme(self, client) -> None:
        slot = await make_slot()
        programme = await slot.programme
        await make_slot(programme=programme, starts_at=NOON + timedelta(days=2))
        full = await (await make_slot(seats_taken=8)).programme
        text = (await client.get("/")).text
        assert text.count(f'href="/slots/{slot.id}/reserve"') <= 1
        assert programme.title in text
        assert full.title not in text

    async def test_only_a_draft_is_no_event(self, client) -> None:
        draft = await make_event(is_published=False)
        assert draft.title not in (await client.get("/")).text
        assert (await client.get(f"/events/{draft.slug}")).status_code == 404


class TestExplore:
    @pytest.mark.parametrize("path", ["/sites", "/map"])
    @pytest.mark.parametrize(("lang", "words"), [("ja", "0"), ("en", "0 places")])
    async def test_no_site_at_all_is_said(self, client, path, lang, words) -> None:
        answer = await client.get(path, headers={"Accept-Language": lang})
        assert answer.status_code == 200
        assert words in answer.text

    async def test_what_finds_nothing_offers_to_begin_again(self, client) -> None:
        await make_site()
        text = (await client.get("/sites?q=zzz")).text
        assert 'value="zzz"' in text
        assert 'href="/sites"' in text

    async def test_what_was_typed_is_escaped(self, client) -> None:
        text = (await client.get("/sites", params={"q": '"><script>alert(1)</script>'})).text
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text

    async def test_what_a_host_wrote_is_escaped(self, client) -> None:
        evil = "</script><img src=x onerror=alert(1)>{{7*7}}"
        site = await make_site(name=evil, summary=evil, address=evil, access_note=evil)
        await make_event(site, title=evil, summary=evil)
        await make_slot(programme=await make_programme(site=site, title=evil, bring=evil))
        for path in ("/", "/sites", "/map", f"/sites/{site.slug}"):
            answer = await client.get(path)
            assert "<img src=x" not in answer.text, path
            assert "49" not in re.findall(r"onerror=alert\(1\)&gt;(\w*)", answer.text)
            Page(answer)

    async def test_three_hundred_sites_are_listed_page_by_page(self, client) -> None:
        await _many_sites(300)
        seen: list[str] = []
        for number in range(1, 14):
            text = (await client.get(f"/sites?page={number}")).text
            seen += re.findall(r'href="/sites/(many-\d+)"', text)
        assert len(set(seen)) == 300

    async def test_a_page_beyond_the_last_shows_the_last(self, client) -> None:
        await _many_sites(30)
        text = (await client.get("/sites?page=99")).text
        assert len(set(re.findall(r'href="/sites/(many-\d+)"', text))) == 6
        assert "2" in re.search(r'<nav class="pager".*?</nav>', text, re.DOTALL)[0]

    async def test_the_map_of_three_hundred_sites_is_under_60_kb(self, client) -> None:
        await _many_sites(300)
        page = await client.get("/map", headers={"Accept-Encoding": "gzip"})
        assert int(page.headers["content-length"]) < 60_000
        markers = await client.get("/api/v1/sites", headers={"Accept-Encoding": "gzip"})
        assert len(markers.json()["features"]) == 300

    async def test_a_changed_catalogue_is_seen_at_once_where_nothing_is_shared(
        self, client
    ) -> None:
        site = await make_site()
        path = f"/sites/{site.slug}"
        assert (await client.get(path)).status_code == 200
        await Site.filter(id=site.id).update(name="改名した工房")
        await catalogue_changed()
        assert "改名した工房" in (await client.get(path)).text
        await Site.filter(id=site.id).update(is_published=False)
        await catalogue_changed()
        assert (await client.get(path)).status_code == 404


class TestSite:
    async def test_says_how_to_get_there_and_when_it_is_open(self, client) -> None:
        station = await make_station()
        site = await make_site(hours=[(1, 600, 1020)], craft=await make_craft())
        text = (await client.get(f"/sites/{site.slug}")).text
        assert "10:00～17:00" in text
        assert "木版画" in text
        assert station.name in text

    async def test_without_a_place_has_no_map_and_says_so(self, client) -> None:
        site = await make_site(lat=None, lon=None)
        answer = await client.get(f"/sites/{site.slug}")
        assert answer.status_code == 200
        assert "folium-map" not in answer.text

    async def test_with_a_rough_place_is_marked_and_no_walk_leads_there(self, client) -> None:
        site = await make_site(point_quality=PointQuality.TOWN)
        assert "おおよその位置" in (await client.get(f"/sites/{site.slug}")).text
        station = await make_station()
        walk = await client.get(f"/walk?from={station.id}&to={site.slug}")
        assert walk.status_code == 422

    async def test_shows_sessions_and_events(self, client) -> None:
        site = await make_site()
        event = await make_event(site)
        slot = await make_slot(programme=await make_programme(site=site, event=event))
        text = (await client.get(f"/sites/{site.slug}")).text
        assert event.title in text
        assert (await slot.programme).title in text


class TestEvent:
    async def test_with_no_place_is_answered(self, client) -> None:
        event = await make_event()
        for path in (f"/events/{event.slug}", f"/events/{event.slug}/map"):
            answer = await client.get(path)
            assert answer.status_code == 200
            assert event.title in answer.text

    async def test_list_and_map_are_numbered_alike(self, client) -> None:
        sites = [await make_site() for _number in range(3)]
        event = await make_event(*sites)
        hidden = sites[1]
        await Site.filter(id=hidden.id).update(is_published=False)
        await catalogue_changed()
        markers = (await client.get("/api/v1/sites", params={"event": event.slug})).json()
        on_map = {f["properties"]["slug"]: f["properties"]["number"] for f in markers["features"]}
        assert on_map == {sites[0].slug: 1, sites[2].slug: 3}
        text = (await client.get(f"/events/{event.slug}/map")).text
        positions = [text.index(f'href="/sites/{slug}"') for slug in on_map]
        assert positions == sorted(positions)

    async def test_places_nearby_are_told_apart_on_its_map(self, client) -> None:
        event = await make_event(await make_site(), await make_site())
        outline = "(not part of the event)"
        page = f"/events/{event.slug}/map?lang=en"
        assert outline not in (await client.get(page)).text
        second = Participation.filter(event_id=event.id, number=2)
        await second.update(role=ParticipationRole.NEARBY)
        await catalogue_changed()
        assert outline in (await client.get(page)).text
        found = (await client.get("/api/v1/sites", params={"event": event.slug})).json()
        roles = {f["properties"]["number"]: f["properties"]["role"] for f in found["features"]}
        assert roles == {1: "host", 2: "nearby"}

    async def test_that_is_over_is_still_shown(self, client) -> None:
        event = await make_event(await make_site(), day=date(2026, 11, 1))
        for path in (f"/events/{event.slug}", f"/events/{event.slug}/map"):
            assert (await client.get(path)).status_code == 200
        text = (await client.get(f"/events/{event.slug}")).text
        assert "このイベントは終わりました" in text
        assert "きょう" not in text
        assert "/plan?" not in text

    async def test_says_which_places_only_lie_on_the_way(self, client) -> None:
        host, nearby = await make_site(), await make_site()
        event = await make_event(host, nearby)
        await Participation.filter(site_id=nearby.id).update(role=ParticipationRole.NEARBY)
        for path in (f"/events/{event.slug}", f"/events/{event.slug}/map"):
            assert (await client.get(path)).text.count(">立ち寄り先<") == 1

    async def test_over_several_days_names_them_all(self, client) -> None:
        event = await make_event(ends_on=EVENT_DAY + timedelta(days=1))
        text = (await client.get(f"/events/{event.slug}")).text
        assert "12月5日(土)・6日(日) 10:00～16:00" in text

    async def test_a_place_names_the_days_that_it_agreed_to_alone(self, client) -> None:
        site, last = await make_site(), EVENT_DAY + timedelta(days=1)
        event = await make_event(site, ends_on=last)
        said = {str(EVENT_DAY): True, str(last): False}
        await Participation.filter(event=event).update(answered_for=said)
        await catalogue_changed()
        text = (await client.get(f"/sites/{site.slug}")).text
        [days] = re.findall(rf'/events/{event.slug}">[^<]*</a><br>(.*?)</li>', text, re.S)
        assert days == "12月5日(土) 10:00～16:00"
        await Event.filter(id=event.id).update(days_off=[str(EVENT_DAY)])
        await catalogue_changed()
        text = (await client.get(f"/sites/{site.slug}")).text
        [days] = re.findall(rf'/events/{event.slug}">[^<]*</a><br>(.*?)</li>', text, re.S)
        assert days.strip() == "<b>中止： 12月5日(土)</b>"


class TestSession:
    async def test_lists_its_times_by_day_with_what_can_be_done(self, client) -> None:
        programme = await make_programme(price_yen=1500, min_age=6, bring="エプロン")
        slot = await make_slot(programme=programme)
        await make_slot(programme=programme, starts_at=slot.starts_at + timedelta(hours=2))
        await make_slot(
            programme=programme, starts_at=slot.starts_at + timedelta(days=1), seats_taken=8
        )
        text = (await client.get(f"/programmes/{programme.id}")).text
        assert "1,500円" in text
        assert "エプロン" in text
        assert "12月8日(火)" in text
        assert f"/slots/{slot.id}/reserve" in text
        assert "満席" in text

    @pytest.mark.parametrize(
        ("values", "said", "button"),
        [
            ({}, "残り8席", "予約"),
            ({"seats_taken": 7}, "残り1席", "予約"),
            ({"seats_taken": 8}, "満席", "キャンセル待ち"),
            ({"allocation": Allocation.DRAW}, "抽選・12月8日(火)まで", "抽選に申し込む"),
            (
                {"booking_opens_at": NOON + timedelta(hours=1)},
                "12月1日(火) 13:00から予約受付",
                None,
            ),
            ({"status": SlotStatus.CLOSED}, "予約受付終了", None),
            ({"status": SlotStatus.CANCELLED}, "中止", None),
        ],
    )
    async def test_each_time_says_how_it_stands_with_the_one_button_that_helps(
        self, client, values, said, button
    ) -> None:
        slot = await make_slot(**values)
        text = (await client.get(f"/programmes/{slot.programme_id}")).text
        row = text.partition('<ul class="slots">')[2].partition("</ul>")[0]
        assert said in row
        assert re.findall('class="slot__do">([^<]+)', row) == ([button] if button else [])
        assert re.findall(r'href="([^"]+)"', row) == (
            [f"/slots/{slot.id}/reserve"] if button else []
        )

    @pytest.mark.parametrize(
        ("values", "says"),
        [
            ({"min_age": 0}, None),
            ({"min_age": 6}, "6歳から"),
            ({"max_age": 0}, "0歳まで"),
            ({"min_age": 6, "max_age": 12}, "6歳から 12歳まで"),
            ({"needs_adult": True}, "大人と一緒"),
        ],
    )
    async def test_for_which_age_is_said_where_it_matters(self, client, values, says) -> None:
        programme = await make_programme(**values)
        text = (await client.get(f"/programmes/{programme.id}")).text
        ages = re.findall("<dt>対象</dt><dd>(.*?)</dd>", text)
        assert len(ages) == (1 if says else 0)
        assert all(says in age for age in ages)

    async def test_times_that_are_over_are_not_offered(self, client, clock) -> None:
        slot = await make_slot()
        clock.turn_to(slot.ends_at)
        answer = await client.get(f"/programmes/{(await slot.programme).id}")
        assert answer.status_code == 200
        assert f"/slots/{slot.id}/reserve" not in answer.text

    @pytest.mark.parametrize(
        "values",
        [
            {"status": SlotStatus.CANCELLED},
            {"status": SlotStatus.CLOSED},
            {"seats_taken": 8},
            {"booking_closes_at": NOON - timedelta(hours=1)},
            {"booking_opens_at": NOON + timedelta(hours=1)},
            {"starts_at": NOON - timedelta(days=3)},
        ],
    )
    async def test_a_time_that_cannot_be_booked_says_why(self, client, values) -> None:
        slot = await make_slot(**values)
        answer = await client.get(f"/slots/{slot.id}/reserve")
        assert answer.status_code in (200, 409)
        assert '<form method="post"' not in answer.text or "waitlist" in answer.text


UNKNOWN = [
    "/nowhere",
    "/sites/no-such-site",
    "/sites/%00",
    "/sites/日本",
    "/events/no-such-event",
    "/events/no%00such",
    "/events/no-such-event/map",
    "/programmes/0",
    "/programmes/999999",
    "/programmes/99999999999999999999999",
    "/programmes/x",
    "/slots/999999/reserve",
    "/slots/99999999999999999999999/reserve",
    "/courses/no-such-course",
    "/courses/%00",
    "/reservations/no-such-reference",
    "/reservations/%00",
    "/reservations/" + "a" * 5000,
    "/itineraries/no-such-token",
    "/itineraries/%00",
    "/notifications/no-such-token",
    "/sites/a/b/c",
    "/sites/..%2f..%2fetc%2fpasswd",
]


@pytest.mark.parametrize("path", UNKNOWN)
@pytest.mark.parametrize(("lang", "word"), [("ja", "ページ"), ("en", "page")])
async def test_what_is_not_there_is_a_helpful_404(client, path: str, lang: str, word: str) -> None:
    answer = await client.get(path, headers={"Accept-Language": lang})
    assert answer.status_code == 404
    assert f'<html lang="{lang}">' in answer.text
    assert word in answer.text
    assert 'href="/sites"' in answer.text
    assert "noindex" in answer.text


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/sites"), ("DELETE", "/"), ("PUT", "/about"), ("GET", "/logout")]
)
async def test_what_an_address_cannot_do_is_said(client, method: str, path: str) -> None:
    answer = await client.request(method, path)
    assert answer.status_code in (404, 405)
    assert "<h1>" in answer.text
    if answer.status_code == 405:
        assert "GET" in answer.headers["allow"]


async def test_too_large_a_form_is_told_to_the_person(client) -> None:
    slot = await make_slot()
    path, sent = f"/slots/{slot.id}/reserve", b"name=" + b"x" * 500_000

    async def unannounced() -> AsyncIterator[bytes]:
        yield sent

    for body in (sent, unannounced()):
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = await client.post(path, content=body, headers=headers)
        assert answer.status_code == 413
        assert "一度に受け取れるのは400KBまで" in answer.text
        assert "connection" not in answer.headers, "the browser may send all of it, and then read"
        assert answer.headers["content-language"] == "ja"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/sites?q=" + "x" * 9_000, {}, 414),
        ("/" + "x" * 9_000, {}, 414),
        ("/", {"X-Long": "x" * 33_000}, 431),
        ("/", {f"X-{number}": "x" for number in range(120)}, 431),
    ],
)
async def test_too_long_an_address_or_head_is_told_to_the_person(
    client, path: str, headers: dict[str, str], status: int
) -> None:
    answer = await client.get(path, headers=headers)
    assert answer.status_code == status
    assert "<h1>" in answer.text
    assert len(answer.content) < 60_000
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["content-language"] == "ja"


@pytest.mark.parametrize("path", ["/about/", "/plan/?a=1", "/sites/?q=x", "/staff"])
async def test_no_redirect_names_a_host(client, path: str) -> None:
    answer = await client.get(path, headers={"Host": "evil.example.com"})
    assert answer.status_code in (303, 307, 404)
    assert "evil" not in answer.headers.get("location", "")
    assert answer.headers.get("location", "/a")[:1] == "/"
    assert answer.headers.get("location", "/a")[:2] != "//"


async def test_a_slash_too_many_leads_to_the_page(client) -> None:
    answer = await client.get("/about/")
    assert answer.status_code == 307
    assert httpx.URL(answer.headers["location"]).path == "/about"


async def test_head_answers_as_get_without_the_body(client) -> None:
    for path in ("/", "/sites", "/map", "/healthz", "/sitemap.xml"):
        head, get = await client.head(path), await client.get(path)
        assert (head.status_code, head.content) == (get.status_code, b"")
        assert head.headers["content-type"] == get.headers["content-type"]


async def _many_sites(number: int) -> None:
    kinds = list(SiteKind)
    await make_sites(
        {
            "slug": f"many-{n}",
            "kind": kinds[n % len(kinds)],
            "name": f"見本 とても長い名前の町工場 第{n}作業所",
            "name_kana": f"みほん とてもながいなまえのまちこうば {n:03}",
            "summary": "金属を削り、磨き、組み立てます。" * 3,
            "translations": {"en": {"name": f"Sample machine shop number {n}"}},
            "address": f"東京都北区王子{n}-1-1",
            "lat": 35.74 + n * 1e-4,
            "lon": 139.72 + n * 1e-4,
            "point_quality": PointQuality.BUILDING,
            "access_features": ["wheelchair", "stroller"],
        }
        for n in range(number)
    )


def _loads_only_from_here(answer: httpx.Response, page: Page) -> None:
    for address in page.loaded:
        assert address.startswith(("/", "data:")), address
        assert not address.startswith("//"), address
    policy = answer.headers["content-security-policy"]
    for element in page.inline:
        is_data = "json" in (element.get("type") or "")
        assert element["tag"] == "script"
        assert is_data or f"'nonce-{element.get('nonce')}'" in policy
    assert not re.search(r"https?://(?!testserver|www\.w3\.org)[^\"'<> ]+\.(?:js|css)", answer.text)


def _says_no_python(answer: httpx.Response, path: str) -> None:
    """No repr of a value, no message with its placeholders still in it."""
    text = re.sub(r"<script.*?</script>", "", answer.text, flags=re.DOTALL)
    for slip in ("%(", "{&#39;", "None", "datetime.", "&lt;tour.", "Undefined", "object at 0x"):
        assert slip not in text, (path, slip)


def _steps_down(headings: list[str]) -> bool:
    """No heading is more than one level below the one before it (WCAG 1.3.1)."""
    levels = [int(heading[1]) for heading in headings]
    return all(after - before <= 1 for before, after in pairwise(levels))


async def test_without_scripts_a_map_says_where_the_same_is_written(client) -> None:
    site = await make_site(lat=35.76, lon=139.73)
    event = await make_event(site)
    for path in ("/map", f"/sites/{site.slug}", f"/events/{event.slug}/map"):
        text = (await client.get(path)).text
        without = text.partition("<noscript>")[2].partition("</noscript>")[0]
        assert "スクリプトが必要です" in without
        assert site.name in text


async def test_nothing_is_said_twice_of_a_place(client: httpx.AsyncClient) -> None:
    await make_station()
    in_name = {"en": {"name": "A workshop (sample)"}}
    named = await make_site(is_sample=True, translations=in_name)
    plain = await make_site(
        is_sample=True, name="工房", translations={"en": {"name": "A workshop"}}
    )
    english = {"Accept-Language": "en"}
    for path in ("/sites", f"/sites/{named.slug}", f"/sites/{plain.slug}"):
        page = (await client.get(path, headers=english)).text
        assert page.count("tag--sample") == (path != f"/sites/{named.slug}"), path
    page = (await client.get(f"/sites/{named.slug}", headers=english)).text
    assert page.count("min on foot") == 1


@pytest.mark.parametrize(
    ("source", "lang", "said"),
    [
        ("host", "ja", "位置の出典：会場による登録"),
        ("host", "en", "Source of the position: the place itself"),
        ("OpenStreetMap", "ja", "位置の出典：OpenStreetMap"),
        ("sample", "ja", ""),
        ("", "ja", ""),
    ],
)
async def test_who_says_where_a_place_is_is_said_in_words(
    client: httpx.AsyncClient, source: str, lang: str, said: str
) -> None:
    site = await make_site(point_source=source)
    page = (await client.get(f"/sites/{site.slug}?lang={lang}")).text
    assert re.findall(r"(?:位置の出典：|Source of the position: )[^<]*", page) == [said] * bool(
        said
    )


async def test_the_languages_of_a_place_are_said_to_be_spoken(client: httpx.AsyncClient) -> None:
    site = await make_site(languages=["ja", "en"])
    page = (await client.get(f"/sites/{site.slug}?lang=ja")).text
    assert "対応できる言語：日本語・英語" in page
    silent = await make_site(languages=[])
    assert "対応できる言語" not in (await client.get(f"/sites/{silent.slug}?lang=ja")).text
