"""The forms of a published map: page, embed, PDF, picture, data, archive."""

import shutil
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import httpx
import pytest
from starlette.applications import Starlette

from tests.accounts.signing import browser
from tests.conftest import NOON, TurnableClock, make_settings
from tests.factories import STAFF, catalogue_changed
from tests.publishing import reading
from tests.publishing.conftest import sources_in
from tests.publishing.days import make_day
from tour.app import create_app
from tour.publishing import pdf, service
from tour.settings import Settings
from tour.sites.models import Site

pytestmark = pytest.mark.once("a map is drawn of the process's copies of the catalogue")


async def text(client: httpx.AsyncClient, path: str) -> str:
    response = await client.get(path)
    assert response.status_code == 200, path
    return response.text


async def body(client: httpx.AsyncClient, path: str) -> bytes:
    response = await client.get(path)
    assert response.status_code == 200, path
    return response.content


@pytest.mark.parametrize("published", [False, True])
async def test_every_form_shows_the_same_numbered_places(
    app: Starlette, client: httpx.AsyncClient, published: bool
) -> None:
    event = await make_day(12)
    if published:
        await service.publish(event.id, await sources_in(app), actor=STAFF, now=NOON)
    expected = {number: f"工房その{number}号" for number in range(1, 13)}
    names = list(expected.values())
    assert reading.on_page(await text(client, "/events/day/map")) == expected
    assert reading.in_list(await text(client, "/events/day/embed")) == expected
    assert reading.in_pdf(await body(client, "/events/day/map.pdf?size=A4"), names) == expected
    assert reading.in_archive(await body(client, "/events/day/map.zip")) == expected
    places = (await client.get("/events/day/map.geojson")).json()["features"]
    assert {p["properties"]["number"]: p["properties"]["name"] for p in places} == expected
    picture = await text(client, "/events/day/map.svg")
    assert all(f">{number}</text>" in picture for number in expected)


async def test_after_publishing_every_form_keeps_the_version(
    app: Starlette, client: httpx.AsyncClient
) -> None:
    event = await make_day(3)
    await service.publish(event.id, await sources_in(app), actor=STAFF, now=NOON)
    await Site.filter(slug="site-1").update(name="まだ公開していない名")
    await catalogue_changed()
    expected = {number: f"工房その{number}号" for number in (1, 2, 3)}
    names = list(expected.values())
    printed = await body(client, "/events/day/map.pdf")
    assert reading.in_list(await text(client, "/events/day/embed")) == expected
    assert reading.in_pdf(printed, names) == expected
    assert reading.in_archive(await body(client, "/events/day/map.zip")) == expected
    assert "第1版 2026年12月1日" in reading.pdf_text(printed)


