"""What goes wrong, one thing after the other, each for a few seconds."""

import asyncio
import os
import signal
import subprocess
from collections import Counter
from collections.abc import Awaitable, Callable

import asyncpg

from bench.soak.town import Town, answering
from tests.notifications.push_service import Step
from tests.post_office import CUT

REST_SECONDS = (2.0, 5.0)
Fault = Callable[[Town], Awaitable[None]]

END_CONNECTIONS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = 'soak' AND pid <> pg_backend_pid()
"""


async def kill_web(town: Town) -> None:
    town.web[0].kill()
    town.web[0].start()
    await answering(town.web[0])


async def kill_worker(town: Town) -> None:
    town.workers[0].kill()
    town.workers[0].start()


async def freeze_web(town: Town) -> None:
    number = town.dice.randrange(2)
    town.frozen.add(number)
    town.web[number].freeze()
    await asyncio.sleep(town.dice.uniform(2, 6))
    town.web[number].thaw()
    await asyncio.sleep(1)
    town.frozen.discard(number)


async def freeze_worker(town: Town) -> None:
    """Longer than the lease of a letter it has in hand, sometimes."""
    worker = town.dice.choice(town.workers)
    worker.freeze()
    await asyncio.sleep(town.dice.uniform(2, 15))
    worker.thaw()


async def lock_rows(town: Town) -> None:
    """Somebody's session keeps the row of a slot, or of all."""
    outside = await asyncpg.connect(town.server_url)
    try:
        async with outside.transaction():
            one = "" if town.dice.random() < 0.3 else f" WHERE id = {town.slot_ids[1]}"
            await outside.execute(f"SELECT 1 FROM slot{one} FOR UPDATE")  # noqa: S608 - our id
            await asyncio.sleep(town.dice.uniform(3, 8))
    finally:
        await outside.close()


async def end_connections(town: Town) -> None:
    await _as_server(town, END_CONNECTIONS)


async def take_database_away(town: Town) -> None:
    await _as_server(town, "ALTER DATABASE soak ALLOW_CONNECTIONS false", END_CONNECTIONS)
    await asyncio.sleep(town.dice.uniform(2, 6))
    await _as_server(town, "ALTER DATABASE soak ALLOW_CONNECTIONS true")


async def only_reading(town: Town) -> None:
    setting = "ALTER DATABASE soak SET default_transaction_read_only = on"
    await _as_server(town, setting, END_CONNECTIONS)
    await asyncio.sleep(town.dice.uniform(2, 5))
    reset = "ALTER DATABASE soak RESET default_transaction_read_only"
    await _as_server(town, reset, END_CONNECTIONS)


async def freeze_database(town: Town) -> None:
    """Server and connections answer nothing, and end nothing."""
    pids = await asyncio.to_thread(_server_processes, town)
    _tell(pids, signal.SIGSTOP)
    await asyncio.sleep(town.dice.uniform(2, 4))
    _tell(pids, signal.SIGCONT)


def _server_processes(town: Town) -> list[int]:
    postmaster = (town.folder / "pg" / "postmaster.pid").read_text().split()[0]
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", postmaster], capture_output=True, text=True, check=True
    )
    return [int(postmaster), *map(int, listed.stdout.split())]


def _tell(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


async def mail_hangs(town: Town) -> None:
    town.office.attends.clear()
    await asyncio.sleep(town.dice.uniform(5, 15))
    town.office.attends.set()


async def mail_refuses_everybody(town: Town) -> None:
    town.office.greeting = "554 no"
    await asyncio.sleep(town.dice.uniform(5, 15))
    town.office.greeting = "220 ready"


async def mail_lies(town: Town) -> None:
    """Letters are taken, and the connection ends before that is said."""
    town.office.content_answers += [CUT] * 3
    await asyncio.sleep(5)
    town.office.content_answers.clear()


async def mail_is_away(town: Town) -> None:
    await town.office.close()
    await asyncio.sleep(town.dice.uniform(3, 10))
    await town.office.open()


async def push_misbehaves(town: Town) -> None:
    for phone in list(town.push.phones.values())[-20:]:
        step = town.dice.choice([Step(503), Step(action="hang"), Step(action="reset"), Step(429)])
        phone.steps.append(step)
    await asyncio.sleep(3)


FAULTS: tuple[Fault, ...] = (
    kill_web,
    kill_worker,
    freeze_web,
    freeze_worker,
    lock_rows,
    end_connections,
    take_database_away,
    only_reading,
    freeze_database,
    mail_hangs,
    mail_refuses_everybody,
    mail_lies,
    mail_is_away,
    push_misbehaves,
)


async def misfortune(town: Town, stop: asyncio.Event) -> Counter[str]:
    """Every fault in turn, in an order of the dice, until it is over; how often each came."""
    came: Counter[str] = Counter()
    while not stop.is_set():
        for fault in town.dice.sample(FAULTS, len(FAULTS)):
            if stop.is_set():
                break
            came[fault.__name__] += 1
            await fault(town)
            await asyncio.sleep(town.dice.uniform(*REST_SECONDS))
    return came


async def _as_server(town: Town, *statements: str) -> None:
    outside = await asyncpg.connect(town.server_url.replace("/soak?", "/postgres?"))
    try:
        for statement in statements:
            await outside.execute(statement)
    finally:
        await outside.close()
