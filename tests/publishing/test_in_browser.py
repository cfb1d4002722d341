"""The embed in a foreign page and the archive from a file, in a real Chromium."""

import sys
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from zipfile import ZipFile

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Phone, phone
from tests.browser.serving import free_ports, opener, running

__all__ = ["phone"]
pytestmark = pytest.mark.browser

SLUG = "oji-open-factory"
PLACES = 24


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_args: object) -> None: ...


@pytest.fixture
def app_url(database_url: str, tmp_path: Path) -> Iterator[str]:
    """The app as a process, with the demonstration catalogue."""
    (port,) = free_ports(1)
    url = f"http://127.0.0.1:{port}"
    variables = {
        "TOUR_DATABASE_URL": database_url,
        "TOUR_VAR": str(tmp_path / "var"),
        "TOUR_BASE_URL": url,
        "TOUR_DEMO": "1",
        "TOUR_CLOCK": "2026-12-01T12:00:00+09:00",
        "TOUR_TILE_URL": "",
    }
    command = [sys.executable, "-m", "tour", "serve", "--port", str(port)]
    with running(command, f"{url}/readyz", tmp_path / "app.log", **variables):
        yield url


@pytest.fixture
def foreign_url(app_url: str, tmp_path: Path) -> Iterator[str]:
    """A ward's own page, on another host, with the snippet pasted into it."""
    folder = tmp_path / "ward"
    folder.mkdir()
    frame = f'<iframe src="{app_url}/events/{SLUG}/embed?lang=ja" width="100%" height="640">'
    (folder / "index.html").write_text(f"<!DOCTYPE html><title>区</title>{frame}</iframe>")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


async def test_a_foreign_page_shows_map_and_list(foreign_url: str, phone: Phone) -> None:
    async with phone() as context:
        page = await context.new_page()
        refused: list[str] = []
        page.on("console", lambda m: refused.append(m.text) if "Content Security" in m.text else 0)
        await page.goto(foreign_url)
        frame = page.frame_locator("iframe")
        await expect(frame.locator(".folium-map[data-ready]")).to_be_visible()
        await expect(frame.locator(".leaflet-marker-icon .pin__number")).to_have_count(PLACES)
        await expect(frame.locator(".place")).to_have_count(PLACES)
        shown = await frame.locator(".leaflet-marker-icon .pin__number").all_inner_texts()
        listed = await frame.locator(".place .badge b").all_inner_texts()
        assert sorted(shown) == sorted(listed)
        outlined = await frame.locator(".pin--nearby .pin__number").all_inner_texts()
        nearby = await frame.locator(".place .badge--nearby b").all_inner_texts()
        assert sorted(outlined) == sorted(nearby) != []
        assert refused == []


async def test_a_link_in_the_frame_opens_the_full_app(
    foreign_url: str, app_url: str, phone: Phone
) -> None:
    async with phone() as context:
        page = await context.new_page()
        await page.goto(foreign_url)
        await page.frame_locator("iframe").get_by_role("link", name="お札と切手の博物館").click()
        await page.wait_for_url(f"{app_url}/sites/*")
        await expect(page.get_by_role("heading", level=1)).to_have_text("お札と切手の博物館")


async def test_with_scripts_blocked_the_frame_has_the_list_and_the_picture(
    foreign_url: str, phone: Phone
) -> None:
    async with phone(flags=["--blink-settings=scriptEnabled=false"]) as context:
        page = await context.new_page()
        await page.goto(foreign_url)
        frame = page.frame_locator("iframe")
        await expect(frame.locator(".place")).to_have_count(PLACES)
        await expect(frame.locator("img.embed__picture")).to_be_visible()
        await expect(frame.locator(".folium-map")).to_be_hidden()


@pytest.mark.parametrize("scripts", [True, False])
async def test_the_archive_opens_from_a_file_and_asks_nobody(
    app_url: str, tmp_path: Path, phone: Phone, scripts: bool
) -> None:
    packed = tmp_path / "map.zip"
    packed.write_bytes(opener.open(f"{app_url}/events/{SLUG}/map.zip", timeout=60).read())
    ZipFile(packed).extractall(tmp_path / "archive")
    async with phone(java_script_enabled=scripts) as context:
        page = await context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        await page.goto((tmp_path / "archive" / "index.html").as_uri())
        await expect(page.locator(".place")).to_have_count(PLACES)
        picture = page.locator(".map__picture svg")
        await expect(picture.locator("a")).to_have_count(PLACES)
        tools = page.get_by_role("button", name="拡大")
        if scripts:
            whole = await picture.get_attribute("viewBox")
            await tools.click()
            assert await picture.get_attribute("viewBox") != whole
        else:
            await expect(tools).to_be_hidden()
        await page.get_by_role("link", name="English").click()
        await expect(page.locator("h1")).to_have_text("Oji and Jujo Open Factory Days")
        assert asked
        assert all(url.startswith("file:") for url in asked), asked
