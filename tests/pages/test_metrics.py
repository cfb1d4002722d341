"""Numbers for the operator's monitoring, and for nobody else."""

import re
from datetime import timedelta

import httpx
import pytest
from starlette.applications import Starlette

from tests.conftest import make_settings
from tour.app import create_app
from tour.limits.lanes import Lane
from tour.notifications import recipients, service
from tour.notifications.message import Message
from tour.notifications.models import MAIL, Circuit

LINE = re.compile(r"[a-z_]+(\{([a-z]+=\"[^\"\\\n]*\",?)+\})? [0-9.e+-]+")


async def reminder(clock, email: str = "") -> None:
    recipient = await recipients.new_recipient(lang="ja", timezone="Asia/Tokyo", email=email)
    message = Message("明日の体験", "10:00", "/reservations/abc")
    await service.queue(
        recipient.id,
        "evening:2026-12-02",
        message,
        due_at=clock(),
        expires_at=clock() + timedelta(hours=2),
        now=clock(),
    )


async def test_the_queue_and_the_requests(client: httpx.AsyncClient, clock) -> None:
    await reminder(clock, "yamada.hanako@example.org")
    clock.turn(minutes=3)
    await client.get("/about")
    answer = await client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert "tour_outbox_waiting 1\n" in answer.text
    assert "tour_outbox_oldest_seconds 180\n" in answer.text
    assert 'tour_requests_total{page="pages:about",status="200"} 1' in answer.text
    assert "yamada" not in answer.text
    for line in answer.text.splitlines():
        assert line.startswith("# ") or LINE.fullmatch(line), line


async def test_costly_work_at_work_and_refused(client: httpx.AsyncClient, app: Starlette) -> None:
    app.state.parts.lanes["walks"] = Lane(at_once=0, waiting=0)
    assert (await client.get("/walk")).status_code == 503
    async with app.state.parts.lanes["plans"].turn("192.0.2.1"):
        told = (await client.get("/metrics")).text
    assert 'tour_lane_refused_total{lane="walks"} 1\n' in told
    assert 'tour_lane_present{lane="plans"} 1\n' in told
    assert 'tour_lane_present{lane="walks"} 0\n' in told


async def test_since_when_no_mail_leaves(client: httpx.AsyncClient, clock) -> None:
    assert "tour_mail_stands_seconds 0\n" in (await client.get("/metrics")).text
    await Circuit.create(service=MAIL, failing_since=clock())
    clock.turn(minutes=3)
    assert "tour_mail_stands_seconds 180\n" in (await client.get("/metrics")).text


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"], ids=str.lower
)
async def test_not_through_a_proxy(client: httpx.AsyncClient, header: str) -> None:
    assert (await client.get("/metrics", headers={header: "1"})).status_code == 404


@pytest.mark.parametrize("address", ["203.0.113.7", "10.0.0.3", "testclient", "2001:db8::1"])
async def test_not_from_another_machine(app, address: str) -> None:
    transport = httpx.ASGITransport(app, client=(address, 4711))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        assert (await client.get("/metrics")).status_code == 404


async def test_with_a_token(database_url, tmp_path, clock) -> None:
    app = create_app(
        make_settings(database_url, tmp_path, TOUR_METRICS_TOKEN="s3cret-token"), clock=clock
    )
    transport = httpx.ASGITransport(app, client=("203.0.113.7", 4711))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client,
    ):
        for header, status in (
            ({}, 404),
            ({"Authorization": "Bearer wrong"}, 404),
            ({"Authorization": "Bearer s3cret-token"}, 200),
        ):
            answer = await client.get("/metrics", headers=header)
            assert answer.status_code == status
