"""How fast reminders leave: a plain `webpush()` loop against the durable outbox, in one run.

    python -m bench.reminders [--quick]

Both send the same text over TLS to the same service on this machine, which answers at once or after
100 ms. A rate is what arrived there, from the first to the last. The outbox is a SQLite file with
`synchronous=FULL`, the workers are processes. At last ten thousand fall due at once while the app,
with its worker inside, serves pages.
"""

import argparse
import asyncio
import base64
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02
from pywebpush import webpush

from tour import db
from tour.notifications import service
from tour.notifications.message import Action, Envelope, Message, payload
from tour.notifications.models import PushSubscription, Recipient, Reminder
from tour.notifications.push.endpoints import EndpointPolicy
from tour.notifications.push.keys import new_private_key
from tour.notifications.push.subscriptions import Subscription

ROOT = Path(__file__).resolve().parent.parent
PAGE = "/reservations/abcdefghijkmnpqrstuvwxyz23"
MESSAGE = Message(
    title="明日の体験",
    body="10:00 木版を摺る（見本 木版工房）\n13:30 江戸打ち紐（見本 組紐工房）",
    url=PAGE,
    actions=(
        Action("QRコードを表示", f"{PAGE}#qr"),
        Action("行けなくなりました", f"{PAGE}#cancel"),
    ),
)
TIME_LIMIT = 120
PAGES_A_SECOND = 20
PAGE_SECONDS = 30
WORKER = (
    "import os; from tour.settings import Settings; from tour.processes.worker import work;"
    "work(Settings.from_environ(os.environ))"
)
"""What `tour worker` does, without the rest of the command line."""


