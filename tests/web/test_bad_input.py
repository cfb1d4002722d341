"""What no form and no page of ours would send is refused or left out, and never a fault."""

import json
import re
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette

from tests.accounts.signing import browser, make_account, sign_in_as
from tests.publishing.days import make_day
from tests.staff.town import EVENT_FORM, hidden
from tour.accounts.models import SignInLink
from tour.accounts.roles import Role
from tour.settings import ROOT
from tour.sites.editing.page import Stale, Version
from tour.sites.models import Site
from tour.web.forms import read_date, read_instant


@pytest.fixture
async def host(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    """The browser of somebody who tends site-1."""
    await make_day(2)
    async with browser(app) as desk:
        site = await Site.get(slug="site-1")
        await sign_in_as(desk, await make_account("host@example.org", Role.HOST, site))
        yield desk


@pytest.fixture
async def staff(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(app) as desk:
        await sign_in_as(desk, await make_account("staff@example.org", Role.STAFF))
        yield desk


@pytest.mark.parametrize("url", ["https://[x/", "https://[", "//[x", "https://x]:y.z/["])
async def test_a_website_that_cannot_be_read_is_said(host: httpx.AsyncClient, url: str) -> None:
    version = hidden(await host.get("/host/site-1/profile"), "version")
    data = {"name": "見本", "url": url, "version": version}
    answer = await host.post("/host/site-1/profile", data=data)
    assert answer.status_code == 422
    assert 'id="url-error"' in answer.text


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "1999-12-31", "2101-01-01", "x"])
async def test_a_day_of_another_age_is_today(host: httpx.AsyncClient, day: str) -> None:
    assert (await host.get(f"/host/site-1?day={day}")).status_code == 200


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
async def test_a_session_of_another_age_is_refused(host: httpx.AsyncClient, day: str) -> None:
    form = {"title": "木版を摺る", "minutes": "60", "days": day, "first": "10:00", "last": "10:00"}
    rest = {"price_yen": "0", "max_party": "4", "every": "60", "capacity": "8"}
    answer = await host.post("/host/site-1/programmes/new", data={**form, **rest})
    assert answer.status_code == 422
    assert 'id="days-error"' in answer.text


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
async def test_an_exception_of_another_age_is_refused(host: httpx.AsyncClient, day: str) -> None:
    path = "/host/site-1/hours/exceptions"
    data = {"on_date": day, "hours": "", "note": ""}
    assert (await host.post(path, data=data)).status_code == 422
    assert (await host.post(f"{path}/clear", data=data)).status_code == 303


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("booking_opens_at", "0001-01-01T00:00"),
        ("booking_opens_at", "9999-12-31T23:59"),
        ("starts_on", "0001-01-01"),
        ("ends_on", "9999-12-31"),
    ],
)
async def test_an_event_of_another_age_is_refused(
    staff: httpx.AsyncClient, field: str, value: str
) -> None:
    data = {**EVENT_FORM, "slug": "x", field: value}
    answer = await staff.post("/staff/events/new", data=data)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
@pytest.mark.parametrize(
    "path",
    [
        "/sites?on={}",
        "/map?on={}",
        "/plan?date={}",
        "/api/v1/slots?from={}",
        "/api/v1/slots?to={}",
        "/api/v1/slots?cursor={}T00:00:00-12:00_3",
        "/api/v1/slots?cursor={}T00:00:00%2B12:00_3",
    ],
)
async def test_no_page_stumbles_over_a_day(client: httpx.AsyncClient, path: str, day: str) -> None:
    assert (await client.get(path.format(day))).status_code in (200, 400, 404, 422)


