"""The minute in which booking opens: who gets seats, a crowd or a program.

400 people behind one carrier's address, and a program with 10,000 invented contacts (mail boxes
that nobody reads, or telephones), from one address and from 200. One seeded order a run: the same
figures each time (decision 0022).

python -m bench.newcomers [--program 10000] [--honest 400]
"""

import argparse
import asyncio
import logging
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from tests.conftest import NOON, TurnableClock, make_settings
from tests.reservations.crowds import Opening, Outcome, Scene
from tour import db
from tour.app import create_app

RUSH = 20
SLOTS = 60
"""Of 16 seats each; the crowd of 400 wants 600 of the 960."""


async def play(scene: Scene, folder: Path) -> Outcome:
    url = f"sqlite://{folder}/tour.sqlite3?synchronous=OFF"
    await db.migrate(url)
    clock = TurnableClock(NOON)
    app = create_app(replace(make_settings(url, folder), rush=RUSH), clock=clock)
    async with app.router.lifespan_context(app):
        return await Opening(app, clock, scene).play()


def shown(scene: Scene, outcome: Outcome) -> str:
    kind = "telephones" if scene.phone_only else "mail boxes"
    who = f"{scene.program} {kind} from {scene.networks} addresses"
    return (
        f"  {who:<40} people served {outcome.honest_served}/{scene.honest}  "
        f"the program {outcome.program_parties} parties, {outcome.program_seats} of "
        f"{outcome.seats} seats ({outcome.program_share:.1%})"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=int, default=10_000)
    parser.add_argument("--honest", type=int, default=400)
    asked = parser.parse_args()
    logging.disable(logging.WARNING)
    failed = False
    for phone_only in (0.0, 1.0):
        for networks in (1, 200):
            scene = Scene(asked.honest, asked.program, networks, SLOTS, phone_only)
            with tempfile.TemporaryDirectory() as folder:
                outcome = asyncio.run(play(scene, Path(folder)))
            print(shown(scene, outcome), flush=True)
            failed |= outcome.honest_served < scene.honest or outcome.program_share > 0.13
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
