"""A plan is nobody's but its links': one changes it, one only shows it."""

import asyncio

import pytest

from tests.factories import EVENT_DAY
from tour.errors import NotAllowed, NotFound
from tour.routes.days import edits
from tour.routes.days.edits import PlannedStop
from tour.routes.days.proposals import Findings
from tour.routes.models import Itinerary
from tour.routes.plans import itineraries
from tour.routes.plans.itineraries import ChangedElsewhere, ItineraryEntry, Sent

STOPS = tuple(PlannedStop(site, None, 30) for site in (1, 2, 3))


async def made() -> ItineraryEntry:
    return await itineraries.create(EVENT_DAY, {"from": "oji"}, STOPS, Findings().as_json())


def order(stops: tuple[PlannedStop, ...]) -> list[int]:
    return [stop.site_id for stop in stops]


@pytest.mark.usefixtures("database")
class TestLinks:
    async def test_one_changes_and_one_shows(self) -> None:
        entry = await made()
        shown = await itineraries.find(entry.show_token)
        assert (await itineraries.find(entry.token)).edit_token == entry.token
        assert shown.edit_token is None
        assert shown.stops == STOPS
        with pytest.raises(NotAllowed):
            await itineraries.find_to_edit(entry.show_token)

    async def test_are_long_and_differ(self) -> None:
        tokens = {t for e in [await made(), await made()] for t in (e.token, e.show_token)}
        assert len(tokens) == 4
        assert {len(token) for token in tokens} == {24}

    async def test_shortened_or_altered_open_nothing(self) -> None:
        token = (await made()).token
        for wrong in (token[:-1], token + "x", token.swapcase(), "", "%"):
            with pytest.raises(NotFound):
                await itineraries.find(wrong)


@pytest.mark.usefixtures("database")
class TestChanges:
    async def test_of_two_devices_one_is_told(self) -> None:
        entry = await made()
        changes = [
            itineraries.change(entry, Sent(entry.version), edits.removed(STOPS, site))
            for site in (1, 2)
        ]
        results = await asyncio.gather(*changes, return_exceptions=True)
        assert [type(result) for result in results].count(ChangedElsewhere) == 1
        assert (await Itinerary.get(id=entry.id)).version == 2

    async def test_what_was_before_is_kept_for_undoing(self) -> None:
        entry = await made()
        await itineraries.change(entry, Sent(1), edits.moved(STOPS, 3, -2))
        changed = await itineraries.find(entry.token)
        assert order(changed.stops) == [3, 1, 2]
        assert changed.before == STOPS

    async def test_a_plan_changed_by_hand_is_not_called_the_best(self) -> None:
        best = Findings(optimal=True).as_json()
        entry = await itineraries.create(EVENT_DAY, {}, STOPS, best)
        await itineraries.change(entry, Sent(1), edits.moved(STOPS, 1, 1))
        assert not (await itineraries.find(entry.token)).findings["optimal"]


class TestEdits:
    def test_a_stop_moves_as_far_as_the_row_goes(self) -> None:
        assert order(edits.moved(STOPS, 1, 1)) == [2, 1, 3]
        assert order(edits.moved(STOPS, 1, -1)) == [1, 2, 3]
        assert order(edits.moved(STOPS, 3, 9)) == [1, 2, 3]
        assert order(edits.moved(STOPS, 99, 1)) == [1, 2, 3]

    def test_a_lock_is_turned(self) -> None:
        once = edits.locked(STOPS, 2)
        assert [stop.locked for stop in once] == [False, True, False]
        assert edits.locked(once, 2) == STOPS

    def test_a_site_is_added_once_and_a_row_ends(self) -> None:
        four = edits.added(STOPS, PlannedStop(4, None, 20), 1)
        assert order(four) == [1, 4, 2, 3]
        assert edits.added(four, PlannedStop(4, 7, 50), 0) == four
        full = tuple(PlannedStop(n, None, 30) for n in range(edits.MOST_STOPS))
        assert edits.added(full, PlannedStop(99, None, 30), 0) == full

    def test_stops_come_back_from_json(self) -> None:
        assert edits.from_json([stop.as_json() for stop in STOPS]) == STOPS