@pytest.mark.parametrize(
    "version",
    [
        "2026-01-01T00:00|3",
        "0001-01-01T00:00+09:00|3",
        "9999-12-31T23:59-09:00|3",
        f"2026-01-01T00:00+00:00|{'9' * 40}",
        "2026-01-01T00:00+00:00|-1",
        "|",
        "",
    ],
)
async def test_what_was_never_a_version_is_an_old_one(
    staff: httpx.AsyncClient, version: str
) -> None:
    with pytest.raises(Stale):
        Version.parse(version)
    event = await make_day(2)
    for path in (f"/staff/events/{event.id}", f"/staff/events/{event.id}/sites"):
        answer = await staff.post(path, data={**EVENT_FORM, "version": version})
        assert answer.status_code == 409
    version = hidden(answer, "version")
    assert str(Version.parse(version)) == version


async def test_a_nul_in_a_public_form_reaches_no_database(client: httpx.AsyncClient) -> None:
    fields = {"email": "a\x00b@example.org", "next": "/\x00"}
    assert (await client.post("/sign-in", data=fields)).status_code == 303
    parts = {name: (None, text) for name, text in fields.items()}
    assert (await client.post("/sign-in", files=parts)).status_code == 303
    assert {link.email for link in await SignInLink.all()} == {"ab@example.org"}


@pytest.mark.parametrize(
    "path",
    [
        "/staff/reservations?q=%00",
        "/staff/reservations?q=a%00b&event=%00&site=%00&on=%00",
        "/staff/sites?q=%00&show=%00&page=%00",
        "/staff/people?site=%00",
        "/staff/log?before=%00",
        "/staff/deliveries?before=%00",
        "/sites?q=%00",
        "/search?q=%%0000",
        "/plan?from=%00",
        "/api/v1/sites?q=%00&kind=%00",
        "/sign-in?next=%00",
    ],
)
async def test_a_nul_in_a_search_reaches_no_database(staff: httpx.AsyncClient, path: str) -> None:
    assert (await staff.get(path)).status_code < 500


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/plans", {"date": "\x00", "start": {"point": [139.7, 35.7], "time": "\x00"}}),
        ("/api/v1/reservations", {"slots": [1], "name": "\x00", "contact": {"name": "\ud800"}}),
        ("/api/v1/push-subscriptions/renewals", {"endpoint": "\x00", "keys": {"auth": "\ud800"}}),
        ("/sign-in/passkey", {"credential": {"id": "\x00\ud800"}}),
    ],
)
async def test_a_nul_in_json_is_no_fault(
    client: httpx.AsyncClient, path: str, body: dict[str, object]
) -> None:
    answer = await client.post(path, content=json.dumps(body))
    assert 400 <= answer.status_code < 500
    assert answer.status_code not in (404, 405)


@pytest.mark.parametrize("path", ["//evil.example/x", "///evil.example", "//evil.example/%2f.."])
async def test_the_menu_of_languages_stays_on_this_site(app: Starlette, path: str) -> None:
    scheme_and_host = "http://testserver"
    async with browser(app) as visitor:
        answer = await visitor.get(f"{scheme_and_host}{path}")
    assert answer.status_code == 404
    links = re.findall(r'href="([^"]*lang=ja[^"]*)"', answer.text)
    assert links
    assert not [link for link in links if link.startswith(("//", "/\\"))]


READERS = ("forms.py", "json_body.py", "uploads.py")


def test_forms_and_bodies_are_read_in_one_place() -> None:
    """Uploads among them, whose texts are read by `texts`."""
    for path in (ROOT / "tour").rglob("*.py"):
        if path.parent.name != "web" or path.name not in READERS:
            source = path.read_text()
            assert "request.form(" not in source, path
            assert "request.json()" not in source, path


@pytest.mark.parametrize("text", ["2000-01-01", "2100-12-31", " 2026-12-05 "])
def test_dates_of_our_century_are_read(text: str) -> None:
    assert read_date(text)


@pytest.mark.parametrize("text", ["1999-12-31", "2101-01-01", "0001-01-01", "", "x", "2026-02-30"])
def test_other_dates_are_not(text: str) -> None:
    assert read_date(text) is None
    assert read_instant(f"{text}T00:00") is None
