"""Fetches the streets of an area from an Overpass server, in parts, politely.

One request at a time with a pause between; a busy server is left alone for as long as it asks.
Every part that arrived whole is kept, so a download that was interrupted goes on where it was.
"""

import asyncio
import math
import re
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

import aiohttp
import osmium

from tour.geo import Bounds
from tour.routes.streets.file import StreetsError
from tour.words.typed import number_in

PUBLIC_SERVER = "https://overpass-api.de/api/interpreter"

PART_DEGREES = 0.04
"""Side of a part: about 4 km, some ten megabytes in a dense town."""

MOST_PARTS = 400
"""A larger area is a burden on a public server: whoever needs it takes a ready extract."""

Received = TypeVar("Received")
Receiver = Callable[[aiohttp.ClientResponse], Awaitable[Received]]

_BUSY = {429, 502, 503, 504}
_TRIES = 5
_LONGEST_WAIT = 600.0
_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=30, sock_read=240)
_HEADERS = {"User-Agent": "open-factory-tour (streets download)"}
_MARGIN_DEGREES = 0.006
_TAIL = 4096
_MOST_LISTED = 8
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to wait; tests wait for nothing."""

    between_parts: float = 2.0
    when_busy: float = 30.0
    """The first time, then doubled; a server that says how long is obeyed."""


@dataclass(frozen=True, slots=True)
class Overpass:
    """A server of the Overpass API and how patient to be with it."""

    url: str = PUBLIC_SERVER
    patience: Patience = field(default_factory=Patience)


def parts_of(bounds: Bounds) -> list[Bounds]:
    """Boxes of a fixed raster that cover the area; StreetsError when they are too many."""
    rows = range(*_raster(bounds.south, bounds.north))
    columns = range(*_raster(bounds.west, bounds.east))
    if len(rows) * len(columns) > MOST_PARTS:
        raise StreetsError(
            f"{_words(bounds)}: too large to download ({len(rows) * len(columns)} parts, at most "
            f"{MOST_PARTS}); take a ready extract (.osm.pbf) and `tour streets build` it."
        )
    return [
        Bounds(
            south=row * PART_DEGREES,
            west=column * PART_DEGREES,
            north=(row + 1) * PART_DEGREES,
            east=(column + 1) * PART_DEGREES,
        )
        for row in rows
        for column in columns
    ]


def _raster(low: float, high: float) -> tuple[int, int]:
    return math.floor(low / PART_DEGREES), math.ceil(high / PART_DEGREES)


def grown(area: Bounds) -> Bounds:
    """With some 600 m around it: the way between two places may lead outside."""
    return Bounds(
        south=area.south - _MARGIN_DEGREES,
        west=area.west - _MARGIN_DEGREES,
        north=area.north + _MARGIN_DEGREES,
        east=area.east + _MARGIN_DEGREES,
    )


async def download(
    bounds: Bounds, target: Path, server: Overpass, progress: Callable[[int], None]
) -> None:
    """Write the area's streets to `target` (.osm.pbf). `progress` hears of each part.

    StreetsError when the server does not answer; what came is kept beside `target` for the
    next try.
    """
    folder = target.with_name(f"{target.name}.parts")
    folder.mkdir(parents=True, exist_ok=True)
    files: list[Path] = []
    async with aiohttp.ClientSession(headers=_HEADERS, timeout=_TIMEOUT) as session:
        for part in parts_of(bounds):
            file = folder / f"{_words(part)}.osm"
            if not file.exists():
                if files:
                    await asyncio.sleep(server.patience.between_parts)
                await _ask(session, server, _streets_query(part), partial(_keep, file=file))
            files.append(file)
            progress(1)
    _join(files, target)
    shutil.rmtree(folder)


def _streets_query(part: Bounds) -> str:
    box = f"{part.south:.6f},{part.west:.6f},{part.north:.6f},{part.east:.6f}"
    return f'[out:xml][timeout:180];way["highway"]({box});(._;>;);out body;'


async def _ask(
    session: aiohttp.ClientSession, server: Overpass, query: str, receive: Receiver[Received]
) -> Received:
    """Put one question, again while the server is busy, and receive the answer."""
    wait = server.patience.when_busy
    for _try in range(_TRIES):
        try:
            async with session.post(server.url, data={"data": query}) as answer:
                if answer.status not in _BUSY:
                    return await receive(answer)
                asked = number_in(answer.headers.get("Retry-After"), 18)
        except (aiohttp.ClientError, TimeoutError) as exc:
            raise StreetsError(
                f"{server.url}: no answer ({exc}); check the network and try again: "
                "what already came is kept."
            ) from exc
        await asyncio.sleep(wait if asked is None else min(asked, _LONGEST_WAIT))
        wait *= 2
    raise StreetsError(f"{server.url}: busy; try again later: what already came is kept.")


def _check_status(answer: aiohttp.ClientResponse) -> None:
    if answer.status != 200:
        raise StreetsError(f"{answer.url}: answered {answer.status} {answer.reason}.")


async def _keep(answer: aiohttp.ClientResponse, *, file: Path) -> None:
    """Put the answer into `file`, whole or not at all.

    Overpass answers 200 before it knows whether it will finish: the end tells.
    """
    _check_status(answer)
    draft = file.with_suffix(".draft")
    tail = b""
    with draft.open("wb") as out:
        async for chunk in answer.content.iter_chunked(_CHUNK):
            out.write(chunk)
            tail = (tail + chunk)[-_TAIL:]
    if failure := re.search(rb"<remark>\s*(runtime error[^<]*)", tail):
        raise StreetsError(
            f"{answer.url}: {failure[1].decode(errors='replace').strip()}; try again."
        )
    if b"</osm>" not in tail:
        raise StreetsError(f"{answer.url}: the answer was cut off or is not OpenStreetMap data.")
    draft.replace(file)


def _join(files: list[Path], target: Path) -> None:
    """One extract of all parts, whatever lies in two of them once."""
    reader = osmium.MergeInputReader()
    for file in files:
        reader.add_file(str(file))
    header = osmium.io.Header()
    if oldest := min(filter(None, map(_data_time, files)), default=""):
        header.set("osmosis_replication_timestamp", oldest)
    draft = target.with_name(f"draft-{target.name}")
    with osmium.SimpleWriter(str(draft), header=header, overwrite=True) as writer:
        reader.apply(writer)
    draft.replace(target)


def _data_time(file: Path) -> str:
    """When the server's data was current, as an Overpass answer says at its top."""
    with file.open("rb") as part:
        found = re.search(rb'osm_base="([0-9T:Z-]+)"', part.read(_TAIL))
    return found[1].decode() if found else ""


