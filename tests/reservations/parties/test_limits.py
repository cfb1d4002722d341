"""A limit lets through what is allowed, and no more, whenever the period turns."""

from datetime import timedelta

import httpx
import pytest
from starlette.applications import Starlette

from tests.conftest import NOON, TurnableClock
from tests.factories import make_slot
from tests.parts import exchange
from tests.reservations.factories import typed
from tour.errors import TooManyRequests
from tour.limits import counting
from tour.limits.counting import BY_ADDRESS, Limit, RateLimits, network_of
from tour.limits.models import RateCount
from tour.notifications.mail import boxes
from tour.notifications.models import Reminder
from tour.reservations.models import Reservation

pytestmark = pytest.mark.usefixtures("database")
SECRET = "of this town"


class Stopwatch:
    seconds = 1_800_000_000.0

    def __call__(self) -> float:
        return self.seconds


async def tries(limits: RateLimits, count: int, address: str = "192.0.2.1") -> int:
    """How many of so many tries are let through."""
    allowed = 0
    for _number in range(count):
        try:
            await limits.hit((BY_ADDRESS, f"reserve:{address}"))
        except TooManyRequests:
            continue
        allowed += 1
    return allowed


async def test_one_address_is_slowed_and_another_is_not() -> None:
    limits = RateLimits(SECRET, Stopwatch())
    assert await tries(limits, 200) == BY_ADDRESS.most
    assert await tries(limits, 1, "192.0.2.2") == 1


@pytest.mark.parametrize(("later", "allowed"), [(59.0, 0), (90.0, 60), (120.0, 120)])
async def test_tries_come_back_as_time_passes(later: float, allowed: int) -> None:
    watch = Stopwatch()
    limits = RateLimits(SECRET, watch)
    await tries(limits, 200)
    watch.seconds += later
    assert await tries(limits, 200) == allowed


async def test_processes_of_one_database_count_together(postgres: object) -> None:
    """SQLite has one process, which counts in its own memory."""
    watch = Stopwatch()
    one, other = RateLimits(SECRET, watch), RateLimits(SECRET, watch)
    assert await tries(one, 100) == 100
    assert await tries(other, 100) == (20 if postgres else 100)


async def test_what_is_only_looked_at_is_not_counted() -> None:
    limits, contact = RateLimits(SECRET, Stopwatch()), (Limit(2, 60), "known:yui@example.org")
    for _look in range(5):
        assert await limits.watch([(BY_ADDRESS, "reserve:1")], [contact]) == [False, False]
    for is_last in (False, True):
        await limits.watch([contact])
        assert await limits.watch([(BY_ADDRESS, "reserve:1")], [contact]) == [False, is_last]


async def test_no_address_is_kept_and_old_counts_are_forgotten(
    monkeypatch: pytest.MonkeyPatch, postgres: object
) -> None:
    watch = Stopwatch()
    await tries(RateLimits(SECRET, watch), 3)
    rows = await RateCount.all().values()
    assert "192.0.2" not in str(rows)
    assert len(rows) == (1 if postgres else 0)
    watch.seconds += 180
    monkeypatch.setattr(counting.time, "time", watch)
    await counting.forget_counts()
    assert await RateCount.all().count() == 0


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:0:1::1", "2001:db8:0:1::/64"),
        ("2001:db8:0:1:ffff::9", "2001:db8:0:1::/64"),
        ("2001:db8:0:2::1", "2001:db8:0:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_a_home_is_one_whatever_addresses_it_takes(address: str, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.parametrize(("last", "status"), [("2001:db8:0:1::3", 429), ("2001:db8:0:2::1", 404)])
async def test_another_address_of_one_home_gets_no_further(
    app: Starlette, monkeypatch: pytest.MonkeyPatch, last: str, status: int
) -> None:
    exchange(app, rate_limits=RateLimits(SECRET, Stopwatch()))
    monkeypatch.setattr(counting, "BY_CROWD", Limit(2, 60))
    statuses = []
    for address in ("2001:db8:0:1::1", "2001:db8:0:1::2", last):
        transport = httpx.ASGITransport(app, client=(address, 1))
        async with httpx.AsyncClient(
            transport=transport,
            base_url="http://testserver",
            headers={"Origin": "http://testserver"},
        ) as browser:
            answer = await browser.post(f"/reservations/{'a' * 26}/code", data={})
            statuses.append(answer.status_code)
    assert statuses == [404, 404, status]


MINE = f"/reservations/{'a' * 26}"
WRITING = [
    *(("POST", f"{MINE}/{verb}") for verb in ("cancel", "change", "resend", "code", "draw/leave")),
    ("POST", f"{MINE}/places/1/cancel"),
    *(("POST", f"{MINE}/queues/1/{verb}") for verb in ("accept", "leave")),
    *((method, f"/api/v1{MINE}") for method in ("PATCH", "DELETE")),
    ("POST", f"/api/v1{MINE}/waitlist/1/accept"),
    ("DELETE", f"/api/v1{MINE}/waitlist/1"),
    ("DELETE", f"/api/v1{MINE}/draw-entry"),
    ("POST", f"/api/v1{MINE}/confirmation"),
    ("POST", "/api/v1/push-subscriptions"),
    *(("POST", f"/api/v1/push-subscriptions/{verb}") for verb in ("renewals", "tests", "removals")),
    ("POST", f"/notifications/{'k' * 24}"),
    ("POST", f"/itineraries/{'k' * 24}/stop-news"),
]


@pytest.mark.parametrize(("method", "path"), WRITING)
async def test_what_writes_is_counted(
    app: Starlette,
    client: httpx.AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    path: str,
) -> None:
    exchange(app, rate_limits=RateLimits(SECRET, Stopwatch()))
    monkeypatch.setattr(counting, "BY_ADDRESS", Limit(1, 60))
    monkeypatch.setattr(counting, "BY_CROWD", Limit(1, 60))
    for is_refused in (False, True):
        answer = await client.request(method, path)
        assert (answer.status_code == 429) == is_refused, answer.text


async def test_a_button_fills_nobodys_mailbox(
    client: httpx.AsyncClient, clock: TurnableClock
) -> None:
    data = typed(email="yui@example.org")
    path = (await client.post(f"/slots/{(await make_slot()).id}/reserve", data=data)).headers[
        "location"
    ]
    await boxes.prove((await Reservation.get()).recipient_id, now=NOON)
    declined, sent = "いま送ったところです", "予約の確認をもう一度送りました"
    for minutes, told_at, said in ((2, 0, declined), (2, 4, sent), (1, 4, declined)):
        clock.turn(minutes=minutes)
        answer = await client.post(f"{path}/resend")
        assert answer.status_code == 303
        assert said in (await client.get(answer.headers["location"])).text
        assert (await Reminder.get(key="receipt")).due_at == NOON + timedelta(minutes=told_at)
