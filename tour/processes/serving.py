"""`tour serve`: the database brought up to date, then the web processes."""

import asyncio
import os
from dataclasses import replace

import click
import uvicorn

from tour import db
from tour.cli import pass_settings
from tour.demo.cli import load_demo
from tour.logs import set_up_logs
from tour.routes.walks.town_streets import fetched_beside
from tour.settings import DEFAULT_BASE_URL, Settings
from tour.town import read_town
from tour.web.gate.protocol import GuardedProtocol

GRACE_SECONDS = 10


@click.command(help="Bring the database up to date and start the app.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@pass_settings
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


def _reached_at(settings: Settings, host: str, port: int) -> Settings:
    """Without a TOUR_BASE_URL the app is reached where it listens; its processes read that too."""
    if settings.base_url != DEFAULT_BASE_URL:
        return settings
    os.environ["TOUR_BASE_URL"] = f"http://{host}:{port}"
    return replace(settings, base_url=os.environ["TOUR_BASE_URL"])


async def _prepare(settings: Settings) -> None:
    await db.migrate(settings.database_url)
    if settings.demo:
        await load_demo(settings)


def _say_what_is_missing(settings: Settings) -> None:
    if not settings.streets and not settings.walk_engine:
        click.echo("No street data (TOUR_STREETS): walks are straight lines × 1.3, marked 目安.")
    if not settings.smtp_url:
        click.echo(f"No mail server (TOUR_SMTP_URL): mails land in {settings.var / 'mail'}.")
