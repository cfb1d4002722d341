"""The plan form and the page of a plan, as a visitor without JavaScript uses them."""

import json
import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as Xml
from zoneinfo import ZoneInfo

import httpx
import pytest
from icalendar import Calendar

from tests.calendar_store import CalendarStore
from tests.conftest import TurnableClock
from tests.factories import (
    EVENT_DAY,
    OJI,
    catalogue_changed,
    make_event,
    make_programme,
    make_site,
    make_slot,
    make_station,
)
from tour.programmes.models import Programme, Slot
from tour.programmes.states import SlotStatus
from tour.reservations.models import Place, Reservation
from tour.routes.days.edits import PlannedStop
from tour.routes.models import Itinerary
from tour.sites.models import HoursException, OpeningHours, SiteDay
from tour.sites.states import DoorState, PointQuality, SiteKind

pytestmark = pytest.mark.once("forms and pages; what plans keep is in test_itineraries")

TOKYO = ZoneInfo("Asia/Tokyo")
CONTACT = {"name": "北 花子", "email": "hanako@example.org", "consent": "1"}


def form(**values: object) -> dict[str, object]:
    defaults: dict[str, object] = {
        "date": EVENT_DAY.isoformat(),
        "from": "oji",
        "from_time": "10:00",
        "to": "",
        "to_time": "16:00",
        "adults": "2",
        "children": "1",
        "walk": "normal",
        "lunch": "1",
    }
    return defaults | {name.rstrip("_"): value for name, value in values.items()}


def at(hour: int, minute: int = 0) -> datetime:
    start = datetime(EVENT_DAY.year, EVENT_DAY.month, EVENT_DAY.day, hour, minute, tzinfo=TOKYO)
    return start.astimezone(UTC)


async def a_town() -> list[Slot]:
    """Oji station, three workshops near it, two of them with a session; the sessions."""
    await make_station(id="oji")
    sites = [await make_site(name=f"工房{name}", slug=f"workshop-{name}") for name in "abc"]
    await make_event(*sites)
    slots = []
    for site, hour in zip(sites, (11, 14), strict=False):
        programme = await make_programme(site=site, title=f"体験{hour}時")
        slots.append(await make_slot(programme=programme, starts_at=at(hour)))
    return slots


async def planned(client: httpx.AsyncClient, **values: object) -> str:
    """The address of a new plan."""
    answer = await client.post("/plan", data=form(**values))
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def changed(client: httpx.AsyncClient, url: str, **asked: str) -> httpx.Response:
    page = (await client.get(url)).text
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    answer = await client.post(f"{url}/edit", data={"version": version[1], **asked})
    if answer.status_code != 303:
        return answer
    return await client.get(answer.headers["location"].partition("#")[0])


def fields_of(page: str) -> dict[str, str | list[str]]:
    """What the form to reserve a plan sends without its reader's doing, and a party of three."""
    hidden: dict[str, str | list[str]] = {"adults": "2", "children": "1"}
    hidden |= dict(re.findall(r'name="(idempotency_key)" value="([^"]+)"', page))
    return hidden | {"slot": re.findall(r'name="slot" value="(\d+)"', page)}


def version_in(page: str) -> str:
    return page.partition('name="version" value="')[2].partition('"')[0]


def shown_sites(page: str) -> list[str]:
    return re.findall(r'id="stop-([\w-]+)"', page)


