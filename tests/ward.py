"""A ward drawn for the tests: streets all over the demonstration's area, as OpenStreetMap data.

Blocks of 120 m under two sets of named avenues; a river in the north that three bridges cross; a
railway in the east with level crossings and foot bridges of steps; private gates in the middle.
Nothing of it is true but its size: the demonstration's places lie among these streets, within
half a block of one.
"""

from pathlib import Path

from tests.routes.sketch import Sketch, at
from tour.routes.streets.build import build

BLOCK = 120
EAST = range(-3720, 3840, BLOCK)
NORTH = range(-2160, 5520, BLOCK)
"""Streets run along these, in metres from the sketch's origin; they reach beyond the town."""
RIVER = range(4200, 4440, BLOCK)
"""No street lies along these, none crosses them but on a bridge."""
BRIDGES = {-2280: "見本大橋", -720: "水門橋", 840: "東橋"}
RAILWAY = 1800
"""Nothing runs along this line, and little across it."""
LEVEL_CROSSINGS = range(-2160, 5520, 6 * BLOCK)
FOOT_BRIDGES = range(-2160 + 3 * BLOCK, 5520, 6 * BLOCK)
AVENUE = 5 * BLOCK
"""Every so many metres a street is an avenue with a name."""
SOUTH_BANK, NORTH_BANK = RIVER[0] - BLOCK, RIVER[-1] + BLOCK
OVER_THE_RIVER = at(-2280, SOUTH_BANK), at(-2280, NORTH_BANK)
"""Both ends of the westernmost bridge."""
BESIDE_A_GATE = at(-BLOCK / 2, -BLOCK), at(-BLOCK / 2, 0)
"""Two places with only a private path straight between them."""


def ward() -> Sketch:
    """The whole drawing: some 4,000 junctions."""
    sketch = Sketch()
    node = {
        (east, north): sketch.node(east, north)
        for east in EAST
        for north in NORTH
        if east != RAILWAY and north not in RIVER
    }
    for east in EAST:
        _column(sketch, node, east)
    for north in NORTH:
        _row(sketch, node, north)
    gate = [sketch.node(-BLOCK / 2, north) for north in (-BLOCK, 0)]
    for end, north in zip(gate, (-BLOCK, 0), strict=True):
        sketch.way(node[-BLOCK, north], end, node[0, north])
    sketch.way(*gate, highway="service", access="private", name="工場の門")
    return sketch


def _column(sketch: Sketch, node: dict[tuple[int, int], int], east: int) -> None:
    """A street from south to north; the river interrupts it, unless it has a bridge."""
    if east == RAILWAY:
        return
    number = (east - EAST[0]) // AVENUE + 1
    tags = _tags(f"{number}番通り", f"Avenue {number}") if not (east - EAST[0]) % AVENUE else {}
    for bank in (range(NORTH[0], SOUTH_BANK + 1, BLOCK), range(NORTH_BANK, NORTH[-1] + 1, BLOCK)):
        sketch.way(*(node[east, north] for north in bank), **tags)
    if name := BRIDGES.get(east):
        ends = node[east, SOUTH_BANK], node[east, NORTH_BANK]
        sketch.way(*ends, highway="secondary", bridge="yes", name=name)


def _row(sketch: Sketch, node: dict[tuple[int, int], int], north: int) -> None:
    """A street from west to east; the railway interrupts it, unless there is a way across."""
    if north in RIVER:
        return
    number = (north - NORTH[0]) // AVENUE + 1
    tags = _tags(f"{number}丁目通り", f"Street {number}") if not (north - NORTH[0]) % AVENUE else {}
    for side in (range(EAST[0], RAILWAY, BLOCK), range(RAILWAY + BLOCK, EAST[-1] + 1, BLOCK)):
        sketch.way(*(node[east, north] for east in side), **tags)
    ends = node[RAILWAY - BLOCK, north], node[RAILWAY + BLOCK, north]
    if north in LEVEL_CROSSINGS:
        sketch.way(*ends)
    elif north in FOOT_BRIDGES:
        sketch.way(*ends, highway="steps", bridge="yes", name="跨線橋", name_en="Foot bridge")


def _tags(name: str, name_en: str) -> dict[str, str]:
    return {"highway": "tertiary", "name": name, "name_en": name_en}


def ward_graph(folder: Path) -> Path:
    """The drawing as a built street graph under `folder`, for TOUR_STREETS."""
    target = folder / "ward.streets"
    build(ward().write(folder / "ward.osm.pbf"), target)
    return target
