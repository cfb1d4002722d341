"""A real calendar store (Radicale, CalDAV: RFC 4791) on this machine, as a phone keeps one."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from icalendar import Calendar

START_SECONDS = 60
PERSON = "/hanako"
BOOK = f"{PERSON}/tours/"
MAKE = """<?xml version="1.0"?><mkcol xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><set>
<prop><resourcetype><collection/><C:calendar/></resourcetype></prop></set></mkcol>"""


class CalendarStore:
    """One person's calendar."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=url, auth=("hanako", ""), timeout=20)
        made = self._client.request("MKCOL", BOOK, content=MAKE)
        assert made.status_code == 201, made.text

    def put(self, ics: bytes | str) -> None:
        """Each entry under its UID, as clients keep them; what has it already is replaced."""
        for event in Calendar.from_ical(ics).walk("VEVENT"):
            single = Calendar()
            single.add("prodid", "-//tests//EN")
            single.add("version", "2.0")
            single.add_component(event)
            path = f"{BOOK}{event['UID']}.ics"
            answer = self._client.put(
                path, content=single.to_ical(), headers={"Content-Type": "text/calendar"}
            )
            assert answer.status_code in (201, 204), answer.text

    def events(self) -> list:
        kept = Calendar.from_ical(self._client.get(BOOK).text)
        return sorted(kept.walk("VEVENT"), key=lambda event: event["DTSTART"].dt)


@contextmanager
def opened(folder: Path) -> Iterator[CalendarStore]:
    """The store, with its files under `folder`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "radicale", "--config", "", "--auth-type", "none"]
    command += ["--server-hosts", f"127.0.0.1:{port}", "--rights-type", "owner_only"]
    command += ["--storage-filesystem-folder", str(folder / "calendars")]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield CalendarStore(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError("the calendar store did not start")
