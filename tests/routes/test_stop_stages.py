"""A stop of a plan: how it stands, chosen in one place, and what may be done with it."""

from typing import get_args

import httpx
import pytest

from tests.factories import catalogue_changed
from tests.routes.plan_pages.test_pages import a_town, changed, planned
from tour.programmes.models import Slot
from tour.programmes.states import SlotStatus
from tour.routes.models import Itinerary
from tour.routes.plan_pages.rows import Row, StopStage, stop_stage
from tour.settings import ROOT
from tour.town import read_town
from tour.web.templates import make_environment


@pytest.mark.parametrize(
    ("facts", "stage"),
    [
        ("", StopStage.LOOK),
        ("has_trouble", StopStage.LOOK),
        ("is_session is_free", StopStage.FREE),
        ("is_session is_free has_trouble", StopStage.GONE),
        ("is_session has_trouble", StopStage.GONE),
        ("is_session", StopStage.GONE),
        ("is_session is_reserved", StopStage.RESERVED),
        ("is_session is_reserved has_trouble", StopStage.RESERVED),
        ("is_session is_reserved is_free", StopStage.RESERVED),
        ("is_session is_reserved is_own", StopStage.OWN),
        ("is_session is_reserved is_own has_trouble", StopStage.OWN),
    ],
)
def test_how_a_stop_stands(facts: str, stage: StopStage) -> None:
    names = ("is_session", "is_reserved", "is_own", "is_free", "has_trouble")
    assert stop_stage(**{name: name in facts.split() for name in names}) == stage


def test_each_kind_of_row_has_its_block() -> None:
    environment = make_environment(read_town(ROOT / "data" / "geo"), lambda name: name)
    module = environment.get_template("routes/_itinerary_rows.html").make_module({})
    assert set(module.row_of) == {kind.row for kind in get_args(Row)}  # type: ignore[attr-defined]


async def test_who_only_looks_at_a_plan_is_offered_nothing_to_do_with_its_stops(
    client: httpx.AsyncClient,
) -> None:
    await a_town()
    own = (await client.get(await planned(client))).text
    shown = (await client.get(f"/itineraries/{(await Itinerary.get()).show_token}")).text
    for page, tools in ((own, 3), (shown, 0)):
        assert page.count('class="plan-tools"') == tools
        assert page.count('class="plan-row plan-row--stop') == 3


async def test_the_first_and_the_last_stop_move_one_way_and_what_is_kept_can_be_let_go(
    client: httpx.AsyncClient,
) -> None:
    await a_town()
    url = await planned(client)
    page = (await client.get(url)).text
    first, middle, last = page.split('<details class="plan-tools">')[1:4]
    assert [('value="earlier"' in part) for part in (first, middle, last)] == [False, True, True]
    assert [('value="later"' in part) for part in (first, middle, last)] == [True, True, False]
    assert "固定をやめる" not in page
    site = page.partition('id="stop-')[2].partition('"')[0]
    assert "固定をやめる" in (await changed(client, url, do="lock", site=site)).text


async def test_what_can_no_longer_be_had_says_why_and_not_that_it_can(
    client: httpx.AsyncClient,
) -> None:
    slots = await a_town()
    url = await planned(client)
    badge, why = "予約できます・残り8席", "この回の予約受付は終わりました"
    before = (await client.get(url)).text
    assert (before.count(badge), before.count(why)) == (2, 0)
    await Slot.filter(id=slots[0].id).update(status=SlotStatus.CLOSED)
    await catalogue_changed()
    after = (await client.get(url)).text
    assert (after.count(badge), after.count(why)) == (1, 1)
