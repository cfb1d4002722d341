"""Days that are planned anew while they run: what has begun stays, and every row adds up."""

import asyncio
import random
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.routes.days.test_day import TOKYO, Door, desk_of, doors, town_of, wish_of
from tests.thorough import times
from tour.routes.days import edits
from tour.routes.days.day import LEAD
from tour.routes.days.edits import PlannedStop
from tour.routes.days.planning import Desk, propose_rest, so_far
from tour.routes.days.proposals import propose
from tour.routes.days.timed_day import TimedDay
from tour.routes.plan_pages.edit_forms import changed_by_hand
from tour.routes.plan_pages.rows import (
    MealRow,
    Reader,
    ResumeRow,
    Row,
    SpotRow,
    StopRow,
    WalkRow,
    plan_rows,
)
from tour.routes.planner.problem import Trouble
from tour.routes.plans.itineraries import ItineraryEntry
from tour.routes.walks.walks import Walk

DAYS = times(12, 500)
"""How many random days; CI plays always the same."""

READER = Reader("ja", "S", "G")


def entry_of(desk: Desk, stops: tuple) -> ItineraryEntry:
    return ItineraryEntry(
        id=1,
        edit_token="e" * 24,
        show_token="s" * 24,
        day=desk.wish.day,
        wish={},
        stops=stops,
        before=None,
        findings={},
        version=1,
        last_change="",
        reservations=(),
    )


def at_minute(desk: Desk, minute: int) -> Desk:
    return replace(desk, town=replace(desk.town, now=desk.town.instant_of(minute)))


def rows_of(desk: Desk, day: TimedDay) -> list[Row]:
    legs = [Walk(hop.distance_m, hop.minutes, hop.approximate, (), ()) for hop in day.hops]
    return list(plan_rows(desk, entry_of(desk, day.stops), day, legs, READER))


def minutes(start: datetime, end: datetime) -> int:
    return int((end - start).total_seconds()) // 60


def told(rows: list[Row]) -> str:
    """The page in a few words, for who reads why a day failed."""
    said = []
    for row in rows:
        match row:
            case WalkRow():
                said.append(f"walk {row.minutes}")
            case MealRow():
                said.append(f"meal {local(row.starts_at)}-{local(row.ends_at)}")
            case StopRow():
                times = map(local, (row.arrives_at, row.starts_at, row.leaves_at))
                said.append(f"{row.site.slug} {'/'.join(times)} waiting {row.waiting}")
            case _:
                said.append(f"{row.row} {local(row.at)}")
    return "\n".join(said)


def local(instant: datetime) -> str:
    return f"{instant.astimezone(TOKYO):%H:%M}"


def assert_rows_add_up(rows: list[Row]) -> None:
    """Read as on the page, row after row: each begins when the one before has ended."""
    page = told(rows)
    clock = rows[0].at
    for before, row in pairwise(rows):
        match row:
            case WalkRow():
                clock += timedelta(minutes=row.minutes)
            case MealRow():
                assert row.starts_at >= clock, page
                clock = row.ends_at
            case ResumeRow():
                assert row.at > clock, page
                clock = row.at
            case StopRow():
                assert row.arrives_at == clock or isinstance(before, MealRow), page
                assert minutes(clock, row.starts_at) == row.waiting >= 0, page
                clock = row.leaves_at
                assert row.leaves_at > row.starts_at
            case SpotRow():
                assert row.at == clock, page
    assert sum(isinstance(row, MealRow) for row in rows) <= 1


def past(rows: list[Row], now: datetime) -> list[Row]:
    """What had begun at an instant, as the page said it: walks only where they have ended."""
    begun, clock = [], rows[0].at
    for row in rows[1:-1]:
        match row:
            case WalkRow():
                clock += timedelta(minutes=row.minutes)
                continue
            case StopRow():
                begins, clock = (
                    row.starts_at - timedelta(minutes=LEAD if row.slot else 0),
                    row.leaves_at,
                )
                kept = (row.site.slug, row.arrives_at, row.starts_at, row.leaves_at)
            case MealRow():
                begins, clock, kept = row.starts_at, row.ends_at, (row.starts_at, row.ends_at)
            case _:
                continue
        if begins <= now:
            begun.append(kept)
    return begun


def troubles(day: TimedDay) -> set[Trouble]:
    return set(day.times.troubles())


