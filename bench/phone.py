"""What a visitor on a slow phone waits for: Chromium at 360×740, with 400 ms to every answer,
400 kbit/s, and a processor six times slower.

Beside the pages, in the same run, stands a plain page of text without a style sheet or a script:
what this machine and this profile cost by themselves. The figures of a busy machine are larger.
"""

import asyncio
import gzip
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import BrowserContext, CDPSession, Page, async_playwright

from bench.pages import served

PORT, PLAIN_PORT = 8392, 8393
APP = f"http://127.0.0.1:{PORT}"
LATENCY_MS = 400
BYTES_A_SECOND = 400_000 / 8
CPU_SLOWER = 6
WIDTH, HEIGHT = 360, 740
LIMIT_MS = 60_000
QUIET_SECONDS, MOST_LOOKS = 2.0, 15
LONG_TASK_MS = 50
PLAIN = "<!DOCTYPE html><title>plain</title>" + "<p>A line of text as any other.</p>" * 400
NETWORK = {
    "offline": False,
    "latency": LATENCY_MS,
    "downloadThroughput": BYTES_A_SECOND,
    "uploadThroughput": BYTES_A_SECOND,
}
WATCH = """
  window.seen = { blocked: 0, longest: 0, first: 0, pins: 0 };
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) {
      seen.blocked += duration - %d;
      seen.longest = Math.max(seen.longest, duration);
    }
  }).observe({ type: "longtask", buffered: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
      if (entry.name === "first-contentful-paint") seen.first = entry.startTime;
  }).observe({ type: "paint", buffered: true });
  new MutationObserver(() => {
    if (!seen.pins && document.querySelector(".leaflet-marker-icon.pin-holder, .cluster-holder"))
      seen.pins = performance.now();
  }).observe(document, { childList: true, subtree: true });
""".replace("%d", str(LONG_TASK_MS))
TAP = """() => new Promise((done) => {
  const button = [...document.querySelectorAll("form[method=post] button")].pop();
  const began = performance.now();
  new MutationObserver(() => done(performance.now() - began))
    .observe(button, { attributeFilter: ["aria-busy"] });
  setTimeout(() => done(-1), 3000);
  button.click();
})"""
"""Milliseconds from a tap until the form says that it is busy; -1 for never."""


@dataclass
class Visit:
    """Times in milliseconds from the beginning of the navigation; 0 for what never came."""

    first: float = 0
    load: float = 0
    pins: float = 0
    blocked: float = 0
    """Time in long tasks beyond their first 50 ms (Total Blocking Time)."""
    longest: float = 0
    kilobytes: float = 0
    """As sent: compressed, with the heads."""
    files: list[str] = field(default_factory=list)


async def slow(page: Page) -> CDPSession:
    session = await page.context.new_cdp_session(page)
    await session.send("Network.enable")
    await session.send("Network.emulateNetworkConditions", NETWORK)
    await session.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWER})
    return session


async def visit(context: BrowserContext, url: str) -> Visit:
    page = await context.new_page()
    session, made = await slow(page), Visit()
    from_cache: set[str] = set()

    def asked(event: dict[str, Any]) -> None:
        if event["request"]["url"].startswith("http"):
            made.files.append(event["request"]["url"])

    def kept(event: dict[str, Any]) -> None:
        from_cache.add(event["requestId"])

    def came(event: dict[str, Any]) -> None:
        if event["requestId"] not in from_cache:
            made.kilobytes += event["encodedDataLength"] / 1000

    def answered(event: dict[str, Any]) -> None:
        response = event["response"]
        if response.get("fromDiskCache") or response.get("fromPrefetchCache"):
            kept(event)
        if event["requestId"] in from_cache and response["url"] in made.files:
            made.files.remove(response["url"])

    session.on("Network.requestServedFromCache", kept)
    session.on("Network.requestWillBeSent", asked)
    session.on("Network.responseReceived", answered)
    session.on("Network.loadingFinished", came)
    await page.add_init_script(WATCH)
    await page.goto(url, timeout=LIMIT_MS, wait_until="load")
    await _quiet(made)
    seen = await page.evaluate("seen")
    made.load = await page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
    made.first, made.pins = seen["first"], seen["pins"]
    made.blocked, made.longest = seen["blocked"], seen["longest"]
    await page.close()
    return made


