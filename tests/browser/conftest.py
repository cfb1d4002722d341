"""A phone: a real Chromium at 390×844, with nothing reachable but this machine."""

import os
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, async_playwright, expect

PATIENCE_MS = 30_000
"""For what comes at once on a quiet machine, and late on one that runs all tests."""

expect.set_options(timeout=PATIENCE_MS)

Phone = Callable[..., AbstractAsyncContextManager[BrowserContext]]
NOWHERE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"


def chromium_path() -> str:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not path:
        pytest.fail("the browser tests need Chromium: run `make setup-dev`, or set CHROMIUM")
    return path


@pytest.fixture
def phone(tmp_path: Path) -> Phone:
    """Opens the phone's browser: `async with phone(flags=[…]) as context`."""

    @asynccontextmanager
    async def opened(
        *, flags: list[str] | None = None, width: int = 390, height: int = 844, **options: object
    ) -> AsyncIterator[BrowserContext]:
        async with async_playwright() as playwright:
            # A private context has no push, so the phone has a profile of its own.
            context = await playwright.chromium.launch_persistent_context(
                tmp_path / "profile",
                executable_path=chromium_path(),
                headless=True,
                ignore_default_args=["--disable-background-networking"],
                args=["--no-sandbox", NOWHERE, *(flags or [])],
                viewport={"width": width, "height": height},
                locale="ja-JP",
                timezone_id="Asia/Tokyo",
                **options,  # type: ignore[arg-type]
            )
            context.set_default_timeout(PATIENCE_MS)
            try:
                yield context
            finally:
                await context.close()

    return opened
