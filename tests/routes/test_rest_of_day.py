"""Days that are planned anew while they run: what has begun stays, and every row adds up."""

import asyncio
import os
import random
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.routes.test_day import TOKYO, Door, desk_of, doors, town_of, wish_of
from tour.routes.day import LEAD
from tour.routes.itineraries import ItineraryEntry
from tour.routes.plan_edits import changed_by_hand
from tour.routes.plan_rows import (
    MealRow,
    Reader,
    ResumeRow,
    Row,
    SpotRow,
    StopRow,
    WalkRow,
    plan_rows,
)
from tour.routes.planner_problem import Trouble
from tour.routes.planning import Desk, propose_rest
from tour.routes.proposals import propose
from tour.routes.timed_day import TimedDay
from tour.routes.walks import Walk

DAYS = int(os.environ.get("SCHEDULE_COUNT", "0")) // 20 or 12
"""How many random days; CI plays 50, always the same."""

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
    if stops and dice.random() < 0.3:
        site = desk.town.catalogue.by_id[dice.choice(stops).site_id]
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
