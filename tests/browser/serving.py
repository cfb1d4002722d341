"""The app as a process of its own, and the fake push service that Chromium talks to."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.ward import ward_graph

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 120
STOP_SECONDS = 15
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _number in range(count)]
    ports = [int(made.getsockname()[1]) for made in sockets]
    for made in sockets:
        made.close()
    return ports


def wait_until_answers(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AssertionError(f"the process ended with {process.returncode}")
        try:
            opener.open(url, timeout=2)
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"{url} did not answer within {START_SECONDS} s")


@contextmanager
def running(command: list[str], url: str, log: Path, **variables: str) -> Iterator[None]:
    """A process that is stopped again, by its own id, whatever happens."""
    environ = {k: v for k, v in os.environ.items() if not k.startswith("TOUR_")} | variables
    with log.open("ab") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=output, stderr=output)
    try:
        wait_until_answers(url, process)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(STOP_SECONDS)


class PushService:
    """Google's push service as far as Chromium needs it, as a process (`google.py`)."""

    def __init__(self, folder: Path) -> None:
        self.http, self.mcs, self.push = free_ports(3)
        self.tls = folder / "push-tls"

    @contextmanager
    def serving(self, log: Path) -> Iterator[None]:
        ports = {"--http": self.http, "--mcs": self.mcs, "--push": self.push}
        flags = [text for name, port in ports.items() for text in (name, str(port))]
        command = [sys.executable, "-m", "tests.browser.google", *flags, "--tls", str(self.tls)]
        with running(command, f"http://127.0.0.1:{self.http}/readyz", log):
            yield

    @property
    def ca(self) -> Path:
        return self.tls / "ca.pem"

    @property
    def chromium_flags(self) -> list[str]:
        return [
            "--ignore-certificate-errors",
            f"--gcm-checkin-url=http://127.0.0.1:{self.http}/checkin",
            f"--gcm-registration-url=http://127.0.0.1:{self.http}/register3",
            f"--gcm-mcs-endpoint=https://localhost:{self.mcs}",
        ]


class App:
    """`tour serve` on a port of its own, with the demonstration catalogue."""

    def __init__(self, folder: Path, database_url: str, push: PushService | None = None) -> None:
        self.folder = folder
        self.port = free_ports(1)[0]
        # Chromium knows this name by itself, and allows passkeys under it; an address has none.
        self.base = f"http://localhost:{self.port}"
        self.log = folder / "app.log"
        self.push = push
        self.variables = {
            "TOUR_DATABASE_URL": database_url,
            "TOUR_VAR": str(folder / "var"),
            "TOUR_BASE_URL": self.base,
            "TOUR_DEMO": "1",
            "TOUR_TILE_URL": "",
            "TOUR_RUSH": "0",
            "TOUR_STREETS": str(ward_graph(folder)),
            "TOUR_VAPID_SUBJECT": "mailto:ops@example.org",
        }
        if push:
            # Debian's Chromium subscribes at Google's staging host.
            self.variables |= {
                "TOUR_PUSH_HOSTS": "jmt17.google.com:443,fcm.googleapis.com:443",
                "TOUR_PUSH_CA": str(push.ca),
                "FAKE_GOOGLE_PORT": str(push.push),
            }

    @contextmanager
    def serving(self, at: str, **variables: str) -> Iterator[None]:
        """The app while its clock runs on from the instant `at`."""
        command = [sys.executable, "-m", "tests.browser.near_google"]
        command += ["serve", "--port", str(self.port)]
        settings = self.variables | {"TOUR_CLOCK": at} | variables
        with running(command, f"http://127.0.0.1:{self.port}/readyz", self.log, **settings):
            yield
