"""`tour catalogue load` for a town of one's own, `tour demo load` for the demonstration."""

import asyncio
from datetime import datetime

import click

from tour import db
from tour.accounts.demo import load_demo_accounts
from tour.changes import together
from tour.cli import pass_settings
from tour.clock import clock_from, system_clock
from tour.demo.catalogue import Catalogue, CatalogueError, read_catalogue, read_places
from tour.demo.load import Loaded, learn_words, load, load_places
from tour.demo.mark import check_is_demo, mark
from tour.errors import ConfigurationError
from tour.settings import Settings


@click.group(help="The town's own catalogue.")
def catalogue() -> None:
    pass


@catalogue.command("load")
@pass_settings
def load_places_command(settings: Settings) -> None:
    """Write the stations, crafts and places of TOUR_DATA, but no samples.

    Places that are there already stay as they are; those that are new are shown at once.
    """
    found = asyncio.run(_migrate_and_load_places(settings))
    click.echo(f"{found.new} places are new, {found.known} were there already.")


async def _migrate_and_load_places(settings: Settings) -> Loaded:
    try:
        places = read_places(settings.data)
    except CatalogueError as exc:
        raise ConfigurationError(str(exc)) from exc
    await db.migrate(settings.database_url)
    async with db.alone(settings.database_url), db.opened(settings.database_url):
        return await load_places(places, zone=places.town.timezone, now=system_clock())


@catalogue.command("words", help="Read the words of all places again, for search by reading.")
@pass_settings
def words_command(settings: Settings) -> None:
    asyncio.run(_read_words(settings))
    click.echo("The words are read.")


async def _read_words(settings: Settings) -> None:
    await db.migrate(settings.database_url)
    async with db.opened(settings.database_url):
        await learn_words()


@click.group(help="The demonstration catalogue.")
def demo() -> None:
    pass


@demo.command("load", help="Load all of TOUR_DATA, with sample accounts and reservations.")
@pass_settings
def load_command(settings: Settings) -> None:
    asyncio.run(_migrate_and_load(settings))


async def _migrate_and_load(settings: Settings) -> None:
    await db.migrate(settings.database_url)
    changed = await load_demo(settings)
    click.echo("The catalogue is loaded." if changed else "The catalogue was loaded already.")


async def load_demo(settings: Settings) -> bool:
    """Read the catalogue's files, then write them; True when anything was missing. Raises
    ConfigurationError for a slip in a file, and for a database with a town in it."""
    try:
        catalogue = read_catalogue(settings.data)
    except CatalogueError as exc:
        raise ConfigurationError(str(exc)) from exc
    clock = clock_from(settings.clock) if settings.clock else system_clock
    now = clock()
    async with db.alone(settings.database_url), db.opened(settings.database_url):
        return await fill(catalogue, now=now)


async def fill(catalogue: Catalogue, *, now: datetime) -> bool:
    """Write the demonstration into the database that is open, as `load_demo` says."""
    await check_is_demo(catalogue)
    async with together(now=now) as part:
        await mark(part)
    town = catalogue.town
    changed = await load(catalogue, zone=town.timezone, now=now)
    await load_demo_accounts(lang=town.language, timezone=town.timezone.key, now=now)
    return changed
