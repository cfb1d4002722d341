"""Runs it, prints the figures, and ends with 1 when something was not as promised."""

import argparse
import asyncio
import sys
import tempfile
from collections import Counter
from pathlib import Path

from bench.soak import audit
from bench.soak.crowd import Promised, crowd
from bench.soak.faults import misfortune
from bench.soak.town import Town, town
from tests.reservations.processes import OwnProcess
from tour import db

SAMPLE_SECONDS = 10


async def run(folder: Path, minutes: float, seed: int) -> list[str]:
    async with town(folder, minutes, seed) as made:
        promised, memory = Promised(), {name: [rss(p)] for name, p in made.survivors.items()}
        stop = asyncio.Event()
        going = [
            asyncio.create_task(crowd(made, promised, stop)),
            asyncio.create_task(remembering(made, memory, stop)),
        ]
        supervisor = asyncio.create_task(supervising(made))
        faults = asyncio.create_task(misfortune(made, stop))
        await asyncio.sleep(minutes * 60)
        stop.set()
        came = await faults
        await asyncio.gather(*going)
        async with db.opened(made.url):
            seconds = await audit.settled()
        supervisor.cancel()
        found = await audit.findings(made, promised, memory)
        show(made, promised, memory, came, seconds)
        return found


async def supervising(made: Town) -> None:
    """Start again what has ended by itself, as an operator's supervisor does: a process that finds
    no database when it starts says so and ends."""
    while True:
        await asyncio.sleep(1)
        for process in (*made.web, *made.workers):
            if process.has_ended:
                process.start()


async def remembering(made: Town, memory: dict[str, list[float]], stop: asyncio.Event) -> None:
    while not stop.is_set():
        await asyncio.sleep(SAMPLE_SECONDS)
        for name, process in made.survivors.items():
            memory[name].append(rss(process))


def rss(process: OwnProcess) -> float:
    """Resident megabytes; 0 where the system has no /proc."""
    status = Path(f"/proc/{process.pid}/status")
    if not status.exists():
        return 0.0
    [line] = [text for text in status.read_text().splitlines() if text.startswith("VmRSS")]
    return int(line.split()[1]) / 1024


def show(
    made: Town, promised: Promised, memory: dict[str, list[float]], came: Counter[str], rest: float
) -> None:
    copies = made.office.copies
    twice = sum(count - 1 for count in copies.values())
    cancelled = sum(party.has_cancelled for party in promised.parties)
    print(f"faults         {sum(came.values())}: {dict(sorted(came.items()))}")
    print(f"answers        {dict(sorted(promised.answers.items()))}, none: {promised.unanswered}")
    slowest = {status: round(seconds, 2) for status, seconds in sorted(promised.slowest.items())}
    print(f"slowest, s     {slowest}")
    print(f"acknowledged   {len(promised.parties)} reservations, {cancelled} cancelled, ", end="")
    print(f"{len(promised.queued)} turns in queues")
    print(f"letters        {len(copies)} by mail, {twice} came once more; ", end="")
    print(f"{sum(len(phone.received) for phone in made.push.phones.values())} to phones")
    print(f"settled after  {rest:.0f} s")
    for name, values in memory.items():
        print(f"memory, MB     {name}: {_course(values)}")


def _course(values: list[float]) -> str:
    """At the beginning, each quarter and the end."""
    steps = [values[min(len(values) * n // 4, len(values) - 1)] for n in range(5)]
    return " → ".join(f"{value:.0f}" for value in steps)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tour-soak-") as folder:
        found = asyncio.run(run(Path(folder), chosen.minutes, chosen.seed))
        for text in found:
            print(f"NOT AS PROMISED: {text}")
        if found:
            show_logs(Path(folder))
    print("All is as it was promised." if not found else f"{len(found)} findings.")
    return int(bool(found))


def show_logs(folder: Path) -> None:
    """What the processes complained of, each kind with its number."""
    lines: Counter[str] = Counter()
    for path in folder.glob("*.log"):
        for line in path.read_text(errors="replace").splitlines():
            if '"level": "error"' in line:
                lines[line.partition('"message": ')[2][:120]] += 1
    for line, count in lines.most_common(20):
        print(f"  {count:5} × {line}")


if __name__ == "__main__":
    sys.exit(main())
