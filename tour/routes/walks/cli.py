"""`tour streets`: make, fetch and inspect the walking street graph."""

import asyncio
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tour.cli import pass_settings
from tour.errors import ConfigurationError
from tour.geo import Bounds, parse_bbox
from tour.routes.streets.build import build
from tour.routes.streets.download import (
    PUBLIC_SERVER,
    Overpass,
    download,
    find_place,
    grown,
    parts_of,
)
from tour.routes.streets.graph import Streets
from tour.routes.walks.town_streets import area_of, fetch, town_graph
from tour.settings import Settings
from tour.town import read_town

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

DEFAULT_GRAPH = Path("var/streets.graph")
DEFAULT_EXTRACT = Path("var/streets.osm.pbf")

_output = click.option(
    "--output",
    default=DEFAULT_GRAPH,
    show_default=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The graph to write; TOUR_STREETS then names it.",
)

server_option = click.option(
    "--server",
    default=PUBLIC_SERVER,
    show_default=True,
    envvar="TOUR_OVERPASS_URL",
    show_envvar=True,
    help="The Overpass interpreter to ask.",
)


class _BadInput(click.ClickException):
    exit_code = 2

    def show(self, file: Any = None) -> None:  # noqa: ARG002 - click's signature
        click.echo(f"tour: {self.message}", err=True)


@contextmanager
def _one_clear_line() -> Iterator[None]:
    try:
        yield
    except (ConfigurationError, OSError) as exc:
        raise _BadInput(str(exc)) from exc


class _Box(click.ParamType[Bounds]):
    name = "west,south,east,north"

    def convert(self, value: Any, param: Any, ctx: Any) -> Bounds:
        try:
            return parse_bbox(value)
        except ValueError as exc:
            self.fail(f"{value}: {exc}", param, ctx)


@click.group(help="The streets that walks follow.")
def streets() -> None:
    """The group; its commands are below."""


@streets.command("build", help="Build the graph from an OpenStreetMap EXTRACT (.osm.pbf).")
@click.argument("extract", type=click.Path(path_type=Path))
@_output
def build_command(extract: Path, output: Path) -> None:
    with _one_clear_line():
        _build(extract, output)


@streets.command("download", help="Fetch an area's streets from Overpass and build the graph.")
@click.option("--bbox", type=_Box(), help="The area in degrees.")
@click.option("--place", help='An administrative area, such as "北区, 東京都".')
@server_option
@click.option(
    "--extract",
    default=DEFAULT_EXTRACT,
    show_default=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the data itself is kept.",
)
@_output
def download_command(
    bbox: Bounds | None, place: str | None, server: str, extract: Path, output: Path
) -> None:
    if (bbox is None) == (place is None):
        raise click.UsageError("Give either --bbox or --place.")
    with _one_clear_line():
        asyncio.run(_download(bbox, place or "", Overpass(server), extract))
        _build(extract, output)


@streets.command("town", help="Fetch the town's own streets, for TOUR_STREETS=auto.")
@server_option
@pass_settings
def town_command(settings: Settings, server: str) -> None:
    town = read_town(settings.data)
    asyncio.run(fetch(area_of(town), town_graph(settings, town), Overpass(server), click.echo))


@streets.command("info", help="Say what a built GRAPH holds.")
@click.argument("graph", default=DEFAULT_GRAPH, type=click.Path(path_type=Path))
def info_command(graph: Path) -> None:
    with _one_clear_line():
        opened = Streets.open(graph)
    for line in described(opened.about):
        click.echo(line)


def described(about: dict[str, Any]) -> list[str]:
    """The facts of a graph, one a line."""
    west, south, east, north = about["bounds"]
    return [
        f"source    {about['source']}, data of {about['source_at'] or 'unknown age'}",
        f"built     {about['built_at']}",
        f"bounds    {west},{south},{east},{north}",
        f"streets   {about['length_m'] / 1000:,.0f} km in {about['edges']:,} edges between "
        f"{about['vertices']:,} junctions, {about['points']:,} points, {about['names']:,} names",
        f"kinds     {about['steps']:,} steps, {about['bridges']:,} bridges",
        f"parts     {about['parts']:,}, the largest {about['largest_part_m'] / 1000:,.0f} km",
        f"credit    {about['credit']} (ODbL 1.0)",
    ]


def _build(extract: Path, output: Path) -> None:
    # How many ways there are is known only at the file's end: the bar counts, without a length.
    with click.progressbar(itertools.count(), label="Reading ways", show_pos=True) as bar:
        built = build(extract, output, progress=bar.update)
    for line in described(built.about):
        click.echo(line)
    click.echo(f"Built {output}; set TOUR_STREETS={output}")


async def _download(bbox: Bounds | None, place: str, server: Overpass, extract: Path) -> None:
    area = bbox or grown(await find_place(place, server))
    bar: ProgressBar[int] = click.progressbar(length=len(parts_of(area)), label="Fetching parts")
    with bar:
        await download(area, extract, server, bar.update)
