"""How long a draw keeps every other writer of a SQLite file waiting.

python -m bench.draws [--entries 1000]
"""

import argparse
import asyncio
import random
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter

from tests.factories import make_slot
from tests.reservations.factories import make_party, make_wish
from tour import db
from tour.clock import system_clock
from tour.programmes.states import Allocation
from tour.reservations.draws import draws, results

SLOTS, SEATS = 8, 60


async def entered_draw(entries: int, now: datetime) -> int:
    dice = random.Random(entries)
    slots = [
        await make_slot(now + timedelta(days=7), capacity=SEATS, allocation=Allocation.DRAW)
        for _slot in range(SLOTS)
    ]
    closes_at = now + timedelta(hours=1)
    ids = [slot.id for slot in slots]
    draw = await draws.open_draw(ids, event_id=None, entries_close_at=closes_at)
    for _party in range(entries):
        party = make_party(dice.randint(1, 4), phone="")
        await draws.enter(draw.id, make_wish(*dice.sample(slots, 4), party=party), now=now)
    return draw.id


async def measure(url: str, entries: int) -> tuple[float, float]:
    """Seconds to freeze and to hold."""
    await db.migrate(url)
    async with db.opened(url):
        now = system_clock()
        draw_id = await entered_draw(entries, now)
        began = perf_counter()
        assert await results.freeze(draw_id, now=now + timedelta(hours=1))
        frozen = perf_counter()
        assert await results.hold(draw_id, now=now + timedelta(hours=2))
        return frozen - began, perf_counter() - frozen


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", type=int, default=1000)
    entries = parser.parse_args().entries
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite://{Path(folder) / 'tour.sqlite3'}"
        freeze, hold = asyncio.run(measure(url, entries))
    print(f"a draw of {entries} entries: frozen in {freeze:.2f} s, held in {hold:.2f} s")


if __name__ == "__main__":
    main()
