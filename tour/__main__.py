"""The `tour` command line. Bad input ends with exit code 2 and one clear line."""

import asyncio
import logging
import os
import sys
from dataclasses import replace

import click
import uvicorn

from tour import db
from tour.accounts.cli import account
from tour.asgi import ENV_FILE
from tour.demo.cli import catalogue, demo, load_demo
from tour.errors import ConfigurationError
from tour.logs import set_up_logs
from tour.notifications.cli import vapid
from tour.reservations.draw_cli import draw
from tour.routes.plan_bench import plan_bench
from tour.routes.streets_cli import server_option, streets
from tour.routes.streets_download import Overpass
from tour.routes.town_streets import area_of, fetch, fetched_beside, town_graph
from tour.settings import DEFAULT_BASE_URL, Settings
from tour.town import read_town
from tour.web.protocol import GuardedProtocol
from tour.worker import worker

GRACE_SECONDS = 10
SETTINGS_FREE = ("draw", "plan-bench", "streets")
"""Commands that work on files alone."""


@click.group(help="Open-factory days of a town: the app and its chores.")
@click.pass_context
def cli(context: click.Context) -> None:
    if context.invoked_subcommand not in SETTINGS_FREE:
        context.obj = Settings.from_environ(os.environ, ENV_FILE)


@cli.command(help="Bring the database up to date and start the app.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.pass_obj
def serve(settings: Settings, host: str, port: int) -> None:
    set_up_logs()
    settings = _reached_at(settings, host, port)
    asyncio.run(_prepare(settings))
    click.echo(f"Open {settings.base_url}  (Ctrl+C stops)")
    _say_what_is_missing(settings)
    with fetched_beside(settings, read_town(settings.data)):
        uvicorn.run(
            "tour.asgi:app",
            factory=True,
            http=GuardedProtocol,
            host=host,
            port=port,
            workers=settings.web_processes,
            access_log=False,
            log_config=None,
            proxy_headers=bool(settings.proxies),
            forwarded_allow_ips=settings.proxies,
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )


@cli.command(help="Bring the database up to date.")
@click.pass_obj
def migrate(settings: Settings) -> None:
    asyncio.run(db.migrate(settings.database_url))
    click.echo("The database is up to date.")


def _reached_at(settings: Settings, host: str, port: int) -> Settings:
    """Without a TOUR_BASE_URL the app is reached where it listens; its processes read that too."""
    if settings.base_url != DEFAULT_BASE_URL:
        return settings
    os.environ["TOUR_BASE_URL"] = f"http://{host}:{port}"
    return replace(settings, base_url=os.environ["TOUR_BASE_URL"])


@streets.command("town", help="Fetch the town's own streets, for TOUR_STREETS=auto.")
@server_option
def town_streets(server: str) -> None:
    settings = Settings.from_environ(os.environ, ENV_FILE)
    town = read_town(settings.data)
    asyncio.run(fetch(area_of(town), town_graph(settings, town), Overpass(server), click.echo))


async def _prepare(settings: Settings) -> None:
    await db.migrate(settings.database_url)
    if settings.demo:
        await load_demo(settings)


def _say_what_is_missing(settings: Settings) -> None:
    if not settings.streets and not settings.walk_engine:
        click.echo("No street data (TOUR_STREETS): walks are straight lines × 1.3, marked 目安.")
    if not settings.smtp_url:
        click.echo(f"No mail server (TOUR_SMTP_URL): mails land in {settings.var / 'mail'}.")


cli.add_command(account)
cli.add_command(catalogue)
cli.add_command(demo)
cli.add_command(draw)
cli.add_command(plan_bench)
cli.add_command(streets)
cli.add_command(vapid)
cli.add_command(worker)


def main() -> None:
    try:
        cli(prog_name="tour")
    except ConfigurationError as exc:
        click.echo(f"tour: {exc}", err=True)
        logging.shutdown()
        sys.exit(2)


if __name__ == "__main__":
    main()
