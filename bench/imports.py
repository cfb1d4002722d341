"""How long staff's import of a town's places takes, and how long others wait meanwhile.

python -m bench.imports [--rows 3000] [--database sqlite|postgres]

The whole app in one process. While the file is looked at and written, visitors ask for pages and a
host saves the page of a place, again and again; `longest` is the worst of all of them. The same is
measured before, with nobody importing.
"""

import argparse
import asyncio
import csv
import html
import io
import re
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import httpx

from tests.accounts.signing import OPERATOR, browser, make_account, sign_in_as
from tests.conftest import make_settings
from tests.postgres import PostgresServer
from tour import db
from tour.accounts.roles import Role
from tour.app import create_app
from tour.clock import system_clock
from tour.db import transaction
from tour.errors import Unavailable
from tour.sites.editing import page as editing
from tour.sites.editing.page import Version
from tour.sites.models import OpeningHours, Site
from tour.sites.states import SiteKind

HEADER = ["名称", "名称_カナ", "名称_英語", "住所", "緯度", "経度", "利用可能曜日"]
HEADER += ["開始時間", "終了時間", "説明", "アクセス方法", "URL"]
PAUSE = 0.005
"""Between two questions of one visitor."""


def table(rows: int) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for n in range(rows):
        point = [f"{35.75 + n % 60 / 10_000:.6f}", f"{139.73 + n // 60 / 10_000:.6f}"]
        row = [f"見本{n}", "ミホン", f"Sample {n}", f"見本町{n}", *point, "火水木"]
        writer.writerow(
            [*row, "10:00", "17:00", "紙の工房です。", "裏の戸口", "https://a.example/"]
        )
    return out.getvalue()


async def fill(rows: int) -> None:
    """Half of the places are there, with other hours and texts, and published."""
    async with transaction():
        await Site.bulk_create(
            [
                Site(
                    slug=f"s-{n}", kind=SiteKind.CRAFT, name=f"見本{n}", summary="工房", address="?"
                )
                for n in range(rows // 2)
            ],
            batch_size=500,
        )
        hours = [
            OpeningHours(site_id=site_id, weekday=day, opens_minute=600, closes_minute=960)
            for site_id in await Site.all().values_list("id", flat=True)
            for day in range(5)
        ]
        await OpeningHours.bulk_create(hours, batch_size=500)


class Waits:
    """How long each of those who ask meanwhile waited."""

    def __init__(self) -> None:
        self.pages: list[float] = []
        self.saves: list[float] = []
        self.refused = 0

    @asynccontextmanager
    async def watched(self, visitor: httpx.AsyncClient) -> AsyncIterator[None]:
        self.pages, self.saves, self._is_over, self.refused = [], [], False, 0
        tasks = [asyncio.create_task(self._visit(visitor)), asyncio.create_task(self._save())]
        await asyncio.sleep(0)
        yield
        self._is_over = True
        await asyncio.gather(*tasks)

    async def _visit(self, visitor: httpx.AsyncClient) -> None:
        while not self._is_over:
            began = perf_counter()
            answer = await visitor.get("/sites/other")
            self.pages.append(perf_counter() - began)
            assert answer.status_code == 200, answer.status_code
            await asyncio.sleep(PAUSE)

    async def _save(self) -> None:
        while not self._is_over:
            site = await Site.get(slug="other")
            version = await Version.of(site, "site")
            began = perf_counter()
            profile = editing.profile_of(site)
            texts = {**profile.texts, "summary": f"{began}"}
            try:
                await editing.change_profile(
                    site.id,
                    replace(profile, texts=texts),
                    version=version,
                    actor=OPERATOR,
                    now=system_clock(),
                )
            except Unavailable:
                self.refused += 1
            self.saves.append(perf_counter() - began)
            await asyncio.sleep(PAUSE)

    def __str__(self) -> str:
        told = []
        for what, waits in (("page", self.pages), ("save", self.saves)):
            waits.sort()
            middle, most = waits[len(waits) // 2] * 1000, waits[-1] * 1000
            told.append(f"{what} {middle:.0f} ms, longest {most:.0f} ms (of {len(waits)})")
        return "; ".join(told) + (f"; {self.refused} refused" if self.refused else "")


async def measure(url: str, folder: Path, rows: int) -> None:
    await db.migrate(url)
    app = create_app(make_settings(url, folder))
    async with app.router.lifespan_context(app), browser(app) as desk, browser(app) as visitor:
        await fill(rows)
        await Site.create(slug="other", kind=SiteKind.CRAFT, name="見本の館")
        account = await make_account("staff@example.org", Role.STAFF)
        await sign_in_as(desk, account, now=system_clock())
        await visitor.get("/sites/other")
        waits = Waits()
        async with waits.watched(visitor):
            await asyncio.sleep(2)
        print(f"  nobody imports:      {waits}", flush=True)
        body = table(rows)
        async with waits.watched(visitor):
            began = perf_counter()
            page = await desk.post(
                "/staff/imports", data={"kind": "craft"}, files={"file": ("a.csv", body.encode())}
            )
            seconds = perf_counter() - began
        assert page.status_code == 200, page.text
        print(f"  looked at, {seconds:5.2f} s:  {waits}", flush=True)
        fields = {"text": body, "kind": "craft", "fingerprint": fingerprint(page)}
        async with waits.watched(visitor):
            began = perf_counter()
            sent = {name: (None, text) for name, text in fields.items()}
            answer = await desk.post("/staff/imports/confirm", files=sent)
            seconds = perf_counter() - began
            await visitor.get("/sites/other")
        told = answer.headers.get("location", answer.text)
        assert told.endswith(f"{rows - rows // 2}-{rows // 2}"), told[:5000]
        print(f"  written,   {seconds:5.2f} s:  {waits}", flush=True)


def fingerprint(page: httpx.Response) -> str:
    found = re.search(r'name="fingerprint" value="(\w+)"', page.text)
    assert found, html.unescape(page.text)[:2000]
    return found[1]


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite://{folder / 'tour.sqlite3'}"
        return
    with PostgresServer() as server:
        server.create("bench")
        yield server.url("bench")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=3000)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    chosen = parser.parse_args()
    print(f"{chosen.rows} rows on {chosen.database}", flush=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        database(chosen.database, Path(folder)) as url,
    ):
        asyncio.run(measure(url, Path(folder), chosen.rows))


if __name__ == "__main__":
    main()
