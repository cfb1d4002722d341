"""What each step of a journey costs one process, in CPU time: nothing around it counts."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp

from tests.factories import make_slot
from tour.app import create_app
from tour.clock import system_clock
from tour.settings import Settings

WARM_UP = 20
TIMES = 200
HEADERS = (
    (b"host", b"127.0.0.1:8000"),
    (b"accept-language", b"ja"),
    (b"sec-fetch-site", b"same-origin"),
    (b"content-type", b"application/x-www-form-urlencoded"),
)


async def ask(
    app: ASGIApp, method: str, path: str, body: bytes = b"", address: str = ""
) -> Mapping[str, Any]:
    """One request without a network; returns the start of the answer."""
    answers: list[Any] = []
    bodies = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Any:
        return bodies.pop() if bodies else await asyncio.Event().wait()

    async def send(message: Any) -> None:
        answers.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": HEADERS,
        "client": (address, 50000),
        "server": ("127.0.0.1", 8000),
        "scheme": "http",
        "root_path": "",
    }
    await app(scope, receive, send)
    return answers[0]  # type: ignore[no-any-return]


async def milliseconds(step: Callable[[int], Awaitable[object]]) -> float:
    for number in range(WARM_UP):
        await step(number)
    began = time.process_time()
    for number in range(WARM_UP, WARM_UP + TIMES):
        await step(number)
    return (time.process_time() - began) / TIMES * 1000


async def journey(url: str, folder: Path, form: Callable[[], bytes]) -> dict[str, float]:
    """Milliseconds of CPU by step; the database must be migrated."""
    variables = {
        "TOUR_DATABASE_URL": url,
        "TOUR_VAR": str(folder / "var"),
        "TOUR_TILE_URL": "",
        "TOUR_RUSH": "0",
    }
    app = create_app(Settings.from_environ({**variables, "TOUR_WORKER": "external"}))
    async with app.router.lifespan_context(app):
        slot = await make_slot(system_clock() + timedelta(days=32), capacity=1000)
        programme = f"/programmes/{slot.programme_id}"  # type: ignore[attr-defined]
        path, made = f"/slots/{slot.id}/reserve", list[str]()

        async def post(number: int) -> None:
            address = f"10.9.{number >> 8}.{number & 255}"
            answer = await ask(app, "POST", path, form(), address)
            made.append(dict(answer["headers"])[b"location"].decode())

        return {
            "programme page": await milliseconds(lambda _n: ask(app, "GET", programme)),
            "form": await milliseconds(lambda _n: ask(app, "GET", path)),
            "POST": await milliseconds(post),
            "confirmation page": await milliseconds(lambda n: ask(app, "GET", made[n])),
        }
