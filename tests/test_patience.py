"""Long work in the loop of the pages lets them have their turn."""

import asyncio
import time

from tour.patience import TURN, gently


async def test_who_works_gently_lets_others_have_a_turn_between_its_steps() -> None:
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(other())
    seen = []
    async for number in gently(range(10)):
        seen.append(number)
        until = time.monotonic() + 2 * TURN
        while time.monotonic() < until:
            pass
    task.cancel()
    assert seen == list(range(10))
    assert turns >= len(seen) - 1
