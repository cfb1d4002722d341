"""Makes the street graph of an OpenStreetMap extract, once, and keeps it in a file.

Ways meet only where they share a node, so a bridge never joins the street beneath it. They are
cut where they meet; what lies between two such places and looks the same all along (name, class,
steps, bridge) is one edge with its geometry. All work is on whole arrays; memory grows linearly
with the extract's points.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from tour.clock import Clock, system_clock
from tour.geo import DECIMALS
from tour.routes.paths import Profile
from tour.routes.streets import file
from tour.routes.streets.extract import UNITS_PER_DEGREE, Extract, Progress, read_extract, silent
from tour.routes.streets.file import StreetArrays, StreetsError
from tour.routes.streets.graph import Streets
from tour.routes.streets.grid import grid_of
from tour.routes.streets.shapes import StreetShapes
from tour.routes.streets.tags import CREDIT, StreetFlag
from tour.routes.streets.topology import Edges, edges_of

Arrays = dict[str, NDArray[Any]]


def build(
    source: Path, target: Path, *, progress: Progress = silent, clock: Clock = system_clock
) -> Streets:
    """Build the graph of the extract `source` into the file `target` and open it.

    StreetsError when the extract cannot be used; `target` is then left as it was.
    """
    content = graph_of(read_extract(source, progress), source)
    about = {**content.about, "built_at": clock().isoformat(timespec="seconds")}
    about["source_stamp"] = _stamp(source)
    file.write(target, about, content.arrays)
    return Streets.open(target)


def open_or_build(path: Path, cache_dir: Path, *, progress: Progress = silent) -> Streets:
    """Open a built graph; of an extract, build it into `cache_dir` unless that was done since
    the extract last changed.
    """
    if file.is_street_file(path):
        return Streets.open(path)
    key = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]
    cached = cache_dir / f"{path.name.split('.')[0]}-{key}.streets"
    try:
        streets = Streets.open(cached)
    except StreetsError:
        return build(path, cached, progress=progress)
    if streets.about["source_stamp"] == _stamp(path):
        return streets
    return build(path, cached, progress=progress)


def _stamp(path: Path) -> list[int]:
    """Size and time of change: what tells that a file is still the same."""
    status = path.stat()
    return [status.st_size, status.st_mtime_ns]


def graph_of(extract: Extract, source: Path) -> StreetArrays:
    """Everything the file holds but the hour it was built."""
    edges = edges_of(extract)
    if not len(edges.start):
        raise StreetsError(f"{source}: no street to walk on has two nodes inside the extract.")
    shapes = StreetShapes(edges.shape_start, edges.shape_x, edges.shape_y)
    length = shapes.edge_lengths()
    flags = extract.flags[edges.way]
    grid = grid_of(edges.shape_start, edges.shape_x, edges.shape_y)
    arrays: Arrays = {
        "edge_start": edges.start,
        "edge_end": edges.end,
        "edge_length": length,
        "edge_class": extract.street_class[edges.way],
        "edge_flags": flags,
        "edge_name": extract.name[edges.way],
        "shape_start": edges.shape_start,
        "shape_x": edges.shape_x,
        "shape_y": edges.shape_y,
        "grid_cell": grid.cell,
        "grid_start": grid.start,
        "grid_segment": grid.segment,
        "names": np.frombuffer(
            json.dumps(extract.names, ensure_ascii=False).encode(), dtype=np.uint8
        ),
        **_rows(edges),
    }
    is_steps = (flags & StreetFlag.STEPS) > 0
    arrays |= _parts(edges, length, Profile.WALK, np.ones(len(length), dtype=bool))
    arrays |= _parts(edges, length, Profile.NO_STEPS, ~is_steps)
    return StreetArrays(_about(extract, source, edges, arrays), arrays)


def _rows(edges: Edges) -> Arrays:
    """Of every vertex, the edges that lead away from it (a loop leads nowhere)."""
    edge = np.flatnonzero(edges.start != edges.end)
    start, end = edges.start[edge], edges.end[edge]
    origin, to, by = np.r_[start, end], np.r_[end, start], np.r_[edge, edge]
    order = np.argsort(origin, kind="stable")
    degree = np.bincount(origin, minlength=_vertex_count(edges))
    return {
        "row_start": np.r_[0, np.cumsum(degree)],
        "row_vertex": to[order],
        "row_edge": by[order].astype(np.int32),
    }


def _parts(
    edges: Edges, length: NDArray[np.float64], profile: Profile, usable: NDArray[np.bool_]
) -> Arrays:
    """Number the connected parts that a profile can walk in, the one with most metres first."""
    size = _vertex_count(edges)
    start, end = edges.start[usable], edges.end[usable]
    graph = csr_array((np.ones(len(start), dtype=np.int8), (start, end)), shape=(size, size))
    count, label = connected_components(graph, directed=False)
    metres = np.bincount(label[start], weights=length[usable], minlength=count)
    order = np.argsort(-metres, kind="stable")
    rank = np.empty(count, dtype=np.int32)
    rank[order] = np.arange(count, dtype=np.int32)
    part = np.full(len(length), -1, dtype=np.int32)
    part[usable] = rank[label[start]]
    return {f"part_{profile}": part, f"part_length_{profile}": metres[order]}


def _vertex_count(edges: Edges) -> int:
    return int(max(edges.start.max(), edges.end.max())) + 1


def _about(extract: Extract, source: Path, edges: Edges, arrays: Arrays) -> dict[str, Any]:
    """Facts for `tour streets info` and for the credit on the map."""
    x, y = edges.shape_x / UNITS_PER_DEGREE, edges.shape_y / UNITS_PER_DEGREE
    flags, length = arrays["edge_flags"], arrays["edge_length"]
    part_length = arrays[f"part_length_{Profile.WALK}"]
    return {
        "source": source.name,
        "source_at": extract.source_at and extract.source_at.isoformat(timespec="seconds"),
        "credit": CREDIT,
        "bounds": [round(float(edge), DECIMALS) for edge in (x.min(), y.min(), x.max(), y.max())],
        "vertices": _vertex_count(edges),
        "edges": len(length),
        "points": len(x),
        "names": len(extract.names) - 1,
        "length_m": round(float(length.sum())),
        "steps": int((flags & StreetFlag.STEPS > 0).sum()),
        "bridges": int((flags & StreetFlag.BRIDGE > 0).sum()),
        "parts": int((part_length > 0).sum()),
        "largest_part_m": round(float(part_length[0])),
    }
