"""How fast seats are given when booking opens: one hot slot, against a plain handler, in one run.

    python -m bench.reservations [--seconds 5]

Everything runs on this machine at once: the database (PostgreSQL with fsync, SQLite with
synchronous=FULL), the web processes, and the visitors. The plain handler reads, checks, inserts,
and does none of the rest; it oversells.
"""

import argparse
import cProfile
import pstats
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

import uvloop

from bench.in_process import journey
from bench.rush import Tally, Visitor, rush
from tests.factories import make_slot
from tests.postgres import start_server
from tests.reservations.factories import make_wish
from tests.reservations.processes import web_processes
from tour import db
from tour.clock import system_clock
from tour.programmes.models import Slot
from tour.reservations import service

SEATS = 32_000
OURS, PLAIN = "tour.asgi:app", "bench.plain:app"
Journey = Callable[[Visitor, int], Awaitable[int]]


def address(turn: int) -> str:
    """Every visitor comes from an address of their own."""
    return f"10.{turn >> 16 & 255}.{turn >> 8 & 255}.{turn & 255}"


def form() -> bytes:
    key = uuid4().hex
    values = {"adults": "1", "children": "0", "name": "北 花子", "kana": "きた はなこ"}
    return urlencode(
        {**values, "email": f"{key}@example.org", "consent": "1", "idempotency_key": key}
    ).encode()


def posting(slot: Slot) -> Journey:
    async def post(visitor: Visitor, turn: int) -> int:
        path = f"/slots/{slot.id}/reserve"
        return (await visitor.ask("POST", path, form(), address(turn))).status

    return post


def whole_journey(slot: Slot, programme_id: int) -> Journey:
    """Programme page, form, POST, confirmation page with its QR code."""

    async def go(visitor: Visitor, turn: int) -> int:
        path, own = f"/slots/{slot.id}/reserve", address(turn)
        await visitor.ask("GET", f"/programmes/{programme_id}", address=own)
        await visitor.ask("GET", path, address=own)
        made = await visitor.ask("POST", path, form(), own)
        await visitor.ask("GET", made.location, address=own)
        return made.status

    return go


def shown(name: str, tally: Tally, plain: Tally | None = None) -> str:
    ratio = f"  {tally.rate / plain.rate:4.2f} of plain" if plain else ""
    figures = f"{tally.rate:7.0f}/s  p95 {tally.p95_ms:5.0f} ms"
    return f"  {name:<28} {figures}{ratio}  {dict(tally.statuses)}"


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A server of its own with its default, durable settings."""
    server = start_server(folder / "pg")
    try:
        server.psql("CREATE DATABASE bench;")
        yield f"asyncpg://postgres@/bench?host={folder / 'pg'}"
    finally:
        server.cleanup_mode = "stop"
        server.cleanup()


async def measure(url: str, processes: int, loads: list[int], seconds: float, folder: Path) -> None:
    await db.migrate(url)
    async with db.opened(url):
        slot, other = [
            await make_slot(system_clock() + timedelta(days=30), capacity=SEATS) for _n in range(2)
        ]
    plain: dict[int, Tally] = {}
    quiet = {"TOUR_WORKER": "external", "TOUR_RUSH": "0"}
    with web_processes(processes, url, folder, PLAIN, **quiet) as running:
        for clients in loads:
            plain[clients] = await rush([p.base for p in running], clients, seconds, posting(other))
            print(shown(f"plain handler, {clients} clients", plain[clients]), flush=True)
    with web_processes(processes, url, folder, OURS, **quiet) as running:
        bases = [p.base for p in running]
        await rush(bases, 4, 1, posting(slot))
        for clients in loads:
            tally = await rush(bases, clients, seconds, posting(slot))
            print(shown(f"reserve POST, {clients} clients", tally, plain[clients]), flush=True)
        go = whole_journey(slot, slot.programme_id)  # type: ignore[attr-defined]
        tally = await rush(bases, loads[0], seconds, go)
        print(shown(f"whole journey, {loads[0]} clients", tally), flush=True)


async def profile(url: str) -> None:
    """Where the time of a reservation goes, by package, without the web around it."""
    async with db.opened(url):
        slot = await make_slot(system_clock() + timedelta(days=31), capacity=SEATS)
        watch = cProfile.Profile()
        watch.enable()
        for _number in range(300):
            await service.reserve(make_wish(slot), now=system_clock())
        watch.disable()
    shares: Counter[str] = Counter()
    for (file, _line, _name), row in pstats.Stats(watch).stats.items():  # type: ignore[attr-defined]
        shares[_package(file)] += row[2]
    total = sum(shares.values())
    top = ", ".join(f"{name} {spent / total:.0%}" for name, spent in shares.most_common(7))
    print(f"  where it goes: {top}")


def shown_steps(steps: dict[str, float]) -> str:
    return ", ".join(f"{name} {spent:.1f} ms" for name, spent in steps.items())


def _package(file: str) -> str:
    for name in ("tortoise", "pypika_tortoise", "asyncpg", "aiosqlite", "phonenumbers", "asyncio"):
        if f"/{name}/" in file:
            return name
    return "our own" if "/tour/" in file else "Python"


async def main(seconds: float) -> None:
    with tempfile.TemporaryDirectory(prefix="tour-bench-") as name:
        folder = Path(name)
        print("PostgreSQL, two web processes")
        with postgres(folder) as url:
            await measure(url, 2, [16, 64], seconds, folder)
            await profile(url)
            print(f"  CPU of one process: {shown_steps(await journey(url, folder, form))}")
        print("SQLite, one web process")
        url = f"sqlite://{folder / 'bench.sqlite3'}"
        await measure(url, 1, [16], seconds, folder)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each measurement")
    uvloop.run(main(parser.parse_args().seconds))