async def test_a_town_without_a_base_layer_has_its_map_in_every_form(
    settings: Settings, clock: TurnableClock, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(settings.data / "town.toml", data)
    chosen = make_settings(settings.database_url, tmp_path, TOUR_DATA=str(data))
    application = create_app(chosen, clock=clock)
    async with application.router.lifespan_context(application), browser(application) as visitor:
        await make_day(2)
        for path in ("map.svg", "map.zip", "map.pdf"):
            assert await body(visitor, f"/events/day/{path}"), path


@pytest.mark.parametrize("path", ["embed", "share", "map.pdf", "map.svg", "map.geojson", "map.zip"])
async def test_a_map_taken_back_and_an_unknown_event_are_not_found(
    app: Starlette, client: httpx.AsyncClient, path: str
) -> None:
    event = await make_day(1)
    await service.publish(event.id, await sources_in(app), actor=STAFF, now=NOON)
    await service.unpublish(event.id, actor=STAFF, now=NOON)
    for slug in ("day", "nothing"):
        assert (await client.get(f"/events/{slug}/{path}")).status_code == 404


@pytest.mark.parametrize("count", [0, 1, 60])
@pytest.mark.parametrize("size", ["A4", "A3"])
async def test_none_one_and_sixty_places_are_printed(
    client: httpx.AsyncClient, count: int, size: str
) -> None:
    await make_day(count)
    printed = await body(client, f"/events/day/map.pdf?size={size}&lang=en")
    names = [f"Workshop No. {number}" for number in range(1, count + 1)]
    assert reading.in_pdf(printed, names) == {n: f"Workshop No. {n}" for n in range(1, count + 1)}
    if count == 0:
        assert "not announced yet" in reading.pdf_text(printed)


async def test_hours_of_the_days_are_printed(client: httpx.AsyncClient) -> None:
    await make_day(3)
    printed = reading.pdf_text(await body(client, "/events/day/map.pdf"))
    assert "12月5日(土)・6日(日)" in printed
    assert "12月6日(日) 休み" in printed
    assert "車いす可" in printed
    assert "© OpenStreetMap contributors" in printed
    assert "地理院タイル" not in printed


async def test_a_long_name_is_printed_whole(client: httpx.AsyncClient) -> None:
    await make_day(3)
    name = "株式会社とても長い名前の伝統工芸体験工房兼ショールーム北区王子本町本店別館" * 3
    await Site.filter(slug="site-2").update(name=name)
    await catalogue_changed()
    printed = reading.pdf_text(await body(client, "/events/day/map.pdf"))
    assert name in "".join(printed.split())


@pytest.mark.parametrize("size", ["A5", "", "a4;", "４"])
async def test_a_size_that_is_none_is_said_clearly(client: httpx.AsyncClient, size: str) -> None:
    await make_day(1)
    response = await client.get("/events/day/map.pdf", params={"size": size})
    assert response.status_code == (200 if size == "" else 422)
    if size:
        assert "size=A4 か size=A3" in response.text


async def test_without_a_font_the_page_says_what_is_missing(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make_day(1)
    monkeypatch.setattr(pdf, "FONT_FOLDERS", ())
    response = await client.get("/events/day/map.pdf")
    assert response.status_code == 503
    assert "fonts-noto-cjk" in response.text
    assert "map.pdf" not in (await client.get("/events/day/share")).text


async def test_a_map_is_printed_once_and_asked_for_by_its_tag(
    client: httpx.AsyncClient, app: Starlette
) -> None:
    await make_day(2)
    first = await client.get("/events/day/map.pdf")
    folder = app.state.parts.settings.var / "print"
    (kept,) = folder.glob("*.pdf")
    made = kept.stat().st_mtime_ns
    again = await client.get("/events/day/map.pdf")
    assert again.content == first.content
    assert kept.stat().st_mtime_ns == made
    tag = {"If-None-Match": first.headers["etag"]}
    assert (await client.get("/events/day/map.pdf", headers=tag)).status_code == 304
    await Site.filter(slug="site-1").update(name="別の名")
    await catalogue_changed()
    changed = await client.get("/events/day/map.pdf", headers=tag)
    assert changed.status_code == 200
    assert "別の名" in reading.pdf_text(changed.content)


async def test_any_site_over_https_may_frame_the_embed_and_nothing_else(
    client: httpx.AsyncClient,
) -> None:
    await make_day(2)
    embed = await client.get("/events/day/embed")
    assert "frame-ancestors 'self' https:" in embed.headers["content-security-policy"]
    page = await client.get("/events/day/map")
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]


async def test_every_link_of_the_embed_opens_the_full_app(client: httpx.AsyncClient) -> None:
    await make_day(2)
    embed = await text(client, "/events/day/embed?lang=en")
    assert '<base target="_top">' in embed
    assert 'href="/sites/site-1?lang=en"' in embed
    assert "target=" not in embed.replace('<base target="_top">', "")


async def test_the_snippet_is_shown_as_text(client: httpx.AsyncClient) -> None:
    await make_day(2)
    page = await text(client, "/events/day/share?lang=en")
    address = "http://testserver/events/day/embed?lang=en"
    assert f"&lt;iframe src=&#34;{address}&#34;" in page
    assert "<iframe" not in page


async def test_what_hosts_type_cannot_become_markup(client: httpx.AsyncClient) -> None:
    await make_day(3)
    await Site.filter(slug="site-1").update(name="<script>alert(1)</script>&", address="<img>")
    await catalogue_changed()
    packed = ZipFile(BytesIO(await body(client, "/events/day/map.zip")))
    pages = [await text(client, "/events/day/embed"), packed.read("index.html").decode()]
    for page in pages:
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" in reading.pdf_text(await body(client, "/events/day/map.pdf"))
