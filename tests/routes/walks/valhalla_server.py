"""A small Valhalla on the loopback: its questions, answers and refusals, over our own streets."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from tour.geo import Point
from tour.routes.paths import Path, Profile
from tour.routes.streets.graph import Streets
from tour.routes.streets.snap import Snap

FAR_M = 35_000.0
"""Valhalla looks so far for a street."""

NO_STREET = {
    "error_code": 171,
    "error": "No suitable edges near location",
    "status_code": 400,
    "status": "Bad Request",
}
NO_PATH = {**NO_STREET, "error_code": 442, "error": "No path could be found for input"}

Answer = tuple[int, bytes]


class Server:
    """`answers` replaces what it says at a path; `asked` is every question with its path."""

    def __init__(self, streets: Streets) -> None:
        self.streets = streets
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.answers: dict[str, Callable[[], Answer]] = {}
        self.url = ""

    def answer(self, path: str, question: dict[str, Any]) -> Answer:
        self.asked.append((path, question))
        if path in self.answers:
            return self.answers[path]()
        said = _KNOWN[path](self.streets, question)
        status = 400 if isinstance(said, dict) and "error_code" in said else 200
        return status, json.dumps(said).encode()


@contextmanager
def valhalla(streets: Streets) -> Iterator[Server]:
    server = Server(streets)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            status, body = server.answer(self.path, json.loads(raw))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            """Nothing: a test's output is its failures."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    server.url = f"http://127.0.0.1:{http.server_port}"
    try:
        yield server
    finally:
        http.shutdown()
        thread.join()
        http.server_close()


def _profile(question: dict[str, Any]) -> Profile:
    assert question["costing"] == "pedestrian"
    options = question["costing_options"]["pedestrian"]
    return Profile.NO_STEPS if options.get("type") == "wheelchair" else Profile.WALK


def _snaps(streets: Streets, places: list[dict[str, float]], profile: Profile) -> list[Snap | None]:
    points = [Point(lat=place["lat"], lon=place["lon"]) for place in places]
    return [streets.snap(point, profile, reach_m=FAR_M) for point in points]


def _locate(streets: Streets, question: dict[str, Any]) -> list[dict[str, Any]]:
    snaps = _snaps(streets, question["locations"], _profile(question))
    return [
        {
            "edges": [{"correlated_lat": s.point.lat, "correlated_lon": s.point.lon}] if s else [],
            "nodes": [],
        }
        for s in snaps
    ]


def _matrix(streets: Streets, question: dict[str, Any]) -> dict[str, Any]:
    profile = _profile(question)
    starts = _snaps(streets, question["sources"], profile)
    ends = _snaps(streets, question["targets"], profile)
    if None in starts or None in ends:
        return NO_STREET
    lengths = streets.lengths(
        [s.point for s in starts if s], [e.point for e in ends if e], profile
    ).tolist()
    return {
        "sources_to_targets": [
            [{"distance": None if m == float("inf") else round(m / 1000, 3)} for m in row]
            for row in lengths
        ],
        "units": "kilometers",
    }


def _route(streets: Streets, question: dict[str, Any]) -> dict[str, Any]:
    profile = _profile(question)
    snaps = _snaps(streets, question["locations"], profile)
    if snaps[0] is None or snaps[1] is None:
        return NO_STREET
    path = streets.path(snaps[0].point, snaps[1].point, profile)
    return NO_PATH if path is None else {"trip": {"legs": [_leg(path)], "units": "kilometers"}}


def _leg(path: Path) -> dict[str, Any]:
    shape = [path.stretches[0].line[0]]
    manoeuvres: list[dict[str, Any]] = []
    for stretch in path.stretches:
        begin = len(shape) - 1
        shape.extend(stretch.line[1:])
        step = {
            "type": 40 if stretch.is_steps else 8,
            "length": round(stretch.distance_m / 1000, 3),
        }
        step |= {"begin_shape_index": begin, "end_shape_index": len(shape) - 1}
        if name := stretch.names.get(""):
            step["street_names"] = [name]
        manoeuvres.append(step)
    last = len(shape) - 1
    manoeuvres.append({"type": 4, "length": 0, "begin_shape_index": last, "end_shape_index": last})
    summary = {"length": round(path.distance_m / 1000, 3)}
    return {"maneuvers": manoeuvres, "summary": summary, "shape": encoded(shape)}


def encoded(points: list[Point]) -> str:
    """A line as Google's algorithm encodes it, with six digits."""
    text, before = "", (0, 0)
    for point in points:
        here = (round(point.lat * 1e6), round(point.lon * 1e6))
        for difference in (here[0] - before[0], here[1] - before[1]):
            value = ~(difference << 1) if difference < 0 else difference << 1
            while value >= 32:
                text += chr((32 | value & 31) + 63)
                value >>= 5
            text += chr(value + 63)
        before = here
    return text


_KNOWN: dict[str, Callable[[Streets, dict[str, Any]], Any]] = {
    "/locate": _locate,
    "/sources_to_targets": _matrix,
    "/route": _route,
}
