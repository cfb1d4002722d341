"""How fast pages are: starting, the catalogue page made anew, and from the page cache.

One web process on SQLite, asked over loopback by eight connections of a client in this process.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL, Popen

from tour.settings import ROOT

CONNECTIONS = 8
START_SECONDS = 180


@contextmanager
def served(folder: Path, port: int, **variables: str) -> Iterator[float]:
    """The app with the demonstration catalogue; yields the seconds to its first page."""
    environ = (
        os.environ
        | {
            "TOUR_DATABASE_URL": f"sqlite://{folder}/tour.sqlite3",
            "TOUR_VAR": str(folder / "var"),
            "TOUR_DEMO": "1",
        }
        | variables
    )
    command = [sys.executable, "-m", "tour", "serve", "--port", str(port)]
    started = time.perf_counter()
    process = Popen(command, cwd=ROOT, env=environ, stdout=DEVNULL, stderr=DEVNULL)
    try:
        asyncio.run(_first_page(port))
        yield time.perf_counter() - started
    finally:
        process.terminate()
        process.wait(20)


async def _first_page(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
            continue
        await _ask(reader, writer, "/")
        writer.close()
        return
    raise TimeoutError("the app did not start")


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str) -> int:
    writer.write(f"GET {path} HTTP/1.1\r\nHost: bench\r\nAccept-Language: ja\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    await reader.readexactly(length)
    assert head.startswith(b"HTTP/1.1 200"), head
    return length


async def rate(port: int, number: int, path: Callable[[int], str]) -> tuple[float, int]:
    """Pages a second over all connections, and the bytes of a page."""
    size = 0

    async def visit(share: range) -> None:
        nonlocal size
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for page in share:
            size = await _ask(reader, writer, path(page))
        writer.close()

    started = time.perf_counter()
    await asyncio.gather(
        *(visit(range(first, number, CONNECTIONS)) for first in range(CONNECTIONS))
    )
    return number / (time.perf_counter() - started), size


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        with served(Path(folder), 8391) as first:
            print(f"first start, catalogue loaded   {first:6.2f} s", flush=True)
        with served(Path(folder), 8391) as again:
            print(f"start                           {again:6.2f} s  (goal 3)", flush=True)
            asyncio.run(rate(8391, 200, lambda n: f"/sites?warm={n}"))
            made, size = asyncio.run(rate(8391, 1500, lambda n: f"/sites?n={n}"))
            kept, _size = asyncio.run(rate(8391, 8000, lambda _n: "/sites"))
    print(f"catalogue page made anew        {made:6.0f}/s  (goal 500), {size / 1000:.0f} kB")
    print(f"catalogue page kept             {kept:6.0f}/s  (goal 5,000), {kept / made:.0f} times")


if __name__ == "__main__":
    main()
