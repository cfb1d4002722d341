"""Small towns for tests, drawn in metres and written as OpenStreetMap data."""

from dataclasses import dataclass, field
from pathlib import Path

import osmium
from osmium.osm.mutable import Node, Way

from tour.geo import Point, metres_per_degree

ORIGIN = Point(lat=35.75, lon=139.73)
_LAT_M, _LON_M = metres_per_degree(ORIGIN.lat)


def at(east: float, north: float) -> Point:
    """The place so many metres from the origin."""
    return Point(lat=float(ORIGIN.lat + north / _LAT_M), lon=float(ORIGIN.lon + east / _LON_M))


@dataclass
class Sketch:
    """Nodes and ways, in the order in which they were drawn."""

    nodes: list[Point] = field(default_factory=list)
    ways: list[tuple[list[int], dict[str, str]]] = field(default_factory=list)

    def node(self, east: float, north: float) -> int:
        self.nodes.append(at(east, north))
        return len(self.nodes)

    def way(self, *nodes: int, **tags: str) -> None:
        """A way of nodes by number; `name_en` is written as the tag `name:en`."""
        tags = {"highway": "residential", **tags}
        self.ways.append((list(nodes), {k.replace("_", ":"): v for k, v in tags.items()}))

    def line(self, *places: tuple[float, float], **tags: str) -> list[int]:
        """A way over nodes of its own."""
        nodes = [self.node(east, north) for east, north in places]
        self.way(*nodes, **tags)
        return nodes

    def write(self, path: Path, *, data_of: str = "2026-05-01T00:00:00Z") -> Path:
        header = osmium.io.Header()
        header.set("osmosis_replication_timestamp", data_of)
        with osmium.SimpleWriter(str(path), header=header, overwrite=True) as writer:
            for number, place in enumerate(self.nodes, start=1):
                writer.add_node(Node(id=number, location=(place.lon, place.lat)))
            for number, (nodes, tags) in enumerate(self.ways, start=1):
                writer.add_way(Way(id=number, nodes=nodes, tags=tags))
        return path


def block_town() -> Sketch:
    """Two blocks side by side, 200 m wide and 100 m high, with named streets around them.

    (0,100)--(200,100)--(400,100)   North St
       |         |          |
    (0,0)-----(200,0)----(400,0)    South St
    """
    sketch = Sketch()
    south = [sketch.node(east, 0) for east in (0, 200, 400)]
    north = [sketch.node(east, 100) for east in (0, 200, 400)]
    sketch.way(*south, name="南通り", name_en="South St")
    sketch.way(*north, name="北通り", name_en="North St")
    for low, high in zip(south, north, strict=True):
        sketch.way(low, high)
    return sketch
