"""GET sites, events and slots: shapes of the contract, filters, paging, and bad questions."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from tests.conftest import NOON
from tests.factories import (
    DAY_AHEAD,
    EVENT_DAY,
    catalogue_changed,
    make_event,
    make_programme,
    make_site,
    make_sites,
    make_slot,
)
from tour.programmes.models import Slot
from tour.programmes.states import Allocation, SlotStatus

pytestmark = pytest.mark.once("answers are made of the process's copies of the catalogue")

SITE_FIELDS = {"id", "slug", "kind", "name", "name_kana", "name_en", "address", "access"}
SITE_FIELDS |= {"hours", "url", "sample"}
SLOT_FIELDS = {"id", "programme", "site", "starts_at", "ends_at", "capacity", "seats_left"}
SLOT_FIELDS |= {"allocation", "status"}

requests = count(1)


async def ask(client, what: str, **query):
    """The answer, never a copy of a second ago: each address is new."""
    answer = await client.get(f"/api/v1/{what}", params={**query, "request": next(requests)})
    assert answer.status_code == 200, answer.text
    return answer.json()


class TestSites:
    async def test_are_geojson_that_other_sites_may_read(self, client) -> None:
        site = await make_site(access_features=["wheelchair"], is_sample=True)
        answer = await client.get("/api/v1/sites")
        assert answer.headers["content-type"] == "application/geo+json"
        assert answer.headers["access-control-allow-origin"] == "*"
        (feature,) = answer.json()["features"]
        assert feature["geometry"]["coordinates"] == [
            round(site.lon, 6),
            round(site.lat, 6),
        ]
        properties = feature["properties"]
        assert set(properties) >= SITE_FIELDS
        assert properties["name_en"] == site.translations["en"]["name"]
        assert properties["access"] == ["wheelchair"]
        assert properties["sample"] is True
        assert (await client.get(properties["url"])).status_code == 200

    async def test_point_at_the_entrance_where_it_is_known(self, client) -> None:
        await make_site(entrance_lat=35.7501234, entrance_lon=139.7305678)
        (feature,) = (await ask(client, "sites"))["features"]
        assert feature["geometry"]["coordinates"] == [139.730568, 35.750123]

    async def test_without_a_place_have_no_geometry(self, client) -> None:
        await make_site(lat=None, lon=None)
        (feature,) = (await ask(client, "sites"))["features"]
        assert feature["geometry"] is None

    async def test_say_todays_hours_in_the_towns_day(self, client, clock) -> None:
        await make_site(hours=[(1, 600, 1020), (2, 660, 900)])
        properties = (await ask(client, "sites"))["features"][0]["properties"]
        assert properties["hours"] == "10:00–17:00"
        clock.turn(hours=12)
        properties = (await ask(client, "sites"))["features"][0]["properties"]
        assert properties["hours"] == "11:00–15:00"

    async def test_in_a_box_only(self, client) -> None:
        inside = await make_site(lat=35.75, lon=139.73)
        await make_site(lat=35.80, lon=139.73)
        await make_site(lat=None, lon=None)
        found = await ask(client, "sites", bbox="139.72,35.74,139.74,35.76")
        assert [f["properties"]["slug"] for f in found["features"]] == [inside.slug]

    @pytest.mark.parametrize(
        "bbox",
        [
            "1,2,3",
            "a,b,c,d",
            "139.8,35.7,139.7,35.8",
            "139.7,35.8,139.8,35.7",
            "nan,35.7,139.8,35.8",
            "139.7,35.7,139.8,95",
            "139.7,35.7,139.8,35.8,1",
            "1e999,35.7,139.8,35.8",
        ],
    )
    async def test_a_box_that_is_none_is_refused_by_name(self, client, bbox: str) -> None:
        await _assert_refused(await client.get("/api/v1/sites", params={"bbox": bbox}), "bbox")

    @pytest.mark.parametrize(("limit", "number"), [("1", 1), ("2", 2), ("100", 3), ("99999", 3)])
    async def test_no_more_than_the_limit(self, client, limit: str, number: int) -> None:
        for _number in range(3):
            await make_site()
        assert len((await ask(client, "sites", limit=limit))["features"]) == number

    @pytest.mark.parametrize("limit", ["0", "-1", "x", "1.5"])
    async def test_a_limit_that_is_none_is_refused(self, client, limit: str) -> None:
        await _assert_refused(await client.get("/api/v1/sites", params={"limit": limit}), "limit")

    async def test_speak_the_language_that_is_asked_for(self, client) -> None:
        site = await make_site()
        names = {
            lang: (await ask(client, "sites", lang=lang))["features"][0]["properties"]["name"]
            for lang in ("ja", "en")
        }
        assert names == {"ja": site.name, "en": site.translations["en"]["name"]}

    async def test_answer_thousands(self, client) -> None:
        await make_sites({} for _site in range(2000))
        assert len((await ask(client, "sites"))["features"]) == 2000


class TestEvents:
    async def test_name_who_takes_part_and_where_to_read_on(self, client) -> None:
        sites = [await make_site(), await make_site()]
        event = await make_event(*sites, ends_on=EVENT_DAY + timedelta(days=1))
        (item,) = (await ask(client, "events"))["items"]
        assert (item["slug"], item["title"]) == (event.slug, event.title)
        assert (item["starts_on"], item["ends_on"]) == ("2026-12-05", "2026-12-06")
        assert (item["opens"], item["closes"], item["timezone"]) == ("10:00", "16:00", "Asia/Tokyo")
        assert item["sites"] == [
            {"slug": site.slug, "number": number, "role": "host"}
            for number, site in enumerate(sites, start=1)
        ]
        assert item["url"] == f"http://testserver/events/{event.slug}"

    async def test_that_are_over_or_drafts_are_not_there(self, client, clock) -> None:
        await make_event(is_published=False)
        event = await make_event()
        assert [i["slug"] for i in (await ask(client, "events"))["items"]] == [event.slug]
        clock.turn(days=5)
        assert (await ask(client, "events"))["items"] == []


class TestSlots:
    async def test_have_the_shape_of_the_contract(self, client) -> None:
        slot = await make_slot(capacity=8, seats_taken=3)
        programme = await slot.programme
        answer = await ask(client, "slots")
        (item,) = answer["items"]
        assert answer["next"] is None
        assert set(item) >= SLOT_FIELDS
        assert item["programme"] == {"id": programme.id, "title": programme.title}
        assert datetime.fromisoformat(item["starts_at"]) == DAY_AHEAD
        assert (item["capacity"], item["seats_left"]) == (8, 5)
        assert (item["allocation"], item["status"]) == ("first_come", "open")

    @pytest.mark.parametrize(
        ("values", "status"),
        [
            ({"seats_taken": 7}, "open"),
            ({"seats_taken": 8}, "full"),
            ({"status": SlotStatus.CLOSED}, "closed"),
            ({"status": SlotStatus.CANCELLED}, "cancelled"),
            ({"status": SlotStatus.CANCELLED, "seats_taken": 8}, "cancelled"),
            ({"booking_closes_at": NOON}, "closed"),
            ({"booking_opens_at": NOON + timedelta(seconds=1)}, "closed"),
            ({"booking_opens_at": NOON}, "open"),
            ({"allocation": Allocation.DRAW, "seats_taken": 8}, "open"),
        ],
    )
    async def test_say_what_can_be_done_with_them(self, client, values, status: str) -> None:
        await make_slot(**values)
        assert [i["status"] for i in (await ask(client, "slots"))["items"]] == [status]

    async def test_can_be_asked_for_by_event_site_day_and_seats(self, client) -> None:
        site = await make_site()
        event = await make_event(site, day=DAY_AHEAD.date())
        programme = await make_programme(site=site, event=event)
        slot = await make_slot(programme=programme, seats_taken=4)
        other = await make_slot(starts_at=DAY_AHEAD + timedelta(days=1), seats_taken=8)
        for query, found in (
            ({"event": event.slug}, [slot.id]),
            ({"event": "no-such-event"}, []),
            ({"site": site.slug}, [slot.id]),
            ({"site": "no-such-site"}, []),
            ({"site": ""}, []),
            ({"from": "2026-12-09"}, [other.id]),
            ({"to": "2026-12-08"}, [slot.id]),
            ({"from": "2026-12-08", "to": "2026-12-09"}, [slot.id, other.id]),
            ({"from": "2026-12-09", "to": "2026-12-08"}, []),
            ({"seats": "4"}, [slot.id]),
            ({"seats": "5"}, []),
            ({"from": "0001-01-01"}, [slot.id, other.id]),
            ({"to": "9999-12-31"}, [slot.id, other.id]),
        ):
            assert [i["id"] for i in (await ask(client, "slots", **query))["items"]] == found, query

    async def test_a_local_day_begins_at_the_towns_midnight(self, client) -> None:
        start = datetime(2026, 12, 2, 15, 0, tzinfo=UTC)
        slot = await make_slot(starts_at=start)
        assert (await ask(client, "slots", to="2026-12-02"))["items"] == []
        (item,) = (await ask(client, "slots", **{"from": "2026-12-03"}))["items"]
        assert item["id"] == slot.id

    async def test_that_are_over_are_not_there(self, client) -> None:
        await make_slot(starts_at=NOON - timedelta(hours=1))
        running = await make_slot(starts_at=NOON - timedelta(minutes=59))
        assert [i["id"] for i in (await ask(client, "slots"))["items"]] == [running.id]

    @pytest.mark.parametrize("limit", [1, 3, 7, 50, 1000])
    async def test_come_page_by_page_each_once_and_in_order(self, client, limit: int) -> None:
        programmes = [await make_programme() for _number in range(5)]
        for hours in range(10):
            for programme in programmes:
                await make_slot(
                    programme=programme,
                    starts_at=DAY_AHEAD + timedelta(hours=hours // 2 * 2 + hours),
                )
        seen, cursor = [], ""
        for _page in range(60):
            page = await ask(client, "slots", limit=limit, cursor=cursor)
            assert len(page["items"]) <= limit
            seen += [(item["starts_at"], item["id"]) for item in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break
        assert cursor is None
        assert len(seen) == 50
        assert seen == sorted(set(seen))

    async def test_no_page_is_lost_when_seats_or_slots_change_between(self, client) -> None:
        programme = await make_programme()
        slots = [
            await make_slot(programme=programme, starts_at=DAY_AHEAD + timedelta(hours=n))
            for n in range(6)
        ]
        first = await ask(client, "slots", limit=3)
        await slots[2].delete()
        await Slot.filter(id=slots[4].id).update(seats_taken=8)
        await make_slot(programme=programme, starts_at=DAY_AHEAD - timedelta(hours=1))
        await catalogue_changed()
        rest = await ask(client, "slots", cursor=first["next"])
        assert [i["id"] for i in rest["items"]] == [slot.id for slot in slots[3:]]

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("from", "tomorrow"),
            ("from", "2026-13-01"),
            ("to", "2026-12-32"),
            ("seats", "many"),
            ("seats", "9" * 5000),
            ("limit", "0"),
            ("limit", "x"),
            ("cursor", "x"),
            ("cursor", "2026-12-02T03:00:00_1"),
            ("cursor", "2026-12-02T03:00:00+00:00"),
            ("cursor", "_1"),
            ("cursor", "2026-12-02T03:00:00+00:00_x"),
        ],
    )
    async def test_a_bad_question_is_named(self, client, name: str, value: str) -> None:
        await make_slot()
        await _assert_refused(await client.get("/api/v1/slots", params={name: value}), name)


class TestProblems:
    @pytest.mark.parametrize(
        ("method", "path", "status"),
        [
            ("GET", "/api/v1/nowhere", 404),
            ("GET", "/api/v2/sites", 404),
            ("POST", "/api/v1/sites", 405),
            ("GET", "/api/v1/walks/matrix", 405),
            ("GET", "/api/v1/reservations/no-such-reference", 404),
            ("GET", "/api/v1/reservations/%00", 404),
            ("DELETE", "/api/v1/reservations/no-such-reference", 404),
        ],
    )
    async def test_are_told_as_rfc_9457_says(self, client, method, path, status) -> None:
        answer = await client.request(method, path)
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
        body = answer.json()
        assert set(body) >= {"type", "title", "status", "detail"}
        assert body["status"] == status

    async def test_speak_the_readers_language(self, client) -> None:
        details = {
            lang: (
                await client.get("/api/v1/sites?limit=x", headers={"Accept-Language": lang})
            ).json()["errors"]["limit"]
            for lang in ("ja", "en")
        }
        assert details["en"] == "Limit is a whole number from 1."
        assert details["ja"] != details["en"]


async def _assert_refused(answer, field: str) -> None:
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert set(answer.json()["errors"]) == {field}