class Sink:
    """The push service: `bench.push_sink` in a process of its own."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = str(self.authority)

    @property
    def authority(self) -> Path:
        return self.folder / "ca.pem"

    def taken(self) -> tuple[int, float]:
        """(messages, seconds from the first to the last)."""
        answer = self.session.get(f"https://localhost:{self.port}/", timeout=10).json()
        return int(answer["taken"]), float(answer["seconds"])

    def subscription(self, number: int) -> dict[str, object]:
        key = ec.generate_private_key(ec.SECP256R1()).public_key()
        point = key.public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        return {
            "endpoint": f"https://localhost:{self.port}/push/{number:08d}",
            "keys": {"p256dh": _base64url(point), "auth": _base64url(os.urandom(16))},
        }

    def environ(self, database_url: str, **variables: str) -> dict[str, str]:
        return os.environ | {
            "TOUR_DATABASE_URL": database_url,
            "TOUR_VAR": str(self.folder),
            "TOUR_VAPID_PRIVATE_KEY": new_private_key(),
            "TOUR_VAPID_SUBJECT": "mailto:ops@example.org",
            "TOUR_PUSH_HOSTS": f"localhost:{self.port}",
            "TOUR_PUSH_CA": str(self.authority),
            **variables,
        }


@contextmanager
def running_sink(delay: float) -> Iterator[Sink]:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "bench.push_sink", folder, str(delay)]
        with running(command, dict(os.environ)) as said:
            yield Sink(Path(folder), int(said))


@contextmanager
def running(command: list[str], environ: dict[str, str]) -> Iterator[str]:
    """A process that has said its first line, which it yields; it is ended with the block."""
    process = subprocess.Popen(
        command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        yield process.stdout.readline() if process.stdout else ""
    finally:
        process.terminate()
        process.communicate(timeout=20)


def compare(delay: float, *, goal: int, plain_number: int, number: int, rounds: int) -> None:
    """The plain loop, one worker and two, in turn: other load on the machine meets all alike."""
    plain, ratios = [], defaultdict(list)
    for _round in range(rounds):
        with running_sink(delay) as sink:
            plain.append(plain_rate(sink, plain_number))
        for workers in (1, 2):
            with running_sink(delay) as sink:
                ratios[workers].append(outbox_rate(sink, number, workers) / plain[-1])
    label, rate = f"{delay * 1000:3.0f} ms", statistics.median(plain)
    print(f"{label}  plain webpush() loop  {rate:6.0f}/s", flush=True)
    for workers, found in ratios.items():
        times = statistics.median(found)
        span = f", {min(found):.1f} to {max(found):.1f}" if rounds > 1 else ""
        print(
            f"{label}  outbox, {workers} worker(s)  {times:6.1f} times (goal {goal}{span})",
            flush=True,
        )


def plain_rate(sink: Sink, number: int) -> float:
    """`webpush()` once a message, as its documentation shows it, with the CA to trust."""
    os.environ["REQUESTS_CA_BUNDLE"] = str(sink.authority)
    vapid = Vapid02()
    vapid.generate_keys()
    text = payload(Envelope(MESSAGE, "reminder-1", 1, "ja", "http://127.0.0.1:8000"))
    to = sink.subscription(0)
    started = time.perf_counter()
    for _message in range(number):
        claims = {"sub": "mailto:ops@example.org"}
        webpush(to, text, vapid_private_key=vapid, vapid_claims=claims, ttl=600)
    return number / (time.perf_counter() - started)


def outbox_rate(sink: Sink, number: int, workers: int) -> float:
    """Workers run idle; then `number` reminders fall due at once, in one transaction."""
    url = f"sqlite://{sink.folder}/outbox.sqlite3"
    asyncio.run(fill(url, sink, number))
    environ = sink.environ(url)
    command = [sys.executable, "-c", WORKER]
    with running(command, environ):
        if workers == 1:
            return _send_all(url, sink, number)
        with running(command, environ):
            return _send_all(url, sink, number)


def _send_all(url: str, sink: Sink, number: int) -> float:
    asyncio.run(release(url))
    return number / _wait_for(sink, number)


def _wait_for(sink: Sink, number: int) -> float:
    """Seconds from the first arrival to the last."""
    deadline = time.monotonic() + TIME_LIMIT
    while time.monotonic() < deadline:
        taken, seconds = sink.taken()
        if taken >= number:
            return seconds
        time.sleep(0.5)
    raise SystemExit(f"only {sink.taken()[0]} of {number} arrived in {TIME_LIMIT} s")


async def fill(url: str, sink: Sink, number: int) -> None:
    """`number` recipients with a browser and a reminder that is due tomorrow."""
    await db.migrate(url)
    now = datetime.now(UTC)
    later = now + timedelta(days=1)
    policy = EndpointPolicy.parse((f"localhost:{sink.port}",))
    keys = Subscription.parse(sink.subscription(0), policy)
    draft = service.Draft("evening:2026-12-05", MESSAGE, later, later + timedelta(hours=3))
    async with db.opened(url), db.transaction():
        for number_ in range(number):
            recipient = await Recipient.create(
                token=f"{number_:032d}", lang="ja", timezone="Asia/Tokyo"
            )
            await PushSubscription.create(
                recipient=recipient,
                endpoint=f"https://localhost:{sink.port}/push/{number_:08d}",
                p256dh=keys.p256dh,
                auth=keys.auth,
                service=keys.service,
                created_at=now,
            )
            await service.queue_all(recipient.id, [draft], now=now)


async def release(url: str) -> None:
    """They all fall due now."""
    now = datetime.now(UTC)
    async with db.opened(url):
        await Reminder.all().update(due_at=now, expires_at=now + timedelta(hours=2))


def pages_beside(number: int) -> None:
    """Pages of the app with its worker inside: before, while and after `number` reminders leave."""
    with running_sink(0.1) as sink:
        url = f"sqlite://{sink.folder}/app.sqlite3"
        asyncio.run(fill(url, sink, number))
        port = _free_port()
        environ = sink.environ(
            url, TOUR_WORKER="inline", TOUR_BASE_URL=f"http://127.0.0.1:{port}", TOUR_STREETS=""
        )
        command = [sys.executable, "-m", "tour", "serve", "--port", str(port)]
        with running(command, environ):
            page = f"http://127.0.0.1:{port}/notifications"
            _wait_until_served(page)
            without = page_times(page, PAGE_SECONDS // 2)
            asyncio.run(release(url))
            beside = page_times(page, PAGE_SECONDS)
            seconds = _wait_for(sink, number)
            without += page_times(page, PAGE_SECONDS // 2)
    print(f"{number} due at once, worker in the web process: all out in {seconds:.1f} s (goal 60)")
    for name, found in (("without", without), ("with", beside)):
        median, p95 = statistics.median(found), statistics.quantiles(found, n=20)[-1]
        print(
            f"  a page {name:8} sending: median {median * 1000:5.1f} ms, p95 {p95 * 1000:5.1f} ms"
        )


def page_times(page: str, seconds: int) -> list[float]:
    """Seconds for each of the pages of one reader who asks at a steady pace."""
    session, found = requests.Session(), []
    next_at = time.perf_counter()
    for _page in range(PAGES_A_SECOND * seconds):
        next_at += 1 / PAGES_A_SECOND
        started = time.perf_counter()
        session.get(page, timeout=10).raise_for_status()
        found.append(time.perf_counter() - started)
        time.sleep(max(0.0, next_at - time.perf_counter()))
    return found


def _wait_until_served(page: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            requests.get(page, timeout=5)
        except requests.ConnectionError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("the app did not start")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def main() -> None:
    parser = argparse.ArgumentParser(description="How fast reminders leave.")
    parser.add_argument("--quick", action="store_true", help="a fifth of the messages")
    scale = 5 if parser.parse_args().quick else 1
    compare(0.0, goal=10, plain_number=500 // scale, number=10_000 // scale, rounds=3)
    compare(0.1, goal=60, plain_number=60 // scale, number=10_000 // scale, rounds=1)
    pages_beside(10_000 // scale)


if __name__ == "__main__":
    main()