@settings(max_examples=DAYS, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(
    places=st.lists(doors, min_size=2, max_size=8),
    starts=st.integers(500, 760),
    length=st.integers(120, 520),
    most=st.sampled_from([None, 2000, 4000, 6000]),
    children=st.integers(0, 2),
    comfortably=st.booleans(),
    seed=st.integers(0, 10_000),
)
def test_a_day_that_is_planned_anew(
    places: list[Door],
    starts: int,
    length: int,
    most: int | None,
    children: int,
    comfortably: bool,
    seed: int,
) -> None:
    dice = random.Random(seed)
    wish = wish_of(
        starts=starts,
        ends=starts + length,
        lunch=True,
        children=children,
        most_walking_m=most,
        comfortably=comfortably,
    )
    desk = desk_of(town_of(*places), wish)
    stops = asyncio.run(propose(desk.town, wish, desk.matrix)).stops
    day = asyncio.run(desk.timed(stops))
    assert troubles(day) <= {Trouble.NO_BREAK}
    assert_rows_add_up(rows_of(desk, day))
    minute = starts
    for _replan in range(3):
        minute = dice.randint(minute, max(minute, starts + length - 30))
        desk = at_minute(desk, minute)
        before = past(rows_of(desk, asyncio.run(desk.timed(stops))), desk.town.now)
        stops = asyncio.run(changed(desk, stops, dice))
        day = asyncio.run(desk.timed(stops))
        rows = rows_of(desk, day)
        assert_rows_add_up(rows)
        assert past(rows, desk.town.now)[: len(before)] == before, told(rows)
        assert_limits_hold(desk, day)


async def changed(desk: Desk, stops: tuple, dice: random.Random) -> tuple:
    """Planned anew, or moved by hand and then planned anew."""
    if edits.visits(stops) and dice.random() < 0.3:
        site = desk.town.catalogue.by_id[dice.choice(edits.visits(stops)).site_id]
        asked = {"do": dice.choice(["earlier", "later", "lock"]), "site": site.slug}
        stops = await changed_by_hand(desk, stops, asked, site)
        assert_rows_add_up(rows_of(desk, await desk.timed(stops)))
    return (await propose_rest(desk, stops)).stops


def assert_limits_hold(desk: Desk, day: TimedDay) -> None:
    wish = desk.wish
    to_come = len(day.stops) - day.done
    wrong = troubles(day) - {Trouble.NO_BREAK}
    # Where nothing is left to choose, the way home may be too long or too late.
    assert not (wrong and to_come)
    if wish.proposed_minutes is not None and to_come:
        assert day.times.walking <= wish.proposed_minutes
    if wish.meal and not day.times.pause:
        assert Trouble.NO_BREAK in troubles(day)


class TestNothingFollows:
    """What is known of a way stays where no visit is left that it could lead to."""

    def desk(self, minute: int) -> Desk:
        town = town_of(Door(east=0, north=-773), Door(east=0, north=795, spans=((850, 960),)))
        wish = wish_of(starts=685, ends=806, lunch=True, children=1)
        return at_minute(desk_of(town, wish), minute)

    def rows(self, desk: Desk, stops: tuple) -> list[Row]:
        rows = rows_of(desk, asyncio.run(desk.timed(stops)))
        assert_rows_add_up(rows)
        return rows

    def test_the_lunch_of_a_plan_that_was_emptied_stays(self) -> None:
        """Found by the 500 days: at 12:24 the last visit does not fit any more."""
        desk = self.desk(744)
        stops = (PlannedStop(1, None, 30, not_before=696),)
        (before,) = past(self.rows(desk, stops), desk.town.now)
        emptied = asyncio.run(propose_rest(desk, stops)).stops
        assert not edits.visits(emptied)
        assert past(self.rows(desk, emptied), desk.town.now) == [before]
        again = asyncio.run(propose_rest(at_minute(desk, 760), emptied)).stops
        assert past(self.rows(at_minute(desk, 760), again), desk.town.now) == [before]

    def test_a_place_that_is_added_then_comes_after_that_lunch(self) -> None:
        desk = self.desk(744)
        emptied = (PlannedStop(edits.GOAL, None, 0, not_before=744, ate=(696, 741)),)
        site = desk.town.catalogue.by_id[2]
        stops = asyncio.run(changed_by_hand(desk, emptied, {"do": "add"}, site))
        meal, at_2 = past(self.rows(desk, stops), desk.town.instant_of(850))
        assert list(map(local, meal)) == ["11:36", "12:21"]
        assert at_2[0] == "site-2"

    @pytest.mark.parametrize("lunch", [True, False])
    def test_who_takes_the_next_place_out_has_not_gone_home_before(self, lunch: bool) -> None:
        desk = self.desk(780)
        desk = replace(desk, wish=replace(desk.wish, ends=1000, lunch=lunch))
        stops = (PlannedStop(1, None, 10), PlannedStop(2, None, 10))
        before = past(self.rows(desk, stops), desk.town.now)
        site = desk.town.catalogue.by_id[2]
        alone = asyncio.run(changed_by_hand(desk, stops, {"do": "remove"}, site))
        rows = self.rows(desk, alone)
        assert past(rows, desk.town.now) == before
        home = rows[-1]
        assert isinstance(home, SpotRow)
        assert home.at > desk.town.now
        asked_again = asyncio.run(propose_rest(at_minute(desk, 785), alone)).stops
        assert self.rows(desk, asked_again)[-1] == home or edits.visits(asked_again)[1:]

    def test_a_lunch_before_a_door_that_was_shut_stays(self) -> None:
        desk = self.desk(705)
        stops = (PlannedStop(1, None, 30), PlannedStop(2, None, 30))
        (meal,) = past(self.rows(desk, stops), desk.town.now)
        shut = town_of(Door(east=0, north=-773, spans=()), Door(east=0, north=795))
        later = at_minute(replace(desk, town=shut), 790)
        record = asyncio.run(so_far(desk, stops))
        kept = record.go_on(stops[len(record.past) :], stops)
        anew = asyncio.run(propose_rest(later, kept)).stops
        assert meal in past(self.rows(later, anew), later.town.now)