async def _quiet(made: Visit) -> None:
    """Until nothing more was asked for."""
    for _look in range(MOST_LOOKS):
        before = made.kilobytes, len(made.files)
        await asyncio.sleep(QUIET_SECONDS)
        if before == (made.kilobytes, len(made.files)):
            return


async def tap(context: BrowserContext, url: str) -> float:
    """How long a form takes to show that it was tapped."""
    page = await context.new_page()
    await page.goto(url, timeout=LIMIT_MS)
    await page.evaluate(
        "() => document.querySelector('form[method=post]')"
        ".addEventListener('submit', (event) => setTimeout(() => window.stop(), 50))"
    )
    await slow(page)
    taken: float = await page.evaluate(TAP)
    await page.close()
    return taken


async def addresses(context: BrowserContext) -> dict[str, str]:
    """A page of each kind; a plan and a reservation are made for it."""
    page = await context.new_page()
    [event] = (await (await context.request.get(f"{APP}/api/v1/events")).json())["items"][:1]
    slots = await (await context.request.get(f"{APP}/api/v1/slots?seats=2&limit=100")).json()
    slot = next(one for one in slots["items"] if one["allocation"] == "first_come")
    form = f"{APP}/slots/{slot['id']}/reserve"
    await page.goto(form)
    await page.locator("input[name='name']").fill("北 花子 見本")
    await page.locator("input[name='phone']").fill("090-0000-0000")
    await page.locator("input[name='consent']").check()
    await page.locator("main form[method=post] button[class*=primary]").last.click()
    await page.wait_for_url("**/reservations/*")
    ticket = page.url
    await page.goto(f"{APP}/plan")
    await page.locator(".plan-form button[class*=primary]").last.click()
    await page.wait_for_url("**/itineraries/*")
    plan = page.url
    await page.close()
    return {
        "home": f"{APP}/",
        "place": f"{APP}/sites/{slot['site']}",
        "event map": f"{APP}/events/{event['slug']}/map",
        "plan": plan,
        "programme": f"{APP}/programmes/{slot['programme']['id']}",
        "reserve form": form,
        "ticket": ticket,
    }


@asynccontextmanager
async def plain_page() -> AsyncIterator[str]:
    """A server of one page of text."""
    body = gzip.compress(PLAIN.encode())
    head = (
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", PLAIN_PORT):
        yield f"http://127.0.0.1:{PLAIN_PORT}/plain"


@asynccontextmanager
async def browser() -> AsyncIterator[BrowserContext]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
        )
        yield await started.new_context(
            viewport={"width": WIDTH, "height": HEIGHT}, locale="ja-JP", has_touch=True
        )
        await started.close()


async def measure() -> None:
    async with browser() as context:
        made_in = await addresses(context)
        async with plain_page() as plain:
            for name, url in {"plain page": plain, **made_in}.items():
                async with browser() as phone:
                    _print(name, await visit(phone, url), await visit(phone, url))
        taken = await tap(context, made_in["reserve form"])
    print(f"a tap shows after {taken:.0f} ms  (goal 100)")


def _print(name: str, first: Visit, second: Visit) -> None:
    pins = f"{first.pins / 1000:5.1f}" if first.pins else "    –"
    print(
        f"{name:13} {first.first / 1000:5.1f} {first.load / 1000:5.1f} {len(first.files):4}"
        f" {first.kilobytes:5.0f} {first.blocked:6.0f} {first.longest:6.0f} {pins}"
        f"   | {second.first / 1000:5.1f} {second.load / 1000:5.1f} {len(second.files):4}"
        f" {second.kilobytes:5.0f} {second.blocked:6.0f}",
        flush=True,
    )
    if os.environ.get("FILES"):
        print(*first.files, sep="\n")


HEADING = """              first visit                                   | second visit
page           text  load  req    kB  block longest  pins   |  text  load  req    kB  block
goal            2.0               60*   300           3.5   |  half"""


def main() -> None:
    tiles_and_streets = {"TOUR_TILE_URL": "", "TOUR_STREETS": "none"}
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder), PORT, **tiles_and_streets),
    ):
        print(HEADING, flush=True)
        asyncio.run(measure())
    print("* a place; and 14 requests. Times in s, long tasks in ms beyond their first 50.")


if __name__ == "__main__":
    main()
