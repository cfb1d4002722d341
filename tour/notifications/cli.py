"""Working outside the web process, and `tour vapid new`."""

import asyncio
import gc
import signal
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import click
import uvloop
from tortoise.exceptions import OperationalError

from tour import db
from tour.clock import Clock, SteadyClock, clock_from, system_clock
from tour.errors import ConfigurationError
from tour.health.beating import beating
from tour.logs import set_up_logs
from tour.notifications import outbox
from tour.notifications.enclosing import Enclose, nothing
from tour.notifications.keys import new_private_key
from tour.notifications.worker import FULL, open_worker
from tour.settings import Settings

Beside = Callable[[Clock], AbstractAsyncContextManager[object]]
"""Other work of the same process, for as long as the block lasts."""


def work(settings: Settings, beside: Beside, enclose: Enclose = nothing) -> None:
    """Send reminders and mails until SIGTERM or SIGINT, with the work `beside` them."""
    set_up_logs()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_work(settings, beside, enclose))


async def _work(settings: Settings, beside: Beside, enclose: Enclose) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    clock = SteadyClock(clock_from(settings.clock) if settings.clock else system_clock)
    opened = open_worker(settings, clock, FULL, enclose)
    async with db.opened(settings.database_url), opened as one:
        try:
            await outbox.is_anything_due(clock())
        except OperationalError as exc:
            raise ConfigurationError("The database has no tables: run `tour migrate`") from exc
        _spare_the_collector()
        click.echo("The worker is running (Ctrl+C stops)")
        async with beside(clock), beating():
            await one.run(stop)


def _spare_the_collector() -> None:
    """What start-up made stays: looking through it again and again costs a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@click.group(help="The key that push services know this app by.")
def vapid() -> None:
    pass


@vapid.command(help="Make a new key. Browsers that subscribed with another must ask again.")
def new() -> None:
    click.echo(f"TOUR_VAPID_PRIVATE_KEY={new_private_key()}")
