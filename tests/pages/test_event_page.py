"""From how few files the page of an event is told: whoever reads its way need not open more."""

import asyncio
import sys
from pathlib import Path
from types import FrameType

import httpx
from starlette.applications import Starlette

from tests.conftest import NOON
from tests.factories import STAFF
from tests.parts import exchange
from tests.publishing.conftest import sources_in
from tests.publishing.days import make_day
from tour.programmes.board import BoardCache
from tour.publishing import service
from tour.settings import ROOT

ON_THE_WAY = {
    "pages/handlers.py",
    "pages/town_now.py",
    "sites/catalogue.py",
    "events/queries.py",
    "publishing/queries.py",
    "events/views.py",
}
"""What decides, between the address and the template, what the page says of its event."""
BESIDE = {
    "programmes/board.py",
    "programmes/entries.py",
    "routes/courses/cards.py",
    "routes/courses/queries.py",
    "events/entries.py",
    "events/said.py",
    "sites/opening/hours.py",
    "sites/views.py",
    "words/ranges.py",
}
"""Sessions and walks, and the values in which all of them are told."""
GROUND = ("web", "db", "changes", "notifications")
"""What every page stands on, beside the modules of `tour` itself."""


class Followed:
    """The files of features that this task enters."""

    def __init__(self) -> None:
        self.files: set[str] = set()
        self._task = asyncio.current_task()

    def __enter__(self) -> set[str]:
        sys.setprofile(self._enters)
        return self.files

    def __exit__(self, *_exc: object) -> None:
        sys.setprofile(None)

    def _enters(self, frame: FrameType, event: str, _arg: object) -> None:
        path = Path(frame.f_code.co_filename)
        if event != "call" or not path.is_relative_to(ROOT / "tour"):
            return
        file = path.relative_to(ROOT / "tour")
        is_feature = len(file.parts) > 1 and file.parts[0] not in GROUND
        if is_feature and asyncio.current_task() is self._task:
            self.files.add(file.as_posix())


async def test_the_way_to_the_page_of_an_event_leads_through_six_files(
    app: Starlette, client: httpx.AsyncClient
) -> None:
    exchange(app, board=BoardCache(app.state.parts.news, seconds=3600))
    event = await make_day(3)
    await service.publish(event.id, await sources_in(app), actor=STAFF, now=NOON)
    await client.get(f"/events/{event.slug}")
    with Followed() as files:
        answer = await client.get(f"/events/{event.slug}?another=1")
    assert "工房その1号" in answer.text
    assert len(ON_THE_WAY) == 6
    assert files >= ON_THE_WAY
    assert files - ON_THE_WAY - BESIDE == set()
