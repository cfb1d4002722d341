"""Logs: one JSON object a line, and nobody can be found in them."""

import io
import json
import logging
from collections.abc import Iterator

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response

from tests.factories import make_slot
from tour.logs import JsonLines, set_up_logs

PARTY = {
    "name": "北 花子",
    "kana": "キタ ハナコ",
    "email": "hanako.kita@example.org",
    "phone": "03-1234-5678",
}


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    set_up_logs()
    written = io.StringIO()
    root.handlers[0].stream = written  # type: ignore[attr-defined]
    yield written
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.getLogger("tour").setLevel(logging.NOTSET)


def lines(log: io.StringIO) -> list[dict]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


async def test_a_request_is_one_line_with_the_name_of_its_page(client, log) -> None:
    await client.get("/sites?q=花子")
    (line,) = lines(log)
    assert (line["method"], line["page"], line["status"]) == (
        "GET",
        "sites:index",
        200,
    )
    assert line["ms"] >= 0
    assert "花子" not in log.getvalue()


async def test_what_changes_and_static_files_have_names_too(client, log) -> None:
    await client.get("/plan")
    await client.post("/plan", data={})
    await client.put("/plan")
    await client.get("/static/css/no-such.css")
    pages = [(line["method"], line["page"]) for line in lines(log)]
    assert pages == [
        ("GET", "routes:plan"),
        ("POST", "routes:plan_create"),
        ("PUT", "routes:plan"),
        ("GET", "static"),
    ]


async def test_an_address_that_leads_nowhere_is_not_repeated(client, log) -> None:
    await client.get("/reservations/abcdefghjkmnpqrstuvwxyz234/no-such-page")
    (line,) = lines(log)
    assert (line["page"], line["status"]) == ("-", 404)
    assert "abcdefgh" not in log.getvalue()


async def test_no_line_of_a_reservation_names_anybody(client, log) -> None:
    slot = await make_slot()
    wish = {
        "slots": [slot.id],
        "party": {"adults": 2, "children": 1},
        "contact": PARTY,
        "consent": True,
    }
    made = await client.post(
        "/api/v1/reservations", json=wish, headers={"Idempotency-Key": "key-of-hanako-1"}
    )
    assert made.status_code == 201, made.text
    reference = made.json()["reference"]
    for path in (f"/reservations/{reference}", f"/reservations/{reference}/calendar.ics"):
        await client.get(path)
    await client.post("/api/v1/reservations", json={**wish, "contact": {**PARTY, "email": "x@"}})
    await client.delete(f"/api/v1/reservations/{reference}")
    said = log.getvalue()
    secrets = [*PARTY.values(), reference, made.json()["door_code"], "key-of-hanako-1", "花子"]
    assert len(lines(log)) >= 4
    assert [secret for secret in secrets if secret in said] == []


async def test_a_faults_trace_tells_where_but_not_whom(app, log) -> None:
    async def failing(_request: Request) -> Response:
        try:
            raise ValueError(PARTY["email"])
        except ValueError as exc:
            raise RuntimeError(PARTY["name"]) from exc

    app.router.add_route("/failing", failing)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as browser:
        with pytest.raises(RuntimeError) as caught:
            await browser.get("/failing")
    logging.getLogger("uvicorn.error").error("Exception in ASGI application", exc_info=caught.value)
    line = lines(log)[-1]
    assert "in failing" in line["trace"]
    assert "RuntimeError" in line["trace"]
    assert "ValueError" in line["trace"]
    assert "test_logs.py" in line["trace"]
    assert not [text for text in ("hanako", "花子") if text in log.getvalue()]


def test_only_known_fields_are_written() -> None:
    record = logging.makeLogRecord(
        {"name": "tour", "levelno": 20, "levelname": "INFO", "msg": "x %s", "args": ("y",)}
    )
    record.status, record.email = 200, "hanako.kita@example.org"
    line = json.loads(JsonLines().format(record))
    assert line["message"] == "x y"
    assert line["status"] == 200
    assert set(line) == {"at", "level", "logger", "message", "status"}
    assert line["at"].endswith("+00:00")


def test_libraries_are_heard_from_warnings_on(log: io.StringIO) -> None:
    logging.getLogger("tortoise.db_client").debug("SELECT hanako")
    logging.getLogger("tortoise.db_client").info("SELECT hanako")
    logging.getLogger("asyncio").warning("slow")
    logging.getLogger("tour.processes.worker").info("begun")
    assert [line["message"] for line in lines(log)] == ["slow", "begun"]
