"""`tour demo load`."""

import asyncio

import click

from tour import db
from tour.accounts.demo import load_demo_accounts
from tour.clock import clock_from, system_clock
from tour.demo.catalogue import CatalogueError, read_catalogue
from tour.demo.load import load
from tour.errors import ConfigurationError
from tour.settings import Settings
from tour.town import read_town


@click.group(help="The demonstration catalogue.")
def demo() -> None:
    pass


@demo.command("load", help="Load the catalogue of TOUR_DATA; loading twice changes nothing.")
@click.pass_obj
def load_command(settings: Settings) -> None:
    asyncio.run(_migrate_and_load(settings))


async def _migrate_and_load(settings: Settings) -> None:
    await db.migrate(settings.database_url)
    changed = await load_demo(settings)
    click.echo("The catalogue is loaded." if changed else "The catalogue was loaded already.")


async def load_demo(settings: Settings) -> bool:
    """Read the catalogue's files, then write them; True when anything was missing."""
    try:
        catalogue = read_catalogue(settings.data)
    except CatalogueError as exc:
        raise ConfigurationError(str(exc)) from exc
    clock = clock_from(settings.clock) if settings.clock else system_clock
    town, now = read_town(settings.data), clock()
    async with db.opened(settings.database_url):
        changed = await load(catalogue, zone=town.timezone, now=now)
        await load_demo_accounts(lang=town.language, timezone=town.timezone.key, now=now)
        return changed
