"""A desktop that shows the browser's notifications and lets a finger tap them.

Chromium hands its notifications to the session bus (Desktop Notifications Specification 1.2). Here
a bus of our own has a notification area of our own, so a tap reaches the page as a person's does:
through the whole browser, and allowed to open a window.
"""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from dbus_fast.aio import MessageBus
from dbus_fast.service import ServiceInterface, dbus_method, dbus_signal
from playwright.async_api import BrowserContext

from tests.browser.conftest import Phone
from tests.browser.serving import App, PushService

NAME = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"
BUS = """<busconfig>
<type>session</type>
<listen>unix:path={socket}</listen>
<policy context="default">
<allow send_destination="*" eavesdrop="true"/><allow receive_sender="*"/><allow own="*"/>
</policy>
</busconfig>"""
BODY = "default"
"""The key of a tap on the notification itself."""
CLOSED_BY_CALL = 3
PATIENCE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Note:
    """What is shown. `buttons` maps what a button says to its key."""

    number: int
    title: str
    body: str
    buttons: dict[str, str]


class NotificationArea(ServiceInterface):
    def __init__(self) -> None:
        super().__init__(NAME)
        self.shown: dict[int, Note] = {}
        self._last = 0

    @dbus_method()
    def GetServerInformation(self) -> "ssss":  # noqa: F821, N802 - types and names of the bus
        return ["tests", "tests", "1", "1.2"]

    @dbus_method()
    def GetCapabilities(self) -> "as":  # noqa: F722, N802
        return ["actions", "body", "persistence"]

    @dbus_method()
    def Notify(  # noqa: N802
        self,
        _app: "s",  # noqa: F821
        replaces: "u",  # noqa: F821
        _icon: "s",  # noqa: F821
        summary: "s",  # noqa: F821
        body: "s",  # noqa: F821
        actions: "as",  # noqa: F722
        _hints: "a{sv}",  # noqa: F722
        _timeout: "i",  # noqa: F821
    ) -> "u":  # noqa: F821
        if not replaces:
            self._last += 1
        number = replaces or self._last
        buttons = dict(zip(actions[1::2], actions[::2], strict=True))
        self.shown[number] = Note(number, summary, body, buttons)
        return number

    @dbus_method()
    def CloseNotification(self, number: "u"):  # noqa: F821, N802
        self.shown.pop(number, None)
        self.NotificationClosed(number, CLOSED_BY_CALL)

    @dbus_signal()
    def NotificationClosed(self, number: "u", reason: "u") -> "uu":  # noqa: F821, N802
        return [number, reason]

    @dbus_signal()
    def ActionInvoked(self, number: "u", key: "s") -> "us":  # noqa: F821, N802
        return [number, key]


class Desktop:
    """Give the browser `environ`; then `notes`, and `tap` one."""

    def __init__(self, area: NotificationArea, address: str) -> None:
        self._area = area
        self.environ = os.environ | {"DBUS_SESSION_BUS_ADDRESS": address}

    async def notes(self, title: str) -> list[Note]:
        """All that is shown, as soon as `title` is among it."""
        for _tenth in range(PATIENCE_SECONDS * 10):
            shown = list(self._area.shown.values())
            if title in [note.title for note in shown]:
                return shown
            await asyncio.sleep(0.1)
        raise AssertionError(f"{title!r} was not shown")

    async def is_empty(self) -> None:
        for note in list(self._area.shown.values()):
            await self.is_gone(note)

    async def is_gone(self, note: Note) -> None:
        for _tenth in range(PATIENCE_SECONDS * 10):
            if note.number not in self._area.shown:
                return
            await asyncio.sleep(0.1)
        raise AssertionError(f"{note.title!r} is still shown")

    def tap(self, note: Note, button: str = "") -> None:
        """The notification, or the button that says so."""
        self._area.ActionInvoked(note.number, note.buttons[button] if button else BODY)


@asynccontextmanager
async def told_phone(
    phone: Phone, database_url: str, folder: Path
) -> AsyncIterator[tuple[BrowserContext, Desktop, App]]:
    """A phone that may be told things by the app, and the app that is still to be started."""
    push = PushService(folder)
    app = App(folder, database_url, push)
    with push.serving(folder / "push.log"):
        async with (
            open_desktop(folder) as desktop,
            phone(flags=push.chromium_flags, env=desktop.environ) as context,
        ):
            await context.grant_permissions(["notifications"], origin=app.base)
            yield context, desktop, app


@asynccontextmanager
async def open_desktop(folder: Path) -> AsyncIterator[Desktop]:
    """A bus with nothing on it but the notification area; both end with the block."""
    if sys.platform != "linux":
        pytest.skip("notifications are tapped through D-Bus, which is Linux's")
    daemon = shutil.which("dbus-daemon")
    if not daemon:
        pytest.fail("the tests that tap a notification need dbus-daemon: run `make setup-dev`")
    settings = folder / "bus.conf"
    settings.write_text(BUS.format(socket=folder / "bus"))
    command = [daemon, f"--config-file={settings}", "--nofork", "--nopidfile", "--print-address"]
    with _running(command) as address:
        bus = await asyncio.wait_for(MessageBus(address).connect(), PATIENCE_SECONDS)
        try:
            area = NotificationArea()
            bus.export(PATH, area)
            await bus.request_name(NAME)
            yield Desktop(area, address)
        finally:
            bus.disconnect()


@contextmanager
def _running(command: list[str]) -> Iterator[str]:
    """The address that the bus says first."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()
