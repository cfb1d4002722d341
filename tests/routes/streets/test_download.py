"""Fetching streets from an Overpass server that listens on the loopback."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from tests.routes.sketch import at, block_town
from tour.geo import Bounds
from tour.routes.streets.build import build
from tour.routes.streets.download import (
    PART_DEGREES,
    Overpass,
    Patience,
    download,
    find_place,
    grown,
    parts_of,
)
from tour.routes.streets.extract import read_extract
from tour.routes.streets.file import StreetsError

IMPATIENT = Patience(between_parts=0, when_busy=0)
FOUR_PARTS = Bounds(south=35.75, west=139.73, north=35.77, east=139.77)

Answer = Callable[[str], web.Response | Awaitable[web.Response]]


@asynccontextmanager
async def overpass(answer: Answer) -> AsyncIterator[Overpass]:
    """A server that answers each query with what `answer` makes of it."""

    async def handle(request: web.Request) -> web.Response:
        assert request.headers["User-Agent"].startswith("open-factory-tour")
        given = answer((await request.post())["data"])
        return given if isinstance(given, web.Response) else await given

    app = web.Application()
    app.router.add_post("/api/interpreter", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        yield Overpass(f"http://{host}:{port}/api/interpreter", IMPATIENT)
    finally:
        await runner.cleanup()


@pytest.fixture
def town_xml(tmp_path) -> str:
    xml = block_town().write(tmp_path / "answer.osm").read_text()
    return xml.replace("<node", '<meta osm_base="2026-06-01T12:00:00Z"/><node', 1)


def ok(text: str) -> web.Response:
    return web.Response(text=text, content_type="application/osm3s+xml")


async def fetched(answer: Answer, target: Path, bounds: Bounds = FOUR_PARTS) -> int:
    """Download and count the parts that were reported."""
    reported: list[int] = []
    async with overpass(answer) as server:
        await download(bounds, target, server, reported.append)
    return sum(reported)


async def test_the_parts_become_one_extract_without_doubles(tmp_path, town_xml):
    asked = []
    target = tmp_path / "var" / "town.osm.pbf"
    assert await fetched(lambda q: asked.append(q) or ok(town_xml), target) == 4
    assert len(set(asked)) == 4
    assert all('way["highway"](' in query for query in asked)
    extract = read_extract(target)
    assert len(extract.name) == 5
    assert extract.source_at.isoformat() == "2026-06-01T12:00:00+00:00"
    assert build(target, tmp_path / "town.streets").about["edges"] == 7
    assert [path.name for path in target.parent.iterdir()] == ["town.osm.pbf"]


async def test_an_interrupted_download_goes_on_where_it_was(tmp_path, town_xml):
    asked = []

    def breaks_at_the_third(query: str) -> web.Response:
        asked.append(query)
        return ok(town_xml) if len(asked) != 3 else web.Response(status=400)

    target = tmp_path / "town.osm.pbf"
    with pytest.raises(StreetsError, match="answered 400"):
        await fetched(breaks_at_the_third, target)
    assert not target.exists()
    assert await fetched(breaks_at_the_third, target) == 4
    assert len(asked) == 5
    assert asked[2] == asked[3]


async def test_a_busy_server_is_asked_again(tmp_path, town_xml):
    statuses = [429, 504, 200, 200, 200, 200]

    def busy_twice(_query: str) -> web.Response:
        status = statuses.pop(0)
        headers = {"Retry-After": "0"}
        return ok(town_xml) if status == 200 else web.Response(status=status, headers=headers)

    assert await fetched(busy_twice, tmp_path / "town.osm.pbf") == 4
    assert statuses == []


async def test_a_server_that_stays_busy_is_left_alone(tmp_path):
    asked = []
    with pytest.raises(StreetsError, match=r"http://127\.0\.0\.1:.*busy; try again later"):
        await fetched(lambda q: asked.append(q) or web.Response(status=429), tmp_path / "t.osm.pbf")
    assert len(asked) == 5


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '<osm version="0.6"><remark> runtime error: Query timed out </remark></osm>',
            "runtime error: Query timed out",
        ),
        ('<osm version="0.6"><node id="1"', "cut off"),
        ("<html>welcome to our wireless network</html>", "not OpenStreetMap data"),
    ],
)
async def test_an_answer_that_is_not_whole_is_not_kept(tmp_path, text, said):
    with pytest.raises(StreetsError, match=said):
        await fetched(lambda _query: ok(text), tmp_path / "town.osm.pbf")
    assert list((tmp_path / "town.osm.pbf.parts").glob("*.osm")) == []


async def test_a_server_that_is_not_there_is_named(tmp_path, unused_tcp_port):
    server = Overpass(f"http://127.0.0.1:{unused_tcp_port}/api", IMPATIENT)
    with pytest.raises(StreetsError, match=rf"127\.0\.0\.1:{unused_tcp_port}.*check the network"):
        await download(FOUR_PARTS, tmp_path / "town.osm.pbf", server, print)


async def test_a_download_can_be_stopped_in_the_middle(tmp_path, town_xml):
    """Ctrl+C: what came is kept, and nothing half-written has a part's name."""
    stop = asyncio.Event()

    def stops_at_the_second(_query: str) -> web.Response:
        if (tmp_path / "town.osm.pbf.parts").exists() and any(
            (tmp_path / "town.osm.pbf.parts").glob("*.osm")
        ):
            stop.set()
        return ok(town_xml)

    async with overpass(stops_at_the_second) as server:
        task = asyncio.create_task(
            download(FOUR_PARTS, tmp_path / "town.osm.pbf", server, lambda _n: None)
        )
        await asyncio.wait_for(stop.wait(), 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert list((tmp_path / "town.osm.pbf.parts").glob("*.osm"))


def test_parts_lie_on_one_raster_and_cover_the_area():
    parts = parts_of(FOUR_PARTS)
    assert min(part.south for part in parts) <= FOUR_PARTS.south
    assert max(part.east for part in parts) >= FOUR_PARTS.east
    assert {round(part.west / PART_DEGREES, 6) % 1 for part in parts} == {0}


def test_an_area_too_large_for_a_public_server_is_refused():
    with pytest.raises(StreetsError, match=r"139\.0000,35\.0000,140\.0000,36\.0000: too large"):
        parts_of(Bounds(south=35, west=139, north=36, east=140))


KITA = {"bounds": {"minlat": 35.73, "minlon": 139.68, "maxlat": 35.8, "maxlon": 139.77}}
OSAKA_KITA = {"bounds": {"minlat": 34.69, "minlon": 135.48, "maxlat": 34.72, "maxlon": 135.52}}


class TestFindPlace:
    async def found(self, name: str, *elements: dict) -> Bounds:
        self.queries = []

        def answer(query: str) -> web.Response:
            self.queries.append(query)
            return web.json_response({"elements": list(elements)})

        async with overpass(answer) as server:
            return await find_place(name, server)

    async def test_the_one_area_called_so(self):
        assert await self.found("北区, 東京都", KITA) == Bounds(
            south=35.73, west=139.68, north=35.8, east=139.77
        )
        assert 'area["boundary"="administrative"]["name"="東京都"]->.outer;' in self.queries[0]
        assert 'rel(area.outer)["boundary"="administrative"]["name"="北区"]' in self.queries[0]

    async def test_several_are_listed(self):
        with pytest.raises(StreetsError, match=r"北区: 2 areas.*139\.6800,35\.7300.*135\.4800"):
            await self.found("北区", KITA, OSAKA_KITA)

    async def test_none(self):
        with pytest.raises(StreetsError, match=r"ないまち: no administrative area"):
            await self.found("ないまち")

    @pytest.mark.parametrize("name", ["", "北区,", '北区"];out', "北区\\"])
    async def test_what_is_no_name_is_not_asked_for(self, name):
        with pytest.raises(StreetsError, match="not the name of a place"):
            await self.found(name, KITA)
        assert self.queries == []


def test_an_area_is_grown_by_a_short_walk():
    around = grown(FOUR_PARTS)
    assert at(0, -500) in around
    assert at(0, -1_000) not in around
