"""The streets of the town itself, fetched once beside the start and taken up by running pages.

With TOUR_STREETS=auto `tour serve` starts `tour streets town` as a process beside it: the pages are
there at once with straight lines (目安), and walk along streets as soon as the graph is in `var/`.
What a fetch that was interrupted has brought is kept; the next start goes on from there.
"""

import fcntl
import hashlib
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager, nullcontext
from itertools import count
from pathlib import Path

from tour.changes import Kind, tell
from tour.clock import Clock
from tour.geo import Bounds
from tour.repeating import Act
from tour.routes.streets.build import build
from tour.routes.streets.download import Overpass, download, grown, parts_of
from tour.routes.streets.file import StreetsError
from tour.routes.streets.graph import Streets
from tour.routes.walks.walks import Walks, open_walks
from tour.settings import AUTO_STREETS, Settings
from tour.town import Town

log = logging.getLogger("tour.routes")

LOOK_SECONDS, REST_SECONDS = 1.0, 86_400.0
STOP_SECONDS = 10

Say = Callable[[str], None]


def area_of(town: Town) -> Bounds:
    """The town and a short walk around it."""
    west, south, east, north = town.bounds
    return grown(Bounds(south=south, west=west, north=north, east=east))


def town_graph(settings: Settings, town: Town) -> Path:
    """Where the graph of the town's area is kept; another area has another file."""
    key = hashlib.sha256(repr(area_of(town).as_bbox()).encode()).hexdigest()[:12]
    return settings.var / "streets" / f"town-{key}.streets"


async def fetch(area: Bounds, graph: Path, server: Overpass, say: Say) -> None:
    """Fetch and build the graph unless it is there; one process at a time, telling each step.

    StreetsError when the server does not answer; what came is kept for the next try.
    """
    graph.parent.mkdir(parents=True, exist_ok=True)
    with graph.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("The town's streets are being fetched already.")
            return
        if opened(graph):
            return
        extract = graph.with_suffix(".osm.pbf")
        if not extract.exists():
            parts, done = len(parts_of(area)), count(1)
            say(f"Fetching the town's streets in {parts} parts; TOUR_STREETS=none declines.")
            say("Until they are here walks are straight lines × 1.3, marked 目安.")
            await download(area, extract, server, lambda _n: say(f"Streets: {next(done)}/{parts}"))
        built = build(extract, graph)
        say(f"Walks follow the streets now, {built.about['length_m'] / 1000:,.0f} km of them.")


def opened(graph: Path) -> Streets | None:
    """The graph, or None while it is not there or is one of another version of the app."""
    try:
        return Streets.open(graph) if graph.exists() else None
    except StreetsError:
        return None


@contextmanager
def fetched_beside(settings: Settings, town: Town) -> Iterator[None]:
    """A process that fetches the town's streets while the block lasts, where they are wanted."""
    if settings.streets != AUTO_STREETS or opened(town_graph(settings, town)):
        yield
        return
    process = subprocess.Popen([sys.executable, "-m", "tour", "streets", "town"])
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()


def open_town_walks(settings: Settings, town: Town) -> Walks:
    """As `open_walks`, along the town's own streets where they were fetched before."""
    walks = open_walks(settings)
    if settings.streets == AUTO_STREETS and (streets := opened(town_graph(settings, town))):
        walks.follow(streets)
    return walks


def taking_up_streets(
    walks: Walks, settings: Settings, town: Town, clock: Clock
) -> AbstractAsyncContextManager[Act]:
    """Look for the town's streets until they are there, and follow them."""
    graph = town_graph(settings, town)

    async def look() -> float:
        if walks.has_streets or settings.streets != AUTO_STREETS:
            return REST_SECONDS
        streets = opened(graph)
        if streets is None:
            return LOOK_SECONDS
        walks.follow(streets)
        # What was measured in straight lines is measured anew.
        await tell(Kind.TOWN, now=clock())
        return REST_SECONDS

    return nullcontext(look)
