"""Web processes of their own, as an operator runs them, that a test may kill."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.browser.serving import ROOT, free_ports, wait_until_answers


class OwnProcess:
    """A process that can be killed and frozen by its own id."""

    _process: subprocess.Popen[bytes]

    @property
    def pid(self) -> int:
        return self._process.pid

    def kill(self) -> None:
        """As the kernel kills when memory ends: no goodbye (SIGKILL)."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(10)

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def freeze(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()


class WebProcess(OwnProcess):
    """One uvicorn on loopback; it can be killed and started again on the same port."""

    def __init__(self, database_url: str, folder: Path, app: str, **variables: str) -> None:
        self.port = free_ports(1)[0]
        self.base = f"http://127.0.0.1:{self.port}"
        self._log = folder / f"web-{self.port}.log"
        self._app = app
        kept = {k: v for k, v in os.environ.items() if not k.startswith("TOUR_")}
        self._environ = kept | {
            "TOUR_DATABASE_URL": database_url,
            "TOUR_VAR": str(folder / "var"),
            "TOUR_BASE_URL": self.base,
            "TOUR_WORKER": "inline",
            "TOUR_VAPID_SUBJECT": "mailto:ops@example.org",
            "TOUR_TILE_URL": "",
            "TOUR_RUSH": "0",
            **variables,
        }

    def start(self) -> None:
        command = [sys.executable, "-m", "uvicorn", "--factory", self._app]
        flags = ["--port", str(self.port), "--no-access-log", "--timeout-graceful-shutdown", "2"]
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                command + flags, cwd=ROOT, env=self._environ, stdout=output, stderr=output
            )

    def wait(self) -> None:
        wait_until_answers(f"{self.base}/about", self._process)


@contextmanager
def web_processes(
    count: int, database_url: str, folder: Path, app: str = "tour.asgi:app", **variables: str
) -> Iterator[list[WebProcess]]:
    """So many web processes over one database, ready to answer; stopped at the end."""
    processes = [WebProcess(database_url, folder, app, **variables) for _number in range(count)]
    try:
        for process in processes:
            process.start()
        for process in processes:
            process.wait()
        yield processes
    finally:
        for process in processes:
            process.stop()


class WorkerProcess(OwnProcess):
    """`tour worker`, as an operator runs it beside the web processes."""

    def __init__(self, database_url: str, folder: Path, **variables: str) -> None:
        self._log = folder / "worker.log"
        kept = {k: v for k, v in os.environ.items() if not k.startswith("TOUR_")}
        self._environ = kept | {
            "TOUR_DATABASE_URL": database_url,
            "TOUR_VAR": str(folder / "var"),
            "TOUR_VAPID_SUBJECT": "mailto:ops@example.org",
            **variables,
        }

    def start(self) -> None:
        command = [sys.executable, "-m", "tour", "worker"]
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=self._environ, stdout=output, stderr=output
            )
