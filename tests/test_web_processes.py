"""Several web processes, as `tour serve` starts them with TOUR_WEB_PROCESSES."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.browser.serving import ROOT, free_ports, wait_until_answers

pytestmark = pytest.mark.slow
ENDS_WITHIN = 30


def is_open(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0


def children_of(pid: int) -> list[int]:
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    return [int(line) for line in listed.stdout.split()]


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_children_end_when_their_parent_is_killed(
    database_url: str, postgres: object, tmp_path: Path
) -> None:
    if postgres is None or not Path("/proc").exists():
        pytest.skip("several web processes need PostgreSQL, and this looks into /proc")
    [port] = free_ports(1)
    kept = {k: v for k, v in os.environ.items() if not k.startswith("TOUR_")}
    settings = {
        "TOUR_DATABASE_URL": database_url,
        "TOUR_VAR": str(tmp_path / "var"),
        "TOUR_WEB_PROCESSES": "2",
        "TOUR_VAPID_SUBJECT": "mailto:ops@example.org",
        "TOUR_TILE_URL": "",
    }
    with (tmp_path / "log").open("ab") as log:
        parent = subprocess.Popen(
            [sys.executable, "-m", "tour", "serve", "--port", str(port)],
            cwd=ROOT,
            env=kept | settings,
            stdout=log,
            stderr=log,
        )
    wait_until_answers(f"http://127.0.0.1:{port}/about", parent)
    children = children_of(parent.pid)
    assert len(children) >= 2
    parent.send_signal(signal.SIGKILL)
    parent.wait(10)
    deadline = time.monotonic() + ENDS_WITHIN
    while alive := [pid for pid in children if is_alive(pid)]:
        if time.monotonic() > deadline:
            for pid in alive:
                os.kill(pid, signal.SIGKILL)
            raise AssertionError(f"{len(alive)} of {len(children)} went on without their parent")
        time.sleep(0.1)
    assert not is_open(port)