async def find_place(name: str, server: Overpass) -> Bounds:
    """The bounds of the one administrative area called so, such as 北区 or "北区, 東京都".

    StreetsError when there is none, or several: then it lists their boxes.
    """
    async with aiohttp.ClientSession(headers=_HEADERS, timeout=_TIMEOUT) as session:
        boxes = await _ask(session, server, _place_query(name), _boxes)
    if not boxes:
        raise StreetsError(f"{name}: no administrative area is called so; use --bbox.")
    if len(boxes) > 1:
        listed = "; ".join(_words(box) for box in boxes[:_MOST_LISTED])
        raise StreetsError(
            f'{name}: {len(boxes)} areas are called so; say in what it lies ("北区, 東京都") or '
            f"use --bbox with one of these: {listed}."
        )
    return boxes[0]


def _place_query(name: str) -> str:
    """Names from the innermost outwards: 北区, 東京都."""
    names = [part.strip() for part in name.split(",")]
    if not all(names) or set(name) & set('"\\'):
        raise StreetsError(f"{name}: not the name of a place.")
    steps, inside = "", ""
    for outer in reversed(names[1:]):
        steps += f'area{inside}["boundary"="administrative"]["name"="{outer}"]->.outer;'
        inside = "(area.outer)"
    kind = f'rel{inside}["boundary"="administrative"]'
    wanted = f'({kind}["name"="{names[0]}"];{kind}["name:en"="{names[0]}"];);'
    return f"[out:json][timeout:60];{steps}{wanted}out tags bb;"


async def _boxes(answer: aiohttp.ClientResponse) -> list[Bounds]:
    _check_status(answer)
    elements = (await answer.json(content_type=None))["elements"]
    return [
        Bounds(south=box["minlat"], west=box["minlon"], north=box["maxlat"], east=box["maxlon"])
        for box in (element["bounds"] for element in elements)
    ]


def _words(bounds: Bounds) -> str:
    """As `--bbox` takes it."""
    return ",".join(f"{edge:.4f}" for edge in bounds.as_bbox())