class TestForm:
    async def test_is_filled_in_for_most_visitors(self, client: httpx.AsyncClient) -> None:
        await a_town()
        page = (await client.get("/plan")).text
        assert f'value="{EVENT_DAY.isoformat()}" checked' in page
        assert '<option value="oji" selected>' in page
        assert '<option value="10:00" selected>' in page

    async def test_says_so_when_there_is_no_open_day(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("/plan")
        assert answer.status_code == 200
        assert "いま予定されているイベントはありません" in answer.text

    @pytest.mark.parametrize(
        ("values", "says"),
        [
            ({"to_time": "09:30"}, "終わりの時刻が始まりより前です"),
            ({"date": "2026-12-08"}, "この日にイベントはありません"),
            ({"date": "someday"}, "日にちを選んでください"),
            ({"from_": "135.5,34.7"}, "歩いて回るには遠い場所です"),
            ({"from_": "nowhere"}, "一覧から駅か場所を選んでください"),
            ({"from_time": "25:99"}, "時刻を入力してください"),
            ({"adults": "21"}, "0～20の数字"),
            ({"adults": "20", "children": "5"}, "1人から20人"),
            ({"adults": "0", "children": "0"}, "1人から20人"),
        ],
    )
    async def test_bad_input_is_answered_where_it_stands(
        self, client: httpx.AsyncClient, values: dict[str, str], says: str
    ) -> None:
        await a_town()
        answer = await client.post("/plan", data=form(**values))
        assert answer.status_code == 422
        assert says in answer.text
        assert await Itinerary.all().count() == 0

    async def test_an_empty_form_is_answered_too(self, client: httpx.AsyncClient) -> None:
        await a_town()
        assert (await client.post("/plan")).status_code == 422


class TestPlan:
    async def test_has_times_walks_and_a_map(self, client: httpx.AsyncClient) -> None:
        await a_town()
        answer = await client.get(await planned(client))
        assert answer.status_code == 200
        assert sorted(shown_sites(answer.text)) == ["workshop-a", "workshop-b", "workshop-c"]
        assert "体験11時" in answer.text
        assert "昼休み" in answer.text
        assert "この条件で最良のプランです" in answer.text
        assert "3人分をまとめて予約" in answer.text
        assert "3か所中2か所・無料" in answer.text

    async def test_reserving_says_how_many_of_how_many_and_how_much(
        self, client: httpx.AsyncClient
    ) -> None:
        await a_town()
        await Programme.all().update(price_yen=1500)
        await catalogue_changed()
        answer = await client.get(await planned(client))
        assert "3か所中2か所・9,000円" in answer.text

    async def test_is_private_to_its_link(self, client: httpx.AsyncClient) -> None:
        await a_town()
        answer = await client.get(await planned(client))
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-robots-tag"] == "noindex"
        assert answer.headers["cache-control"] == "no-store"

    async def test_an_altered_link_opens_nothing(self, client: httpx.AsyncClient) -> None:
        await a_town()
        url = await planned(client)
        for wrong in (url[:-1], url[:-1] + "~", url + "x"):
            answer = await client.get(wrong)
            assert answer.status_code == 404
            assert "URLの一部が欠けていないか" in answer.text

    async def test_the_showing_link_cannot_change_or_reserve(
        self, client: httpx.AsyncClient
    ) -> None:
        await a_town()
        await planned(client)
        row = await Itinerary.get()
        url = f"/itineraries/{row.show_token}"
        page = await client.get(url)
        assert page.status_code == 200
        assert row.edit_token not in page.text
        assert "まとめて予約" not in page.text
        edit = {"version": "1", "do": "remove", "site": "workshop-a"}
        assert (await client.post(f"{url}/edit", data=edit)).status_code == 403
        assert (await client.get(f"{url}/reserve")).status_code == 403

    async def test_a_must_see_that_cannot_fit_is_named(self, client: httpx.AsyncClient) -> None:
        await a_town()
        await make_site(name="遠い町工房", slug="rough", point_quality=PointQuality.TOWN)
        await make_site(name="閉まった工房", slug="shut", exceptions=[(EVENT_DAY, None, None)])
        page = (await client.get(await planned(client, must=["rough", "shut"]))).text
        assert "遠い町工房</a>：プランに入りませんでした。" in page
        assert "閉まった工房" in page
        assert "この日は開いていません" in page

    async def test_of_must_sees_that_contradict_one_is_named_with_the_other(
        self, client: httpx.AsyncClient
    ) -> None:
        await make_station(id="oji")
        sites = [await make_site(name=f"同時工房{n}", slug=f"twin-{n}") for n in "ab"]
        await make_event(*sites)
        for site in sites:
            await OpeningHours.filter(site=site).delete()
            await HoursException.create(
                site=site, on_date=EVENT_DAY, opens_minute=660, closes_minute=690
            )
        await catalogue_changed()
        page = (await client.get(await planned(client, must=["twin-a", "twin-b"]))).text
        (kept,) = shown_sites(page)
        other = {"twin-a": "twin-b", "twin-b": "twin-a"}[kept]
        assert f'<a href="/sites/{other}">同時工房{other[-1]}</a>：プランに入りません' in page
        assert f"同時工房{kept[-1]}と同じ日には回りきれません" in page

    async def test_a_party_of_twenty_is_planned_where_it_has_room(
        self, client: httpx.AsyncClient
    ) -> None:
        await a_town()
        page = (await client.get(await planned(client, adults="20", children="0"))).text
        assert len(shown_sites(page)) == 3
        assert "まとめて予約" not in page

    async def test_no_walk_is_longer_than_was_chosen(self, client: httpx.AsyncClient) -> None:
        await make_station(id="oji")
        near = await make_site(slug="near", lat=OJI["lat"] + 0.003)
        far = await make_site(slug="far", lat=OJI["lat"] + 0.012)
        await make_event(near, far)
        page = (await client.get(await planned(client, children="0"))).text
        assert sorted(shown_sites(page)) == ["far", "near"]
        asked = {"children": "0", "most_leg": "10", "must": ["far"]}
        url = await planned(client, **asked)
        page = (await client.get(url)).text
        assert shown_sites(page) == ["near"]
        assert "一度に歩く時間が、選んだ時間より長くなります" in page
        page = (await changed(client, url, do="add", site="far")).text
        assert "そこまで歩く時間が、選んだ時間より長くなります" in page

    async def test_a_place_that_no_street_reaches_is_an_estimate(
        self, client: httpx.AsyncClient
    ) -> None:
        await a_town()
        page = (await client.get(await planned(client, from_="139.79,35.80"))).text
        assert "目安" in page

    async def test_a_day_without_anything_still_has_a_page(self, client: httpx.AsyncClient) -> None:
        await make_station(id="oji")
        await make_event(await make_site(exceptions=[(EVENT_DAY, None, None)]))
        answer = await client.get(await planned(client))
        assert answer.status_code == 200
        assert "この時間で回れる場所がありません" in answer.text

    async def test_is_read_in_english_too(self, client: httpx.AsyncClient) -> None:
        await a_town()
        url = await planned(client)
        page = (await client.get(f"{url}?lang=en")).text
        assert "This is the best plan under these conditions." in page
        assert "Plan for Sat 5 Dec" in page

    async def test_stays_readable_when_the_day_is_over(
        self, client: httpx.AsyncClient, clock: TurnableClock
    ) -> None:
        await a_town()
        url = await planned(client)
        clock.turn(days=30)
        answer = await client.get(url)
        assert answer.status_code == 200
        assert "体験11時" in answer.text
        assert "残りを組み直す" not in answer.text


class TestChangingByHand:
    async def test_a_move_says_what_it_does_to_the_rest(self, client: httpx.AsyncClient) -> None:
        await a_town()
        url = await planned(client)
        before = shown_sites((await client.get(url)).text)
        page = (await changed(client, url, do="later", site="workshop-a")).text
        assert shown_sites(page) != before
        assert re.search(r"\n *この変更で、[^\n・：]+。終わり[^\n・]+。\n", page)

    async def test_arriving_after_a_session_began_is_told(self, client: httpx.AsyncClient) -> None:
        await a_town()
        url = await planned(client)
        while shown_sites(page := (await client.get(url)).text)[-1] != "workshop-a":
            page = (await changed(client, url, do="later", site="workshop-a")).text
        assert "始まりに" in page
        assert "まとめて予約" not in page
        assert "このままでは予定どおりに回れません" in page
        page = (await changed(client, url, do="anew")).text
        assert "このままでは予定どおりに回れません" not in page

    async def test_a_stop_goes_out_comes_back_and_the_last_step_is_undone(
        self, client: httpx.AsyncClient
    ) -> None:
        await a_town()
        url = await planned(client)
        page = (await changed(client, url, do="remove", site="workshop-c")).text
        assert "workshop-c" not in shown_sites(page)
        page = (await changed(client, url, do="add", site="workshop-c")).text
        assert "workshop-c" in shown_sites(page)
        page = (await changed(client, url, do="undo")).text
        assert "workshop-c" not in shown_sites(page)

    async def test_a_locked_stop_survives_a_new_proposal(self, client: httpx.AsyncClient) -> None:
        await a_town()
        url = await planned(client)
        await changed(client, url, do="lock", site="workshop-b")
        page = (await changed(client, url, do="anew")).text
        assert "workshop-b" in shown_sites(page)
        assert "固定をやめる" in page

    async def test_the_session_of_a_stop_can_be_given_up(self, client: httpx.AsyncClient) -> None:
        await a_town()
        url = await planned(client)
        page = (await changed(client, url, do="time", site="workshop-a", slot="")).text
        assert "見学・予約は不要です" in page

    async def test_an_older_page_changes_nothing_and_shows_the_newest(
        self, client: httpx.AsyncClient
    ) -> None:
        await a_town()
        url = await planned(client)
        await changed(client, url, do="remove", site="workshop-c")
        stale = {"version": "1", "do": "remove", "site": "workshop-a"}
        answer = await client.post(f"{url}/edit", data=stale)
        assert answer.status_code == 409
        assert "ほかの端末で変更されました" in answer.text
        assert "workshop-a" in shown_sites(answer.text)

    @pytest.mark.parametrize(
        "asked",
        [
            {"do": "later", "site": "workshop-a"},
            {"do": "lock", "site": "workshop-a"},
            {"do": "remove", "site": "workshop-c"},
            {"do": "time", "site": "workshop-a", "slot": ""},
            {"do": "anew"},
        ],
    )
    async def test_what_is_sent_twice_is_done_once(
        self, client: httpx.AsyncClient, asked: dict[str, str]
    ) -> None:
        await a_town()
        url = await planned(client)
        sent = {"version": "1", **asked}
        first = await client.post(f"{url}/edit", data=sent)
        done = (await Itinerary.get()).stops
        second = await client.post(f"{url}/edit", data=sent)
        assert (second.status_code, second.headers["location"]) == (303, first.headers["location"])
        row = await Itinerary.get()
        assert (row.version, row.stops) == (2, done)
        other = await client.post(f"{url}/edit", data={"version": "1", "do": "undo"})
        assert other.status_code == 409

    async def test_conditions_that_are_sent_twice_are_taken_once(
        self, client: httpx.AsyncClient
    ) -> None:
        await a_town()
        url = await planned(client)
        asked = form(from_time="13:00") | {"version": "1"}
        for _time in range(2):
            answer = await client.post(f"{url}/conditions", data=asked)
            assert answer.headers["location"] == url
        assert (await Itinerary.get()).version == 2

    @pytest.mark.parametrize("asked", [{}, {"do": "burn", "version": "1"}, {"do": "undo"}])
    async def test_nonsense_is_refused(
        self, client: httpx.AsyncClient, asked: dict[str, str]
    ) -> None:
        await a_town()
        url = await planned(client)
        assert (await client.post(f"{url}/edit", data=asked)).status_code == 422

    async def test_other_conditions_keep_the_link(self, client: httpx.AsyncClient) -> None:
        await a_town()
        url = await planned(client)
        assert (await client.get(f"{url}/conditions")).status_code == 200
        asked = form(from_time="13:00") | {"version": "1"}
        answer = await client.post(f"{url}/conditions", data=asked)
        assert answer.headers["location"] == url
        assert "13:00" in (await client.get(url)).text

    async def test_conditions_chosen_on_an_older_page_replace_nothing_unseen(
        self, client: httpx.AsyncClient
    ) -> None:
        await a_town()
        url = await planned(client)
        opened = (await client.get(f"{url}/conditions")).text
        asked = form(from_time="13:00") | {"version": version_in(opened)}
        await changed(client, url, do="remove", site="workshop-c")
        for sent in (asked, {**asked, "version": ""}):
            late = await client.post(f"{url}/conditions", data=sent)
            assert late.status_code == 409
            assert "ほかの端末で変更されました" in late.text
            assert "workshop-c" not in shown_sites((await client.get(url)).text)
        again = {**asked, "version": version_in(late.text)}
        answer = await client.post(f"{url}/conditions", data=again)
        assert answer.headers["location"] == url
        assert "13:00" in (await client.get(url)).text

    async def test_an_alternative_can_be_taken(self, client: httpx.AsyncClient) -> None:
        await a_town()
        east = [139.745, 139.746, 139.747, 139.748]
        far = [await make_site(lat=35.76, lon=lon, slug=f"far-{n}") for n, lon in enumerate(east)]
        await make_event(*far, day=EVENT_DAY)
        url = await planned(client)
        page = (await client.get(url)).text
        assert "ほかの案" in page
        taken = (await changed(client, url, do="other", number="0")).text
        assert shown_sites(taken) != shown_sites(page)


class TestWhenTheTownChanges:
    async def test_a_cancelled_session_is_told_and_replaced(
        self, client: httpx.AsyncClient
    ) -> None:
        slots = await a_town()
        url = await planned(client)
        await Slot.filter(id=slots[0].id).update(status=SlotStatus.CANCELLED)
        await catalogue_changed()
        page = (await client.get(url)).text
        assert "中止" in page
        assert "残りを組み直す" in page
        page = (await changed(client, url, do="anew")).text
        assert "このままでは予定どおりに回れません" not in page

    async def test_a_site_that_closes_early_is_told(
        self, client: httpx.AsyncClient, clock: TurnableClock
    ) -> None:
        await make_station(id="oji")
        site = await make_site(slug="early", kind=SiteKind.FACTORY)
        await make_event(site)
        url = await planned(client, from_time="12:30", lunch="")
        await HoursException.create(
            site=site, on_date=EVENT_DAY, opens_minute=600, closes_minute=740
        )
        await catalogue_changed()
        clock.turn_to(at(12, 10))
        page = (await client.get(url)).text
        assert "閉まる前に見る時間がありません" in page
        page = (await changed(client, url, do="anew")).text
        assert shown_sites(page) == []

    async def test_a_host_that_closes_the_door_now_is_told(
        self, client: httpx.AsyncClient, clock: TurnableClock
    ) -> None:
        await make_station(id="oji")
        site = await make_site(slug="early", kind=SiteKind.FACTORY)
        await make_event(site)
        url = await planned(client, from_time="12:30", lunch="")
        closing = {"state": DoorState.CLOSED, "closed_minute": 740, "waiting_minutes": 0}
        await SiteDay.create(site=site, on_date=EVENT_DAY, **closing)
        await catalogue_changed()
        clock.turn_to(at(12, 21))
        assert "閉まる前に見る時間がありません" in (await client.get(url)).text

    async def test_a_withdrawn_place_is_told(self, client: httpx.AsyncClient) -> None:
        slots = await a_town()
        url = await planned(client)
        await slots[0].fetch_related("programme__site")
        site = slots[0].programme.site
        site.is_published = False
        await site.save()
        await catalogue_changed()
        page = (await client.get(url)).text
        assert "掲載を終了しました" in page
        assert "workshop-a" not in shown_sites(page)


class TestReservingTheDay:
    async def reserve(self, client: httpx.AsyncClient, url: str) -> httpx.Response:
        page = (await client.get(f"{url}/reserve")).text
        fields = dict(re.findall(r'name="(idempotency_key)" value="([^"]+)"', page))
        slots = re.findall(r'name="slot" value="(\d+)"', page)
        party = {"adults": "2", "children": "1"}
        return await client.post(f"{url}/reserve", data=fields | party | CONTACT | {"slot": slots})

    async def test_takes_every_session_with_one_form(self, client: httpx.AsyncClient) -> None:
        slots = await a_town()
        url = await planned(client)
        answer = await self.reserve(client, url)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/reservations/")
        taken = await Slot.filter(id__in=[s.id for s in slots]).values_list(
            "seats_taken", flat=True
        )
        assert list(taken) == [3, 3]
        page = (await client.get(url)).text
        assert page.count("予約済み") >= 2
        assert "まとめて予約" not in page

    async def test_a_form_of_an_older_plan_is_shown_anew(self, client: httpx.AsyncClient) -> None:
        first, second = await a_town()
        url = await planned(client)
        older = {**CONTACT, **fields_of((await client.get(f"{url}/reserve")).text)}
        await changed(client, url, do="remove", site="workshop-a")
        answer = await client.post(f"{url}/reserve", data=older)
        assert answer.status_code == 409
        assert "ほかの端末で変更されました" in answer.text
        assert CONTACT["name"] in answer.text
        assert await Reservation.all().count() == 0
        anew = fields_of(answer.text)
        assert anew["slot"] == [str(second.id)]
        assert anew["idempotency_key"] != older["idempotency_key"]
        assert (await client.post(f"{url}/reserve", data={**CONTACT, **anew})).status_code == 303
        assert (await Slot.get(id=first.id)).seats_taken == 0

    async def test_a_form_of_a_plan_without_sessions_left_leads_to_the_plan(
        self, client: httpx.AsyncClient
    ) -> None:
        await a_town()
        url = await planned(client)
        older = {**CONTACT, **fields_of((await client.get(f"{url}/reserve")).text)}
        for site in ("workshop-a", "workshop-b"):
            await changed(client, url, do="remove", site=site)
        answer = await client.post(f"{url}/reserve", data=older)
        assert answer.status_code == 409
        assert "ほかの端末で変更されました" in answer.text
        assert shown_sites(answer.text) == ["workshop-c"]

    async def test_a_session_that_the_plan_had_may_be_gone_for_good(
        self, client: httpx.AsyncClient
    ) -> None:
        first, second = await a_town()
        url = await planned(client)
        older = {**CONTACT, **fields_of((await client.get(f"{url}/reserve")).text)}
        await changed(client, url, do="remove", site="workshop-a")
        await Slot.filter(id=first.id).delete()
        assert (await client.post(f"{url}/reserve", data=older)).status_code == 409
        unknown = {**older, "slot": [str(second.id), "987654"]}
        assert (await client.post(f"{url}/reserve", data=unknown)).status_code == 404
        assert await Reservation.all().count() == 0

    async def test_the_showing_link_does_not_give_the_reservation_away(
        self, client: httpx.AsyncClient
    ) -> None:
        await a_town()
        await self.reserve(client, await planned(client))
        reference = (await Reservation.get()).reference
        page = await client.get(f"/itineraries/{(await Itinerary.get()).show_token}")
        assert reference not in page.text

    async def test_what_the_contact_holds_already_is_reserved_anew_only_by_choice(
        self, client: httpx.AsyncClient
    ) -> None:
        await a_town()
        await self.reserve(client, await planned(client))
        held = await Place.filter(status="confirmed").count()
        client.cookies.clear()
        url = await planned(client)
        form = {**CONTACT, **fields_of((await client.get(f"{url}/reserve")).text)}
        answer = await client.post(f"{url}/reserve", data=form)
        assert answer.status_code == 409
        assert 'name="again"' in answer.text or 'name="split"' in answer.text
        assert await Place.filter(status="confirmed").count() == held
        chosen = form | {"again": "1", "split": "1"}
        assert (await client.post(f"{url}/reserve", data=chosen)).status_code == 303

    async def test_names_the_session_that_is_full_and_reserves_none(
        self, client: httpx.AsyncClient
    ) -> None:
        slots = await a_town()
        url = await planned(client)
        page = (await client.get(f"{url}/reserve")).text
        await Slot.filter(id=slots[1].id).update(seats_taken=7)
        fields = dict(re.findall(r'name="(idempotency_key)" value="([^"]+)"', page))
        asked = {"slot": re.findall(r'name="slot" value="(\d+)"', page)}
        party = {"adults": "2", "children": "1"}
        answer = await client.post(f"{url}/reserve", data=fields | party | CONTACT | asked)
        assert answer.status_code == 409
        assert "14:00「体験14時」" in answer.text
        assert CONTACT["name"] in answer.text, "what was typed stays"
        assert f'href="{url}"' in answer.text, "from where the rest can be rearranged"
        assert (await Slot.get(id=slots[0].id)).seats_taken == 0
        assert await Reservation.all().count() == 0

    async def test_keeps_what_was_typed(self, client: httpx.AsyncClient) -> None:
        await a_town()
        url = await planned(client)
        answer = await client.post(f"{url}/reserve", data={"name": "北 花子", "adults": "2"})
        assert answer.status_code == 422
        assert "北 花子" in answer.text

    async def test_what_is_reserved_stays_in_a_new_proposal(
        self, client: httpx.AsyncClient
    ) -> None:
        await a_town()
        url = await planned(client)
        await self.reserve(client, url)
        page = (await changed(client, url, do="anew")).text
        assert page.count("予約済み") >= 2


class TestFiles:
    async def test_geojson_has_places_and_lines(self, client: httpx.AsyncClient) -> None:
        await a_town()
        answer = await client.get(f"{await planned(client)}.geojson")
        assert answer.headers["content-type"] == "application/geo+json"
        kinds = [f["geometry"]["type"] for f in json.loads(answer.text)["features"]]
        assert (kinds.count("LineString"), kinds.count("Point")) == (4, 4)

    async def test_gpx_has_way_points_and_a_track(self, client: httpx.AsyncClient) -> None:
        await a_town()
        answer = await client.get(f"{await planned(client)}.gpx")
        root = Xml.fromstring(answer.content)  # noqa: S314 - our own
        space = {"g": "http://www.topografix.com/GPX/1/1"}
        assert len(root.findall("g:wpt", space)) == 4
        assert len(root.findall("g:trk/g:trkseg", space)) == 4
        assert all(p.find("g:time", space) is not None for p in root.iterfind(".//g:wpt", space))
        walked = [p.findtext("g:time", "", space) for p in root.iterfind(".//g:trkpt", space)]
        assert walked == sorted(walked), "one walks forward in time"
        assert len(set(walked)) > 4

    async def test_the_calendar_has_each_stop_at_its_time(self, client: httpx.AsyncClient) -> None:
        await a_town()
        answer = await client.get(f"{await planned(client)}.ics")
        events = Calendar.from_ical(answer.content).walk("VEVENT")
        session = next(e for e in events if "体験11時" in e["SUMMARY"])
        assert session["DTSTART"].dt == at(11)
        assert len(events) == 3
        edit_token = (await Itinerary.get()).edit_token
        assert edit_token not in answer.text

    async def test_a_reserved_session_is_the_same_entry_as_in_its_reservation(
        self, client: httpx.AsyncClient, calendar_store: CalendarStore
    ) -> None:
        await a_town()
        url = await planned(client)
        first = Calendar.from_ical((await client.get(f"{url}.ics")).content).walk("VEVENT")
        reserved = (await TestReservingTheDay().reserve(client, url)).headers["location"]
        ticket = await client.get(f"{reserved}/calendar.ics")
        plan = await client.get(f"{url}.ics")
        calendar_store.put(ticket.content)
        calendar_store.put(plan.content)
        kept = calendar_store.events()
        assert len(kept) == 3, "two sessions and a place to look at"
        mine = {str(e["UID"]): e for e in Calendar.from_ical(ticket.content).walk("VEVENT")}
        same = [e for e in Calendar.from_ical(plan.content).walk("VEVENT") if e["UID"] in mine]
        assert len(same) == 2
        for event in same:
            other = mine[str(event["UID"])]
            for name in ("DTSTART", "DTEND"):
                assert event[name].dt == other[name].dt
            assert event["SEQUENCE"] == other["SEQUENCE"]
        assert reserved.rpartition("/")[2] not in plan.text, "the file may be passed on"
        assert [e["SEQUENCE"] for e in first] == [1, 1, 1]

    async def test_an_unknown_plan_has_no_file(self, client: httpx.AsyncClient) -> None:
        for ending in ("gpx", "ics", "geojson"):
            assert (await client.get(f"/itineraries/unknown.{ending}")).status_code == 404


async def test_a_plan_of_today_begins_now(client: httpx.AsyncClient, clock: TurnableClock) -> None:
    await a_town()
    clock.turn_to(at(12, 20) + timedelta(seconds=30))
    page = (await client.get(await planned(client, lunch=""))).text
    assert "12:20" in page
    assert "体験11時" not in page


@pytest.mark.parametrize(("minute", "is_offered"), [(59, True), (60, False)])
async def test_today_can_be_planned_until_its_doors_close(
    client: httpx.AsyncClient, clock: TurnableClock, minute: int, is_offered: bool
) -> None:
    await a_town()
    clock.turn_to(at(15) + timedelta(minutes=minute))
    page = (await client.get("/plan")).text
    assert (f'value="{EVENT_DAY.isoformat()}"' in page) == is_offered


BEST = "最良のプラン"


class TestWhatCannotBeHad:
    """It is said, with the nearest thing that can; and no such plan is called the best."""

    async def test_hours_in_which_nothing_is_open(self, client: httpx.AsyncClient) -> None:
        await a_town()
        page = (await client.get(await planned(client, from_time="18:00", to_time="21:00"))).text
        assert "この日に開いているのは10:00から16:00までです" in page
        assert f'href="/plan?date={EVENT_DAY.isoformat()}"' in page
        assert BEST not in page

    async def test_a_start_far_from_everything(self, client: httpx.AsyncClient) -> None:
        await a_town()
        page = (await client.get(await planned(client, from_="139.79,35.80"))).text
        assert "王子駅までお越しください" in page
        assert BEST not in page

    async def test_a_kind_that_is_not_there(self, client: httpx.AsyncClient) -> None:
        await a_town()
        page = (await client.get(await planned(client, kind="sports"))).text
        assert "スポーツ：この日は開いているところがありません" in page
        assert BEST not in page

    async def test_a_party_larger_than_any_session(self, client: httpx.AsyncClient) -> None:
        await a_town()
        page = (await client.get(await planned(client, adults="20", children="0"))).text
        assert "この日の体験で20人が入れるものはありません" in page
        assert BEST not in page

    async def test_everything_full(self, client: httpx.AsyncClient) -> None:
        await a_town()
        await Slot.all().update(seats_taken=8)
        await catalogue_changed()
        page = (await client.get(await planned(client))).text
        assert "この日の体験はすべて満席です" in page
        assert BEST not in page

    async def test_a_place_that_takes_part_on_another_day(self, client: httpx.AsyncClient) -> None:
        await a_town()
        later = EVENT_DAY.replace(day=EVENT_DAY.day + 1)
        other = await make_site(slug="sunday", exceptions=[(EVENT_DAY, None, None)])
        await make_event(other, day=later)
        page = (await client.get(await planned(client, must="sunday"))).text
        assert "この日は参加していません。参加は12月6日(日)です" in page

    async def test_more_wishes_than_a_plan_takes(self, client: httpx.AsyncClient) -> None:
        await make_station(id="oji")
        sites = [await make_site(slug=f"wish-{n}", name=f"願い{n:02}") for n in range(14)]
        await make_event(*sites)
        page = (await client.get(await planned(client, must=[s.slug for s in sites]))).text
        assert page.count("行きたい場所は12か所まで選べます") == 2
        named = {f"wish-{n}" for n in range(14) if f'href="/sites/wish-{n}"' in page}
        assert len(named) == 14

    async def test_a_session_in_another_language_says_so(self, client: httpx.AsyncClient) -> None:
        await a_town()
        await Programme.all().update(languages=["ja"])
        await catalogue_changed()
        url = await planned(client)
        assert "Held in: Japanese" in (await client.get(f"{url}?lang=en")).text
        assert "案内の言語" not in (await client.get(f"{url}?lang=ja")).text

    async def test_what_was_not_chosen_is_not_called_the_visitors(
        self, client: httpx.AsyncClient
    ) -> None:
        await make_station(id="oji")
        far = await make_site(slug="far", lat=OJI["lat"] + 0.03)
        await make_event(far)
        page = (await client.get(await planned(client, must="far"))).text
        assert "この人数構成にちょうどよい距離を超えます" in page
        page = (await client.get(await planned(client, must="far", most_km="any"))).text
        assert shown_sites(page) == ["far"]


def times_of(page: str, slug: str) -> str:
    """When a stop begins, as the page says it."""
    row = page.partition(f'id="stop-{slug}"')[2]
    return row.partition("<time")[2].partition(">")[2][:5]


class TestUnderWay:
    """On the day itself: what has begun stays where and when it was."""

    async def test_new_conditions_keep_what_is_done(
        self, client: httpx.AsyncClient, clock: TurnableClock
    ) -> None:
        await a_town()
        url = await planned(client)
        before = (await client.get(url)).text
        clock.turn_to(at(12, 40))
        done = [s for s in shown_sites(before) if times_of(before, s) <= "12:40"]
        assert "workshop-a" in done
        asked = form(to_time="15:30", from_="oji") | {"version": "1"}
        assert (await client.post(f"{url}/conditions", data=asked)).status_code == 303
        page = (await client.get(url)).text
        assert shown_sites(page)[: len(done)] == done
        assert [times_of(page, s) for s in done] == [times_of(before, s) for s in done]
        assert page.count("昼休み") == 1

    async def test_the_form_says_that_a_day_that_has_begun_keeps_its_start(
        self, client: httpx.AsyncClient, clock: TurnableClock
    ) -> None:
        await a_town()
        url = await planned(client)
        begun = "この日のプランは始まっています"
        assert begun not in (await client.get(f"{url}/conditions")).text
        page = (await client.get(url)).text
        clock.turn_to(at(12, 40))
        last = [s for s in shown_sites(page) if times_of(page, s) <= "12:40"][-1]
        name = f"工房{last.rpartition('-')[2]}"
        said = (await client.get(f"{url}/conditions")).text
        assert begun in said
        assert f"続きは「{name}」から" in said
        assert begun not in (await client.get("/plan")).text

    async def test_an_idea_of_the_morning_is_not_offered_at_noon(
        self, client: httpx.AsyncClient, clock: TurnableClock
    ) -> None:
        slots = await a_town()
        url = await planned(client)
        row = await Itinerary.get()
        only = [PlannedStop(row.stops[0]["site_id"], slots[0].id, 55).as_json()]
        idea = {"difference": "less_walking", "stops": only, "starts": 600, "kind": ""}
        await Itinerary.all().update(findings={**row.findings, "alternatives": [idea]})
        assert "歩く距離が短い" in (await client.get(url)).text
        clock.turn_to(at(13))
        assert "歩く距離が短い" not in (await client.get(url)).text

    async def test_lunch_is_still_had_when_a_visit_ran_past_noon(
        self, client: httpx.AsyncClient, clock: TurnableClock
    ) -> None:
        slots = await a_town()
        await Slot.filter(id=slots[0].id).update(starts_at=at(11, 40), ends_at=at(12, 20))
        await catalogue_changed()
        url = await planned(client, to_time="17:00")
        row = await Itinerary.get()
        first = [stop for stop in row.stops if stop["slot_id"] == slots[0].id]
        await Itinerary.all().update(stops=[*first, *(s for s in row.stops if s not in first)])
        clock.turn_to(at(11, 50))
        page = (await changed(client, url, do="anew")).text
        assert page.count("昼休み") == 1
        assert "このままでは予定どおりに回れません" not in page

    async def test_a_day_that_cannot_have_its_lunch_says_so_without_a_button(
        self, client: httpx.AsyncClient, clock: TurnableClock
    ) -> None:
        slots = await a_town()
        await Slot.filter(id=slots[0].id).update(starts_at=at(11, 10), ends_at=at(13, 20))
        await catalogue_changed()
        url = await planned(client)
        row = await Itinerary.get()
        site = (await slots[0].programme).site_id
        long = PlannedStop(site, slots[0].id, 140).as_json()
        await Itinerary.all().update(stops=[long, *row.stops[1:]])
        clock.turn_to(at(11, 30))
        page = (await changed(client, url, do="anew")).text
        assert "昼休みがとれません" in page
        assert "このままでは予定どおりに回れません" not in page
        assert "最良のプラン" not in page

    async def test_a_visit_that_is_over_stays_and_one_under_way_can_be_skipped(
        self, client: httpx.AsyncClient, clock: TurnableClock
    ) -> None:
        await a_town()
        url = await planned(client)
        first, second, _third = shown_sites(page := (await client.get(url)).text)
        hour, minute = map(int, times_of(page, second).split(":"))
        clock.turn_to(at(hour, minute + 1))
        assert shown_sites((await changed(client, url, do="remove", site=first)).text)[0] == first
        page = (await changed(client, url, do="remove", site=second)).text
        assert second not in shown_sites(page)
        moved = (await changed(client, url, do="later", site=first)).text
        assert shown_sites(moved)[0] == first


async def test_a_number_without_end_is_no_session(client: httpx.AsyncClient) -> None:
    await a_town()
    url = await planned(client)
    data = {**CONTACT, "adults": "1", "children": "0", "slot": "9" * 5_000}
    assert (await client.post(f"{url}/reserve", data=data)).status_code == 404
    change = {"do": "other", "number": "9" * 5_000, "version": "1"}
    assert (await client.post(f"{url}/edit", data=change)).status_code < 500


async def test_the_host_hears_whether_pictures_are_welcome(client: httpx.AsyncClient) -> None:
    await a_town()
    await Programme.all().update(asks_photo_consent=True)
    await catalogue_changed()
    url = await planned(client)
    page = (await client.get(f"{url}/reserve")).text
    assert 'name="photos_asked"' in page
    chosen = re.findall(r'name="slot" value="(\d+)"', page)
    photos = {"photos_asked": "1", "photos_ok": "1"}
    data = {**CONTACT, "adults": "1", "children": "0", "slot": chosen, **photos}
    assert (await client.post(f"{url}/reserve", data=data)).status_code == 303
    assert (await Reservation.get()).photos_allowed is True


async def test_who_has_a_plan_finds_it_before_the_form_with_its_end(
    client: httpx.AsyncClient,
) -> None:
    await a_town()
    url = await planned(client)
    page = (await client.get("/plan")).text
    before, _form, _rest = page.partition('<form class="plan-form')
    assert url.rpartition("/")[2] in before
    assert re.search(r"か所・[0-9]+:[0-9]{2}まで", before)
    assert "新しくつくる" in before
    client.cookies.clear()
    assert "新しくつくる" not in (await client.get("/plan")).text
