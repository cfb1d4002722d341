"""`tour migrate`."""

import asyncio

import click

from tour import db
from tour.cli import pass_settings
from tour.settings import Settings


@click.command(help="Bring the database up to date.")
@pass_settings
def migrate(settings: Settings) -> None:
    asyncio.run(db.migrate(settings.database_url))
    click.echo("The database is up to date.")
