"""The `streets` commands: what they print, and exit code 2 with one line on bad input."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from click.testing import CliRunner, Result

from tests.routes.sketch import block_town
from tour.routes.streets.graph import Streets
from tour.routes.walks.cli import streets


def run(*arguments: object) -> Result:
    return CliRunner().invoke(streets, [str(argument) for argument in arguments])


def test_build_then_info(tmp_path):
    extract = block_town().write(tmp_path / "town.osm.pbf")
    graph = tmp_path / "out" / "town.graph"
    built = run("build", extract, "--output", graph)
    assert built.exit_code == 0, built.output
    assert f"TOUR_STREETS={graph}" in built.stdout
    told = run("info", graph).stdout
    assert "7 edges between 6 junctions" in told
    assert "data of 2026-05-01" in told
    assert "© OpenStreetMap contributors" in told


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("none.osm.pbf", None, "no such file"),
        ("empty.osm.pbf", b"", "empty"),
        ("photo.osm.pbf", b"\xff\xd8\xff\xe0" * 50, "cannot be read as OpenStreetMap data"),
        ("nothing.osm", b'<osm version="0.6"></osm>', "no street to walk on"),
    ],
)
def test_a_bad_extract_is_one_line_and_exit_code_2(tmp_path, name, content, said):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    result = run("build", path, "--output", tmp_path / "town.graph")
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert str(path) in line
    assert said in line
    assert not (tmp_path / "town.graph").exists()


def test_info_of_what_is_no_graph(tmp_path):
    result = run("info", tmp_path / "none.graph")
    assert result.exit_code == 2
    assert "none.graph" in result.stderr


def test_an_output_that_cannot_be_written(tmp_path):
    extract = block_town().write(tmp_path / "town.osm.pbf")
    (tmp_path / "file").touch()
    result = run("build", extract, "--output", tmp_path / "file" / "town.graph")
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--bbox", "1,2,3"),
        ("--bbox", "139.8,35.7,139.7,35.8"),
        ("--bbox", "139.7,35.7,139.8,35.8", "--place", "北区"),
        ("--bbox", "139,35,140,36"),
    ],
)
def test_an_area_that_makes_no_sense(arguments, tmp_path):
    result = run("download", *arguments, "--extract", tmp_path / "x", "--output", tmp_path / "y")
    assert result.exit_code == 2
    assert result.stderr


@pytest.fixture
def server(tmp_path) -> Iterator[str]:
    """An Overpass server that has only the small town."""
    body = block_town().write(tmp_path / "answer.osm").read_bytes()

    class Town(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            """Keep the test's output clean."""

    with HTTPServer(("127.0.0.1", 0), Town) as http:
        thread = threading.Thread(target=http.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}/api/interpreter"
        http.shutdown()
        thread.join()


def test_download_fetches_and_builds(tmp_path, server):
    graph = tmp_path / "town.graph"
    result = run(
        *("download", "--bbox", "139.725,35.745,139.735,35.755", "--server", server),
        *("--extract", tmp_path / "town.osm.pbf", "--output", graph),
    )
    assert result.exit_code == 0, result.output
    assert Streets.open(graph).about["edges"] == 7
    assert (tmp_path / "town.osm.pbf").exists()
