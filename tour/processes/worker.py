"""`tour worker`: the chores that are done beside the pages, in a process of their own."""

import asyncio
import gc
import signal

import click
import uvloop
from tortoise.exceptions import OperationalError

from tour import db
from tour.cli import pass_settings
from tour.clock import SteadyClock, clock_from, system_clock
from tour.errors import ConfigurationError
from tour.health.beating import living
from tour.health.chores import going_round
from tour.logs import set_up_logs
from tour.notifications.sending.worker import FULL
from tour.pages.wording import WORDING
from tour.parts import WorkerParts
from tour.processes.chores import WORKER_CHORES
from tour.reservations.messages.appointments import encloser
from tour.settings import Settings


@click.command(help="Send reminders, pass on seats, hold draws. Any number may run.")
@pass_settings
def worker(settings: Settings) -> None:
    work(settings)


def work(settings: Settings) -> None:
    """Do a worker's chores until SIGTERM or SIGINT."""
    set_up_logs()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_work(settings))


async def _work(settings: Settings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with db.opened(settings.database_url):
        try:
            await living()
        except OperationalError as exc:
            raise ConfigurationError("The database has no tables: run `tour migrate`") from exc
        _spare_the_collector()
        async with going_round(WORKER_CHORES, _parts(settings)):
            click.echo("The worker is running (Ctrl+C stops)")
            await stop.wait()


def _parts(settings: Settings) -> WorkerParts:
    return WorkerParts(
        settings=settings,
        clock=SteadyClock(clock_from(settings.clock) if settings.clock else system_clock),
        pace=FULL,
        enclose=encloser(settings.base_url),
        wording=WORDING,
    )


def _spare_the_collector() -> None:
    """What start-up made stays: looking through it again and again costs a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
