"""Reads the walkable ways of an OpenStreetMap extract into flat arrays."""

from array import array
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import numpy as np
import osmium
from numpy.typing import NDArray

from tour.routes.streets.file import StreetsError
from tour.routes.streets.tags import class_of, flags_of, is_walkable, names_of

Progress = Callable[[int], None]
"""Told how many more ways were read."""

UNITS_PER_DEGREE = 10_000_000
"""OpenStreetMap's own resolution, a centimetre; coordinates are kept as such whole numbers."""

_REPORT_EVERY = 1000


def silent(_ways: int) -> None:
    """Progress for whoever does not watch."""


@dataclass(frozen=True, slots=True)
class Extract:
    """Walkable ways end to end: of every point its node, position and way; of every way what
    it is. Points of nodes outside the extract are missing, `way` and `step` show the gap.
    """

    node: NDArray[np.int64]
    x: NDArray[np.int32]
    y: NDArray[np.int32]
    way: NDArray[np.int32]
    step: NDArray[np.int32]
    """The point's place in its way: neighbours differ by one."""
    street_class: NDArray[np.uint8]
    flags: NDArray[np.uint8]
    name: NDArray[np.int32]
    """Of every way, the place of its name in `names`; the first one is "no name"."""
    names: list[dict[str, str]]
    source_at: datetime | None
    """How old the data is: what the file says, else its newest way."""


class _Collector:
    """Appends one way after the other; memory grows by 24 bytes a point."""

    def __init__(self) -> None:
        self.node, self.x, self.y = array("q"), array("i"), array("i")
        self.way, self.step = array("i"), array("i")
        self.street_class, self.flags, self.name = array("B"), array("B"), array("i")
        self.names: list[dict[str, str]] = [{}]
        self.number_of_name: dict[tuple[tuple[str, str], ...], int] = {(): 0}
        self.newest = datetime.fromtimestamp(0, UTC)

    def add(self, way: osmium.osm.Way) -> None:
        tags = {tag.k: tag.v for tag in way.tags}
        if not is_walkable(tags):
            return
        number = len(self.name)
        for step, node in enumerate(way.nodes):
            if node.location.valid():
                self.node.append(node.ref)
                self.x.append(node.x)
                self.y.append(node.y)
                self.way.append(number)
                self.step.append(step)
        self.street_class.append(class_of(tags))
        self.flags.append(flags_of(tags))
        self.name.append(self._number_of(names_of(tags)))
        self.newest = max(self.newest, way.timestamp)

    def _number_of(self, names: dict[str, str]) -> int:
        number = self.number_of_name.setdefault(tuple(names.items()), len(self.names))
        if number == len(self.names):
            self.names.append(names)
        return number

    def extract(self, source_at: datetime | None) -> Extract:
        newest = self.newest if self.newest.timestamp() > 0 else None
        return Extract(
            node=np.frombuffer(self.node, dtype=np.int64),
            x=np.frombuffer(self.x, dtype=np.int32),
            y=np.frombuffer(self.y, dtype=np.int32),
            way=np.frombuffer(self.way, dtype=np.int32),
            step=np.frombuffer(self.step, dtype=np.int32),
            street_class=np.frombuffer(self.street_class, dtype=np.uint8),
            flags=np.frombuffer(self.flags, dtype=np.uint8),
            name=np.frombuffer(self.name, dtype=np.int32),
            names=self.names,
            source_at=source_at or newest,
        )


def read_extract(path: Path, progress: Progress = silent) -> Extract:
    """The walkable ways of `.osm.pbf`, `.osm` or `.osm.bz2`, read once from front to back.

    StreetsError names the file and the mend when it cannot be read, is empty, is cut off or has
    no street to walk on.
    """
    if not path.is_file():
        raise StreetsError(f"{path}: there is no such file; check the path.")
    if path.stat().st_size == 0:
        raise StreetsError(f"{path}: the file is empty; download the extract again.")
    collector = _Collector()
    try:
        source_at = _collect(path, collector, progress)
    except (RuntimeError, ValueError, OSError) as exc:
        raise StreetsError(
            f"{path}: cannot be read as OpenStreetMap data ({_one_line(exc)}); "
            "it may be cut off: download the extract again."
        ) from exc
    if not collector.node:
        raise StreetsError(
            f"{path}: no street to walk on; take an extract with `highway` ways and their nodes."
        )
    return collector.extract(source_at)


def _collect(path: Path, collector: _Collector, progress: Progress) -> datetime | None:
    ways = (
        osmium.FileProcessor(str(path))
        .with_locations()
        .with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
        .with_filter(osmium.filter.KeyFilter("highway"))
    )
    count = 0
    for count, way in enumerate(ways, start=1):
        collector.add(cast(osmium.osm.Way, way))
        if count % _REPORT_EVERY == 0:
            progress(_REPORT_EVERY)
    progress(count % _REPORT_EVERY)
    return _time_of(ways.header)


def _time_of(header: osmium.io.Header) -> datetime | None:
    for key in ("osmosis_replication_timestamp", "timestamp"):
        if text := header.get(key):
            return datetime.fromisoformat(text)
    return None


def _one_line(exc: Exception) -> str:
    return " ".join(str(exc).split())[:200]
